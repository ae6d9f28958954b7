#include "describe/byte_dump.h"

#include <algorithm>

#include "describe/digits.h"

namespace holter::describe {
namespace {

constexpr std::size_t kBytesPerLine = 16;
constexpr std::size_t kMostLine = 128;

char* put_offset(char* at, std::size_t offset) {
  constexpr std::string_view kIndent = "        0x";
  at = std::ranges::copy(kIndent, at).out;
  std::size_t bytes = 2;
  while (bytes < 4 && offset >> bytes * 8 != 0) ++bytes;
  while (bytes-- > 0) at = put_hex(at, static_cast<std::uint8_t>(offset >> bytes * 8));
  *at++ = ' ';
  return at;
}

char* put_line(char* at, base::Bytes line) {
  for (std::size_t i = 0; i < kBytesPerLine; ++i) {
    if (i == kBytesPerLine / 2) *at++ = ' ';
    *at++ = ' ';
    at = i < line.size() ? put_hex(at, line[i]) : std::fill_n(at, 2, ' ');
  }
  at = std::fill_n(at, 2, ' ');
  for (const std::uint8_t byte : line) *at++ = byte >= ' ' && byte < 0x7f ? static_cast<char>(byte) : '.';
  *at++ = '\n';
  return at;
}

}  // namespace

void append_byte_dump(TextBuffer& out, base::Bytes bytes) {
  for (std::size_t at = 0; at < bytes.size(); at += kBytesPerLine) {
    const base::Bytes line = bytes.subspan(at, std::min(kBytesPerLine, bytes.size() - at));
    out.wrote(put_line(put_offset(out.room(kMostLine), at), line));
  }
}

}  // namespace holter::describe
