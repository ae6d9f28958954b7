// UntrustedText carries bytes that came from a packet, a peer, a target or a file towards a person. It has no way out
// except through an encoder for the sink it goes to, so that a name such as "\x1b]0;owned\x07" or "<script>" can be
// shown whole and can do nothing. Bytes are kept as they came, at most kUntrustedTextLimit of them (the cut is
// marked). Value type; any thread may read it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace holter::base {

inline constexpr std::size_t kUntrustedTextLimit = 100'000;  // as much as is kept of what a ping URL was told

class UntrustedText {
 public:
  UntrustedText() = default;
  explicit UntrustedText(std::string_view bytes, std::size_t limit = kUntrustedTextLimit);
  // The inverse of for_json, for a string that a JSON parser has already unescaped: undoes \xNN and \\.
  static UntrustedText from_json_text(std::string_view parsed);

  bool empty() const { return bytes_.empty(); }
  std::size_t size() const { return bytes_.size(); }
  bool was_cut() const { return cut_; }

  // One line, no control or direction-changing characters: C0, C1, DEL, bidi controls and invalid UTF-8 become
  // \xNN or \u{NNNN}; a backslash is doubled.
  std::string for_terminal() const;
  // As for_terminal, and quoted when it holds a space, a quote or '=' or is empty, so that key=value stays parseable.
  std::string for_log() const;
  // Safe as element content and inside a quoted attribute.
  std::string for_html() const;
  // The inside of a JSON string, without the quotes. Lossless: bytes that are not UTF-8 become \\xNN and a backslash
  // becomes \\\\ (so a reader undoes \xNN and \\ after its JSON parser); docs/api.md describes it.
  std::string for_json() const;

  // The bytes as they came: for comparing, hashing and storing, never for showing.
  const std::string& raw() const { return bytes_; }

  friend bool operator==(const UntrustedText&, const UntrustedText&) = default;

 private:
  std::string bytes_;
  bool cut_ = false;
};

// A sentence of the program that may hold names it was given (a path, an option): what acts on a screen is escaped as
// in for_terminal(), everything else stays, line breaks too when `lines` says so. Twice is the same as once.
enum class Lines : unsigned char { escape, keep };
std::string visible(std::string_view text, Lines lines);

// Text that is safe to show as the value of key=value: as it is, or in quotes when it is empty or holds a space, a
// quote or '='. Within the quotes a quote has a backslash before it.
std::string quoted_for_log(std::string visible);

}  // namespace holter::base
