// Frames as anybody on the segment may send them, one after the other: a byte for what follows (its length in 8 bytes,
// the seconds that pass before it, up to 15), then the frame.
#include <algorithm>

#include "changes/wire_changes.h"
#include "wire/dispatch.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace holter;
  changes::WireChanges changes;
  base::Bytes left(data, size);
  auto now = base::PacketTime::from_nanoseconds(1'700'000'000'000'000'000);
  std::vector<record::Record> told;
  while (left.size() > 2) {
    const std::size_t length = std::min<std::size_t>(left[0] * std::size_t{8}, left.size() - 2);
    now += base::Duration::seconds(left[1] % 16);
    const base::Bytes frame = left.subspan(2, length);
    left = left.subspan(2 + length);
    const auto original = static_cast<std::uint32_t>(frame.size());
    const wire::Packet packet = wire::decode(frame, original, wire::LinkType::ethernet);
    if (changes::WireChanges::may_matter(packet)) {
      changes.observe({frame, original, wire::LinkType::ethernet, {}, false}, packet, now);
    }
    changes.advance(now);
    changes.take("fuzz0", told);
  }
  return 0;
}
