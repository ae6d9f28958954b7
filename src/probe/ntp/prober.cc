#include "probe/ntp/prober.h"

#include <fmt/format.h>

#include "base/url.h"
#include "probe/exchange.h"

namespace holter::probe {
namespace {

using record::Outcome;
using record::Phase;

constexpr std::uint16_t kNtpPort = 123;

bool is_reply_to(base::Bytes bytes, NtpTime mark) {
  const auto reply = parse_ntp_reply(bytes);
  return reply && reply->origin == mark;
}

// "NTPv4 reply, stratum 2, leap none, reference 192.0.2.9"
std::string reply_text(const NtpReply& reply) {
  const std::string reference = reference_of(reply);
  return fmt::format("NTPv{} reply, stratum {}, leap {}, {}", reply.version, reply.stratum, to_string(reply.leap),
                     reference.empty() ? "no reference" : "reference " + reference);
}

std::string signed_text(base::Duration d) { return (d < base::Duration::zero() ? "" : "+") + base::to_string(d); }

// "2026-03-01T12:34:56.789Z, offset +1.2 ms, stratum 2"
std::string clock_text(const NtpReading& reading, const NtpReply& reply) {
  std::string text =
      fmt::format("{}, offset {}, stratum {}", to_string(reading.time), signed_text(reading.offset), stratum_of(reply));
  if (reply.leap == NtpLeap::insert) text += ", a leap second will be inserted";
  if (reply.leap == NtpLeap::remove) text += ", a second will be left out";
  return text;
}

record::ProbeResult declined(record::ProbeResult result, const std::string& kiss, const RoundTrip& trip,
                             const Expectations& expectations) {
  add_fact(result.facts, "kiss", base::UntrustedText(kiss));
  const std::string words(kiss_words(kiss));
  const std::string detail = "kiss-o'-death " + kiss + (words.empty() ? "" : ": " + words);
  if (!expectations.mention("kiss")) {
    return failed(std::move(result), Outcome::bad_answer, Phase::first_byte, detail);
  }
  result = succeeded(std::move(result), trip);
  result.detail = base::UntrustedText(detail);
  return result;
}

// When the reply arrived by our wall clock, as the kernel saw it where it did.
base::WallTime arrival_of(const env::Env& env, const record::ProbeResult& result, const RoundTrip& trip) {
  if (result.kernel_stamped) return base::as_wall_time(*trip.received_stamp);
  return base::WallTime::from_nanoseconds((trip.received_at + wall_offset(env)).in_nanoseconds());
}

void add_reading(record::Facts& facts, const NtpReading& reading, const NtpReply& reply) {
  add_fact(facts, "stratum", std::int64_t{stratum_of(reply)});
  add_fact(facts, "reference_id", base::UntrustedText(reference_of(reply)));
  add_fact(facts, "offset", reading.offset);
  add_fact(facts, "delay", reading.delay);
  add_fact(facts, "root_delay", reply.root_delay);
  add_fact(facts, "root_dispersion", reply.root_dispersion);
  add_fact(facts, "server_time", base::UntrustedText(to_string(reading.time, 6)));
}

record::ProbeResult judge(const env::Env& env, record::ProbeResult result, const NtpReply& reply, const RoundTrip& trip,
                          const Expectations& expectations) {
  note(result, trip.received_at, record::Direction::came, reply_text(reply));
  add_fact(result.facts, "version", base::UntrustedText(fmt::format("NTPv{}", reply.version)));
  add_fact(result.facts, "leap", base::UntrustedText(to_string(reply.leap)));
  if (const std::string kiss = kiss_of(reply); !kiss.empty()) {
    return declined(std::move(result), kiss, trip, expectations);
  }
  result = succeeded(std::move(result), trip);
  const NtpReading reading = read_clock(reply, arrival_of(env, result, trip), *result.rtt);
  add_reading(result.facts, reading, reply);
  const std::string text = clock_text(reading, reply);
  if (is_synchronised(reply) || expectations.mention("leap") || expectations.mention("stratum")) {
    result.detail = base::UntrustedText(text);
    return result;
  }
  result.phases[static_cast<std::size_t>(Phase::first_byte)].reset();
  return failed(std::move(result), Outcome::bad_answer, Phase::first_byte, "not synchronised: " + text);
}

struct Target {
  std::string host;
  std::uint16_t port = kNtpPort;
};

Target target_of(const std::string& text) {
  if (auto with_port = base::parse_host_port(text)) return {std::move(with_port->host), with_port->port};
  return {text};
}

}  // namespace

Wrong read_ntp_version(const std::string& value, NtpOptions& into) {
  const Wrong why = read_value(value, into.version);
  if (why || into.version < kNtpOldest || into.version > kNtpNewest) return "is 3 or 4";
  return std::nullopt;
}

env::Task<record::ProbeResult> probe_ntp(env::Env env, record::ProbePlan plan, const Expectations& expectations) {
  auto result = begin(env, plan);
  const auto options = read_options<NtpOptions>(plan.kind, kNtpOptions, plan.options).value();
  const base::Instant deadline = result.started_instant + plan.timeout;
  const Target target = target_of(plan.target);
  const auto address = co_await resolve_target(env, target.host, options, deadline, result);
  if (!address) co_return failed(std::move(result), address.error(), Phase::resolve);

  const NtpTime mark{env.random.next()};
  Question question;
  question.to = {*address, target.port};
  question.bytes = ntp_question(static_cast<std::uint8_t>(options.version), mark);
  question.is_answer = [mark](base::Bytes bytes) { return is_reply_to(bytes, mark); };
  note(result, env.clock.now(), record::Direction::sent,
       fmt::format("NTPv{} question to {}", options.version, to_string(question.to)));
  Exchange exchange;
  auto socket = env.network.open_datagram(datagram_options(options, *address));
  if (!socket) co_return failed(std::move(result), socket.error(), Phase::connect);
  auto asking = ask_by_datagram(env, **socket, std::move(question), deadline, exchange, result);
  const auto reply = co_await std::move(asking);
  if (!reply) co_return failed(std::move(result), reply.error(), exchange, plan.timeout);
  co_return judge(env, std::move(result), parse_ntp_reply(*reply).value(), exchange.trip, expectations);
}

}  // namespace holter::probe
