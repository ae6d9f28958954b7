// ClientKey is what a client has of its key, and the text by which a person carries it there: "hk1." and 56 characters
// of base64url. The text holds the number of the key, the key, and six bytes by which a slip of the hand, and a key of
// another name, are seen before anything is sent. docs/formats/keys.md. Pure, plain values.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "heartbeat/hmac.h"

namespace holter::heartbeat {

inline constexpr std::size_t kKeyTextBytes = 60;

struct ClientKey {
  std::uint32_t id = 0;  // from 1
  Secret secret{};

  friend bool operator==(const ClientKey&, const ClientKey&) = default;
};

std::string key_text(const ClientKey& key, std::string_view name);
// The key that `text` holds for this name; blanks and line ends around it are not looked at. The error says what is
// wrong without repeating the text.
base::Result<ClientKey> parse_key(std::string_view text, std::string_view name);

}  // namespace holter::heartbeat
