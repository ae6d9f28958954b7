// Any bytes as a list: plans and notes within limits, or an error.
#include <cstdint>

#include "base/assert.h"
#include "imports/list.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto imported = holter::imports::read_list({reinterpret_cast<const char*>(data), size});
  if (!imported) return 0;
  HOLTER_ASSERT(imported->notes.size() <= holter::imports::kMaxNotes);
  for (const auto& entry : imported->probes) {
    HOLTER_ASSERT(!entry.plan.name.empty() && entry.plan.interval >= holter::record::kMinProbeInterval);
  }
  return 0;
}
