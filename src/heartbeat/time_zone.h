// TimeZone says how far the clocks on the walls of a place are from UTC, span by span, from the system's zoneinfo (read
// once, by libdate-tz). A copy is a pointer; zones live as long as the process. Any thread. zoneinfo lists changes up
// to 2037: after that a place keeps its last one.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace date {
class time_zone;
}

namespace holter::heartbeat {

class TimeZone {
 public:
  // A time in which the clocks are not set: [begin, end), both whole seconds, saturated where there is no change.
  struct Span {
    base::WallTime begin;
    base::WallTime end;
    base::Duration offset;  // local time less UTC
  };

  // "Europe/Berlin", "UTC".
  static base::Result<TimeZone> find(std::string_view name);
  // What /etc/localtime says; UTC where it says nothing that is known.
  static base::Result<TimeZone> of_host();

  Span span_at(base::WallTime at) const;
  std::string name() const;

  friend bool operator==(const TimeZone&, const TimeZone&) = default;

 private:
  explicit TimeZone(const date::time_zone* zone) : zone_(zone) {}

  const date::time_zone* zone_;
};

}  // namespace holter::heartbeat
