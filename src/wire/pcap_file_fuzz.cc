// libFuzzer: any bytes as a capture file, fed in two chunks.
#include "wire/pcap_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace holter;
  if (size == 0) return 0;
  const base::Bytes file(data, size);
  const std::size_t half = data[0] % size;
  wire::PcapReader reader;
  for (const base::Bytes chunk : {file.first(half), file.subspan(half)}) {
    reader.feed(chunk);
    for (;;) {
      const auto frame = reader.next();
      if (!frame) return 0;
      if (!*frame) break;
      if ((*frame)->bytes.size() > size) __builtin_trap();
    }
  }
  return 0;
}
