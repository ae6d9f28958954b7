// PingNames is whom ping URLs mean. The uuid of a session and the hub's ping key are derived from the secret of
// its keys, so that the URLs stay the same for as long as that does and none is stored; only a name that is known can
// be meant. Pure; one thread. At most kMaxPingNames names, a further one is refused.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "heartbeat/hmac.h"
#include "heartbeat/ping_request.h"

namespace holter::heartbeat {

inline constexpr std::size_t kMaxPingNames = 100'000;

// What the hub's secret makes of names; nothing else is kept of it.
class PingSecret {
 public:
  using Bytes = Secret;

  explicit PingSecret(const Bytes& bytes) : bytes_(bytes) {}

  // The first 16 bytes of HMAC-SHA-256(secret, "ping uuid" and the name), in the form of a random UUID (RFC 9562,
  // version 4).
  Uuid uuid(std::string_view name) const;
  // 22 letters of base64url: 16 bytes of HMAC-SHA-256(secret, "ping key").
  std::string ping_key() const;

 private:
  Secret bytes_;
};

class PingNames {
 public:
  // Without a secret no URL but those without a key means anybody.
  explicit PingNames(std::optional<PingSecret> secret = std::nullopt);

  // False when there is no room.
  bool add(std::string_view name);
  void remove(std::string_view name);

  bool is_known(std::string_view name) const { return names_.contains(name); }
  std::optional<std::string> name_of(const Uuid& uuid) const;
  bool is_ping_key(std::string_view text) const;
  const std::set<std::string, std::less<>>& names() const { return names_; }

 private:
  std::optional<PingSecret> secret_;
  std::string ping_key_;
  std::set<std::string, std::less<>> names_;
  std::map<Uuid, std::string> by_uuid_;
};

}  // namespace holter::heartbeat
