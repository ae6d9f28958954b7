// Any line at the prompt of `holter pulse -i`: what comes of it is whole, and what is told of it is safe to show.
#include <algorithm>

#include "base/assert.h"
#include "heartbeat/prompt_line.h"
#include "heartbeat/pulse_format.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace holter::heartbeat;
  using Verb = PromptLine::Verb;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const PromptLine line = parse_prompt_line(text);
  HOLTER_ASSERT((line.verb == Verb::message || line.verb == Verb::mistake) != line.text.empty());
  HOLTER_ASSERT(!line.hub || line.verb == Verb::hub);
  if (line.verb == Verb::message) HOLTER_ASSERT(line.text.size() <= kMaxTextBytes);
  const auto acts = [](char c) { return (c >= 0 && c < ' ') || c == 0x7f; };
  if (line.verb == Verb::mistake) HOLTER_ASSERT(std::ranges::none_of(line.text, acts));
  return 0;
}
