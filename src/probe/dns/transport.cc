#include "probe/dns/transport.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/url.h"
#include "probe/measurement.h"

namespace holter::probe {
namespace {

using Message = std::vector<std::uint8_t>;
using record::Phase;

constexpr std::string_view kContentType = "application/dns-message";
constexpr int kStatusOk = 200;
constexpr std::size_t kMaxDatagram = 4'096;  // more than a resolver may send unasked; see could_answer()
constexpr std::uint64_t kMaxStrange = 16;    // on one connection

void took(Exchange& exchange, Phase phase, base::Duration time) {
  exchange.before[static_cast<std::size_t>(phase)] = time;
}

env::Task<base::Result<Message>> over_udp(env::Env env, DnsAsking asking, base::Instant deadline, Exchange& exchange,
                                          record::ProbeResult& result) {
  const auto fits = [most = std::max(kMaxDatagram, asking.most_bytes), is_answer = std::move(asking.is_answer)](
                        base::Bytes bytes) { return bytes.size() <= most && is_answer(bytes); };
  Question question{{asking.address, asking.resolver.port}, std::move(asking.query), fits};
  auto lent = asking.sockets.take(asking.way, asking.address);
  if (!lent) co_return lent.error();
  asking.announced.datagrams(lent->socket->local().port, question.to, deadline);
  auto answering = ask_by_datagram(env, *lent->socket, std::move(question), deadline, exchange, result);
  auto answer = co_await std::move(answering);
  if (answer) asking.sockets.give_back(std::move(*lent));
  co_return answer;
}

Message with_length(const Message& query) {
  Message framed = {static_cast<std::uint8_t>(query.size() >> 8), static_cast<std::uint8_t>(query.size())};
  framed.insert(framed.end(), query.begin(), query.end());
  return framed;
}

// Fills `into`, all of it.
env::Task<base::Result<void>> read_all(env::ByteStream& stream, std::span<std::uint8_t> into) {
  while (!into.empty()) {
    const auto got = co_await stream.read_some(into);
    if (!got && got.error().kind == base::ErrorKind::closed) {
      co_return base::Error{base::ErrorKind::corrupt, "the resolver ended the connection before its answer"};
    }
    if (!got) co_return got.error();
    into = into.subspan(*got);
  }
  co_return base::Result<void>();
}

env::Task<base::Result<Message>> read_message(env::ByteStream& stream) {
  std::array<std::uint8_t, 2> length{};
  const auto begun = co_await read_all(stream, length);
  if (!begun) co_return begun.error();
  Message message(static_cast<std::size_t>(length[0]) << 8 | length[1]);
  const auto ended = co_await read_all(stream, message);
  if (!ended) co_return ended.error();
  co_return message;
}

using Stream = std::unique_ptr<env::ByteStream>;

// Over TLS the certificate must be for the resolver, by the name or address that the plan has for it (RFC 8310).
env::Task<base::Result<Stream>> connect(env::Env env, const DnsAsking& asking, Exchange& exchange,
                                        record::ProbeResult& result) {
  exchange.phase = Phase::connect;
  const base::Instant start = env.clock.now();
  auto connecting = env.network.connect({asking.address, asking.resolver.port}, asking.way);
  auto stream = co_await std::move(connecting);
  if (!stream) co_return stream.error();
  const base::Instant connected = env.clock.now();
  took(exchange, Phase::connect, connected - start);
  if (asking.resolver.transport != DnsTransport::dot) co_return stream;
  exchange.phase = Phase::tls;
  auto greeting = env.network.connect_tls(std::move(*stream), {.name = asking.resolver.host});
  auto tls = co_await std::move(greeting);
  if (!tls.stream) co_return tls.stream.error();
  const base::Instant agreed = env.clock.now();
  took(exchange, Phase::tls, agreed - connected);
  if (tls.facts) note(result, agreed, record::Direction::noted, tls.facts->version);
  co_return std::move(tls.stream);
}

env::Task<base::Result<Message>> over_stream(env::Env env, DnsAsking asking, Exchange& exchange,
                                             record::ProbeResult& result) {
  auto connecting = connect(env, asking, exchange, result);
  auto stream = co_await std::move(connecting);
  if (!stream) co_return stream.error();
  exchange.phase = Phase::first_byte;
  exchange.trip.sent_at = env.clock.now();
  const Message framed = with_length(asking.query);
  const auto written = co_await (*stream)->write_all(framed);
  if (!written) co_return written.error();
  for (;;) {
    auto message = co_await read_message(**stream);
    if (!message) co_return message.error();
    exchange.trip.received_at = env.clock.now();
    if (asking.is_answer(*message)) co_return std::move(*message);
    note_strange(exchange, exchange.trip.received_at, message->size(), result);
    if (exchange.strange == kMaxStrange) {
      co_return base::Error{base::ErrorKind::corrupt, "none of 16 messages answers the question"};
    }
  }
}

bool is_dns_message(const env::HttpAnswer& answer) {
  const auto same = [](const base::UntrustedText& text, std::string_view word) {
    const auto lower = [](char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c); };
    return std::ranges::equal(text.raw(), word, {}, lower);
  };
  return std::ranges::any_of(answer.headers, [&](const auto& header) {
    return same(header.first, "content-type") && same(header.second, kContentType);
  });
}

base::Error no_message(std::string text) { return {base::ErrorKind::corrupt, std::move(text)}; }

Phase phase_of(env::HttpPhase phase) {
  switch (phase) {
    case env::HttpPhase::resolve: return Phase::resolve;
    case env::HttpPhase::connect: return Phase::connect;
    case env::HttpPhase::tls: return Phase::tls;
    case env::HttpPhase::first_byte: return Phase::first_byte;
    case env::HttpPhase::transfer: return Phase::transfer;
  }
  return Phase::transfer;
}

// What the transfer says of the exchange: the question was asked when the connection stood.
void take_times(const env::HttpExchange& http, base::Instant now, Exchange& exchange) {
  using env::HttpPhase;
  const auto time = [&http](HttpPhase phase) { return http.times[static_cast<std::size_t>(phase)]; };
  exchange.phase = phase_of(http.phase);
  for (const auto phase : {HttpPhase::resolve, HttpPhase::connect, HttpPhase::tls}) {
    if (time(phase)) took(exchange, phase_of(phase), *time(phase));
  }
  const auto none = base::Duration::zero();
  exchange.trip.received_at = now;
  exchange.trip.sent_at = now - (time(HttpPhase::first_byte).value_or(none) + time(HttpPhase::transfer).value_or(none));
}

env::Task<base::Result<Message>> over_https(env::Env env, DnsAsking asking, base::Instant deadline, Exchange& exchange,
                                            record::ProbeResult& result) {
  exchange.phase = Phase::resolve;
  const auto url = base::parse_http_url(asking.resolver.url);
  if (!url) co_return url.error();
  auto resolving = resolve_all(env, url->at.host, asking.way, deadline, result);
  auto addresses = co_await std::move(resolving);
  if (!addresses) co_return addresses.error();
  env::HttpRequest request;
  request.url = asking.resolver.url;
  request.addresses = std::move(*addresses);
  request.deadline = deadline;
  request.max_body_bytes = request.keep_body_bytes = kMaxDnsMessageBytes;
  request.method = "POST";
  request.headers = {{"Content-Type", std::string(kContentType)}, {"Accept", std::string(kContentType)}};
  request.body.emplace(asking.query.begin(), asking.query.end());
  request.egress = asking.way;
  auto posting = env.http.exchange(std::move(request));
  const auto http = co_await std::move(posting);
  if (http.address) result.address = base::to_string(*http.address);
  take_times(http, env.clock.now(), exchange);
  if (http.failure) {
    const auto kind = http.failure->kind;
    const bool odd = kind == base::ErrorKind::closed || kind == base::ErrorKind::too_large;
    co_return odd ? no_message(http.failure->message) : *http.failure;
  }
  exchange.phase = Phase::first_byte;
  if (http.answer.status != kStatusOk) co_return no_message("HTTP status " + std::to_string(http.answer.status));
  if (!is_dns_message(http.answer)) co_return no_message("the body is not called " + std::string(kContentType));
  const std::string& body = http.answer.body.raw();
  Message message(body.begin(), body.end());
  if (!asking.is_answer(message)) co_return no_message("the body is no answer to the question");
  co_return message;
}

}  // namespace

env::Task<base::Result<Message>> ask_resolver(env::Env env, DnsAsking asking, base::Instant deadline,
                                              Exchange& exchange, record::ProbeResult& result) {
  switch (asking.resolver.transport) {
    case DnsTransport::udp: {
      auto answering = over_udp(env, std::move(asking), deadline, exchange, result);
      co_return co_await std::move(answering);
    }
    case DnsTransport::doh: {
      auto answering = over_https(env, std::move(asking), deadline, exchange, result);
      co_return co_await std::move(answering);
    }
    case DnsTransport::tcp:
    case DnsTransport::dot: break;
  }
  auto answering = over_stream(env, std::move(asking), exchange, result);
  co_return co_await env::with_deadline<Message>(env.clock, deadline, std::move(answering));
}

}  // namespace holter::probe
