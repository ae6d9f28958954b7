// `holter pulse`: the client of a heartbeat session. Says in words what happens: sent, asked, delivered or not and why.
#include <fmt/format.h>

#include <csignal>

#include "app/commands.h"
#include "app/options.h"
#include "app/terminal.h"
#include "cli/common_options.h"
#include "env/linux/log.h"
#include "env/linux/loop.h"
#include "env/linux/signals.h"
#include "heartbeat/beacon.h"

namespace holter::app {
namespace {

using heartbeat::BeaconEvent;

constexpr base::Duration kDefaultInterval = base::Duration::seconds(1);

void say(const BeaconEvent& event) {
  const std::string hub = to_string(event.hub);
  using enum BeaconEvent::Kind;
  switch (event.kind) {
    case started: print(fmt::format("pulsing {} from {}\n", hub, to_string(event.local))); break;
    case asked: print(fmt::format("{} asked whether we live (ask {}); answered\n", hub, event.number)); break;
    case delivered: print(fmt::format("delivered to {}\n", hub)); break;
    case not_delivered: print_error(fmt::format("not delivered: {}\n", event.why)); break;
    case terminated: print(fmt::format("session closed at {}\n", hub)); break;
    case unreachable: print_error(fmt::format("{} does not hear us: {}\n", hub, event.why)); break;
  }
}

// Ends with the first SIGINT or SIGTERM, or after the wished number of pulses.
env::Task<void> until_done(env::Env env, env_linux::Signals& signals, base::Duration interval, std::uint64_t count) {
  using boost::asio::experimental::awaitable_operators::operator||;
  auto interrupted = signals.next();
  if (count == 0) {
    co_await std::move(interrupted);
    co_return;
  }
  auto counted = env.clock.sleep_for(interval * static_cast<std::int64_t>(count));
  co_await (std::move(interrupted) || std::move(counted));
}

env::Task<int> converse(env::Env env, PulseOptions options, heartbeat::Beacon& beacon, env_linux::Signals& signals) {
  for (const auto& message : options.messages) {
    const auto delivered = co_await beacon.deliver(message);
    if (!delivered) co_return kFailed;
  }
  const bool only_messages = !options.messages.empty() && !options.interval;
  if (!options.terminate && only_messages) co_return kDone;
  if (!options.terminate) {
    co_await until_done(env, signals, options.interval.value_or(kDefaultInterval), options.count);
    if (options.stay_open) co_return kDone;
  }
  const auto terminated = co_await beacon.terminate();
  co_return terminated ? kDone : kFailed;
}

env::Task<void> pulse(env::Env env, PulseOptions options, int& code) {
  auto signals = env_linux::Signals::create(env.executor, {SIGINT, SIGTERM});
  if (!signals) co_return print_error(to_string(signals.error()) + '\n');
  const bool only_messages = options.terminate || (!options.messages.empty() && !options.interval);
  heartbeat::BeaconOptions beacon_options;
  beacon_options.hub = options.hub_host;
  beacon_options.port = options.hub_port;
  beacon_options.name = options.name;
  beacon_options.interval = only_messages ? base::Duration::zero() : options.interval.value_or(kDefaultInterval);
  heartbeat::Beacon beacon(env, beacon_options, say);
  const auto opened = co_await beacon.open();
  if (!opened) {
    print_error("cannot pulse to " + base::UntrustedText(options.hub_host).for_terminal() + ": " +
                to_string(opened.error()) + '\n');
    co_return;
  }
  env::TaskGroup running(env.executor);
  running.spawn(beacon.run());
  code = co_await converse(env, std::move(options), beacon, **signals);
  co_await running.stop();
}

int pulse_until_done(PulseOptions options) {
  for (const auto& message : options.messages) {
    if (message.size() <= heartbeat::kMaxTextBytes) continue;
    print_error(
        fmt::format("--message takes at most {} bytes; this one has {}\n", heartbeat::kMaxTextBytes, message.size()));
    return kUsage;
  }
  const auto log = env_linux::make_stderr_log(env::LogLevel::warn);
  auto loop = env_linux::Loop::create(*log);
  if (!loop) {
    print_error(to_string(loop.error()) + '\n');
    return kFailed;
  }
  int code = kFailed;
  (*loop)->run(pulse((*loop)->env(), std::move(options), code));
  return code;
}

}  // namespace

cli::Command pulse_words() {
  using cli::Kind;
  return {.words = "pulse",
          .purpose = cli::Purpose::presence,
          .summary = "Say to a hub that this host lives",
          .about =
              "Pulses until interrupted, then says that it ends. With --message or --terminate it does that and "
              "ends: 0 when the hub has confirmed it, 1 when not, with the reason.",
          .options = {{.name = "--to",
                       .value = "HOST[:PORT]",
                       .help = "The hub (port 4280)",
                       .kind = Kind::host,
                       .required = true},
                      {.name = "--name",
                       .value = "NAME",
                       .help = "What the session is called, 1 to 255 bytes",
                       .kind = Kind::name,
                       .required = true},
                      cli::interval_option("Pulse this often (default 1s, unless there is only a message to deliver)"),
                      {.name = "--message", .value = "TEXT", .help = "Deliver this text", .repeats = true},
                      {.name = "--terminate", .help = "Close the session and end"},
                      {.name = "--no-terminate", .help = "Leave the session open when interrupted"},
                      cli::count_option("End after this many pulses (default: when interrupted)")},
          .examples = {{"holter pulse --to localhost --name db1 --interval 5s --count 3", "Three pulses, then the end"},
                       {"holter pulse --to localhost --name backup --message done", "Deliver one message"}}};
}

int pulse_command(const cli::Arguments& arguments) {
  PulseOptions options;
  const auto hub = *arguments.host("--to");
  options.hub_host = hub.host;
  options.hub_port = hub.port.value_or(options.hub_port);
  options.name = arguments.text("--name");
  options.interval = arguments.duration("--interval");
  options.messages = arguments.texts("--message");
  options.terminate = arguments.has("--terminate");
  options.stay_open = arguments.has("--no-terminate");
  options.count = arguments.count("--count", 0);
  return pulse_until_done(std::move(options));
}

}  // namespace holter::app
