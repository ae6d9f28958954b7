#include "heartbeat/key_ring.h"

#include "base/assert.h"
#include "heartbeat/seal.h"

namespace holter::heartbeat {
namespace {

constexpr std::string_view kLabel = "holter pulse key";

base::Bytes bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace

KeyRing::KeyRing(const Keys& keys) : secret_(keys.secret) {
  for (const auto& [name, of_name] : keys.names.rows()) {
    if (of_name.revoked > 0) revoked_.emplace(name, of_name.revoked);
  }
}

ClientKey KeyRing::key(std::string_view name, std::uint32_t id) {
  HOLTER_ASSERT(secret_.has_value());
  std::array<std::uint8_t, 4> number;
  for (std::size_t i = 0; i < number.size(); ++i) number[i] = static_cast<std::uint8_t>(id >> (8 * i));
  return {id, hmac_(*secret_, {bytes_of(kLabel), number, bytes_of(name)})};
}

KeyVerdict KeyRing::verify(std::string_view name, std::uint32_t id, base::Bytes datagram) {
  if (!secret_) return KeyVerdict::none;
  if (id == 0 || !is_sealed(hmac_, key(name, id), datagram)) return KeyVerdict::wrong;
  return is_revoked(name, id) ? KeyVerdict::revoked : KeyVerdict::good;
}

KeyVerdict KeyRing::verify_text(std::string_view name, std::string_view key_text) {
  if (!secret_) return KeyVerdict::none;
  const auto shown = parse_key(key_text, name);
  if (!shown || !same_code(key(name, shown->id).secret, shown->secret)) return KeyVerdict::wrong;
  return is_revoked(name, shown->id) ? KeyVerdict::revoked : KeyVerdict::good;
}

bool KeyRing::is_revoked(std::string_view name, std::uint32_t id) const {
  const auto revoked = revoked_.find(name);
  return revoked != revoked_.end() && id <= revoked->second;
}

}  // namespace holter::heartbeat
