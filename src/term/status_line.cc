#include "term/status_line.h"

#include <utility>

namespace holter::term {
namespace {

constexpr std::string_view kErase = "\r\x1b[K";  // to the beginning, and clear from there

}  // namespace

std::string StatusLine::draw(std::string_view text, const Screen& screen) {
  drawn_ = true;
  std::string out(kErase);
  std::size_t used = 0;
  for (const char c : text) {
    const bool begins = (static_cast<unsigned char>(c) & 0xc0) != 0x80;
    if (begins && ++used >= screen.width) break;
    out += c;
  }
  return out;
}

std::string StatusLine::clear() { return std::exchange(drawn_, false) ? std::string(kErase) : std::string(); }

}  // namespace holter::term
