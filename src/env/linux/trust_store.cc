#include "env/linux/trust_store.h"

#include <openssl/err.h>

namespace holter::env_linux {

base::Result<TrustStore> load_trust_store(const std::string& file) {
  const std::string& path = file.empty() ? kTrustedCertificates : file;
  TrustStore store(X509_STORE_new(), X509_STORE_free);
  if (!store || X509_STORE_load_file(store.get(), path.c_str()) != 1) {
    ERR_clear_error();
    return base::Error{base::ErrorKind::unsupported,
                       "no trusted certificates in " + path +
                           (file.empty() ? "; install the package ca-certificates" : "; it must be a file in PEM")};
  }
  // As curl does: an intermediate certificate in the bundle is trusted by itself.
  X509_STORE_set_flags(store.get(), X509_V_FLAG_PARTIAL_CHAIN);
  return store;
}

}  // namespace holter::env_linux
