#include "env/linux/trust_store.h"

#include <openssl/err.h>

#include <string>

namespace holter::env_linux {

base::Result<TrustStore> load_trust_store() {
  TrustStore store(X509_STORE_new(), X509_STORE_free);
  if (!store || X509_STORE_load_file(store.get(), kTrustedCertificates) != 1) {
    ERR_clear_error();
    return base::Error{base::ErrorKind::unsupported, std::string("no trusted certificates in ") + kTrustedCertificates +
                                                         "; install the package ca-certificates"};
  }
  // As curl does: an intermediate certificate in the bundle is trusted by itself.
  X509_STORE_set_flags(store.get(), X509_V_FLAG_PARTIAL_CHAIN);
  return store;
}

}  // namespace holter::env_linux
