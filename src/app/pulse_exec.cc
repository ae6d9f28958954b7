#include "app/pulse_exec.h"

#include <csignal>
#include <optional>

#include "app/commands.h"
#include "app/pulse_beacon.h"
#include "app/terminal.h"
#include "base/untrusted_text.h"
#include "env/linux/log.h"
#include "env/linux/loop.h"
#include "env/linux/signals.h"
#include "heartbeat/beacon_words.h"
#include "heartbeat/job.h"

namespace holter::app {
namespace {

// Standard output is the command's. All that holter has to say is what went wrong.
void say_trouble(const heartbeat::BeaconEvent& event) {
  if (heartbeat::is_trouble(event)) print_error("holter: " + heartbeat::beacon_words(event) + '\n');
}

void pass_on(env::ProgramStream stream, base::Bytes bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (stream == env::ProgramStream::output) {
    print(text);
  } else {
    draw_error(text);
  }
}

env::Task<void> forward(env_linux::Signals& signals, heartbeat::Job& job) {
  for (;;) {
    const auto number = co_await signals.next();
    if (!number) co_return;
    job.signal(*number);
  }
}

env::Task<void> report(heartbeat::Job& job, base::Result<env::ProgramEnd> end, env_linux::Signals& signals) {
  using boost::asio::experimental::awaitable_operators::operator||;
  auto reporting = job.report(std::move(end));
  auto interrupted = signals.next();
  const auto first = co_await (std::move(reporting) || std::move(interrupted));
  if (first.index() == 1) print_error("holter: interrupted: the hub may not know how the command ended\n");
}

env::Task<void> run(env::Env env, PulseOptions options, int& code) {
  auto signals = env_linux::Signals::create(env.executor, {SIGINT, SIGTERM, SIGHUP});
  if (!signals) co_return print_error(to_string(signals.error()) + '\n');
  heartbeat::Beacon beacon(env, beacon_options(options, env, print_error), say_trouble);
  const auto opened = co_await beacon.open();
  if (!opened) {
    print_error("holter: cannot pulse to " + base::UntrustedText(options.hub_host).for_terminal() + ": " +
                to_string(opened.error()) + "; the command runs all the same\n");
  }
  env::TaskGroup running(env.executor);
  if (opened) running.spawn(beacon.run());
  heartbeat::Job job(env, {{"/bin/sh", "-c", options.command}, options.command, pass_on}, opened ? &beacon : nullptr);
  env::TaskGroup forwarding(env.executor);
  forwarding.spawn(forward(**signals, job));
  auto working = job.run();
  const auto end = co_await std::move(working);
  co_await forwarding.stop();
  if (!end) print_error("holter: " + end.error().message + '\n');
  code = heartbeat::exit_code_of(end);
  auto reporting = report(job, end, **signals);
  co_await std::move(reporting);
  co_await running.stop();
}

}  // namespace

int pulse_around(PulseOptions options) {
  const auto log = env_linux::make_stderr_log(env::LogLevel::warn);
  auto loop = env_linux::Loop::create(*log);
  if (!loop) {
    print_error(to_string(loop.error()) + '\n');
    return kFailed;
  }
  int code = kFailed;
  (*loop)->run(run((*loop)->env(), std::move(options), code));
  return code;
}

}  // namespace holter::app
