#include "env/linux/tls_witness.h"

#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <ctime>

namespace holter::env_linux {
namespace {

template <class Thing>
using Owned = std::unique_ptr<Thing, void (*)(Thing*)>;

constexpr long kOcspToleranceSeconds = 300;  // between two clocks
constexpr std::size_t kMaxNameBytes = 512;

std::string name_text(const X509_NAME* name) {
  const Owned<BIO> bio(BIO_new(BIO_s_mem()), BIO_free_all);
  constexpr unsigned long kOneLine = XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB);
  if (!bio || name == nullptr || X509_NAME_print_ex(bio.get(), name, 0, kOneLine) < 0) return {};
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return size <= 0 ? std::string() : std::string(text, std::min(static_cast<std::size_t>(size), kMaxNameBytes));
}

std::optional<base::WallTime> time_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) return std::nullopt;
  return base::WallTime::from_nanoseconds(base::Duration::seconds(timegm(&parts)).in_nanoseconds());
}

// "RSA", "EC", "ED25519"
void take_key(const X509* certificate, env::CertificateFacts& facts) {
  const EVP_PKEY* const key = X509_get0_pubkey(certificate);
  if (key == nullptr) return;
  const char* const type = EVP_PKEY_get0_type_name(key);
  facts.key_type = type == nullptr ? "unknown" : type;
  facts.key_bits = EVP_PKEY_get_bits(key);
}

bool names(X509* certificate, const std::string& host) {
  const bool by_address = X509_check_ip_asc(certificate, host.c_str(), 0) == 1;
  return by_address || X509_check_host(certificate, host.data(), host.size(), 0, nullptr) == 1;
}

std::string status_of(OCSP_BASICRESP* basic, SSL* ssl) {
  const STACK_OF(X509)* const chain = SSL_get0_verified_chain(ssl);
  if (chain == nullptr || sk_X509_num(chain) < 2) return "unverified";  // nobody knows who may sign it
  X509_STORE* const trusted = SSL_CTX_get_cert_store(SSL_get_SSL_CTX(ssl));
  if (OCSP_basic_verify(basic, SSL_get_peer_cert_chain(ssl), trusted, 0) <= 0) return "unverified";
  const Owned<OCSP_CERTID> id(OCSP_cert_to_id(nullptr, sk_X509_value(chain, 0), sk_X509_value(chain, 1)),
                              OCSP_CERTID_free);
  int status = 0;
  int reason = 0;
  ASN1_GENERALIZEDTIME* revoked = nullptr;
  ASN1_GENERALIZEDTIME* from = nullptr;
  ASN1_GENERALIZEDTIME* until = nullptr;
  const bool found = id && OCSP_resp_find_status(basic, id.get(), &status, &reason, &revoked, &from, &until) == 1;
  if (!found) return "of another certificate";
  if (OCSP_check_validity(from, until, kOcspToleranceSeconds, -1) != 1) return "stale";
  return OCSP_cert_status_str(status);
}

std::string stapled(SSL* ssl) {
  const unsigned char* bytes = nullptr;
  const long size = SSL_get_tlsext_status_ocsp_resp(ssl, &bytes);
  if (size <= 0 || bytes == nullptr) return "none";
  const Owned<OCSP_RESPONSE> response(d2i_OCSP_RESPONSE(nullptr, &bytes, size), OCSP_RESPONSE_free);
  if (!response || OCSP_response_status(response.get()) != OCSP_RESPONSE_STATUS_SUCCESSFUL) return "unreadable";
  const Owned<OCSP_BASICRESP> basic(OCSP_response_get1_basic(response.get()), OCSP_BASICRESP_free);
  return basic ? status_of(basic.get(), ssl) : "unreadable";
}

bool use(SSL_CTX* context, const TlsIdentity& identity) {
  SSL_CTX* const from = identity.context();
  STACK_OF(X509)* chain = nullptr;
  SSL_CTX_get0_chain_certs(from, &chain);
  return SSL_CTX_use_cert_and_key(context, SSL_CTX_get0_certificate(from), SSL_CTX_get0_privatekey(from), chain, 1) ==
         1;
}

}  // namespace

bool TlsWitness::join(SSL_CTX* context) {
  if (ground_.trusted) SSL_CTX_set1_cert_store(context, ground_.trusted.get());
  SSL_CTX_set_cert_verify_callback(context, on_certificate, this);
  SSL_CTX_set_tlsext_status_type(context, TLSEXT_STATUSTYPE_ocsp);
  return !ground_.identity || use(context, *ground_.identity);
}

int TlsWitness::on_certificate(X509_STORE_CTX* chain, void* self) {
  auto* const witness = static_cast<TlsWitness*>(self);
  const bool good = X509_verify_cert(chain) == 1;
  witness->take_certificate(chain, good);
  return good || !witness->verify_ ? 1 : 0;
}

void TlsWitness::take_certificate(X509_STORE_CTX* chain, bool good) {
  env::TlsFacts& facts = facts_.emplace();
  X509* const certificate = X509_STORE_CTX_get0_cert(chain);
  if (certificate == nullptr) return;
  env::CertificateFacts& told = facts.certificate.emplace();
  told.subject = base::UntrustedText(name_text(X509_get_subject_name(certificate)));
  told.issuer = base::UntrustedText(name_text(X509_get_issuer_name(certificate)));
  told.begins = time_of(X509_get0_notBefore(certificate));
  told.ends = time_of(X509_get0_notAfter(certificate));
  take_key(certificate, told);
  told.chain = good ? "good" : X509_verify_cert_error_string(X509_STORE_CTX_get_error(chain));
  told.names_host = names(certificate, host_);
}

void TlsWitness::see(SSL* ssl) {
  env::TlsFacts& facts = facts_ ? *facts_ : facts_.emplace();
  facts.version = SSL_get_version(ssl);
  facts.cipher = SSL_get_cipher_name(ssl);
  facts.ocsp = stapled(ssl);
  ERR_clear_error();
}

}  // namespace holter::env_linux
