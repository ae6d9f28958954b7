// Any bytes as a line: what the parser accepts must survive being emitted and parsed again.
#include "base/assert.h"
#include "heartbeat/line.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace holter::heartbeat;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)is_http_request(text);
  const auto parsed = parse_line(text);
  if (!parsed) {
    HOLTER_ASSERT(!parsed.error().message.empty() && parsed.error().message.size() < 300);
    return 0;
  }
  HOLTER_ASSERT(parsed->name.size() <= kMaxNameBytes && parsed->text.size() <= kMaxTextBytes);
  const auto again = parse_line(emit_line(*parsed));
  HOLTER_ASSERT(again.has_value());
  HOLTER_ASSERT(*again == *parsed);
  return 0;
}
