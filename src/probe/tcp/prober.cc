#include "probe/tcp/prober.h"

#include "base/url.h"
#include "probe/dial.h"
#include "probe/hearing.h"
#include "probe/measurement.h"
#include "probe/secure.h"
#include "probe/target.h"
#include "probe/tls_facts.h"

namespace holter::probe {
namespace {

using base::ErrorKind;
using record::Direction;
using record::Outcome;
using record::Phase;

using StreamPtr = std::unique_ptr<env::ByteStream>;

// One probe on its way; lives in the frame of probe_tcp().
struct Call {
  record::ProbeResult result;
  TcpOptions options;
  std::string host;
  base::Duration timeout;
  base::Instant deadline;
  const Expectations& expectations;

  std::optional<base::Duration>& phase(Phase of) { return result.phases[static_cast<std::size_t>(of)]; }
  std::string within() const { return " within " + base::to_string(timeout); }
  bool wants_banner() const { return options.banner || (!options.starttls && expectations.mention("banner")); }
};

void tell(record::ProbeResult& result, const std::string& more) {
  const std::string& so_far = result.detail.raw();
  result.detail = base::UntrustedText(so_far.empty() ? more : so_far + ", " + more, kMaxDetailBytes);
}

void connected(Call& call, const Dialed& dialed, base::Instant began_at) {
  auto& result = call.result;
  result.rtt = dialed.stands_at - dialed.syn_at;
  call.phase(Phase::connect) = dialed.stands_at - began_at;
  add_fact(result.facts, "port_state", base::UntrustedText("open"));
  if (const auto rtt = dialed.stream->kernel_rtt()) add_fact(result.facts, "tcp_rtt", *rtt);
  tell(result, "open");
}

record::ProbeResult not_connected(Call call, const base::Error& error) {
  auto& result = call.result;
  if (error.kind == ErrorKind::timeout) {
    add_fact(result.facts, "port_state", base::UntrustedText("filtered"));
    return failed(std::move(result), Outcome::timeout, Phase::connect, "no answer" + call.within());
  }
  if (error.kind == ErrorKind::refused) add_fact(result.facts, "port_state", base::UntrustedText("closed"));
  return failed(std::move(result), error, Phase::connect);
}

record::ProbeResult not_secured(Call call, const base::Error& error) {
  const bool late = error.kind == ErrorKind::timeout;
  if (late) return failed(std::move(call.result), Outcome::timeout, Phase::tls, error.message + call.within());
  return failed(std::move(call.result), error, Phase::tls);
}

// What was heard as a failure where it is nothing.
std::optional<record::ProbeResult> unheard(Call& call, const Heard& heard, const std::string& what) {
  if (!heard.text.empty()) return std::nullopt;
  const bool late = heard.end && heard.end->kind == ErrorKind::timeout;
  if (late) return failed(std::move(call.result), Outcome::timeout, Phase::first_byte, "no " + what + call.within());
  const bool closed = heard.end && heard.end->kind == ErrorKind::closed;
  const std::string why = closed ? "the target closed the connection" : heard.end->message;
  return failed(std::move(call.result), Outcome::bad_answer, Phase::first_byte, "no " + what + ": " + why);
}

void take_times(Call& call, const Heard& heard, base::Instant asked_at) {
  call.phase(Phase::first_byte) = *heard.first_at - asked_at;
  call.phase(Phase::transfer) = heard.last_at - *heard.first_at;
  note(call.result, heard.last_at, Direction::came, heard.text);
}

void take_reply(record::ProbeResult& result, const std::string& text) {
  add_fact(result.facts, "reply", base::UntrustedText(text));
  add_fact(result.facts, "reply_bytes", static_cast<std::int64_t>(text.size()));
}

// Who expects something of the reply waits for it; everybody else is content with its first line.
IsEnough enough_reply(const Call& call) {
  if (!call.expectations.mention("reply") && !call.expectations.mention("reply_bytes")) return {};
  return [&call](const std::string& text) {
    auto so_far = call.result;
    take_reply(so_far, text);
    return call.expectations.judged(std::move(so_far)).outcome == Outcome::ok;
  };
}

std::string first_line(const std::string& text) { return text.substr(0, text.find_first_of("\r\n")); }

env::Task<std::optional<record::ProbeResult>> hear_banner(env::Env env, env::ByteStream& stream, Call& call) {
  const base::Instant asked_at = env.clock.now();
  Heard heard;
  co_await hear(env, stream, call.deadline, {}, heard);
  if (auto failure = unheard(call, heard, "banner")) co_return failure;
  take_times(call, heard, asked_at);
  const std::string banner = first_line(heard.text);
  add_fact(call.result.facts, "banner", base::UntrustedText(banner));
  tell(call.result, '"' + banner + '"');
  co_return std::nullopt;
}

env::Task<std::optional<record::ProbeResult>> ask(env::Env env, env::ByteStream& stream, Call& call) {
  const std::string& text = *call.options.send;
  const base::Instant asked_at = env.clock.now();
  note(call.result, asked_at, Direction::sent, text);
  auto writing = stream.write_all({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  const auto written = co_await env::with_deadline<void>(env.clock, call.deadline, std::move(writing));
  Heard heard;
  if (!written) heard.end = written.error();
  if (written) co_await hear(env, stream, call.deadline, enough_reply(call), heard);
  if (auto failure = unheard(call, heard, "reply")) co_return failure;
  take_times(call, heard, asked_at);
  take_reply(call.result, heard.text);
  tell(call.result, reply_text(heard.text));
  co_return std::nullopt;
}

Security security_of(const Call& call) {
  const std::string& name = call.options.tls_name.empty() ? call.host : call.options.tls_name;
  return {call.options.starttls, call.host, {name, !call.options.insecure}};
}

env::Task<record::ProbeResult> converse(env::Env env, StreamPtr stream, Call& call) {
  if (call.options.tls || call.options.starttls) {
    const base::Instant began_at = env.clock.now();
    auto secured = co_await secure(env, std::move(stream), security_of(call), call.deadline, call.result);
    call.phase(Phase::tls) = env.clock.now() - began_at;
    if (!secured) co_return not_secured(std::move(call), secured.error());
    stream = std::move(secured->stream);
    tell(call.result, tls_text(secured->facts));
  }
  if (call.wants_banner()) {
    if (auto failure = co_await hear_banner(env, *stream, call)) co_return std::move(*failure);
  }
  if (call.options.send) {
    if (auto failure = co_await ask(env, *stream, call)) co_return std::move(*failure);
  }
  co_return std::move(call.result);
}

}  // namespace

Wrong read_send(const std::string& value, TcpOptions& into) {
  Payload payload;
  if (const Wrong why = read_value(value, payload)) return why;
  const auto* const text = std::get_if<std::string>(&payload);
  if (text == nullptr) return "names a datagram, which is for udp; give a text or hex:00ff";
  into.send = *text;
  return std::nullopt;
}

Wrong read_starttls(const std::string& value, TcpOptions& into) {
  into.starttls = parse_starttls(value);
  return into.starttls ? Wrong() : "is smtp, imap, pop3, ftp, ldap, xmpp or postgres";
}

Wrong TcpOptions::mistake_in(const record::ProbePlan& /*plan*/) const {
  if (tls && starttls) return "tls is there beside starttls, which begins without it";
  if (banner && starttls) return "banner is there beside starttls, which reads it by itself";
  const bool secure = tls || starttls;
  if (!secure && insecure) return "insecure is there without tls and without starttls";
  if (!secure && !tls_name.empty()) return "tls_name is there without tls and without starttls";
  const bool is_name = tls_name.empty() || base::is_host(tls_name);
  return is_name ? Wrong() : "tls_name is neither the name nor an address of a host";
}

env::Task<record::ProbeResult> probe_tcp(env::Env env, record::ProbePlan plan, const Expectations& expectations) {
  const auto target = base::parse_host_port(plan.target);
  if (!target) {
    const std::string why = target_mistake(plan.kind, plan.target).value_or("is none");
    co_return failed(begin(env, plan), Outcome::resolve_failed, Phase::resolve, "the target " + why);
  }
  Call call{.result = begin(env, plan),
            .options = read_options<TcpOptions>(plan.kind, kTcpOptions, plan.options).value(),
            .host = target->host,
            .timeout = plan.timeout,
            .deadline = env.clock.now() + plan.timeout,
            .expectations = expectations};
  const auto addresses = co_await resolve_all(env, target->host, call.options, call.deadline, call.result);
  if (!addresses) co_return failed(std::move(call.result), addresses.error(), Phase::resolve);
  const base::Instant began_at = env.clock.now();
  auto dialed = co_await dial(env, *addresses, target->port, call.options, call.deadline, call.result);
  if (!dialed) co_return not_connected(std::move(call), dialed.error());
  connected(call, *dialed, began_at);
  co_return co_await converse(env, std::move(dialed->stream), call);
}

}  // namespace holter::probe
