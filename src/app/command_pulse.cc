// `holter pulse`: the client of a heartbeat session. Says in words what happens: sent, asked, delivered or not and why.
#include <fmt/format.h>

#include <csignal>

#include "app/commands.h"
#include "app/options.h"
#include "app/paths.h"
#include "app/terminal.h"
#include "cli/common_options.h"
#include "env/linux/files.h"
#include "env/linux/log.h"
#include "env/linux/log_line.h"
#include "env/linux/loop.h"
#include "env/linux/signals.h"
#include "heartbeat/beacon.h"
#include "heartbeat/pulse_words.h"

namespace holter::app {
namespace {

using heartbeat::BeaconEvent;

constexpr std::size_t kMaxKeyFileBytes = 4'096;
constexpr base::Duration kDefaultInterval = base::Duration::seconds(1);

bool pulses(const PulseOptions& options) {
  return !options.terminate && (options.messages.empty() || options.interval.has_value());
}

base::Duration interval_of(const PulseOptions& options) {
  return pulses(options) ? options.interval.value_or(kDefaultInterval) : base::Duration::zero();
}

void say_start(const BeaconEvent& event, const PulseOptions& options) {
  const std::string with =
      fmt::format("{} as {}", to_string(event.hub), base::UntrustedText(options.name).for_terminal());
  const std::string own = to_string(event.local);
  if (pulses(options)) {
    print(fmt::format("pulsing {} every {}, from {}\n", with, to_string(interval_of(options)), own));
  } else {
    print(fmt::format("speaking to {}, from {}\n", with, own));
  }
}

void say(const BeaconEvent& event, const PulseOptions& options) {
  const std::string hub = to_string(event.hub);
  using enum BeaconEvent::Kind;
  switch (event.kind) {
    case started: say_start(event, options); break;
    case asked: print(fmt::format("{} asked whether we live (ask {}); answered\n", hub, event.number)); break;
    case delivered: print(fmt::format("delivered to {}\n", hub)); break;
    case not_delivered: print_error(fmt::format("not delivered: {}\n", event.why)); break;
    case ended: print(fmt::format("ended, and {} knows\n", hub)); break;
    case not_ended: print_error(fmt::format("ended, and the hub may not know: {}\n", event.why)); break;
    case unreachable: print_error(fmt::format("{} does not hear us: {}\n", hub, event.why)); break;
  }
}

// A line as the log of the hub has it.
void show(const heartbeat::BeaconDatagram& datagram, base::WallTime at) {
  std::string text = env_linux::log_text("datagram", {{"way", datagram.sent ? "sent" : "received"},
                                                      {"peer", datagram.peer},
                                                      {"local", datagram.local},
                                                      {"bytes", datagram.bytes.size()}});
  const auto view = heartbeat::PulseView::parse(datagram.bytes);
  text += ' ' + (view ? heartbeat::pulse_words(*view) : "no_pulse=" + std::string(to_string(view.error())));
  print_error(env_linux::log_line(at, env::LogLevel::debug, "heartbeat", text, env_linux::Colours::none));
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

enum class Heard : std::uint8_t { yes, no, interrupted };

// Whether the hub acknowledged it; a signal ends the wait.
env::Task<Heard> unless_interrupted(env::Task<base::Result<void>> acknowledged, env_linux::Signals& signals,
                                    std::string otherwise) {
  using boost::asio::experimental::awaitable_operators::operator||;
  auto interrupted = signals.next();
  const auto first = co_await (std::move(acknowledged) || std::move(interrupted));
  if (first.index() == 0) co_return std::get<0>(first) ? Heard::yes : Heard::no;
  print_error("interrupted: " + otherwise + '\n');
  co_return Heard::interrupted;
}

// The first signal ends it in good order; the next one does not wait for the hub to know.
env::Task<int> converse(env::Env env, PulseOptions options, heartbeat::Beacon& beacon, env_linux::Signals& signals) {
  Heard heard = Heard::yes;
  for (const auto& message : options.messages) {
    auto delivering = beacon.deliver(message);
    heard = co_await unless_interrupted(std::move(delivering), signals, "the message may not be delivered");
    if (heard == Heard::no) co_return kFailed;
    if (heard == Heard::interrupted) break;
  }
  if (heard == Heard::yes && pulses(options)) {
    co_await until_done(env, signals, interval_of(options), options.count);
  }
  const int code = heard == Heard::yes ? kDone : kFailed;
  if (options.stay_open && !options.terminate) co_return code;
  auto ending = options.terminate ? beacon.terminate() : beacon.leave();
  heard = co_await unless_interrupted(std::move(ending), signals, "the hub may not know that this is the end");
  co_return heard == Heard::yes ? code : kFailed;
}

env::Task<void> pulse(env::Env env, PulseOptions options, int& code) {
  auto signals = env_linux::Signals::create(env.executor, {SIGINT, SIGTERM});
  if (!signals) co_return print_error(to_string(signals.error()) + '\n');
  heartbeat::BeaconOptions beacon_options;
  beacon_options.hub = options.hub_host;
  beacon_options.port = options.hub_port;
  beacon_options.name = options.name;
  beacon_options.interval = interval_of(options);
  beacon_options.key = options.key;
  if (options.debug) {
    beacon_options.on_datagram = [env](const heartbeat::BeaconDatagram& datagram) {
      show(datagram, env.clock.wall_now());
    };
  }
  heartbeat::Beacon beacon(env, beacon_options, [&options](const BeaconEvent& event) { say(event, options); });
  const auto opened = co_await beacon.open();
  if (!opened) {
    print_error("cannot pulse to " + base::UntrustedText(options.hub_host).for_terminal() + ": " +
                to_string(opened.error()) + '\n');
    co_return;
  }
  env::TaskGroup running(env.executor);
  running.spawn(beacon.run());
  code = co_await converse(env, options, beacon, **signals);
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

// By --key, --key-file or HOLTER_KEY; absent when there is none.
base::Result<std::optional<heartbeat::ClientKey>> key_of(const cli::Arguments& arguments) {
  std::string from = "HOLTER_KEY";
  std::string text = this_user().environment[from];
  if (arguments.has("--key") && arguments.has("--key-file")) {
    return base::Error{base::ErrorKind::invalid, "give --key or --key-file, not both"};
  }
  if (arguments.has("--key")) {
    from = "--key";
    text = arguments.text(from);
  } else if (arguments.has("--key-file")) {
    from = arguments.text("--key-file");
    env_linux::Files files;
    auto read = env::read_text(files, from, kMaxKeyFileBytes);
    if (!read) return read.error();
    text = std::move(*read);
  } else if (text.empty()) {
    return std::optional<heartbeat::ClientKey>();
  }
  const auto key = heartbeat::parse_key(text, arguments.text("--name"));
  if (!key) return base::with_context(from, key.error());
  return std::optional(*key);
}

}  // namespace

cli::Command pulse_words() {
  using cli::Kind;
  return {.words = "pulse",
          .purpose = cli::Purpose::presence,
          .summary = "Say to a hub that this host lives",
          .about =
              "Pulses until interrupted, then says that it ends. With --message it delivers that, says that it ends "
              "and ends; neither closes the session while another process pulses under its name, or when the hub "
              "expects it again. --terminate closes it in any case. The exit code is 0 when the hub has confirmed "
              "everything, else 1 with the reason; a hub whose port is closed is given up after about a second, a "
              "silent one after 10 s, and a second interrupt waits for nothing.",
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
                      {.name = "--key",
                       .value = "KEY",
                       .help = "The key that holter key create printed (else from HOLTER_KEY)"},
                      {.name = "--key-file",
                       .value = "FILE",
                       .help = "Read the key from this file: it is then not in the list of processes",
                       .kind = cli::Kind::file},
                      cli::interval_option("Pulse this often (default 1s, unless there is only a message to deliver)"),
                      {.name = "--message", .value = "TEXT", .help = "Deliver this text", .repeats = true},
                      {.name = "--terminate", .help = "Close the session, whoever pulses in it, and end"},
                      {.name = "--no-terminate", .help = "Leave the session open at the end: silence is asked about"},
                      cli::count_option("End after this many pulses (default: when interrupted)"),
                      {.name = "--debug", .help = "Show every datagram on standard error"}},
          .examples = {{"holter pulse --to localhost --name db1 --interval 5s --count 3", "Three pulses, then the end"},
                       {"holter pulse --to localhost --name backup --message done", "Deliver one message"}}};
}

int pulse_command(const cli::Arguments& arguments) {
  PulseOptions options;
  const auto hub = *arguments.host("--to");
  options.hub_host = hub.host;
  options.hub_port = hub.port.value_or(options.hub_port);
  options.name = arguments.text("--name");
  auto key = key_of(arguments);
  if (!key) {
    print_error(key.error().message + '\n');
    return kUsage;
  }
  options.key = *key;
  options.interval = arguments.duration("--interval");
  options.messages = arguments.texts("--message");
  options.terminate = arguments.has("--terminate");
  options.stay_open = arguments.has("--no-terminate");
  options.debug = arguments.has("--debug");
  options.count = arguments.count("--count", 0);
  return pulse_until_done(std::move(options));
}

}  // namespace holter::app
