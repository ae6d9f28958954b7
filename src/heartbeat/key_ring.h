// KeyRing knows every key of a hub and stores none: the key of a name is derived from one secret of the hub, its name
// and its number (id), so that a million clients cost nothing. It remembers only which ids are refused.
//
// Deriving and verifying together take less than a microsecond for a pulse. Pure; one thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "heartbeat/client_key.h"
#include "heartbeat/key_names.h"

namespace holter::heartbeat {

// What a hub has of its keys.
struct Keys {
  std::optional<Secret> secret;  // absent: none was made
  KeyNames names;
};

enum class KeyVerdict : std::uint8_t {
  good,
  none,     // there are no keys here
  wrong,    // that key did not make it: another key, other bytes, another name
  revoked,  // that key made it, and is refused
};

class KeyRing {
 public:
  // Without any key.
  KeyRing() = default;
  explicit KeyRing(const Keys& keys);

  bool has_keys() const { return secret_.has_value(); }
  // Of a ring that has keys.
  ClientKey key(std::string_view name, std::uint32_t id);
  KeyVerdict verify(std::string_view name, std::uint32_t id, base::Bytes datagram);
  // Whether this is the key itself, as a person carries it (client_key.h).
  KeyVerdict verify_text(std::string_view name, std::string_view key_text);
  Hmac& hmac() { return hmac_; }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view name) const { return std::hash<std::string_view>()(name); }
  };

  bool is_revoked(std::string_view name, std::uint32_t id) const;

  std::optional<Secret> secret_;
  std::unordered_map<std::string, std::uint32_t, Hash, std::equal_to<>> revoked_;  // up to this id
  Hmac hmac_;
};

}  // namespace holter::heartbeat
