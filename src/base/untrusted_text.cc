#include "base/untrusted_text.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cstdint>
#include <iterator>

namespace holter::base {
namespace {

// What follows a text that was longer than its limit, wherever a person reads it.
constexpr std::string_view kCutMark = "…";

struct Character {
  char32_t point = 0;
  unsigned length = 1;  // bytes
  bool valid = false;   // false: `point` is one byte that is not part of well-formed UTF-8
};

struct Range {
  char32_t first;
  char32_t last;
};

// Characters that are well-formed but act on a screen instead of showing something: controls, direction, line and
// paragraph separators, invisible marks and tags. ZWJ and ZWNJ are not here: scripts and emoji need them.
constexpr std::array kActing = {
    Range{0x00, 0x1f},     Range{0x7f, 0x9f},     Range{0xad, 0xad},     Range{0x61c, 0x61c},     Range{0x180e, 0x180e},
    Range{0x200b, 0x200b}, Range{0x200e, 0x200f}, Range{0x2028, 0x202e}, Range{0x2060, 0x206f},   Range{0xfeff, 0xfeff},
    Range{0xfff9, 0xfffb}, Range{0xfdd0, 0xfdef}, Range{0xfffe, 0xffff}, Range{0xe0000, 0xe007f},
};

bool acts(char32_t point) {
  if (point >= 0x20 && point < 0x7f) return false;
  for (const Range& range : kActing) {
    if (point >= range.first && point <= range.last) return true;
  }
  return false;
}

std::uint8_t byte_at(std::string_view text, std::size_t at) { return static_cast<std::uint8_t>(text[at]); }

// How many bytes a lead byte announces; 0 for a byte that cannot lead (RFC 3629).
unsigned announced_length(std::uint8_t lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead <= 0xdf) return 2;
  if (lead >= 0xe0 && lead <= 0xef) return 3;
  if (lead >= 0xf0 && lead <= 0xf4) return 4;
  return 0;
}

Character character_at(std::string_view text, std::size_t at) {
  constexpr std::array<char32_t, 5> smallest = {0, 0, 0x80, 0x800, 0x10000};
  const std::uint8_t lead = byte_at(text, at);
  const Character broken{lead, 1, false};
  const unsigned length = announced_length(lead);
  if (length == 1) return {lead, 1, true};
  if (length == 0 || text.size() - at < length) return broken;
  char32_t point = lead & (0xffU >> (length + 1));
  for (unsigned i = 1; i < length; ++i) {
    const std::uint8_t next = byte_at(text, at + i);
    if ((next & 0xc0) != 0x80) return broken;
    point = point << 6 | (next & 0x3fU);
  }
  const bool surrogate = point >= 0xd800 && point <= 0xdfff;
  if (point < smallest[length] || point > 0x10ffff || surrogate) return broken;
  return {point, length, true};
}

// The longest prefix of at most `limit` bytes that does not split a character.
std::string_view cut_to(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return text;
  for (std::size_t back = 1; back <= 3 && back <= limit; ++back) {
    const Character c = character_at(text, limit - back);
    if (c.valid) return text.substr(0, c.length > back ? limit - back : limit);
  }
  return text.substr(0, limit);
}

void append_character(std::string& out, std::string_view text, std::size_t at, const Character& c) {
  if (!c.valid || c.point < 0x20 || c.point == 0x7f) {
    fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned>(c.point));
  } else if (acts(c.point)) {
    fmt::format_to(std::back_inserter(out), "\\u{{{:04x}}}", static_cast<unsigned>(c.point));
  } else {
    out += text.substr(at, c.length);
  }
}

void append_visible(std::string& out, std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const Character c = character_at(text, at);
    if (c.point == '\\') out += '\\';
    append_character(out, text, at, c);
    at += c.length;
  }
}

void append_json_escape(std::string& out, char32_t point) {
  const auto unit = [&out](std::uint32_t value) { fmt::format_to(std::back_inserter(out), "\\u{:04x}", value); };
  if (point < 0x10000) {
    unit(point);
    return;
  }
  unit(0xd800 + ((point - 0x10000) >> 10));
  unit(0xdc00 + ((point - 0x10000) & 0x3ff));
}

}  // namespace

UntrustedText::UntrustedText(std::string_view bytes, std::size_t limit)
    : bytes_(cut_to(bytes, limit)), cut_(bytes_.size() < bytes.size()) {}

UntrustedText UntrustedText::from_json_text(std::string_view parsed) {
  std::string bytes;
  for (std::size_t at = 0; at < parsed.size(); ++at) {
    const std::string_view escape = parsed.substr(at, 4);
    unsigned byte = 0;
    if (escape.size() == 4 && escape.starts_with("\\x") &&
        std::from_chars(escape.data() + 2, escape.data() + 4, byte, 16).ptr == escape.data() + 4) {
      bytes += static_cast<char>(byte);
      at += 3;
    } else {
      if (escape.starts_with("\\\\")) ++at;
      bytes += parsed[at];
    }
  }
  return UntrustedText(bytes);
}

std::string UntrustedText::for_terminal() const {
  std::string out;
  out.reserve(bytes_.size());
  append_visible(out, bytes_);
  if (cut_) out += kCutMark;
  return out;
}

std::string UntrustedText::for_log() const { return quoted_for_log(for_terminal()); }

std::string quoted_for_log(std::string visible) {
  if (!visible.empty() && visible.find_first_of(" \"=") == visible.npos) return visible;
  std::string quoted = "\"";
  for (const char c : visible) {
    if (c == '"') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

std::string visible(std::string_view text, Lines lines) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const Character c = character_at(text, at);
    if (c.point == '\n' && lines == Lines::keep) {
      out += '\n';
    } else {
      append_character(out, text, at, c);
    }
    at += c.length;
  }
  return out;
}

std::string UntrustedText::for_html() const {
  std::string out;
  for (const char c : for_terminal()) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string UntrustedText::for_json() const {
  std::string out;
  out.reserve(bytes_.size());
  const std::string_view text = bytes_;
  for (std::size_t at = 0; at < text.size();) {
    const Character c = character_at(text, at);
    if (!c.valid) {
      fmt::format_to(std::back_inserter(out), "\\\\x{:02x}", static_cast<unsigned>(c.point));
    } else if (c.point == '\\') {
      out += "\\\\\\\\";
    } else if (c.point == '"') {
      out += "\\\"";
    } else if (acts(c.point) || c.point == '<' || c.point == '>' || c.point == '&') {
      append_json_escape(out, c.point);
    } else {
      out += text.substr(at, c.length);
    }
    at += c.length;
  }
  return out;
}

}  // namespace holter::base
