// `holter pulse`: the client of a heartbeat session. Says in words what happens: sent, asked, delivered or not and why.
#include <fmt/format.h>

#include <csignal>

#include "app/commands.h"
#include "app/options.h"
#include "app/own_loop.h"
#include "app/paths.h"
#include "app/pulse_beacon.h"
#include "app/pulse_exec.h"
#include "app/pulse_interactive.h"
#include "app/terminal.h"
#include "cli/common_options.h"
#include "env/linux/files.h"
#include "env/linux/signals.h"
#include "heartbeat/beacon.h"
#include "heartbeat/beacon_words.h"

namespace holter::app {
namespace {

using heartbeat::BeaconEvent;

constexpr std::size_t kMaxKeyFileBytes = 4'096;

void say(const BeaconEvent& event, const heartbeat::BeaconOptions& options) {
  if (event.kind == BeaconEvent::Kind::started) return print(heartbeat::opening_words(event, options) + '\n');
  const std::string line = heartbeat::beacon_words(event) + '\n';
  if (heartbeat::is_trouble(event)) {
    print_error(line);
  } else {
    print(line);
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
  if (heard == Heard::yes && interval_of(options) > base::Duration::zero()) {
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
  const auto wanted = beacon_options(options, env, print_error);
  heartbeat::Beacon beacon(env, wanted, [&wanted](const BeaconEvent& event) { say(event, wanted); });
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
  return run_alone(env::LogLevel::warn,
                   [&options](env::Env env, int& code) { return pulse(env, std::move(options), code); });
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

// What does not go together.
std::optional<std::string> usage_mistake(const cli::Arguments& arguments) {
  for (const char* one : {"--interactive", "--exec"}) {
    for (const char* other : {"--message", "--terminate", "--count", "--exec"}) {
      if (std::string_view(one) == other || !arguments.has(one) || !arguments.has(other)) continue;
      return fmt::format("{} does not go with {}\n", one, other);
    }
  }
  if (arguments.has("--exec") && arguments.text("--exec").empty()) return "--exec needs a command\n";
  return std::nullopt;
}

}  // namespace

cli::Command pulse_words() {
  using cli::Kind;
  return {
      .words = "pulse",
      .purpose = cli::Purpose::presence,
      .summary = "Say to a hub that this host lives",
      .about =
          "Pulses until interrupted, then says that it ends. With --message it delivers that, says that it ends "
          "and ends; neither closes the session while another process pulses under its name, or when the hub "
          "expects it again. --terminate closes it in any case. The exit code is 0 when the hub has confirmed "
          "everything, else 1 with the reason; a hub whose port is closed is given up after about a second, a "
          "silent one after 10 s, and a second interrupt waits for nothing."
          "\n\n"
          "With -i there is a prompt, for messages and for another hub; `help` lists what can be said there. Lines "
          "from a pipe are taken one by one, and the end of the input is the end."
          "\n\n"
          "With --exec the hub is told when CMD begins and how it ended, with the last of its output; a failure takes "
          "the "
          "session down with that as its reason. CMD runs whether the hub hears or not; its output passes through, its "
          "input is empty, SIGINT, SIGTERM and SIGHUP are forwarded to it, and its exit status is that of holter (128 "
          "and the number when a signal ended it).",
      .options = {{.name = "--to",
                   .value = "HOST[:PORT]",
                   .help = "The hub (port 4280)",
                   .kind = Kind::host,
                   .required = true,
                   .unless = "--interactive"},
                  {.name = "--name",
                   .value = "NAME",
                   .help = "What the session is called, 1 to 255 bytes",
                   .kind = Kind::name,
                   .required = true,
                   .unless = "--interactive"},
                  {.name = "--interactive", .letter = 'i', .help = "Ask what to do at a prompt, and pulse meanwhile"},
                  {.name = "--exec",
                   .value = "CMD",
                   .help = "Run CMD by /bin/sh while pulsing, tell how it ended, and end as it did"},
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
                   {"holter pulse --to localhost --name backup --message done", "Deliver one message"},
                   {"holter pulse --to localhost --name backup --exec 'echo 3 files'", "Watch over a command"},
                   {"holter pulse -i --to localhost --name db1", "A prompt; a script may write to it too"}}};
}

int pulse_command(const cli::Arguments& arguments) {
  PulseOptions options;
  if (const auto hub = arguments.host("--to")) {
    options.hub_host = hub->host;
    options.hub_port = hub->port.value_or(options.hub_port);
  }
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
  options.interactive = arguments.has("--interactive");
  options.command = arguments.text("--exec");
  if (const auto mistake = usage_mistake(arguments)) {
    print_error(*mistake);
    return kUsage;
  }
  if (options.interactive) return pulse_interactively(std::move(options));
  if (arguments.has("--exec")) return pulse_around(std::move(options));
  return pulse_until_done(std::move(options));
}

}  // namespace holter::app
