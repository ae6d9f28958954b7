// Whatever a peer packs is unpacked within its limits or refused.
#include "base/assert.h"
#include "http/content_coding.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kMost = 256 * 1024;
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  for (const std::string_view coding : {"gzip", "deflate", "br"}) {
    const auto done = holter::http::unpack(coding, body, kMost, 100);
    if (done) HOLTER_ASSERT(done->bytes <= kMost && done->text.size() <= 100);
  }
  return 0;
}
