// The far side is holter's own, which tls_stream_test.cc holds against OpenSSL. That a certificate which this host
// trusts holds is shown by the end-to-end tests, whose host trusts an authority of their own.
#include "env/linux/tls_caller.h"

#include <gtest/gtest.h>

#include "env/linux/loop.h"
#include "env/linux/test_log.h"
#include "env/linux/tls_identity.h"

namespace holter::env_linux {
namespace {

using base::Duration;
using base::ErrorKind;

const base::WallTime kNow = base::WallTime::from_nanoseconds(1'772'368'496'000'000'000);
constexpr std::string_view kHello = "hello";

base::Bytes bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// Answers TLS with `identity`, or says something else where there is none; then sends back what comes.
env::Task<void> far_side(env::Env env, env::Listener* listener, std::shared_ptr<const env::TlsIdentity> identity) {
  auto stream = co_await listener->accept();
  if (!identity) {
    co_await (*stream)->write_all(bytes_of("220 this is no TLS\r\n"));
    co_return;
  }
  auto accepting = env.network.accept_tls(std::move(*stream), {}, identity);
  stream = co_await env::with_deadline(env.clock, env.clock.now() + Duration::seconds(5), std::move(accepting));
  if (!stream) co_return;
  std::array<std::uint8_t, 64> part{};
  const auto got = co_await (*stream)->read_some(part);
  if (got) co_await (*stream)->write_all(base::Bytes(part).first(*got));
}

struct Near {
  base::Result<void> handshake;
  std::optional<env::TlsFacts> facts;
  std::string back;
  bool has_rtt = false;
};

env::Task<void> near_side(env::Env env, base::Endpoint to, env::TlsWish wish, Near* near) {
  auto plain = co_await env.network.connect(to);
  EXPECT_TRUE(plain);
  near->has_rtt = (*plain)->kernel_rtt().has_value();
  auto connection = co_await env.network.connect_tls(std::move(*plain), std::move(wish));
  near->facts = connection.facts;
  if (!connection.stream) {
    near->handshake = connection.stream.error();
    co_return;
  }
  auto& stream = **connection.stream;
  co_await stream.write_all(bytes_of(kHello));
  std::array<std::uint8_t, 64> part{};
  const auto got = co_await stream.read_some(part);
  if (got) near->back.assign(part.begin(), part.begin() + static_cast<std::ptrdiff_t>(*got));
}

env::Task<void> both_sides(env::Env env, env::Listener* listener, std::shared_ptr<const env::TlsIdentity> identity,
                           env::TlsWish wish, Near* near) {
  env::TaskGroup group(env.executor);
  group.spawn(far_side(env, listener, identity));
  co_await near_side(env, listener->local(), std::move(wish), near);
  co_await group.stop();
}

Near meet(const env::TlsPem* pem, env::TlsWish wish) {
  TestLog log;
  auto loop = *Loop::create(log);
  auto& network = loop->env().network;
  std::shared_ptr<const env::TlsIdentity> identity;
  if (pem != nullptr) identity = network.tls_identity(*pem).value();
  auto listener = *network.listen({base::IpAddress::loopback(base::IpAddress::Family::v4), 0});
  Near near;
  loop->run(both_sides(loop->env(), listener.get(), identity, std::move(wish), &near));
  return near;
}

TEST(TlsCaller, TakesAnyCertificateWhereNoneIsVerified) {
  const env::TlsPem pem = make_self_signed("attic", kNow).value();
  const Near near = meet(&pem, {.name = "cellar", .verify = false});
  EXPECT_TRUE(near.handshake) << near.handshake.error().message;
  EXPECT_EQ(near.back, kHello);
  EXPECT_TRUE(near.has_rtt);
  ASSERT_TRUE(near.facts);
  EXPECT_EQ(near.facts->version, "TLSv1.3");
  EXPECT_GT(near.facts->certificate.value().ends, kNow);
}

TEST(TlsCaller, SaysWhyACertificateDoesNotHoldAndWhatItWas) {
  const env::TlsPem pem = make_self_signed("attic", kNow).value();
  const Near near = meet(&pem, {.name = "attic"});
  ASSERT_FALSE(near.handshake);
  if (near.handshake.error().kind == ErrorKind::unsupported) GTEST_SKIP() << near.handshake.error().message;
  EXPECT_EQ(near.handshake.error().kind, ErrorKind::corrupt);
  EXPECT_EQ(near.handshake.error().message, "the certificate does not hold: self-signed certificate");
  EXPECT_TRUE(near.facts);
  EXPECT_EQ(near.back, "");
}

TEST(TlsCaller, GarbageIsNoTls) {
  const Near near = meet(nullptr, {.name = "127.0.0.1", .verify = false});
  ASSERT_FALSE(near.handshake);
  EXPECT_EQ(near.handshake.error().kind, ErrorKind::corrupt);
  EXPECT_EQ(near.handshake.error().message, "no TLS with the peer: wrong version number");
  EXPECT_FALSE(near.facts);
}

}  // namespace
}  // namespace holter::env_linux
