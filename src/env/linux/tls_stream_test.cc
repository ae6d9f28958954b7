// The far side is OpenSSL itself, on a thread of its own over an ordinary socket.
#include "env/linux/tls_stream.h"

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <thread>

#include "env/linux/loop.h"
#include "env/linux/socket_address.h"
#include "env/linux/test_log.h"

namespace holter::env_linux {
namespace {

using base::Duration;
using base::ErrorKind;

const base::WallTime kNow = base::WallTime::from_nanoseconds(1'772'368'496'000'000'000);

enum class Ending : std::uint8_t { in_order, cut };

struct Far {
  int version = TLS1_3_VERSION;
  std::string host = "localhost";
  std::string text = "db1 backup done\n";
  Ending ending = Ending::in_order;
  // What came of it.
  bool connected = false;
  std::string back = {};
  int end = 0;  // SSL_get_error() of the last read
};

UniqueFd connected_to(const base::Endpoint& to) {
  UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const SocketAddress address(to);
  EXPECT_EQ(::connect(fd.get(), address.get(), address.length), 0);
  return fd;
}

void speak(Far& far, SSL* ssl) {
  far.connected = SSL_connect(ssl) == 1;
  if (!far.connected) return;
  SSL_write(ssl, far.text.data(), static_cast<int>(far.text.size()));
  if (far.ending == Ending::cut) return;
  SSL_shutdown(ssl);
  std::array<char, 100> part{};
  int got = 0;
  while ((got = SSL_read(ssl, part.data(), part.size())) > 0)
    far.back.append(part.data(), static_cast<std::size_t>(got));
  far.end = SSL_get_error(ssl, got);
}

// Trusts the one certificate and wants it to be that of far.host.
void run_far(Far& far, base::Endpoint to, const std::string& trusted) {
  const std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
  const std::unique_ptr<BIO, int (*)(BIO*)> bio(BIO_new_mem_buf(trusted.data(), -1), BIO_free);
  const std::unique_ptr<X509, void (*)(X509*)> root(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr), X509_free);
  X509_STORE_add_cert(SSL_CTX_get_cert_store(context.get()), root.get());
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_min_proto_version(context.get(), far.version);
  SSL_CTX_set_max_proto_version(context.get(), far.version);
  const UniqueFd fd = connected_to(to);
  const std::unique_ptr<SSL, void (*)(SSL*)> ssl(SSL_new(context.get()), SSL_free);
  SSL_set1_host(ssl.get(), far.host.c_str());
  SSL_set_fd(ssl.get(), fd.get());
  speak(far, ssl.get());
}

struct Near {
  base::Result<void> handshake;
  std::string text;
  ErrorKind end = ErrorKind::io;
};

env::Task<void> answer(env::Env env, env::Listener* listener, std::shared_ptr<const env::TlsIdentity> identity,
                       Near* near) {
  auto plain = co_await listener->accept();
  EXPECT_TRUE(plain);
  std::vector<std::uint8_t> bytes(1);
  auto first = co_await (*plain)->read_some(bytes);
  EXPECT_TRUE(first);
  auto accepting = env.network.accept_tls(std::move(*plain), bytes, identity);
  const auto deadline = env.clock.now() + Duration::seconds(5);
  auto stream = co_await env::with_deadline(env.clock, deadline, std::move(accepting));
  if (!stream) {
    near->handshake = stream.error();
    co_return;
  }
  bytes.resize(7);  // less than a record holds
  for (;;) {
    const auto got = co_await (*stream)->read_some(bytes);
    if (!got) near->end = got.error().kind;
    if (!got) break;
    near->text.append(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(*got));
  }
  // The far side has ended its half and still listens; more than one record goes back.
  const std::vector<std::uint8_t> back(40'000, 'o');
  co_await (*stream)->write_all(back);
  (*stream)->shutdown_write();
  co_await (*stream)->read_some(bytes);
}

Near converse(Far& far, const env::TlsPem& pem) {
  TestLog log;
  auto loop = *Loop::create(log);
  const auto identity = loop->env().network.tls_identity(pem);
  EXPECT_TRUE(identity) << identity.error().message;
  auto listener = *loop->env().network.listen({base::IpAddress::loopback(base::IpAddress::Family::v4), 0});
  std::thread thread([&far, to = listener->local(), &pem] { run_far(far, to, pem.certificate); });
  Near near;
  loop->run(answer(loop->env(), listener.get(), *identity, &near));
  thread.join();
  return near;
}

TEST(TlsStream, ASelfSignedCertificateIsEnoughForWhoTrustsIt) {
  const env::TlsPem pem = make_self_signed("attic", kNow).value();
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    for (const std::string host : {"localhost", "attic"}) {
      Far far{.version = version, .host = host};
      const Near near = converse(far, pem);
      EXPECT_TRUE(near.handshake) << near.handshake.error().message;
      EXPECT_EQ(near.text, far.text);
      EXPECT_EQ(near.end, ErrorKind::closed);
      EXPECT_EQ(far.back, std::string(40'000, 'o'));
      EXPECT_EQ(far.end, SSL_ERROR_ZERO_RETURN);  // it was told the end
    }
  }
}

TEST(TlsStream, AnotherNameOrAnOlderVersionIsRefusedByItsPeer) {
  const env::TlsPem pem = make_self_signed("attic", kNow).value();
  Far stranger{.host = "cellar"};
  const Near refused = converse(stranger, pem);
  EXPECT_FALSE(stranger.connected);
  Far old{.version = TLS1_1_VERSION};
  const Near too_old = converse(old, pem);
  EXPECT_FALSE(old.connected);
  EXPECT_EQ(too_old.handshake.error().kind, ErrorKind::invalid);
}

TEST(TlsStream, AStreamThatWasCutIsNoOrderlyEnd) {
  const env::TlsPem pem = make_self_signed("attic", kNow).value();
  Far far{.ending = Ending::cut};
  const Near near = converse(far, pem);
  EXPECT_EQ(near.text, far.text);
  EXPECT_EQ(near.end, ErrorKind::io);
}

env::Task<void> accept_garbage(env::Env env, env::Listener* listener, std::shared_ptr<const env::TlsIdentity> identity,
                               base::Result<void>* outcome) {
  auto plain = co_await listener->accept();
  std::vector<std::uint8_t> first{0x16};
  auto accepting = env.network.accept_tls(std::move(*plain), first, identity);
  const auto deadline = env.clock.now() + Duration::milliseconds(200);
  const auto stream = co_await env::with_deadline(env.clock, deadline, std::move(accepting));
  EXPECT_FALSE(stream);
  *outcome = stream.error();
}

TEST(TlsStream, GarbageAndSilenceAreNoHandshake) {
  TestLog log;
  auto loop = *Loop::create(log);
  const env::TlsPem pem = make_self_signed("attic", kNow).value();
  const auto identity = *loop->env().network.tls_identity(pem);
  auto listener = *loop->env().network.listen({base::IpAddress::loopback(base::IpAddress::Family::v4), 0});
  for (const std::string text : {"\x09\x09\x09\x09 garbage of some length", ""}) {
    const UniqueFd fd = connected_to(listener->local());
    ASSERT_EQ(::send(fd.get(), text.data(), text.size(), 0), static_cast<ssize_t>(text.size()));
    base::Result<void> outcome;
    loop->run(accept_garbage(loop->env(), listener.get(), identity, &outcome));
    EXPECT_EQ(outcome.error().kind, text.empty() ? ErrorKind::timeout : ErrorKind::invalid) << outcome.error().message;
  }
}

TEST(TlsIdentity, SaysItsFingerprintAndRefusesWhatDoesNotFit) {
  const env::TlsPem pem = make_self_signed("attic", kNow).value();
  const env::TlsPem other = make_self_signed("not a host name\n", kNow).value();
  const auto identity = TlsIdentity::create(pem);
  ASSERT_TRUE(identity) << identity.error().message;
  EXPECT_EQ((*identity)->fingerprint().size(), 32U * 3 - 1);
  EXPECT_NE((*identity)->fingerprint(), (*TlsIdentity::create(other))->fingerprint());
  EXPECT_TRUE(TlsIdentity::create({pem.certificate + other.certificate, pem.private_key}));
  for (const env::TlsPem& wrong : {env::TlsPem{pem.certificate, other.private_key}, env::TlsPem{"", pem.private_key},
                                   env::TlsPem{pem.certificate, ""}, env::TlsPem{pem.private_key, pem.certificate}}) {
    const auto refused = TlsIdentity::create(wrong);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::invalid) << refused.error().message;
  }
}

}  // namespace
}  // namespace holter::env_linux
