#include "heartbeat/line.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/units.h"
#include "base/untrusted_text.h"

namespace holter::heartbeat {
namespace {

constexpr std::string_view kSpaces = " \t";
constexpr std::string_view kTextFollows = "--";
constexpr std::string_view kHelp = "help";
constexpr std::size_t kMaxShown = 32;  // bytes of what is wrong, in the words about it

base::Error wrong(std::string words) { return {base::ErrorKind::invalid, std::move(words)}; }

std::string shown(std::string_view text) {
  const bool long_text = text.size() > kMaxShown;
  return '\'' + base::UntrustedText(text.substr(0, kMaxShown)).for_terminal() + (long_text ? "...'" : "'");
}

struct Word {
  std::string_view text;
  Line::Kind kind;
};
constexpr Word kWords[] = {
    {"START", Line::Kind::start}, {"FAIL", Line::Kind::failure}, {"TERMINATE", Line::Kind::terminate}};

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t') || byte == 0x7f;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kSpaces);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpaces) - first + 1);
}

// A letter, then letters, digits, '_' or '-', then '=': the length before the '=', or nothing.
std::optional<std::size_t> key_length(std::string_view text) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  if (text.empty() || !is_letter(text.front())) return std::nullopt;
  const auto is_inside = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-'; };
  const auto end = std::ranges::find_if_not(text, is_inside);
  if (end == text.end() || *end != '=') return std::nullopt;
  return static_cast<std::size_t>(end - text.begin());
}

// What stands at the front of `rest` up to a space, or in quotes, and `rest` behind it.
base::Result<std::string> take_word(std::string_view& rest) {
  if (!rest.starts_with('"')) {
    const std::size_t end = std::min(rest.find_first_of(kSpaces), rest.size());
    const std::string word(rest.substr(0, end));
    rest = trimmed(rest.substr(end));
    return word;
  }
  std::string word;
  for (std::size_t at = 1; at < rest.size(); ++at) {
    char c = rest[at];
    if (c == '"') {
      rest.remove_prefix(at + 1);
      if (!rest.empty() && kSpaces.find(rest.front()) == std::string_view::npos) {
        return wrong("a quote is closed inside of a word: a space goes behind it, and \\\" stands for a quote");
      }
      rest = trimmed(rest);
      return word;
    }
    if (c == '\\') {
      if (++at == rest.size()) break;
      c = rest[at];
      if (c != '"' && c != '\\') return wrong("in quotes a backslash stands before a quote or a backslash only");
    }
    word += c;
  }
  return wrong("a quote is not closed: put \" behind the name or the value");
}

base::Result<void> read_interval(const std::string& value, Line& line) {
  const auto interval = base::parse_duration(value);
  if (!interval) return wrong(shown(value) + " is no interval: write it as interval=500ms, 10s, 5m or 2h");
  if (*interval < kMinInterval || *interval > kMaxLineInterval) return wrong("an interval is 10ms to 30d");
  line.interval = base::Duration::milliseconds(interval->in_milliseconds());
  return {};
}

base::Result<void> read_multiplier(const std::string& value, Line& line) {
  unsigned number = 0;
  const char* end = value.data() + value.size();
  const auto [stopped, failed] = std::from_chars(value.data(), end, number);
  if (failed != std::errc() || stopped != end || number < 1 || number > 255) {
    return wrong(shown(value) + " is no multiplier: write a number from 1 to 255 as multiplier=3");
  }
  line.detect_multiplier = static_cast<std::uint8_t>(number);
  return {};
}

base::Result<void> read_key(const std::string& value, Line& line) {
  if (value.empty() || value.size() > kMaxKeyTextBytes) return wrong("a key has 1 to 255 bytes");
  line.key = value;
  return {};
}

struct Setting {
  std::string_view key;
  base::Result<void> (*read)(const std::string& value, Line& line);
};
constexpr Setting kSettings[] = {{"interval", read_interval}, {"multiplier", read_multiplier}, {"key", read_key}};

// Takes key=VALUE from the front of `rest` as long as there is one.
base::Result<void> take_settings(std::string_view& rest, Line& line) {
  bool given[std::size(kSettings)] = {};
  while (const auto length = key_length(rest)) {
    const std::string_view key = rest.substr(0, *length);
    const auto* setting = std::ranges::find(kSettings, key, &Setting::key);
    if (setting == std::end(kSettings)) {
      return wrong(shown(key) + " is no key: there are interval, multiplier and key; put -- before a text");
    }
    if (std::exchange(given[setting - kSettings], true)) return wrong(std::string(key) + " is given twice");
    rest.remove_prefix(*length + 1);
    const auto value = take_word(rest);
    if (!value) return value.error();
    if (auto read = setting->read(*value, line); !read) return read;
  }
  const bool announces = line.interval > base::Duration::zero();
  if (line.detect_multiplier != 0 && !announces) return wrong("a multiplier needs an interval: add interval=10s");
  if (announces && line.detect_multiplier == 0) line.detect_multiplier = kUsualMultiplier;
  return {};
}

base::Result<void> take_name(std::string_view& rest, Line& line) {
  if (!rest.starts_with('"') && key_length(rest)) {
    return wrong("the name comes first: NAME interval=10s; a name that holds '=' stands in quotes");
  }
  auto name = take_word(rest);
  if (!name) return name.error();
  if (name->empty()) return wrong("the name is empty");
  if (name->size() > kMaxNameBytes) return wrong("the name is too long: 255 bytes are the most");
  line.name = std::move(*name);
  return {};
}

// START, FAIL, TERMINATE or a message, or nothing.
base::Result<void> take_rest(std::string_view rest, Line& line) {
  const std::string_view first = rest.substr(0, std::min(rest.find_first_of(kSpaces), rest.size()));
  const auto* word = std::ranges::find(kWords, first, &Word::text);
  if (word != std::end(kWords)) {
    line.kind = word->kind;
    rest = trimmed(rest.substr(first.size()));
    if (!rest.empty() && line.kind != Line::Kind::failure) {
      return wrong(std::string(first) + " stands alone: put -- before it if it begins a message");
    }
  } else {
    if (first == kTextFollows) rest = trimmed(rest.substr(first.size()));
    line.kind = rest.empty() ? Line::Kind::life : Line::Kind::message;
  }
  if (rest.size() > kMaxTextBytes) {
    return wrong(
        fmt::format("the text has {} bytes and {} are the most: use several lines", rest.size(), kMaxTextBytes));
  }
  line.text = rest;
  return {};
}

std::string quoted(std::string_view word) {
  const bool bare = !word.empty() && word.find_first_of(" \t\"=\\") == std::string_view::npos && word != kHelp;
  if (bare) return std::string(word);
  std::string text = "\"";
  for (const char c : word) {
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return text + '"';
}

}  // namespace

base::Result<Line> parse_line(std::string_view line) {
  const auto control = std::ranges::find_if(line, is_control);
  if (control != line.end()) {
    return wrong(fmt::format("byte {} is the control character 0x{:02x}: send plain text", control - line.begin() + 1,
                             static_cast<unsigned char>(*control)));
  }
  Line parsed;
  std::string_view rest = trimmed(line);
  if (rest.empty()) return parsed;
  if (rest == kHelp) {
    parsed.kind = Line::Kind::help;
    return parsed;
  }
  if (auto taken = take_name(rest, parsed); !taken) return taken.error();
  if (auto taken = take_settings(rest, parsed); !taken) return taken.error();
  if (auto taken = take_rest(rest, parsed); !taken) return taken.error();
  return parsed;
}

std::string emit_line(const Line& line) {
  if (line.kind == Line::Kind::empty) return {};
  if (line.kind == Line::Kind::help) return std::string(kHelp);
  std::string text = quoted(line.name);
  if (line.interval > base::Duration::zero()) {
    text += fmt::format(" interval={}ms multiplier={}", line.interval.in_milliseconds(), line.detect_multiplier);
  }
  if (!line.key.empty()) text += " key=" + quoted(line.key);
  const auto* word = std::ranges::find(kWords, line.kind, &Word::kind);
  if (word != std::end(kWords)) {
    text += ' ' + std::string(word->text);
  } else if (line.kind == Line::Kind::message) {
    text += ' ' + std::string(kTextFollows);
  }
  if (!line.text.empty()) text += ' ' + line.text;
  return text;
}

bool is_http_request(std::string_view line) {
  const std::size_t method = line.find(' ');
  const std::size_t version = line.rfind(' ');
  if (method == std::string_view::npos || method == 0 || method == version) return false;
  const auto is_upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  return std::ranges::all_of(line.substr(0, method), is_upper) && line.substr(version + 1).starts_with("HTTP/");
}

}  // namespace holter::heartbeat
