// Any bytes as a frame: the text must stay inside them, and what a client could have sent comes back from its own
// bytes.
#include "base/assert.h"
#include "compat/heartbeat_segments.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace holter::compat;
  using holter::wire::LinkType;
  const holter::base::Bytes frame(data, size);
  for (const LinkType link : {LinkType::ethernet, LinkType::raw_ip}) {
    for (const bool not_ready : {false, true}) {
      const auto segment = parse_segment(frame, static_cast<std::uint32_t>(size), link, not_ready);
      if (!segment) continue;
      HOLTER_ASSERT(segment->text.size() <= size);
      (void)meaning_of(*segment);
      if (segment->text.size() > kMaxTextBytes) continue;
      const auto packet = segment->emit();
      const auto again = parse_segment(packet, static_cast<std::uint32_t>(packet.size()), LinkType::raw_ip);
      HOLTER_ASSERT(again && again->from == segment->from && again->to == segment->to && again->text == segment->text);
      HOLTER_ASSERT(meaning_of(*again) == meaning_of(*segment));
    }
  }
  return 0;
}
