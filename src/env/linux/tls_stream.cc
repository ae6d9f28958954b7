#include "env/linux/tls_stream.h"

#include <openssl/err.h>

#include <algorithm>
#include <array>

#include "base/assert.h"

namespace holter::env_linux {
namespace {

constexpr std::size_t kChunk = 4 * 1024;
constexpr std::size_t kMaxWrite = 16 * 1024;  // one TLS record

// One connection of OpenSSL between two buffers in memory. Not used by two threads at a time.
struct Core {
  Core(std::unique_ptr<env::ByteStream> u, std::shared_ptr<SSL> s) : under(std::move(u)), ssl(std::move(s)) {
    BIO* in = BIO_new(BIO_s_mem());
    BIO* out = BIO_new(BIO_s_mem());
    HOLTER_ASSERT(ssl != nullptr && in != nullptr && out != nullptr);  // else there is no memory
    SSL_set_bio(ssl.get(), in, out);                                   // owns them from here on
  }

  void feed(base::Bytes bytes) { BIO_write(SSL_get_rbio(ssl.get()), bytes.data(), static_cast<int>(bytes.size())); }

  std::vector<std::uint8_t> take_output() {
    BIO* out = SSL_get_wbio(ssl.get());
    std::vector<std::uint8_t> bytes(BIO_ctrl_pending(out));
    if (!bytes.empty()) BIO_read(out, bytes.data(), static_cast<int>(bytes.size()));
    return bytes;
  }

  std::unique_ptr<env::ByteStream> under;
  std::shared_ptr<SSL> ssl;
  bool ended = false;     // shutdown_write() was called
  bool end_sent = false;  // and the peer was told
};
using CorePtr = std::shared_ptr<Core>;

base::Error tls_error(std::string_view doing) {
  const std::string reason = take_tls_error();
  return {base::ErrorKind::invalid, std::string(doing) + ": " + (reason.empty() ? "the peer broke TLS" : reason)};
}

enum class Step : std::uint8_t { done, wants_more, failed };

struct Handshake {
  Step step = Step::failed;
  base::Error error;
};

Handshake handshake_step(Core& core) {
  ERR_clear_error();
  const int result = SSL_do_handshake(core.ssl.get());
  if (result == 1) return {Step::done, {}};
  if (SSL_get_error(core.ssl.get(), result) == SSL_ERROR_WANT_READ) return {Step::wants_more, {}};
  return {Step::failed, tls_error("no TLS with the peer")};
}

env::Task<base::Result<void>> flush(CorePtr core) {
  const std::vector<std::uint8_t> output = core->take_output();
  if (output.empty()) co_return base::Result<void>();
  co_return co_await core->under->write_all(output);
}

env::Task<base::Result<std::size_t>> read_more(CorePtr core) {
  std::array<std::uint8_t, kChunk> chunk;
  const auto got = co_await core->under->read_some(chunk);
  if (got) core->feed(base::Bytes(chunk).first(*got));
  co_return got;
}

env::Task<base::Result<void>> send_end(CorePtr core) {
  if (!core->ended || core->end_sent) co_return base::Result<void>();
  core->end_sent = true;
  auto sent = co_await flush(core);
  core->under->shutdown_write();
  co_return sent;
}

env::Task<base::Result<std::size_t>> read_from(CorePtr core, std::span<std::uint8_t> into) {
  if (auto sent = co_await send_end(core); !sent) co_return sent.error();
  for (;;) {
    ERR_clear_error();
    const int wanted = static_cast<int>(std::min(into.size(), kMaxWrite));
    const int got = SSL_read(core->ssl.get(), into.data(), wanted);
    if (got > 0) co_return static_cast<std::size_t>(got);
    const int why = SSL_get_error(core->ssl.get(), got);
    if (why == SSL_ERROR_ZERO_RETURN) co_return base::Error{base::ErrorKind::closed, "the stream is closed"};
    if (why != SSL_ERROR_WANT_READ) co_return tls_error("cannot read from a TLS stream");
    const auto more = co_await read_more(core);
    if (more) continue;
    const bool cut = more.error().kind == base::ErrorKind::closed;
    if (cut) co_return base::Error{base::ErrorKind::io, "the stream ended without the end of TLS"};
    co_return more.error();
  }
}

env::Task<base::Result<void>> write_to(CorePtr core, base::Bytes bytes) {
  while (!bytes.empty()) {
    ERR_clear_error();
    const base::Bytes part = bytes.first(std::min(bytes.size(), kMaxWrite));
    const int put = SSL_write(core->ssl.get(), part.data(), static_cast<int>(part.size()));
    if (put <= 0) co_return tls_error("cannot write to a TLS stream");
    bytes = bytes.subspan(static_cast<std::size_t>(put));
    if (auto sent = co_await flush(core); !sent) co_return sent;
  }
  co_return base::Result<void>();
}

// Reads and writes share the core with their frames, which may outlive the stream by one resumption.
class TlsStream final : public env::ByteStream {
 public:
  explicit TlsStream(CorePtr core) : core_(std::move(core)) {}
  ~TlsStream() override { core_->under->close(); }
  TlsStream(const TlsStream&) = delete;
  TlsStream& operator=(const TlsStream&) = delete;

  base::Endpoint local() const override { return core_->under->local(); }
  base::Endpoint peer() const override { return core_->under->peer(); }
  std::optional<env::PeerCredentials> credentials() const override { return core_->under->credentials(); }
  std::optional<base::Duration> kernel_rtt() const override { return core_->under->kernel_rtt(); }
  env::Task<base::Result<std::size_t>> read_some(std::span<std::uint8_t> into) override {
    return read_from(core_, into);
  }
  env::Task<base::Result<void>> write_all(base::Bytes bytes) override { return write_to(core_, bytes); }
  void shutdown_write() override {
    if (std::exchange(core_->ended, true)) return;
    ERR_clear_error();
    SSL_shutdown(core_->ssl.get());
  }
  void close() override { core_->under->close(); }

 private:
  CorePtr core_;
};

// Where a handshake's steps are taken: on the loop, or on a worker that outlives it.
env::Task<Handshake> take_step(CorePtr core, env::Offload* worker) {
  if (worker == nullptr) co_return handshake_step(*core);
  const auto step = [core] { return handshake_step(*core); };
  co_return co_await worker->run(step);
}

env::Task<base::Result<std::unique_ptr<env::ByteStream>>> shake_hands(CorePtr core, std::size_t total,
                                                                      env::Offload* worker) {
  for (;;) {
    const Handshake handshake = co_await take_step(core, worker);
    // A failure too has its alert to send.
    const auto sent = co_await flush(core);
    if (handshake.step == Step::failed) co_return handshake.error;
    if (!sent) co_return sent.error();
    if (handshake.step == Step::done) co_return std::unique_ptr<env::ByteStream>(new TlsStream(core));
    const auto more = co_await read_more(core);
    if (!more) co_return more.error();
    total += *more;
    if (total > kMaxHandshakeBytes) co_return base::Error{base::ErrorKind::too_large, "a TLS handshake without end"};
  }
}

}  // namespace

env::Task<base::Result<std::unique_ptr<env::ByteStream>>> accept_tls(std::unique_ptr<env::ByteStream> under,
                                                                     std::vector<std::uint8_t> first,
                                                                     std::shared_ptr<const TlsIdentity> identity,
                                                                     env::Offload& worker) {
  const std::shared_ptr<SSL> ssl(SSL_new(identity->context()), SSL_free);
  const auto core = std::make_shared<Core>(std::move(under), ssl);
  SSL_set_accept_state(ssl.get());
  core->feed(first);
  return shake_hands(core, first.size(), &worker);
}

env::Task<base::Result<std::unique_ptr<env::ByteStream>>> begin_tls(std::unique_ptr<env::ByteStream> under,
                                                                    std::shared_ptr<SSL> ssl) {
  const auto core = std::make_shared<Core>(std::move(under), std::move(ssl));
  SSL_set_connect_state(core->ssl.get());
  return shake_hands(core, 0, nullptr);
}

}  // namespace holter::env_linux
