// The identity of an agent: 16 random bytes, drawn once when its data directory is made. Everything an agent records
// is named by it, so that hubs can tell agents apart whatever address they come from.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace holter::base {

struct AgentId {
  std::array<std::uint8_t, 16> bytes{};

  friend auto operator<=>(const AgentId&, const AgentId&) = default;
};

// 32 lower-case hexadecimal digits.
std::string to_string(const AgentId& id);
Result<AgentId> parse_agent_id(std::string_view text);

}  // namespace holter::base
