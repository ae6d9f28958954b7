#include "term/screen.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace holter::term {

std::string toned(const Screen& screen, Tone tone, std::string_view text) {
  if (!screen.colours || tone == Tone::plain) return std::string(text);
  constexpr std::array<std::string_view, 6> codes = {"", "32", "33", "31", "2", "1"};
  return fmt::format("\x1b[{}m{}\x1b[0m", codes.at(static_cast<std::size_t>(tone)), text);
}

std::size_t columns(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

}  // namespace holter::term
