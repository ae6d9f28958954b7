// Any bytes: the parser must stay inside them, and what it accepts must survive being emitted and parsed again.
#include <algorithm>

#include "base/assert.h"
#include "heartbeat/pulse.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using holter::heartbeat::PulseView;
  const auto parsed = PulseView::parse({data, size});
  if (!parsed) return 0;
  const auto emitted = parsed->fields().emit(size);
  const auto again = PulseView::parse(emitted);
  HOLTER_ASSERT(again.has_value());
  HOLTER_ASSERT(again->name() == parsed->name() && again->text() == parsed->text());
  HOLTER_ASSERT(again->fields().sequence == parsed->fields().sequence);
  HOLTER_ASSERT(std::ranges::equal(again->fields().cookie, parsed->fields().cookie));
  return 0;
}
