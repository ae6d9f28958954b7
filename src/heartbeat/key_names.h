// KeyNames is the list of the names that have keys: which ids were made and which of them are refused. The keys
// themselves are derived (key_ring.h), so this holds no secret; it is a text file in the data directory.
// Format and limits: docs/formats/keys.md. Pure; the file is read as if somebody else had written it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace holter::heartbeat {

struct NamedKeys {
  std::uint32_t newest = 0;   // the ids 1 to newest were made
  std::uint32_t revoked = 0;  // of these, the ids 1 to revoked are refused
  base::WallTime created;     // the newest; whole seconds

  friend bool operator==(const NamedKeys&, const NamedKeys&) = default;
};

class KeyNames {
 public:
  using Rows = std::map<std::string, NamedKeys, std::less<>>;
  static constexpr std::size_t kMaxNames = 100'000;
  static constexpr std::uint32_t kMaxKeys = 1'000'000;  // of one name
  static constexpr std::size_t kMaxFileBytes = 96u << 20;

  static base::Result<KeyNames> parse(std::string_view text);
  std::string text() const;

  // The id of the new key. The older ones of this name stay good.
  base::Result<std::uint32_t> create(std::string_view name, base::WallTime now);
  // Refuses all keys of the name, or all but the newest; how many that are that were good until now.
  enum class Which : std::uint8_t { all, older };
  base::Result<std::uint32_t> revoke(std::string_view name, Which which);

  const Rows& rows() const { return rows_; }
  friend bool operator==(const KeyNames&, const KeyNames&) = default;

 private:
  Rows rows_;
};

}  // namespace holter::heartbeat
