// Hostile streams: any bytes, in pieces, until the reader gives up. What it lets through must encode again.
#include "uplink/frames.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  holter::uplink::FrameReader reader;
  const std::size_t half = size / 2;
  for (const auto piece : {holter::base::Bytes(data, half), holter::base::Bytes(data + half, size - half)}) {
    reader.feed(piece);
    for (;;) {
      const auto message = reader.next();
      if (!message) return 0;
      if (!*message) break;
      static_cast<void>(holter::uplink::encode(**message));
    }
  }
  return 0;
}
