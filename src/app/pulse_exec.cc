#include "app/pulse_exec.h"

#include <unistd.h>

#include <csignal>
#include <optional>

#include "app/commands.h"
#include "app/own_loop.h"
#include "app/pulse_beacon.h"
#include "app/terminal.h"
#include "base/untrusted_text.h"
#include "env/linux/outlet.h"
#include "env/linux/signals.h"
#include "heartbeat/beacon_words.h"
#include "heartbeat/job.h"

namespace holter::app {
namespace {

constexpr std::size_t kMaxTrouble = 64 * 1024;  // bytes of holter's own words that wait for a reader
constexpr base::Duration kLastWords = base::Duration::seconds(1);

// Standard output and standard error are the command's. All that holter has to say is what went wrong; it is dropped
// where nobody reads.
void say(env_linux::Outlet& outlet, const std::string& text) {
  if (outlet.waiting() < kMaxTrouble) outlet.put(STDERR_FILENO, base::visible(text, base::Lines::keep));
}

void pass_on(env_linux::Outlet& outlet, env::ProgramStream stream, base::Bytes bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  outlet.put(stream == env::ProgramStream::output ? STDOUT_FILENO : STDERR_FILENO, text);
}

env::Task<void> forward(env_linux::Signals& signals, heartbeat::Job& job) {
  for (;;) {
    const auto number = co_await signals.next();
    if (!number) co_return;
    job.signal(*number);
  }
}

// False when somebody would not wait for it.
env::Task<bool> report(heartbeat::Job& job, base::Result<env::ProgramEnd> end, env_linux::Signals& signals,
                       env_linux::Outlet& outlet) {
  using boost::asio::experimental::awaitable_operators::operator||;
  auto reporting = job.report(std::move(end));
  auto interrupted = signals.next();
  const auto first = co_await (std::move(reporting) || std::move(interrupted));
  if (first.index() == 1) say(outlet, "holter: interrupted: the hub may not know how the command ended\n");
  co_return first.index() == 0;
}

// Whoever reads the command's output has all the time for it; another signal ends the wait.
env::Task<void> drain(env::Env env, env_linux::Outlet& outlet, env_linux::Signals& signals, bool patient) {
  using boost::asio::experimental::awaitable_operators::operator||;
  auto drained = outlet.drained();
  auto interrupted = signals.next();
  auto last = env.clock.sleep_until(patient ? base::Instant::max() : env.clock.now() + kLastWords);
  co_await (std::move(drained) || std::move(interrupted) || std::move(last));
}

env::Task<void> run_with(env::Env env, PulseOptions options, env_linux::Outlet& outlet, int& code) {
  auto signals = env_linux::Signals::create(env.executor, {SIGINT, SIGTERM, SIGHUP});
  if (!signals) co_return say(outlet, to_string(signals.error()) + '\n');
  const auto say_here = [&outlet](const std::string& text) { say(outlet, text); };
  heartbeat::Beacon beacon(env, beacon_options(options, env, say_here), [&outlet](const heartbeat::BeaconEvent& event) {
    if (heartbeat::is_trouble(event)) say(outlet, "holter: " + heartbeat::beacon_words(event) + '\n');
  });
  const auto opened = co_await beacon.open();
  if (!opened) {
    say(outlet, "holter: cannot pulse to " + base::UntrustedText(options.hub_host).for_terminal() + ": " +
                    to_string(opened.error()) + "; the command runs all the same\n");
  }
  env::TaskGroup running(env.executor);
  if (opened) running.spawn(beacon.run());
  heartbeat::JobOptions order;
  order.arguments = {"/bin/sh", "-c", options.command};
  order.words = options.command;
  order.on_output = [&outlet](env::ProgramStream stream, base::Bytes bytes) { pass_on(outlet, stream, bytes); };
  order.room_for_output = [&outlet] { return outlet.drained(); };
  heartbeat::Job job(env, std::move(order), opened ? &beacon : nullptr);
  env::TaskGroup forwarding(env.executor);
  forwarding.spawn(forward(**signals, job));
  auto working = job.run();
  const auto end = co_await std::move(working);
  co_await forwarding.stop();
  if (!end) say(outlet, "holter: " + end.error().message + '\n');
  code = heartbeat::exit_code_of(end);
  auto reporting = report(job, end, **signals, outlet);
  const bool patient = co_await std::move(reporting);
  co_await running.stop();
  auto draining = drain(env, outlet, **signals, patient);
  co_await std::move(draining);
}

env::Task<void> run(env::Env env, PulseOptions options, int& code) {
  const auto outlet = env_linux::Outlet::create(env.executor, env.offload);
  if (!outlet) co_return print_error(to_string(outlet.error()) + '\n');
  env::TaskGroup writing(env.executor);
  writing.spawn((*outlet)->run());
  auto working = run_with(env, std::move(options), **outlet, code);
  co_await std::move(working);
  (*outlet)->close();
  co_await writing.join();
}

}  // namespace

int pulse_around(PulseOptions options) {
  return run_alone(env::LogLevel::warn,
                   [&options](env::Env env, int& code) { return run(env, std::move(options), code); });
}

}  // namespace holter::app
