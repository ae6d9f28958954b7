// Parameters reads the query of a request: each value by its name with what it must be, every mistake in words of its
// own, and what nobody asked for with the name that was probably meant. All mistakes are told at once. Pure.
//
//   Parameters given(request.query);
//   const auto limit = given.number("limit", 1, 10'000, 1'000);
//   if (auto wrong = given.mistakes()) return error_response(*wrong);
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace holter::api {

class Parameters {
 public:
  using Query = std::map<std::string, std::string>;

  // Refers to `query`.
  explicit Parameters(const Query& query) : query_(query) {}

  // Absent and empty are the same: the fallback.
  std::string text(const std::string& name, std::string fallback = "");
  std::uint64_t number(const std::string& name, std::uint64_t least, std::uint64_t most, std::uint64_t fallback);
  // A duration back from `now`, or a moment in RFC 3339.
  std::optional<base::WallTime> moment(const std::string& name, base::WallTime now);
  // One of `words`.
  std::string word(const std::string& name, const std::vector<std::string>& words, std::string fallback);
  // Notes what is wrong with a value that the caller understands better; `what` is a sentence without its end.
  void refuse(const std::string& name, const std::string& what);

  // After all have been read: what is wrong, in one text (ErrorKind::invalid); empty when nothing is.
  std::optional<base::Error> mistakes() const;

 private:
  const Query& query_;
  std::vector<std::string> known_;
  std::vector<std::string> mistakes_;
};

// "2026-03-01T12:00:00Z", "2026-03-01T12:00:00.5Z"; UTC only. Empty when it is not a moment of the years 1970 to 2261.
std::optional<base::WallTime> parse_moment(std::string_view text);

}  // namespace holter::api
