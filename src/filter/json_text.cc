#include "filter/json_text.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "filter/limits.h"

namespace holter::filter {
namespace {

constexpr std::string_view kSpaces = " \t\r\n";
constexpr std::string_view kNumberBytes = "+-.0123456789eE";

std::optional<unsigned> hex_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
  return std::nullopt;
}

void append_utf8(std::string& out, std::uint32_t code) {
  const auto put = [&out](std::uint32_t byte) { out += static_cast<char>(byte); };
  const auto rest = [&](unsigned shift) { put(0x80 | (code >> shift & 0x3f)); };
  if (code < 0x80) return put(code);
  if (code < 0x800) {
    put(0xc0 | code >> 6);
  } else if (code < 0x10000) {
    put(0xe0 | code >> 12);
    rest(6);
  } else {
    put(0xf0 | code >> 18);
    rest(12);
    rest(6);
  }
  rest(0);
}

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  Compiled<std::vector<JsonValue>> all() {
    std::vector<JsonValue> out;
    for (skip_spaces(); at_ < text_.size(); skip_spaces()) {
      if (!out.empty() && text_[at_] == ',') {
        ++at_;
        continue;
      }
      auto next = value();
      if (!next) return next.error();
      out.push_back(std::move(*next));
    }
    if (out.empty()) return Mistake{{at_, at_}, "the filter is empty"};
    return out;
  }

 private:
  void skip_spaces() { at_ = std::min(text_.find_first_not_of(kSpaces, at_), text_.size()); }
  char here() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take_if(char c) {
    skip_spaces();
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  Mistake expected(std::string_view what) const {
    const std::string_view found = text_.substr(at_, 1);
    std::string message = std::string(what) + " is expected, not ";
    message += found.empty() ? "the end" : in_quotes(found);
    return {{at_, at_ + found.size()}, std::move(message)};
  }

  Compiled<JsonValue> value() {
    skip_spaces();
    const std::size_t begin = at_;
    const char first = here();
    if (first == '{' || first == '[') {
      if (depth_ == kMaxDepth) {
        return Mistake{{at_, at_ + 1},
                       "objects and lists stand more than " + std::to_string(kMaxDepth) + " deep within each other"};
      }
      ++depth_;
      auto out = first == '{' ? object() : list();
      --depth_;
      if (out) out->span = {begin, at_};
      return out;
    }
    JsonValue out;
    if (first == '"') {
      auto text = string();
      if (!text) return text.error();
      out.kind = JsonValue::Kind::text;
      out.text = std::move(*text);
    } else if (auto mistake = plain(out)) {
      return *mistake;
    }
    out.span = {begin, at_};
    return out;
  }

  // A number, true, false or null.
  std::optional<Mistake> plain(JsonValue& out) {
    const std::size_t begin = at_;
    while (at_ < text_.size() && ((here() >= 'a' && here() <= 'z') || kNumberBytes.find(here()) != std::string::npos)) {
      ++at_;
    }
    out.text = text_.substr(begin, at_ - begin);
    const bool number = !out.text.empty() && out.text[0] != 'e' && kNumberBytes.find(out.text[0]) != std::string::npos;
    if (number && out.text.find_first_not_of(kNumberBytes) == std::string::npos) {
      out.kind = JsonValue::Kind::number;
    } else if (out.text == "true" || out.text == "false") {
      out.kind = JsonValue::Kind::truth;
    } else if (out.text != "null") {
      const bool nothing = at_ == begin;
      at_ = begin;
      if (nothing) return expected("a value");
      return Mistake{{begin, begin + out.text.size()}, "a text stands in quotes: \"" + out.text + '"'};
    }
    return std::nullopt;
  }

  Compiled<JsonValue> object() {
    const std::size_t open = at_++;
    JsonValue out;
    out.kind = JsonValue::Kind::object;
    while (!take_if('}')) {
      if (at_ == text_.size()) return Mistake{{open, open + 1}, "this object is never closed"};
      if (here() != '"') return expected("a name in quotes, or '}',");
      JsonMember member;
      const std::size_t begin = at_;
      auto name = string();
      if (!name) return name.error();
      member.name = std::move(*name);
      member.name_span = {begin, at_};
      if (!take_if(':')) return expected("':'");
      auto inner = value();
      if (!inner) return inner;
      member.value = std::move(*inner);
      out.members.push_back(std::move(member));
      if (take_if(',') || here() == '}') continue;
      if (at_ == text_.size()) return Mistake{{open, open + 1}, "this object is never closed"};
      return expected("',' or '}'");
    }
    return out;
  }

  Compiled<JsonValue> list() {
    const std::size_t open = at_++;
    JsonValue out;
    out.kind = JsonValue::Kind::list;
    while (!take_if(']')) {
      if (at_ == text_.size()) return Mistake{{open, open + 1}, "this list is never closed"};
      if (out.items.size() == kMaxListEntries) {
        return Mistake{{at_, at_ + 1}, "the list has more than " + std::to_string(kMaxListEntries) + " entries"};
      }
      auto inner = value();
      if (!inner) return inner;
      out.items.push_back(std::move(*inner));
      if (take_if(',') || here() == ']') continue;
      if (at_ == text_.size()) return Mistake{{open, open + 1}, "this list is never closed"};
      return expected("',' or ']'");
    }
    return out;
  }

  Compiled<std::string> string() {
    const std::size_t begin = at_++;
    std::string out;
    while (at_ < text_.size() && text_[at_] != '"') {
      const char c = text_[at_++];
      if (c != '\\') {
        out += c;
      } else if (auto mistake = escape(out)) {
        return *mistake;
      }
    }
    if (at_ == text_.size()) return Mistake{{begin, begin + 1}, "the text that begins here has no closing quote"};
    ++at_;
    return out;
  }

  // Behind the backslash.
  std::optional<Mistake> escape(std::string& out) {
    constexpr std::string_view kLetters = "\"\\/bfnrt";
    constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    const char letter = here();
    const std::size_t known = at_ == text_.size() ? std::string::npos : kLetters.find(letter);
    if (known != std::string::npos) {
      out += kMeanings[known];
      ++at_;
      return std::nullopt;
    }
    const std::size_t begin = at_ - 1;
    const auto code = letter == 'u' ? code_unit() : std::nullopt;
    if (!code) return Mistake{{begin, std::min(begin + 2, text_.size())}, "no escape of JSON begins with this"};
    const bool high = *code >= 0xd800 && *code < 0xdc00;
    if (high && text_.substr(at_).starts_with("\\u")) {
      ++at_;
      const auto low = code_unit();
      if (low && *low >= 0xdc00 && *low < 0xe000) {
        append_utf8(out, 0x10000 + ((*code - 0xd800) << 10) + (*low - 0xdc00));
        return std::nullopt;
      }
    }
    if (*code >= 0xd800 && *code < 0xe000) return Mistake{{begin, at_}, "this is half a character"};
    append_utf8(out, *code);
    return std::nullopt;
  }

  // The four digits behind the 'u' at the cursor.
  std::optional<std::uint32_t> code_unit() {
    std::uint32_t code = 0;
    for (std::size_t i = 1; i <= 4; ++i) {
      const auto digit = at_ + i < text_.size() ? hex_digit(text_[at_ + i]) : std::nullopt;
      if (!digit) return std::nullopt;
      code = code << 4 | *digit;
    }
    at_ += 5;
    return code;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
};

}  // namespace

Compiled<std::vector<JsonValue>> json_values_of(std::string_view text) { return Reader(text).all(); }

}  // namespace holter::filter
