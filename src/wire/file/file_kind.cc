#include "wire/file/file_kind.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace holter::wire {
namespace {

using namespace std::string_view_literals;

struct FileKind {
  std::string_view beginning;
  std::string_view words;
};

constexpr auto kKinds = std::to_array<FileKind>({
    {"\x1f\x8b"sv, "it looks like gzip; unpack it first: gzip -dc FILE | holter read -"},
    {"\x28\xb5\x2f\xfd"sv, "it looks like zstd; unpack it first: zstd -dc FILE | holter read -"},
    {"\xfd"
     "7zXZ"sv,
     "it looks like xz; unpack it first: xz -dc FILE | holter read -"},
    {"BZh"sv, "it looks like bzip2; unpack it first: bzip2 -dc FILE | holter read -"},
    {"\x04\x22\x4d\x18"sv, "it looks like lz4; unpack it first: lz4 -dc FILE | holter read -"},
    {"PK\x03\x04"sv, "it looks like a zip archive; unpack it first"},
    {"snoop\0\0\0"sv, "it looks like a snoop capture (RFC 1761), which holter does not read; convert it with editcap"},
    {"TRSNIFF data"sv, "it looks like a Sniffer capture, which holter does not read; convert it with editcap"},
    {"RTSS"sv, "it looks like a Network Monitor capture, which holter does not read; convert it with editcap"},
    {"GMBU"sv, "it looks like a Network Monitor capture, which holter does not read; convert it with editcap"},
    {"\x7f"
     "ELF"sv,
     "it looks like a program (ELF)"},
    {"#!"sv, "it looks like a script"},
    {"SQLite format 3"sv, "it looks like an SQLite database"},
    {"%PDF"sv, "it looks like a PDF"},
    {"\x89PNG"sv, "it looks like a PNG picture"},
    {"\xff\xd8\xff"sv, "it looks like a JPEG picture"},
    {"{"sv, "it looks like JSON"},
    {"["sv, "it looks like JSON"},
    {"<"sv, "it looks like XML or HTML"},
});

bool is_text(base::Bytes bytes) {
  return std::ranges::all_of(bytes, [](std::uint8_t byte) {
    return (byte >= 0x20 && byte != 0x7f) || byte == '\n' || byte == '\r' || byte == '\t';
  });
}

}  // namespace

std::string looks_like(base::Bytes beginning) {
  const std::string_view text(reinterpret_cast<const char*>(beginning.data()), beginning.size());
  for (const FileKind& kind : kKinds) {
    const std::size_t n = std::min(kind.beginning.size(), text.size());
    // Of a longer beginning the first four bytes are enough to tell.
    if (n >= std::min<std::size_t>(kind.beginning.size(), 4) && text.starts_with(kind.beginning.substr(0, n))) {
      return std::string(kind.words);
    }
  }
  const base::Bytes sample = beginning.first(std::min<std::size_t>(beginning.size(), 64));
  if (is_text(sample)) return "it looks like text";
  if (std::ranges::all_of(sample, [](std::uint8_t byte) { return byte == 0; })) return "it begins with zeros";
  std::string hex;
  for (const std::uint8_t byte : sample.first(std::min<std::size_t>(sample.size(), 4))) {
    hex += fmt::format(" {:02x}", byte);
  }
  return "it begins with" + hex;
}

}  // namespace holter::wire
