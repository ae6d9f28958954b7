// Whatever a router quotes: no more labels than there may be, each of 20 bits; a segment of 8 bytes or more.
#include <cstddef>
#include <cstdint>

#include "base/assert.h"
#include "probe/trace/message.h"
#include "record/path.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const holter::base::Bytes quote{data, size};
  for (const std::size_t header_bytes : {std::size_t{0}, std::size_t{20}, std::size_t{28}, std::size_t{48}}) {
    const auto labels = holter::probe::mpls_labels(quote, header_bytes);
    HOLTER_ASSERT(labels.size() <= holter::record::kMaxMplsLabels);
    for (const auto label : labels) HOLTER_ASSERT(label <= holter::record::kMaxMplsLabel);
  }
  holter::probe::trace_number(quote, 1);
  const auto segment = holter::probe::trace_segment(quote);
  HOLTER_ASSERT(segment.has_value() == (size >= 8));
  return 0;
}
