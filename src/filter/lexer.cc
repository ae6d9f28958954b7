#include "filter/lexer.h"

#include <algorithm>
#include <array>

#include "filter/limits.h"

namespace holter::filter {
namespace {

struct Spelling {
  std::string_view text;
  Sign sign;
};

// Longer ones before their beginnings.
constexpr auto kSigns = std::to_array<Spelling>({{"==", Sign::equal},
                                                 {"!=", Sign::unequal},
                                                 {"<=", Sign::at_most},
                                                 {">=", Sign::at_least},
                                                 {"&&", Sign::logical_and},
                                                 {"||", Sign::logical_or},
                                                 {"..", Sign::range},
                                                 {"<", Sign::below},
                                                 {">", Sign::above},
                                                 {"!", Sign::logical_not},
                                                 {"~", Sign::matches},
                                                 {"(", Sign::open},
                                                 {")", Sign::close},
                                                 {"{", Sign::list_open},
                                                 {"}", Sign::list_close},
                                                 {",", Sign::comma}});
constexpr auto kKeywords = std::to_array<Spelling>({{"and", Sign::logical_and},
                                                    {"or", Sign::logical_or},
                                                    {"not", Sign::logical_not},
                                                    {"in", Sign::in},
                                                    {"contains", Sign::contains}});

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

bool is_word_byte(char c) {
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  return letter || std::string_view("_.:/%-").find(c) != std::string_view::npos;
}

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  Compiled<Token> next() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
    if (at_ == text_.size()) return Token{Sign::end, {at_, at_}, ""};
    const char first = text_[at_];
    if (first == '"' || first == '\'') return quoted(first);
    for (const auto& [spelling, sign] : kSigns) {
      if (text_.substr(at_).starts_with(spelling)) {
        at_ += spelling.size();
        return Token{sign, {at_ - spelling.size(), at_}, ""};
      }
    }
    if (is_word_byte(first)) return word();
    return unknown();
  }

 private:
  Token word() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_word_byte(text_[at_]) && !text_.substr(at_).starts_with("..")) ++at_;
    const std::string_view found = text_.substr(begin, at_ - begin);
    const auto* const keyword = std::ranges::find(kKeywords, found, &Spelling::text);
    return {keyword == kKeywords.end() ? Sign::word : keyword->sign, {begin, at_}, std::string(found)};
  }

  Compiled<Token> quoted(char quote) {
    const std::size_t begin = at_++;
    std::string content;
    for (; at_ < text_.size() && text_[at_] != quote; ++at_) {
      const char following = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
      if (text_[at_] == '\\' && (following == '"' || following == '\'' || following == '\\')) ++at_;
      content += text_[at_];
    }
    if (at_ == text_.size()) return Mistake{{begin, begin + 1}, "the text that begins here has no closing quote"};
    ++at_;
    return Token{Sign::text, {begin, at_}, std::move(content)};
  }

  Mistake unknown() const {
    std::size_t end = at_ + 1;
    while (end < text_.size() && (static_cast<unsigned char>(text_[end]) & 0xc0U) == 0x80) ++end;
    const std::string_view piece = text_.substr(at_, end - at_);
    std::string message = in_quotes(piece) + " means nothing here";
    if (piece == "=") message += "; equal is written ==";
    if (piece == "&") message += "; write 'and'";
    if (piece == "|") message += "; write 'or'";
    if ((static_cast<unsigned char>(piece[0]) & 0x80U) != 0) message += "; put a text in quotes";
    return {{at_, end}, std::move(message)};
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

Compiled<std::vector<Token>> tokens_of(std::string_view expression) {
  if (expression.size() > kMaxExpressionBytes) return too_long(expression);
  std::vector<Token> out;
  Lexer lexer(expression);
  do {
    auto token = lexer.next();
    if (!token) return token.error();
    out.push_back(std::move(*token));
  } while (out.back().sign != Sign::end);
  return out;
}

bool is_bare_word(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_word_byte) && text.find("..") == std::string_view::npos &&
         std::ranges::find(kKeywords, text, &Spelling::text) == kKeywords.end();
}

Mistake too_long(std::string_view expression) {
  return {{kMaxExpressionBytes, expression.size()},
          "the expression is " + std::to_string(expression.size()) + " bytes long; at most " +
              std::to_string(kMaxExpressionBytes) + " are read"};
}

}  // namespace holter::filter
