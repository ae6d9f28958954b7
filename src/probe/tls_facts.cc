#include "probe/tls_facts.h"

#include <algorithm>

namespace holter::probe {
namespace {

constexpr std::size_t kDateLength = 10;  // of "2026-03-01T12:34:56.789Z"

std::string certificate_text(const env::CertificateFacts& certificate) {
  std::string text = "certificate";
  if (certificate.chain != "good") text += " not trusted (" + certificate.chain + ')';
  if (!certificate.names_host) text += " of another host";
  if (certificate.ends) text += " until " + base::to_string(*certificate.ends).substr(0, kDateLength);
  return text;
}

void note_certificate(record::ProbeResult& result, const env::CertificateFacts& certificate) {
  if (certificate.ends) {
    // Of one that has expired nothing is left.
    add_fact(result.facts, "certificate_left", std::max(*certificate.ends - result.started, base::Duration::zero()));
  }
  add_fact(result.facts, "certificate_chain", base::UntrustedText(certificate.chain));
  add_fact(result.facts, "certificate_host", certificate.names_host);
  add_fact(result.facts, "certificate_subject", certificate.subject);
  add_fact(result.facts, "certificate_issuer", certificate.issuer);
  add_fact(result.facts, "certificate_key", base::UntrustedText(certificate.key_type));
  add_fact(result.facts, "certificate_key_bits", std::int64_t{certificate.key_bits});
}

}  // namespace

void note_tls(record::ProbeResult& result, const env::TlsFacts& tls) {
  if (!tls.version.empty()) add_fact(result.facts, "tls_version", base::UntrustedText(tls.version));
  if (!tls.cipher.empty()) add_fact(result.facts, "tls_cipher", base::UntrustedText(tls.cipher));
  if (!tls.ocsp.empty()) add_fact(result.facts, "ocsp", base::UntrustedText(tls.ocsp));
  if (tls.certificate) note_certificate(result, *tls.certificate);
}

std::string tls_text(const env::TlsFacts& tls) {
  return tls.certificate ? tls.version + ", " + certificate_text(*tls.certificate) : tls.version;
}

}  // namespace holter::probe
