// The certificates that this host trusts, or those of a file of the plan, read once and shared by all TLS connections
// of a loop. libcurl would read the bundle within the first connection, where its tens of milliseconds of parsing would
// count as the target's handshake. Changes of a file are seen by the next start of holter. Any thread.
#pragma once

#include <openssl/x509_vfy.h>

#include <memory>
#include <string>

#include "base/result.h"

namespace holter::env_linux {

// Debian's bundle (ca-certificates).
inline constexpr const char* kTrustedCertificates = "/etc/ssl/certs/ca-certificates.crt";

using TrustStore = std::shared_ptr<X509_STORE>;

// Blocks. `file` is empty for kTrustedCertificates. ErrorKind::unsupported, with what to do, when there is no
// certificate in it.
base::Result<TrustStore> load_trust_store(const std::string& file);

}  // namespace holter::env_linux
