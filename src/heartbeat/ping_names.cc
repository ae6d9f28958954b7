#include "heartbeat/ping_names.h"

#include <algorithm>

namespace holter::heartbeat {
namespace {

base::Bytes bytes_of(std::string_view text) {
  return base::Bytes(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
}

std::string base64url(const std::uint8_t* bytes, std::size_t count) {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string text;
  unsigned held = 0;
  unsigned bits = 0;
  for (std::size_t i = 0; i < count; ++i) {
    held = held << 8 | bytes[i];
    for (bits += 8; bits >= 6; bits -= 6) text += letters[held >> (bits - 6) & 63];
  }
  if (bits > 0) text += letters[held << (6 - bits) & 63];
  return text;
}

}  // namespace

Uuid PingSecret::uuid(std::string_view name) const {
  const Mac code = Hmac()(bytes_, {bytes_of("ping uuid"), bytes_of(name)});
  Uuid uuid;
  std::copy_n(code.begin(), uuid.size(), uuid.begin());
  uuid[6] = static_cast<std::uint8_t>((uuid[6] & 0x0f) | 0x40);  // version 4
  uuid[8] = static_cast<std::uint8_t>((uuid[8] & 0x3f) | 0x80);  // the variant of RFC 9562
  return uuid;
}

std::string PingSecret::ping_key() const {
  const Mac code = Hmac()(bytes_, {bytes_of("ping key")});
  return base64url(code.data(), 16);
}

PingNames::PingNames(std::optional<PingSecret> secret) : secret_(secret) {
  if (secret_) ping_key_ = secret_->ping_key();
}

bool PingNames::add(std::string_view name) {
  if (is_known(name)) return true;
  if (names_.size() >= kMaxPingNames) return false;
  names_.emplace(name);
  if (secret_) by_uuid_.emplace(secret_->uuid(name), name);
  return true;
}

void PingNames::remove(std::string_view name) {
  const auto found = names_.find(name);
  if (found == names_.end()) return;
  names_.erase(found);
  if (secret_) by_uuid_.erase(secret_->uuid(name));
}

std::optional<std::string> PingNames::name_of(const Uuid& uuid) const {
  const auto found = by_uuid_.find(uuid);
  if (found == by_uuid_.end()) return std::nullopt;
  return found->second;
}

bool PingNames::is_ping_key(std::string_view text) const {
  return secret_ && same_code(bytes_of(text), bytes_of(ping_key_));
}

}  // namespace holter::heartbeat
