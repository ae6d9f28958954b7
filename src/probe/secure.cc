#include "probe/secure.h"

#include <array>

#include "probe/measurement.h"
#include "probe/tls_facts.h"

namespace holter::probe {
namespace {

using base::ErrorKind;
using record::Direction;

constexpr std::size_t kChunk = 4 * 1024;

using StreamPtr = std::unique_ptr<env::ByteStream>;

base::Error in_dialogue(base::Error error) {
  if (error.kind == ErrorKind::closed) error.message = "the peer closed the connection before TLS";
  error.kind = ErrorKind::corrupt;
  return error;
}

env::Task<base::Result<void>> say(env::Env env, env::ByteStream& stream, std::string text,
                                  record::ProbeResult& result) {
  if (text.empty()) co_return base::Result<void>();
  note(result, env.clock.now(), Direction::sent, text);
  const base::Bytes bytes(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
  co_return co_await stream.write_all(bytes);
}

// Up to the moment where TLS begins.
env::Task<base::Result<void>> talk(env::Env env, env::ByteStream& stream, StartTlsProtocol protocol, std::string host,
                                   record::ProbeResult& result) {
  StartTls dialogue(protocol, std::move(host));
  auto said = co_await say(env, stream, dialogue.opening(), result);
  std::array<std::uint8_t, kChunk> chunk;
  while (said && !dialogue.ready()) {
    const auto got = co_await stream.read_some(chunk);
    if (!got) co_return in_dialogue(got.error());
    const base::Bytes came = base::Bytes(chunk).first(*got);
    note(result, env.clock.now(), Direction::came, {reinterpret_cast<const char*>(came.data()), came.size()});
    const auto answer = dialogue.take(came);
    if (!answer) co_return in_dialogue(answer.error());
    said = co_await say(env, stream, *answer, result);
  }
  if (!said) co_return in_dialogue(said.error());
  if (!dialogue.greeting().empty()) add_fact(result.facts, "banner", base::UntrustedText(dialogue.greeting()));
  co_return said;
}

env::Task<base::Result<Secured>> shake_hands(env::Env env, StreamPtr stream, env::TlsWish wish,
                                             record::ProbeResult& result) {
  auto connection = co_await env.network.connect_tls(std::move(stream), std::move(wish));
  if (connection.facts) {
    note_tls(result, *connection.facts);
    note(result, env.clock.now(), Direction::noted, tls_text(*connection.facts) + ", " + connection.facts->cipher);
  }
  if (!connection.stream) co_return connection.stream.error();
  co_return Secured{std::move(*connection.stream), connection.facts.value_or(env::TlsFacts())};
}

}  // namespace

env::Task<base::Result<Secured>> secure(env::Env env, StreamPtr stream, Security security, base::Instant deadline,
                                        record::ProbeResult& result) {
  if (security.starttls) {
    auto talking = talk(env, *stream, *security.starttls, security.host, result);
    const auto talked = co_await env::with_deadline<void>(env.clock, deadline, std::move(talking));
    if (!talked && talked.error().kind == ErrorKind::timeout) {
      co_return base::Error{ErrorKind::timeout, "nothing that leads to TLS"};
    }
    if (!talked) co_return talked.error();
  }
  auto shaking = shake_hands(env, std::move(stream), std::move(security.wish), result);
  auto secured = co_await env::with_deadline<Secured>(env.clock, deadline, std::move(shaking));
  if (!secured && secured.error().kind == ErrorKind::timeout) {
    co_return base::Error{ErrorKind::timeout, "no end of the TLS handshake"};
  }
  co_return secured;
}

}  // namespace holter::probe
