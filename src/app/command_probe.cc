// `holter probe`: the probers of the active river, once or a few times from the command line, without a plan, a store
// or a running holter.
#include <fmt/format.h>

#include <csignal>

#include "app/commands.h"
#include "app/probe_text.h"
#include "app/terminal.h"
#include "cli/common_options.h"
#include "env/linux/broker_client.h"
#include "env/linux/log.h"
#include "env/linux/loop.h"
#include "env/linux/privileges.h"
#include "env/linux/signals.h"
#include "probe/dns_message.h"
#include "probe/probers.h"
#include "probe/target.h"

namespace holter::app {
namespace {

using record::ProbeKind;

constexpr base::Duration kDefaultInterval = base::Duration::seconds(1);
constexpr base::Duration kDefaultTimeout = base::Duration::seconds(5);
constexpr ProbeKind kKinds[] = {ProbeKind::icmp, ProbeKind::tcp, ProbeKind::http, ProbeKind::dns};

struct Wish {
  record::ProbePlan plan;
  std::uint64_t count = 1;  // 0: until interrupted
  bool json = false;
};

// Why the wish cannot be; empty when it can.
std::string mistake_in(const Wish& wish) {
  const auto& plan = wish.plan;
  const auto in_target = probe::target_mistake(plan.kind, plan.target);
  if (in_target) return "the target " + base::UntrustedText(plan.target).for_log() + ' ' + *in_target;
  if (!plan.query.empty() && plan.kind != ProbeKind::dns) return "--query is for dns";
  if (!plan.query.empty() && !probe::dns_query({plan.query, probe::DnsType::a}, 0)) {
    return "--query " + base::UntrustedText(plan.query).for_log() + " is not a name that can be asked for";
  }
  if (plan.interval < record::kMinProbeInterval) return "--interval is at least 10ms";
  if (plan.timeout > record::kMaxProbeTimeout) return "--timeout is at most 10m";
  return "";
}

bool can_ping_unprivileged(env::Env env) {
  env::DatagramOptions options;
  options.kind = env::DatagramKind::icmp_echo;
  return env.network.open_datagram(options).has_value();
}

// What a probe stands on. Raw sockets are a second choice: they see all of the host's ICMP.
struct Footing {
  std::unique_ptr<env_linux::BrokerClient> broker;
  std::string no_broker;
  std::unique_ptr<env::Log> log = env_linux::make_stderr_log(env::LogLevel::error);
  std::unique_ptr<env_linux::Loop> loop;
};

// The error's message is whole sentences.
base::Result<void> stand(Footing& footing, ProbeKind kind) {
  if (kind == ProbeKind::icmp) {
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
  if (kind != ProbeKind::icmp || can_ping_unprivileged(footing.loop->env())) return {};
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
  print(wish.json ? probe_json(result) + '\n' : probe_line(series.sent(), result, this_screen()));
}

// True when it was interrupted.
env::Task<bool> probe_series(env::Env env, const Wish& wish, env_linux::Signals& signals, probe::Probers& probers,
                             ProbeSeries& series) {
  using boost::asio::experimental::awaitable_operators::operator||;
  for (;;) {
    const base::Instant start = env.clock.now();
    auto probing = probers.probe(wish.plan);
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

env::Task<void> probe_main(env::Env env, const Wish& wish, int& code) {
  auto signals = env_linux::Signals::create(env.executor, {SIGINT, SIGTERM});
  if (!signals) co_return print_error(to_string(signals.error()) + '\n');
  probe::Probers probers(env);
  ProbeSeries series;
  const bool interrupted = co_await probe_series(env, wish, **signals, probers, series);
  co_await probers.stop();
  if (!wish.json && (interrupted || series.sent() > 1)) print('\n' + series.summary());
  code = series.sent() > 0 && series.answered() == series.sent() ? kDone : kFailed;
}

}  // namespace

cli::Command probe_words() {
  using cli::Kind;
  std::vector<std::string> kinds;
  for (const auto kind : kKinds) kinds.emplace_back(to_string(kind));
  return {
      .words = "probe",
      .purpose = cli::Purpose::ask,
      .summary = "Probe a target now, without a running holter",
      .about =
          "icmp takes an address or a name, tcp HOST:PORT, http a URL with http:// or https://, dns the resolver to "
          "ask: an address, one with a port, or a name.\n\n"
          "Prints one line a probe: number, address, rtt or what failed and in which phase, the phases, and the "
          "answer in words; after several, a summary. What is measured stands in docs/probes.\n\n"
          "Ends with 0 when every probe was answered, 1 when one was not, 2 when the target is none.",
      .operands = {{.name = "KIND", .help = "What to send", .kind = Kind::choice, .choices = kinds},
                   {.name = "TARGET", .help = "Whom to ask"}},
      .options = {cli::count_option("How many probes; 0: until interrupted (default 1)"),
                  cli::interval_option("From one start to the next (default 1s); one runs at a time"),
                  {.name = "--timeout",
                   .value = "DURATION",
                   .help = "How long to wait for an answer (default 5s)",
                   .kind = Kind::duration},
                  {.name = "--query",
                   .value = "NAME",
                   .help = "dns: the name whose addresses are asked for (default: the root's name servers)"},
                  cli::json_option("One JSON object a probe, with the names of /api/v1/results; no summary")},
      .examples = {{"holter probe icmp 127.0.0.1 --count 3 --interval 200ms", "Three echo requests"},
                   {"holter probe tcp localhost:4280", "Is this port open, and how fast?"},
                   {"holter probe http http://127.0.0.1:4280/ --json", "One GET, every phase timed, as JSON"}}};
}

int probe_command(const cli::Arguments& arguments) {
  Wish wish;
  const std::string kind = arguments.text("KIND");
  for (const auto candidate : kKinds) {
    if (to_string(candidate) == kind) wish.plan.kind = candidate;
  }
  wish.plan.name = "probe";
  wish.plan.target = arguments.text("TARGET");
  wish.plan.query = arguments.text("--query");
  wish.plan.interval = arguments.duration("--interval").value_or(kDefaultInterval);
  wish.plan.timeout = arguments.duration("--timeout").value_or(kDefaultTimeout);
  wish.count = arguments.count("--count", wish.count);
  wish.json = arguments.has("--json");
  if (const std::string mistake = mistake_in(wish); !mistake.empty()) {
    print_error(mistake + '\n');
    return kUsage;
  }
  Footing footing;
  if (const auto standing = stand(footing, wish.plan.kind); !standing) {
    print_error(standing.error().message + '\n');
    return kFailed;
  }
  int code = kFailed;
  footing.loop->run(probe_main(footing.loop->env(), wish, code));
  return code;
}

}  // namespace holter::app
