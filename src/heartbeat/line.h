// A line of text by which a session says that it lives, for netcat and scripts: NAME [key=VALUE]... [TEXT]. Names with
// spaces stand in quotes; what a line may say and its limits: docs/formats/lines.md. Bytes beyond ASCII are taken as
// they are, control characters are not. What is wrong with a line is said in words that may be sent back to its
// sender. Pure; the lines are hostile.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "heartbeat/pulse_format.h"

namespace holter::heartbeat {

inline constexpr std::uint16_t kLinePort = 4281;
inline constexpr std::size_t kMaxLineBytes = 8 * 1024;  // without its end
inline constexpr std::size_t kMaxKeyTextBytes = 255;
inline constexpr base::Duration kMaxLineInterval = base::Duration::hours(24 * 30);
inline constexpr std::uint8_t kUsualMultiplier = 3;  // where an interval is announced without one

struct Line {
  enum class Kind : std::uint8_t {
    empty,      // nothing but spaces: whoever was asked, answers
    help,       // the word alone
    life,       // a name, perhaps with keys
    message,    // `text`, never empty
    start,      // START
    failure,    // FAIL, perhaps with a reason in `text`
    terminate,  // TERMINATE
  };

  Kind kind = Kind::empty;
  std::string name = {};         // 1 to kMaxNameBytes bytes, except for empty and help
  base::Duration interval = {};  // whole milliseconds; zero: none announced
  std::uint8_t detect_multiplier = 0;
  std::string key = {};   // empty: none given
  std::string text = {};  // at most kMaxTextBytes

  friend bool operator==(const Line&, const Line&) = default;
};

// `line` is without its end (LF or CRLF).
base::Result<Line> parse_line(std::string_view line);

// The line that parse_line() reads as this value, without its end.
std::string emit_line(const Line& line);

// Whether this is the first line of an HTTP request. A page in somebody's browser can have one sent here with lines of
// its own behind it, so whoever sends one is not listened to.
bool is_http_request(std::string_view line);

}  // namespace holter::heartbeat
