// TlsGrounds keeps what https connections stand on: the trust stores and the own certificates, each read once from its
// file and shared until the loop ends. At most kMaxTlsFiles of each kind. Loop's thread.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "env/linux/tls_witness.h"
#include "env/offload.h"

namespace holter::env_linux {

inline constexpr std::size_t kMaxTlsFiles = 64;
inline constexpr std::size_t kMaxTlsFileBytes = 256 * 1024;

class TlsGrounds {
 public:
  explicit TlsGrounds(env::Offload& offload) : offload_(offload) {}

  // ErrorKind::unsupported with the file that cannot be used. Who does not verify needs no trusted certificates.
  env::Task<base::Result<TlsGround>> get(env::HttpTrust trust);

 private:
  using Identity = std::shared_ptr<const TlsIdentity>;
  env::Task<base::Result<TrustStore>> trusted(std::string file);
  env::Task<base::Result<Identity>> identity(std::string certificate, std::string key);

  env::Offload& offload_;
  std::map<std::string, TrustStore> stores_;
  std::map<std::pair<std::string, std::string>, Identity> identities_;
};

}  // namespace holter::env_linux
