// KeyDesk is what the routes for keys ask of the program: to make, list and revoke the keys by which clients prove who
// they are. Plain values and one interface.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "env/task.h"

namespace holter::api {

struct MadeKey {
  std::string name;
  std::uint32_t id = 0;
  std::string key;            // as a person carries it to the client
  std::string to;             // where that client's pulses are heard: HOST or HOST:PORT
  std::string ping = {};      // the path of its ping URL
  std::string ping_key = {};  // of the hub: /ping/KEY/NAME means it too, when its name is a slug
};

struct ListedKeys {
  std::string name;
  std::uint32_t newest = 0;   // the keys 1 to newest were made
  std::uint32_t revoked = 0;  // of these, 1 to revoked are refused
  base::WallTime created;     // the newest
};

enum class RevokedKeys : std::uint8_t { all, older };

class KeyDesk {
 public:
  virtual ~KeyDesk() = default;

  virtual env::Task<base::Result<MadeKey>> create(std::string name) = 0;
  virtual env::Task<base::Result<std::vector<ListedKeys>>> list() = 0;
  // How many that were good until now.
  virtual env::Task<base::Result<std::uint32_t>> revoke(std::string name, RevokedKeys which) = 0;
};

}  // namespace holter::api
