// Runs pairs the begin and the end of a job's runs, so that the time between is known. Runs that go on at the same time
// are told apart by the id that their pings bear; without one, the end belongs to the begin before it. Pure; one
// thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace holter::heartbeat {

class Runs {
 public:
  static constexpr std::size_t kMaxOpen = 16;  // of one session; of more the oldest is forgotten
  // What ends later belongs to no begin that is known.
  static constexpr base::Duration kLongest = base::Duration::hours(72);

  void begin(std::string_view id, base::Instant now);
  void end(std::string_view id, base::Instant now);

  // When the run began that began last, while it goes on: only that one is judged.
  std::optional<base::Instant> newest() const;
  // How long the run took that ended last; absent when it did not say that it began.
  std::optional<base::Duration> last() const { return last_; }

 private:
  struct Run {
    std::string id;
    base::Instant begun;
  };
  std::vector<Run> open_;  // in the order of their begin
  bool newest_ended_ = false;
  std::optional<base::Duration> last_;
};

}  // namespace holter::heartbeat
