#include "describe/byte_dump.h"

#include <algorithm>

namespace holter::describe {
namespace {

constexpr std::size_t kBytesPerLine = 16;
constexpr std::string_view kDigits = "0123456789abcdef";

void put_offset(TextBuffer& out, std::size_t offset) {
  out.put("        0x");
  std::size_t digits = 4;
  while (digits < 8 && offset >> digits * 4 != 0) ++digits;
  while (digits-- > 0) out.put(kDigits[offset >> digits * 4 & 0xf]);
  out.put(' ');
}

}  // namespace

void append_byte_dump(TextBuffer& out, base::Bytes bytes) {
  constexpr std::size_t kMostLine = 128;
  for (std::size_t at = 0; at < bytes.size(); at += kBytesPerLine) {
    const base::Bytes line = bytes.subspan(at, std::min(kBytesPerLine, bytes.size() - at));
    out.reserve(kMostLine);
    put_offset(out, at);
    for (std::size_t i = 0; i < kBytesPerLine; ++i) {
      out.put(i == kBytesPerLine / 2 ? "  " : " ");
      out.put(i < line.size() ? kDigits[line[i] >> 4] : ' ');
      out.put(i < line.size() ? kDigits[line[i] & 0xf] : ' ');
    }
    out.put("  ");
    for (const std::uint8_t byte : line) out.put(byte >= ' ' && byte < 0x7f ? static_cast<char>(byte) : '.');
    out.put('\n');
  }
}

}  // namespace holter::describe
