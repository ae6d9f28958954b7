#include "env/linux/certificate_facts.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <ctime>
#include <memory>

namespace holter::env_linux {
namespace {

constexpr std::size_t kMaxNameBytes = 512;

std::string name_text(const X509_NAME* name) {
  const std::unique_ptr<BIO, void (*)(BIO*)> bio(BIO_new(BIO_s_mem()), BIO_free_all);
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

}  // namespace

env::CertificateFacts certificate_facts(X509* certificate, int verdict, const std::string& host) {
  env::CertificateFacts facts;
  facts.subject = base::UntrustedText(name_text(X509_get_subject_name(certificate)));
  facts.issuer = base::UntrustedText(name_text(X509_get_issuer_name(certificate)));
  facts.begins = time_of(X509_get0_notBefore(certificate));
  facts.ends = time_of(X509_get0_notAfter(certificate));
  take_key(certificate, facts);
  facts.chain = verdict == X509_V_OK ? "good" : X509_verify_cert_error_string(verdict);
  facts.names_host = names(certificate, host);
  return facts;
}

}  // namespace holter::env_linux
