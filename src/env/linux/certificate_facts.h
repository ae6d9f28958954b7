// What a certificate says of whom it is for (RFC 5280), as far as people ask. Texts come from the peer. Any thread.
#pragma once

#include <openssl/x509.h>

#include <string>

#include "env/tls.h"

namespace holter::env_linux {

// `verdict` is what verifying its chain came to (X509_V_OK ...), `host` who was asked: a name or an address.
env::CertificateFacts certificate_facts(X509* certificate, int verdict, const std::string& host);

}  // namespace holter::env_linux
