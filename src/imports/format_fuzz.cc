// Any bytes as a configuration of each of the others: plans and notes within limits, or an error.
#include <cstdint>

#include "base/assert.h"
#include "imports/format.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using holter::imports::Format;
  if (size == 0) return 0;
  const auto format = static_cast<Format>(data[0] % 4);
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto imported = holter::imports::read(format, {text, text});
  HOLTER_ASSERT(!imported || imported->notes.size() <= holter::imports::kMaxNotes);
  HOLTER_ASSERT(!imported || imported->probes.size() <= holter::record::kMaxPlanEntries);
  return 0;
}
