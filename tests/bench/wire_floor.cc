// The floor of reading a capture file: how fast it can be walked at all. `read` copies it out of the page cache,
// `walk` goes from packet to packet, `parse` also looks at addresses and ports. For classic files in this machine's
// byte order.
#include <fcntl.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string_view>
#include <vector>

namespace {

constexpr std::size_t kChunk = 256 * 1024;
constexpr std::size_t kMostFrame = 262'144 + 16;

std::uint32_t u32(const std::uint8_t* at) {
  std::uint32_t value = 0;
  std::memcpy(&value, at, sizeof value);
  return value;
}

std::uint64_t parse(const std::uint8_t* frame, std::size_t n) {
  if (n < 34 || frame[12] != 8 || frame[13] != 0) return 0;
  const std::size_t transport = 14 + (frame[14] & 15U) * 4U;
  if ((frame[23] != 6 && frame[23] != 17) || n < transport + 4) return 0;
  return u32(frame + 26) ^ u32(frame + 30) ^ u32(frame + transport);
}

}  // namespace

int main(int argc, char** argv) {
  const int file = argc == 3 ? ::open(argv[1], O_RDONLY) : -1;
  if (file < 0) return 2;
  const std::string_view mode = argv[2];
  std::vector<std::uint8_t> bytes(kChunk + kMostFrame);
  std::size_t held = 0, at = 24;
  std::uint64_t packets = 0, seen = 0;
  for (ssize_t got = 0; (got = ::read(file, bytes.data() + held, kChunk)) > 0;) {
    held += static_cast<std::size_t>(got);
    if (mode == "read") {
      held = 0;
      continue;
    }
    for (; held - at >= 16; ++packets) {
      const std::size_t captured = u32(bytes.data() + at + 8);
      if (held - at - 16 < captured) break;
      seen += mode == "parse" ? parse(bytes.data() + at + 16, captured) : captured;
      at += 16 + captured;
    }
    held -= at;
    std::memmove(bytes.data(), bytes.data() + at, held);
    at = 0;
  }
  std::printf("%lu packets, %lu\n", packets, seen);
}
