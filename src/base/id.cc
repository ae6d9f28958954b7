#include "base/id.h"

namespace holter::base {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";

}  // namespace

std::string to_string(const AgentId& id) {
  std::string text;
  text.reserve(id.bytes.size() * 2);
  for (const std::uint8_t byte : id.bytes) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 0xf];
  }
  return text;
}

Result<AgentId> parse_agent_id(std::string_view text) {
  AgentId id;
  if (text.size() != id.bytes.size() * 2) {
    return Error{ErrorKind::invalid,
                 "an agent id has 32 hexadecimal digits, this has " + std::to_string(text.size()) + " characters"};
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::size_t digit = kDigits.find(text[i]);
    if (digit == kDigits.npos) {
      return Error{ErrorKind::invalid,
                   "character " + std::to_string(i + 1) + " of the agent id is not one of 0-9 and a-f"};
    }
    std::uint8_t& byte = id.bytes[i / 2];
    byte = static_cast<std::uint8_t>(byte << 4 | digit);
  }
  return id;
}

}  // namespace holter::base
