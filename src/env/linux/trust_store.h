// The certificates that this host trusts, read once and shared by all TLS connections of a loop. libcurl would read the
// bundle within the first connection, where its tens of milliseconds of parsing would count as the target's handshake.
// Changes of the bundle are seen by the next start of holter. Any thread.
#pragma once

#include <openssl/x509_vfy.h>

#include <memory>

#include "base/result.h"

namespace holter::env_linux {

// Debian's bundle (ca-certificates).
inline constexpr const char* kTrustedCertificates = "/etc/ssl/certs/ca-certificates.crt";

using TrustStore = std::shared_ptr<X509_STORE>;

// Blocks. ErrorKind::unsupported, with what to do, when there is no bundle.
base::Result<TrustStore> load_trust_store();

}  // namespace holter::env_linux
