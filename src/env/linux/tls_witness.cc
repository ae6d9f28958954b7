#include "env/linux/tls_witness.h"

#include <openssl/err.h>
#include <openssl/ocsp.h>

#include "env/linux/certificate_facts.h"

namespace holter::env_linux {
namespace {

template <class Thing>
using Owned = std::unique_ptr<Thing, void (*)(Thing*)>;

constexpr long kOcspToleranceSeconds = 300;  // between two clocks

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
  const int verdict = good ? X509_V_OK : X509_STORE_CTX_get_error(chain);
  facts.certificate = certificate_facts(certificate, verdict, host_);
}

void TlsWitness::see(SSL* ssl) {
  env::TlsFacts& facts = facts_ ? *facts_ : facts_.emplace();
  facts.version = SSL_get_version(ssl);
  facts.cipher = SSL_get_cipher_name(ssl);
  facts.ocsp = stapled(ssl);
  ERR_clear_error();
}

}  // namespace holter::env_linux
