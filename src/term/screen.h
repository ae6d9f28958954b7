// How much a terminal can show: its width, and whether colours are welcome. Pure: app asks the terminal and passes the
// answers in. Colours follow NO_COLOR (https://no-color.org) and are off when the output is not a terminal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace holter::term {

struct Screen {
  std::size_t width = 80;  // columns
  bool colours = false;
};

enum class Tone : std::uint8_t { plain, good, warn, bad, faint, strong };

// `text` in the tone's colour, or as it is without colours.
std::string toned(const Screen& screen, Tone tone, std::string_view text);

// Columns that `text` takes: one a code point. holter shows no wide characters of its own, and text from outside goes
// through UntrustedText, which leaves them in; a column may then be off, never a line.
std::size_t columns(std::string_view text);

}  // namespace holter::term
