// Any bytes are a ledger or none; what is one is written and read again as the same.
#include <cstddef>
#include <cstdint>

#include "base/assert.h"
#include "notify/ledger.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace holter::notify;
  const auto ledger = parse_ledger({reinterpret_cast<const char*>(data), size});
  if (!ledger) return 0;
  const std::string text = to_text(*ledger);
  const auto again = parse_ledger(text);
  HOLTER_ASSERT(again && to_text(*again) == text);
  return 0;
}
