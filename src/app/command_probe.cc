// `holter probe`: the probers of the active river, once or a few times from the command line, without a plan, a store
// or a running holter.
#include <fmt/format.h>

#include <algorithm>
#include <csignal>

#include "app/commands.h"
#include "app/path_text.h"
#include "app/probe_list.h"
#include "app/probe_text.h"
#include "app/terminal.h"
#include "cli/common_options.h"
#include "env/linux/broker_client.h"
#include "env/linux/log.h"
#include "env/linux/loop.h"
#include "env/linux/privileges.h"
#include "env/linux/signals.h"
#include "probe/option.h"
#include "probe/policed.h"
#include "probe/probers.h"

namespace holter::app {
namespace {

using record::ProbeKind;

constexpr base::Duration kDefaultInterval = base::Duration::seconds(1);

// "body_file" of a plan is --body-file here.
std::string option_name(std::string_view name) {
  std::string text = "--" + std::string(name);
  std::ranges::replace(text, '_', '-');
  return text;
}

// Those of each kind, each name once, with the kinds that have it before its help; then those of all kinds.
std::vector<cli::Option> options_of_kinds() {
  std::vector<cli::Option> all;
  for (const auto kind : record::kProbeKinds) {
    for (const auto& words : probe::Probers::options(kind)) {
      const std::string name = option_name(words.name);
      const auto found = std::ranges::find(all, name, &cli::Option::name);
      if (found != all.end()) {
        found->help = std::string(to_string(kind)) + ", " + found->help;
      } else {
        all.push_back({.name = name,
                       .value = std::string(words.value),
                       .help = std::string(to_string(kind)) + ": " + std::string(words.help),
                       .repeats = words.repeats});
      }
    }
  }
  for (const auto& option : probe::way_options()) {
    const auto& words = option.words;
    all.push_back({.name = option_name(words.name),
                   .letter = words.letter,
                   .value = std::string(words.value),
                   .help = std::string(words.help)});
  }
  return all;
}

record::Options given_options(const cli::Arguments& arguments) {
  record::Options given;
  for (const auto& option : options_of_kinds()) {
    std::string name = option.name.substr(2);
    std::ranges::replace(name, '-', '_');
    for (const auto& value : arguments.texts(option.name)) given.push_back({name, option.is_flag() ? "true" : value});
  }
  return given;
}

struct Wish {
  record::ProbePlan plan;
  probe::Expectations expectations;
  std::uint64_t count = 1;  // 0: until interrupted
  bool json = false;
  bool transcript = false;
  probe::Policy policy = {};
};

bool can_ping_unprivileged(env::Env env) {
  env::DatagramOptions options;
  options.kind = env::DatagramKind::icmp_echo;
  return env.network.open_datagram(options).has_value();
}

// What raw sockets are to a probe. To ICMP they are a second choice: they see all of the host's.
enum class RawSockets : std::uint8_t { none, spare, needed };

RawSockets raw_sockets_of(const record::ProbePlan& plan) {
  if (probe::Probers::needs_raw_socket(plan)) return RawSockets::needed;
  return plan.kind == ProbeKind::icmp ? RawSockets::spare : RawSockets::none;
}

// What a probe stands on.
struct Footing {
  std::unique_ptr<env_linux::BrokerClient> broker;
  std::string no_broker;
  std::unique_ptr<env::Log> log = env_linux::make_stderr_log(env::LogLevel::error);
  std::unique_ptr<env_linux::Loop> loop;
};

// The error's message is whole sentences.
base::Result<void> stand(Footing& footing, RawSockets raw) {
  if (raw != RawSockets::none) {
    const auto path = env_linux::find_broker();
    auto broker = path ? env_linux::BrokerClient::start(*path) : path.error();
    if (broker) footing.broker = std::move(*broker);
    if (!broker) footing.no_broker = broker.error().message;
  }
  // From here on this process has no capability and is not root.
  if (const auto dropped = env_linux::drop_privileges(); !dropped) return dropped.error();
  auto loop = env_linux::Loop::create(*footing.log);
  if (!loop) return loop.error();
  footing.loop = std::move(*loop);
  if (raw == RawSockets::none) return {};
  if (raw == RawSockets::spare && can_ping_unprivileged(footing.loop->env())) return {};
  if (!footing.broker && raw == RawSockets::needed) {
    return base::Error{base::ErrorKind::permission,
                       "cannot trace over TCP: " + footing.no_broker + "; or trace with --protocol udp or icmp"};
  }
  if (!footing.broker) {
    return base::Error{base::ErrorKind::permission,
                       "cannot send ICMP: " + footing.no_broker +
                           "; or let every user ping: sudo sysctl net.ipv4.ping_group_range='0 2147483647'"};
  }
  env_linux::LoopOptions options;
  options.raw_sockets = footing.broker.get();
  loop = env_linux::Loop::create(*footing.log, std::move(options));
  if (!loop) return loop.error();
  footing.loop = std::move(*loop);
  return {};
}

void show(const Wish& wish, const ProbeSeries& series, const record::ProbeResult& result) {
  if (wish.json) return print(probe_json(result) + '\n');
  print(probe_line(series.sent(), result, this_screen()));
  print(path_table(result.path, this_screen()));
  if (wish.transcript) print(to_string(result.transcript));
}

// True when it was interrupted.
env::Task<bool> probe_series(env::Env env, const Wish& wish, env_linux::Signals& signals, probe::Probers& probers,
                             ProbeSeries& series) {
  using boost::asio::experimental::awaitable_operators::operator||;
  for (;;) {
    const base::Instant start = env.clock.now();
    auto probing = probers.probe(wish.plan, wish.expectations);
    auto interrupted = signals.next();
    const auto first = co_await (std::move(probing) || std::move(interrupted));
    if (first.index() == 1) co_return true;
    series.add(std::get<0>(first));
    show(wish, series, std::get<0>(first));
    if (series.sent() == wish.count) co_return false;
    auto pause = env.clock.sleep_until(start + wish.plan.interval);
    auto interrupted_then = signals.next();
    const auto second = co_await (std::move(pause) || std::move(interrupted_then));
    if (second.index() == 1) co_return true;
  }
}

// What there is to tell between the probes of a series: a path that changed. It counts as none of them.
env::Task<void> show_changes(const Wish& wish, probe::Probers& probers, const ProbeSeries& series) {
  while (auto changing = probers.change(wish.plan, wish.expectations)) {
    const auto result = co_await std::move(*changing);
    show(wish, series, result);
  }
}

env::Task<void> probe_main(env::Env env, const Wish& wish, int& code) {
  auto signals = env_linux::Signals::create(env.executor, {SIGINT, SIGTERM});
  if (!signals) co_return print_error(to_string(signals.error()) + '\n');
  const probe::PolicedWorld policed(env, wish.policy);
  probe::Probers probers(policed.env());
  ProbeSeries series;
  env::TaskGroup between(env.executor);
  between.spawn(show_changes(wish, probers, series));
  const bool interrupted = co_await probe_series(env, wish, **signals, probers, series);
  co_await between.stop();
  co_await probers.stop();
  if (!wish.json && (interrupted || series.sent() > 1)) print('\n' + series.summary());
  code = series.sent() > 0 && series.as_expected() == series.sent() ? kDone : kFailed;
}

// Options that are for one target, where a list has its own.
std::optional<std::string> list_mistake(const cli::Arguments& arguments) {
  constexpr std::string_view kOfLists[] = {"--list", "--count",      "--interval",  "--timeout",
                                           "--json", "--transcript", "--any-target"};
  if (arguments.has("KIND")) return "--list: the kinds and targets are those of the list; leave KIND and TARGET out";
  for (const auto& option : arguments.command().options) {
    if (arguments.has(option.name) && std::ranges::find(kOfLists, option.name) == std::end(kOfLists)) {
      return option.name + " goes with KIND and TARGET, not with --list";
    }
  }
  return std::nullopt;
}

int probe_list_command(const cli::Arguments& arguments) {
  if (const auto mistake = list_mistake(arguments)) {
    print_error(*mistake + '\n');
    return kUsage;
  }
  auto wish = list_wish(arguments.text("--list"), {arguments.duration("--interval"), arguments.duration("--timeout")});
  if (!wish) {
    print_error(wish.error().message + '\n');
    return kUsage;
  }
  wish->rounds = arguments.count("--count", 0);
  wish->json = arguments.has("--json");
  wish->transcript = arguments.has("--transcript");
  if (arguments.has("--any-target")) wish->policy.deny.clear();
  Footing footing;
  if (const auto standing = stand(footing, wish->has(ProbeKind::icmp) ? RawSockets::spare : RawSockets::none);
      !standing) {
    print_error(standing.error().message + '\n');
    return kFailed;
  }
  int code = kFailed;
  footing.loop->run(probe_list(footing.loop->env(), *wish, code));
  return code;
}

}  // namespace

cli::Command probe_words() {
  using cli::Kind;
  std::vector<std::string> kinds;
  for (const auto kind : record::kProbeKinds) kinds.emplace_back(to_string(kind));
  cli::Command command{
      .words = "probe",
      .purpose = cli::Purpose::ask,
      .summary = "Probe a target now, without a running holter",
      .about =
          "icmp and trace take an address or a name, tcp and udp HOST:PORT, http and https a URL or what stands behind "
          "its scheme, dns the resolver to ask: an address or a name, with a port or without, or a URL; ntp an address "
          "or a name, with a port or without.\n\n"
          "Prints one line a probe: number, address, rtt or what failed and in which phase, the phases, and the "
          "answer in words; after several, a summary. What is measured stands in docs/probes.\n\n"
          "With --list, the services of a file are probed one after another, each an interval after the one before, "
          "round and round: a JSON object {\"servers\": [{\"name\", \"host\", \"port\", \"service\", \"interval\"}]} "
          "with ping, traceroute, HTTP, HTTPS, TCP, UDP, DNS or NTP as service. docs/moving.md tells more.\n\n"
          "Ends with 0 when every probe was answered as expected, 1 when one was not, 2 when the target is none.",
      .operands = {{.name = "KIND", .help = "What to send", .kind = Kind::choice, .choices = kinds, .unless = "--list"},
                   {.name = "TARGET", .help = "Whom to ask", .unless = "--list"}},
      .options = {cli::count_option("How many probes, or rounds of a list; 0: until interrupted (default 1; list: 0)"),
                  cli::interval_option("From one start to the next (default 1s); one runs at a time"),
                  {.name = "--timeout",
                   .value = "DURATION",
                   .help =
                       "How long to wait for an answer (default: icmp 1s, tcp, udp and ntp 3s, trace 60s, others 5s)",
                   .kind = Kind::duration},
                  {.name = "--query",
                   .value = "NAME",
                   .help = "dns: the name that is asked for (default: the target's name; the root of an address)"},
                  {.name = "--expect",
                   .value = "EXPR",
                   .help = "What the answer must be, in the language of docs/filters.md: 'status == 200'",
                   .repeats = true},
                  {.name = "--list",
                   .value = "FILE",
                   .help = "Probe the services of this list instead (see above)",
                   .kind = Kind::file},
                  {.name = "--any-target",
                   .help = "Ask those addresses too at which clouds tell a machine's secrets (docs/probes)"},
                  {.name = "--transcript", .help = "Show what was sent and what came as well"},
                  cli::json_option("One JSON object a probe, with the names of /api/v1/results; no summary")},
      .examples = {{"holter probe icmp 127.0.0.1 --count 3 --interval 200ms", "Three echo requests"},
                   {"holter probe tcp localhost:4280", "Is this port open, and how fast?"},
                   {"holter probe http http://127.0.0.1:4280/ --expect 'status == 200 and rtt < 1s'",
                    "One GET, every phase timed"},
                   {"holter probe --list services.json --count 1", "Each service of a list once"}}};
  for (const auto& option : options_of_kinds()) command.options.push_back(option);
  return command;
}

int probe_command(const cli::Arguments& arguments) {
  if (arguments.has("--list")) return probe_list_command(arguments);
  Wish wish;
  const std::string kind = arguments.text("KIND");
  for (const auto candidate : record::kProbeKinds) {
    if (to_string(candidate) == kind) wish.plan.kind = candidate;
  }
  wish.plan.name = "probe";
  wish.plan.target = arguments.text("TARGET");
  wish.plan.query = arguments.text("--query");
  wish.plan.interval = arguments.duration("--interval").value_or(kDefaultInterval);
  wish.plan.timeout = arguments.duration("--timeout").value_or(record::default_timeout(wish.plan.kind));
  wish.plan.expect = arguments.texts("--expect");
  wish.plan.options = given_options(arguments);
  wish.count = arguments.count("--count", wish.count);
  wish.json = arguments.has("--json");
  wish.transcript = arguments.has("--transcript");
  if (arguments.has("--any-target")) wish.policy.deny.clear();
  if (const auto mistake = probe::Probers::mistake_in(wish.plan)) {
    // Its text begins with the key where that is an option here.
    print_error((mistake->text.starts_with(mistake->key) ? "--" : "") + mistake->text + '\n');
    return kUsage;
  }
  wish.expectations = probe::Expectations::compile(wish.plan.expect).value();
  Footing footing;
  if (const auto standing = stand(footing, raw_sockets_of(wish.plan)); !standing) {
    print_error(standing.error().message + '\n');
    return kFailed;
  }
  int code = kFailed;
  footing.loop->run(probe_main(footing.loop->env(), wish, code));
  return code;
}

}  // namespace holter::app
