#include "heartbeat/cron_fields.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <span>
#include <string>

#include "base/untrusted_text.h"

namespace holter::heartbeat {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                                      "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
constexpr std::array<std::string_view, 7> kWeekdays = {"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"};

constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kNicknames = {{{"@YEARLY", "0 0 1 1 *"},
                                                                                      {"@ANNUALLY", "0 0 1 1 *"},
                                                                                      {"@MONTHLY", "0 0 1 * *"},
                                                                                      {"@WEEKLY", "0 0 * * 0"},
                                                                                      {"@DAILY", "0 0 * * *"},
                                                                                      {"@MIDNIGHT", "0 0 * * *"},
                                                                                      {"@HOURLY", "0 * * * *"}}};

struct FieldKind {
  std::string_view what;
  unsigned first;
  unsigned last;
  std::span<const std::string_view> names;  // of the values from first on
};

enum Which : std::uint8_t { kMinute, kHour, kDay, kMonth, kWeekday };

constexpr std::array<FieldKind, 5> kKinds = {{{"minute", 0, 59, {}},
                                              {"hour", 0, 23, {}},
                                              {"day of the month", 1, 31, {}},
                                              {"month", 1, 12, kMonths},
                                              {"day of the week", 0, 7, kWeekdays}}};

char upper_case(char c) { return static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c); }

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return c >= 'A' && c <= 'Z'; }

// Reads the expression from its begin to its end; a mistake is remembered with its place and ends the reading.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  base::Result<CronFields> fields() {
    CronFields fields;
    for (unsigned i = 0; i < kKinds.size(); ++i) {
      skip_space();
      which_ = static_cast<Which>(i);
      if (at_end()) return wrong("the field of the " + std::string(kind().what) + " is missing; there are five");
      if (next() == '*') note_star(fields);
      if (!list(fields)) return *mistake_;
    }
    skip_space();
    if (!at_end()) return wrong("more than five fields; write seconds and commands elsewhere");
    return fields;
  }

 private:
  const FieldKind& kind() const { return kKinds[which_]; }
  bool at_end() const { return at_ >= text_.size(); }
  char next() const { return at_end() ? '\0' : text_[at_]; }
  bool at_field_end() const { return at_end() || next() == ' ' || next() == '\t'; }
  void skip_space() {
    while (!at_end() && at_field_end()) ++at_;
  }
  bool take(char c) {
    if (next() != c) return false;
    ++at_;
    return true;
  }

  base::Error wrong(const std::string& what, std::optional<std::size_t> where = std::nullopt) {
    mistake_ = base::Error{base::ErrorKind::invalid,
                           "column " + std::to_string(where.value_or(at_) + 1) + " of the cron expression: " + what};
    return *mistake_;
  }
  bool fail(const std::string& what, std::optional<std::size_t> where = std::nullopt) {
    wrong(what, where);
    return false;
  }

  void note_star(CronFields& fields) const {
    if (which_ == kMinute || which_ == kHour) fields.follows_clock = true;
    if (which_ == kDay || which_ == kWeekday) fields.fits_both = true;
  }

  bool list(CronFields& fields) {
    do {
      if (!term(fields)) return false;
    } while (take(','));
    if (at_field_end()) return true;
    if (next() == '~') return fail("a time at random ('~') is known to cron alone; write the time itself");
    return fail("'" + base::UntrustedText(text_.substr(at_, 1)).for_terminal() + "' has no place in the " +
                std::string(kind().what));
  }

  // "*", "7", "1-5", each with a step; "L"; "5L"; "MON#2".
  bool term(CronFields& fields) {
    if (which_ == kDay && take('L')) {
      fields.last_day = true;
      return true;
    }
    const std::size_t begin = at_;
    unsigned from = kind().first;
    unsigned to = kind().last;
    bool single = false;
    if (!take('*')) {
      const auto low = value();
      if (!low) return false;
      if (which_ == kWeekday && (next() == 'L' || next() == '#')) return special_weekday(fields, *low);
      single = next() != '-';
      from = *low;
      if (take('-')) {
        const auto high = value();
        if (!high) return false;
        to = *high;
        if (to < from) return fail("the range ends before it begins" + std::string(hint(to)), begin);
      }
    }
    const auto steps = step();
    if (!steps) return false;
    if (single && *steps == 0) to = from;
    for (unsigned v = from; v <= to; v += std::max(*steps, 1U)) add(fields, v);
    return true;
  }

  std::string_view hint(unsigned to) const {
    return which_ == kWeekday && to == 0 ? "; as the end of a week Sunday is 7" : "";
  }

  bool special_weekday(CronFields& fields, unsigned weekday) {
    if (take('L')) {
      fields.last_weekdays.set(weekday % 7);
      return true;
    }
    ++at_;
    const char nth = next();
    if (nth < '1' || nth > '5') return fail("behind '#' stands 1 to 5: the first to the fifth of the month");
    ++at_;
    fields.nth_weekdays[static_cast<unsigned>(nth - '0')].set(weekday % 7);
    return true;
  }

  // The step behind '/'; 0 where there is none.
  std::optional<unsigned> step() {
    if (!take('/')) return 0;
    const std::size_t begin = at_;
    const auto steps = number();
    if (steps && *steps != 0) return steps;
    fail("behind '/' stands a step of at least 1", begin);
    return std::nullopt;
  }

  // One of the field's numbers or names.
  std::optional<unsigned> value() {
    const std::size_t begin = at_;
    std::optional<unsigned> got = is_digit(next()) ? number() : named();
    if (got && *got >= kind().first && *got <= kind().last) return got;
    while (is_digit(next()) || is_letter(next())) ++at_;
    const std::string given(text_.substr(begin, std::min<std::size_t>(at_ - begin, 16)));
    const std::string what(kind().what);
    fail((given.empty() ? "the " + what + " is missing (" : given + " is no " + what + " (") + range_words() + ')',
         begin);
    return std::nullopt;
  }

  std::string range_words() const {
    const std::string numbers = std::to_string(kind().first) + " to " + std::to_string(kind().last);
    if (kind().names.empty()) return numbers;
    return numbers + ", " + std::string(kind().names.front()) + " to " + std::string(kind().names.back());
  }

  // Digits; beyond a thousand it is wrong in every field.
  std::optional<unsigned> number() {
    unsigned got = 0;
    const char* const end = text_.data() + std::min(text_.size(), at_ + 4);
    const auto [stop, error] = std::from_chars(text_.data() + at_, end, got);
    if (error != std::errc() || stop == text_.data() + at_) return std::nullopt;
    at_ = static_cast<std::size_t>(stop - text_.data());
    return got;
  }

  std::optional<unsigned> named() {
    const auto names = kind().names;
    const auto found = std::ranges::find(names, text_.substr(at_, 3));
    if (found == names.end() || text_.substr(at_).size() < 3) return std::nullopt;
    at_ += 3;
    return kind().first + static_cast<unsigned>(found - names.begin());
  }

  void add(CronFields& fields, unsigned v) const {
    switch (which_) {
      case kMinute: fields.minutes.set(v); break;
      case kHour: fields.hours.set(v); break;
      case kDay: fields.days.set(v); break;
      case kMonth: fields.months.set(v); break;
      case kWeekday: fields.weekdays.set(v % 7); break;
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  Which which_ = kMinute;
  std::optional<base::Error> mistake_;
};

}  // namespace

base::Result<CronFields> parse_cron_fields(std::string_view text) {
  if (text.size() > kMaxCronBytes) {
    return base::Error{base::ErrorKind::invalid,
                       "a cron expression has at most " + std::to_string(kMaxCronBytes) + " letters"};
  }
  std::string upper(text);
  std::ranges::transform(upper, upper.begin(), upper_case);
  if (!upper.starts_with('@')) return Reader(upper).fields();
  const auto nickname = std::ranges::find(kNicknames, upper, &std::pair<std::string_view, std::string_view>::first);
  if (nickname != kNicknames.end()) return Reader(nickname->second).fields();
  return base::Error{base::ErrorKind::invalid,
                     upper == "@REBOOT" ? "@reboot has no times; give period and grace instead"
                                        : "the names for times are @yearly, @monthly, @weekly, @daily and @hourly"};
}

}  // namespace holter::heartbeat
