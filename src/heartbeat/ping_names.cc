#include "heartbeat/ping_names.h"

#include <openssl/crypto.h>
#include <openssl/hmac.h>

#include <algorithm>

#include "base/assert.h"

namespace holter::heartbeat {
namespace {

using Code = std::array<std::uint8_t, 32>;

// A name cannot look like another label: the label is of fixed length for each use.
Code code_of(const PingSecret::Bytes& secret, const std::string& text) {
  Code code;
  unsigned size = 0;
  const auto* made = HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
                          reinterpret_cast<const std::uint8_t*>(text.data()), text.size(), code.data(), &size);
  HOLTER_ASSERT(made != nullptr && size == code.size());
  return code;
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
  const Code code = code_of(bytes_, "ping uuid" + std::string(name));
  Uuid uuid;
  std::copy_n(code.begin(), uuid.size(), uuid.begin());
  uuid[6] = static_cast<std::uint8_t>((uuid[6] & 0x0f) | 0x40);  // version 4
  uuid[8] = static_cast<std::uint8_t>((uuid[8] & 0x3f) | 0x80);  // the variant of RFC 9562
  return uuid;
}

std::string PingSecret::ping_key() const {
  const Code code = code_of(bytes_, "ping key");
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
  return secret_ && text.size() == ping_key_.size() && CRYPTO_memcmp(text.data(), ping_key_.data(), text.size()) == 0;
}

}  // namespace holter::heartbeat
