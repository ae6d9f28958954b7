#include "term/live_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace holter::term {
namespace {

constexpr std::string_view kHideCursor = "\x1b[?25l";
constexpr std::string_view kShowCursor = "\x1b[?25h";
constexpr std::string_view kClearScreen = "\x1b[H\x1b[2J";
constexpr std::string_view kClearBelow = "\x1b[J";
constexpr std::string_view kClearRest = "\x1b[K\n";  // of this line, and to the next one

}  // namespace

std::string LiveTable::draw(std::string_view text) {
  std::string out;
  if (!std::exchange(begun_, true)) out += kHideCursor;
  if (std::exchange(resized_, false)) {
    out += kClearScreen;
  } else if (rows_ > 0) {
    out += fmt::format("\x1b[{}A\r", rows_);
  }
  rows_ = static_cast<std::size_t>(std::ranges::count(text, '\n'));
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    out.append(text.substr(0, end)).append(kClearRest);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out.append(kClearBelow);
}

std::string LiveTable::end() const { return std::string(begun_ ? kShowCursor : ""); }

}  // namespace holter::term
