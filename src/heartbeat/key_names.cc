#include "heartbeat/key_names.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "base/untrusted_text.h"
#include "heartbeat/pulse_format.h"

namespace holter::heartbeat {
namespace {

constexpr std::string_view kFirstLine = "holter keys 1";
constexpr std::string_view kHex = "0123456789ABCDEF";
constexpr std::int64_t kLastSecond = 9'000'000'000;  // a moment of base::WallTime

bool is_plain(char byte) { return byte > ' ' && byte < 0x7f && byte != '%'; }

std::string written_name(std::string_view name) {
  std::string text;
  for (const char byte : name) {
    if (is_plain(byte)) {
      text += byte;
    } else {
      const auto value = static_cast<std::uint8_t>(byte);
      text += {'%', kHex[value >> 4], kHex[value & 15]};
    }
  }
  return text;
}

std::optional<std::string> read_name(std::string_view text) {
  std::string name;
  while (!text.empty()) {
    if (text[0] != '%') {
      if (!is_plain(text[0])) return std::nullopt;
      name += text[0];
      text.remove_prefix(1);
      continue;
    }
    const std::size_t high = text.size() < 3 ? kHex.npos : kHex.find(text[1]);
    const std::size_t low = text.size() < 3 ? kHex.npos : kHex.find(text[2]);
    if (high == kHex.npos || low == kHex.npos) return std::nullopt;
    name += static_cast<char>(high << 4 | low);
    text.remove_prefix(3);
  }
  if (name.empty() || name.size() > kMaxNameBytes) return std::nullopt;
  return name;
}

template <class Number>
bool read_number(std::string_view text, Number most, Number& into) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into);
  return error == std::errc() && end == text.data() + text.size() && into >= 0 && into <= most;
}

// The text up to `end`, which must be there and is taken with it.
std::optional<std::string_view> take_until(std::string_view& text, char end) {
  const std::size_t at = text.find(end);
  if (at == text.npos) return std::nullopt;
  const auto part = text.substr(0, at);
  text.remove_prefix(at + 1);
  return part;
}

// "NEWEST REVOKED CREATED NAME"
std::optional<std::pair<std::string, NamedKeys>> read_row(std::string_view line) {
  NamedKeys keys;
  std::int64_t created = 0;
  const auto newest = take_until(line, ' ');
  const auto revoked = take_until(line, ' ');
  const auto seconds = take_until(line, ' ');
  if (!seconds || !read_number(*newest, KeyNames::kMaxKeys, keys.newest) || keys.newest == 0) return std::nullopt;
  if (!read_number(*revoked, keys.newest, keys.revoked)) return std::nullopt;
  if (!read_number(*seconds, kLastSecond, created)) return std::nullopt;
  auto name = read_name(line);
  if (!name) return std::nullopt;
  keys.created = base::WallTime::from_nanoseconds(created * 1'000'000'000);
  return std::pair(std::move(*name), keys);
}

base::Error wrong_line(std::size_t number, const std::string& what) {
  return {base::ErrorKind::invalid, "line " + std::to_string(number) + ": " + what};
}

std::string shown(std::string_view name) { return base::UntrustedText(name).for_terminal(); }

}  // namespace

base::Result<KeyNames> KeyNames::parse(std::string_view text) {
  const auto first = take_until(text, '\n');
  if (!first || *first != kFirstLine) return wrong_line(1, "'" + std::string(kFirstLine) + "' must stand here");
  KeyNames names;
  for (std::size_t number = 2; !text.empty(); ++number) {
    const auto line = take_until(text, '\n');
    auto row = line ? read_row(*line) : std::nullopt;
    if (!row) return wrong_line(number, "this is no 'NEWEST REVOKED CREATED NAME'");
    if (names.rows_.size() == kMaxNames) return wrong_line(number, "more than 100000 names");
    if (!names.rows_.insert(std::move(*row)).second) return wrong_line(number, "a name stands here twice");
  }
  return names;
}

std::string KeyNames::text() const {
  std::string text = std::string(kFirstLine) + '\n';
  for (const auto& [name, keys] : rows_) {
    const auto seconds = keys.created.in_nanoseconds() / 1'000'000'000;
    text += std::to_string(keys.newest) + ' ' + std::to_string(keys.revoked) + ' ' + std::to_string(seconds) + ' ' +
            written_name(name) + '\n';
  }
  return text;
}

base::Result<std::uint32_t> KeyNames::create(std::string_view name, base::WallTime now) {
  if (name.empty() || name.size() > kMaxNameBytes) {
    return base::Error{base::ErrorKind::invalid, "the name of a session has 1 to 255 bytes"};
  }
  auto row = rows_.find(name);
  if (row == rows_.end()) {
    if (rows_.size() == kMaxNames) {
      return base::Error{base::ErrorKind::full, "there are keys for 100000 names already, which is the most"};
    }
    row = rows_.emplace(name, NamedKeys()).first;
  }
  if (row->second.newest == kMaxKeys) {
    return base::Error{base::ErrorKind::full, shown(name) + " has had 1000000 keys, which is the most"};
  }
  const std::int64_t seconds = std::clamp<std::int64_t>(now.in_nanoseconds() / 1'000'000'000, 0, kLastSecond);
  row->second.created = base::WallTime::from_nanoseconds(seconds * 1'000'000'000);
  return ++row->second.newest;
}

base::Result<std::uint32_t> KeyNames::revoke(std::string_view name, Which which) {
  const auto row = rows_.find(name);
  if (row == rows_.end()) {
    return base::Error{base::ErrorKind::not_found,
                       "there is no key for " + shown(name) + "; `holter key list` shows which there are"};
  }
  NamedKeys& keys = row->second;
  const std::uint32_t before = keys.revoked;
  keys.revoked = std::max(before, which == Which::all ? keys.newest : keys.newest - 1);
  return keys.revoked - before;
}

}  // namespace holter::heartbeat
