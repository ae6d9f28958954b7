// KeyStore is where the keys of a hub are on the disk: its secret, and the names that have keys, in the directory
// `keys` of the data directory. Everything it cannot read or understand is an error, never an empty list: a key that
// was revoked would be good again. docs/formats/keys.md. Blocks: run it through Offload. Holders of one directory may
// be in several processes: whoever writes has the file `lock` meanwhile, and a second one gets ErrorKind::busy.
#pragma once

#include <string>

#include "env/files.h"
#include "env/random.h"
#include "heartbeat/key_ring.h"

namespace holter::heartbeat {

class KeyStore {
 public:
  // What is given outlives it.
  KeyStore(env::Files& files, env::Random& random, const std::string& data_directory);

  // Without any key as long as none was made.
  base::Result<Keys> read() const;
  // Makes the secret at the first need.
  base::Result<ClientKey> create(std::string_view name, base::WallTime now);
  // How many keys that were good are refused from now on.
  base::Result<std::uint32_t> revoke(std::string_view name, KeyNames::Which which);

 private:
  base::Result<Keys> read_or_make() const;
  base::Result<std::unique_ptr<env::FileLock>> lock() const;
  base::Result<KeyNames> read_names() const;
  base::Result<std::optional<Secret>> read_secret() const;
  base::Result<void> write(const KeyNames& names) const;

  env::Files& files_;
  env::Random& random_;
  std::string directory_;
};

}  // namespace holter::heartbeat
