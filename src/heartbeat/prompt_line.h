// What a person says at the prompt of `holter pulse -i`: one line is one command, and a line of several words that is
// none is a message. What is neither is answered with the nearest command. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/host_and_port.h"
#include "base/result.h"

namespace holter::heartbeat {

struct PromptLine {
  enum class Verb : std::uint8_t { nothing, message, hub, terminate, status, help, exit, mistake };

  Verb verb = Verb::nothing;
  std::string text = {};                      // of a message; of a mistake: what is wrong, safe to show
  std::optional<base::HostAndPort> hub = {};  // absent: none was named

  friend bool operator==(const PromptLine&, const PromptLine&) = default;
};

PromptLine parse_prompt_line(std::string_view line);

// A host as a person types it, or what is wrong with it.
base::Result<base::HostAndPort> parse_hub(std::string_view text);

// Every command with what it does, a line each, for `help`.
std::string prompt_help();

// Lines as they could be typed; `hubs` are those that were spoken to.
std::vector<std::string> prompt_offers(std::span<const std::string> hubs);

}  // namespace holter::heartbeat
