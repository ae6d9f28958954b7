#include "env/linux/tls_identity.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <array>
#include <ctime>

namespace holter::env_linux {
namespace {

constexpr std::size_t kMaxChain = 16;
constexpr std::size_t kMaxCommonName = 64;  // X.520
constexpr int kSerialBytes = 16;
constexpr base::Duration kClockTolerance = base::Duration::hours(24);

template <class Thing>
using Owned = std::unique_ptr<Thing, void (*)(Thing*)>;

using Bio = Owned<BIO>;
using Certificate = Owned<X509>;
using Key = Owned<EVP_PKEY>;

base::Error invalid(std::string words) {
  const std::string reason = take_tls_error();
  return {base::ErrorKind::invalid, reason.empty() ? std::move(words) : words + ": " + reason};
}

Bio reader(const std::string& text) {
  return {BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), BIO_free_all};
}

Bio writer() { return {BIO_new(BIO_s_mem()), BIO_free_all}; }

std::string written(const Bio& bio) {
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return size <= 0 ? std::string() : std::string(text, static_cast<std::size_t>(size));
}

// A key with a passphrase is refused: there is nobody to ask.
int no_passphrase(char* /*buffer*/, int /*size*/, int /*for_writing*/, void* /*data*/) { return -1; }

base::Result<void> use_chain(SSL_CTX* context, const std::string& pem) {
  const Bio bio = reader(pem);
  const Certificate leaf(PEM_read_bio_X509(bio.get(), nullptr, no_passphrase, nullptr), X509_free);
  if (!leaf || SSL_CTX_use_certificate(context, leaf.get()) != 1) return invalid("no certificate in PEM");
  for (std::size_t more = 0; more < kMaxChain; ++more) {
    Certificate next(PEM_read_bio_X509(bio.get(), nullptr, no_passphrase, nullptr), X509_free);
    if (!next) break;
    if (SSL_CTX_add0_chain_cert(context, next.get()) != 1) return invalid("a certificate of the chain is not usable");
    static_cast<void>(next.release());  // the context has it
  }
  ERR_clear_error();  // the end of the text
  return {};
}

base::Result<void> use_key(SSL_CTX* context, const std::string& pem) {
  const Bio bio = reader(pem);
  const Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr), EVP_PKEY_free);
  if (!key) return invalid("no private key in PEM without a passphrase");
  if (SSL_CTX_use_PrivateKey(context, key.get()) != 1 || SSL_CTX_check_private_key(context) != 1) {
    return invalid("the private key is not that of the certificate");
  }
  return {};
}

std::string sha256_of(const X509* certificate) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (certificate == nullptr || X509_digest(certificate, EVP_sha256(), digest.data(), &size) != 1) return {};
  std::string text;
  for (unsigned i = 0; i < size; ++i) text += fmt::format("{}{:02X}", i == 0 ? "" : ":", digest[i]);
  return text;
}

bool add_extension(X509* certificate, int id, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const Owned<X509_EXTENSION> extension(X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str()), X509_EXTENSION_free);
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool set_serial(X509* certificate) {
  std::array<unsigned char, kSerialBytes> bytes{};
  if (RAND_bytes(bytes.data(), kSerialBytes) != 1) return false;
  bytes[0] = static_cast<unsigned char>((bytes[0] & 0x7f) | 0x40);  // positive and of full length
  const Owned<BIGNUM> number(BN_bin2bn(bytes.data(), kSerialBytes, nullptr), BN_free);
  return number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool set_validity(X509* certificate, base::WallTime now) {
  const auto from = static_cast<std::time_t>((now - kClockTolerance).in_nanoseconds() / 1'000'000'000);
  constexpr int kDays = kSelfSignedYears * 365;
  return ASN1_TIME_set(X509_getm_notBefore(certificate), from) != nullptr &&
         ASN1_TIME_adj(X509_getm_notAfter(certificate), from, kDays, 0) != nullptr;
}

// A host name that may stand in a certificate as it is.
bool is_plain(const std::string& host) {
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-";
  return !host.empty() && host.size() <= kMaxCommonName && host.find_first_not_of(kAllowed) == std::string::npos;
}

bool fill_in(X509* certificate, EVP_PKEY* key, const std::string& host, base::WallTime now) {
  const std::string name = is_plain(host) ? host : "holter";
  X509_NAME* subject = X509_get_subject_name(certificate);
  const auto* common_name = reinterpret_cast<const unsigned char*>(name.data());
  const int length = static_cast<int>(name.size());
  return X509_set_version(certificate, X509_VERSION_3) == 1 && set_serial(certificate) &&
         set_validity(certificate, now) && X509_set_pubkey(certificate, key) == 1 &&
         X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_UTF8, common_name, length, -1, 0) == 1 &&
         X509_set_issuer_name(certificate, subject) == 1 &&
         add_extension(certificate, NID_subject_alt_name, "DNS:" + name + ",DNS:localhost,IP:127.0.0.1,IP:::1") &&
         add_extension(certificate, NID_basic_constraints, "critical,CA:FALSE") &&
         add_extension(certificate, NID_key_usage, "critical,digitalSignature") &&
         add_extension(certificate, NID_ext_key_usage, "serverAuth") &&
         add_extension(certificate, NID_subject_key_identifier, "hash") &&
         add_extension(certificate, NID_authority_key_identifier, "keyid:always") &&
         X509_sign(certificate, key, EVP_sha256()) > 0;
}

}  // namespace

std::string take_tls_error() {
  const unsigned long code = ERR_peek_last_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  ERR_clear_error();
  return reason == nullptr ? std::string() : std::string(reason);
}

TlsIdentity::TlsIdentity(Context context)
    : context_(std::move(context)), fingerprint_(sha256_of(SSL_CTX_get0_certificate(context_.get()))) {}

base::Result<std::shared_ptr<const TlsIdentity>> TlsIdentity::create(const env::TlsPem& pem) {
  ERR_clear_error();
  Context context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  if (!context || SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) != 1) {
    return base::Error{base::ErrorKind::unsupported, "OpenSSL cannot do TLS 1.2: " + take_tls_error()};
  }
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_num_tickets(context.get(), 0);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
  if (auto used = use_chain(context.get(), pem.certificate); !used) return used.error();
  if (auto used = use_key(context.get(), pem.private_key); !used) return used.error();
  return std::shared_ptr<const TlsIdentity>(new TlsIdentity(std::move(context)));
}

base::Result<env::TlsPem> make_self_signed(const std::string& host, base::WallTime now) {
  ERR_clear_error();
  const Key key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  const Certificate certificate(X509_new(), X509_free);
  const Bio certificate_text = writer();
  const Bio key_text = writer();
  const bool made = key && certificate && certificate_text && key_text &&
                    fill_in(certificate.get(), key.get(), host, now) &&
                    PEM_write_bio_X509(certificate_text.get(), certificate.get()) == 1 &&
                    PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1;
  if (!made) return base::Error{base::ErrorKind::unsupported, "cannot make a certificate: " + take_tls_error()};
  return env::TlsPem{written(certificate_text), written(key_text)};
}

}  // namespace holter::env_linux
