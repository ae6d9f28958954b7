#include "heartbeat/time_zone.h"

#include <date/tz.h>

#include "base/untrusted_text.h"

namespace holter::heartbeat {
namespace {

constexpr std::size_t kMaxShownName = 64;

date::sys_seconds seconds_of(base::WallTime at) {
  return date::floor<std::chrono::seconds>(
      std::chrono::sys_time<std::chrono::nanoseconds>(std::chrono::nanoseconds(at.in_nanoseconds())));
}

base::WallTime wall_of(date::sys_seconds at) {
  return base::WallTime() + base::Duration::seconds(at.time_since_epoch().count());
}

}  // namespace

// The library throws for a name that it does not know and for zoneinfo that it cannot read; a zone is read when it is
// first asked, so it is asked here.
base::Result<TimeZone> TimeZone::find(std::string_view name) {
  try {
    const date::time_zone* zone = date::locate_zone(name);
    (void)zone->get_info(date::sys_seconds());
    return TimeZone(zone);
  } catch (const std::exception&) {
    const base::UntrustedText shown(name.substr(0, kMaxShownName));
    return base::Error{base::ErrorKind::not_found, "no time zone is called \"" + shown.for_terminal() +
                                                       "\"; names are as in /usr/share/zoneinfo: \"Europe/Berlin\""};
  }
}

base::Result<TimeZone> TimeZone::of_host() {
  try {
    const date::time_zone* zone = date::current_zone();
    (void)zone->get_info(date::sys_seconds());
    return TimeZone(zone);
  } catch (const std::exception&) {
    return find("UTC");
  }
}

TimeZone::Span TimeZone::span_at(base::WallTime at) const {
  const date::sys_info info = zone_->get_info(seconds_of(at));
  return {wall_of(info.begin), wall_of(info.end), base::Duration::seconds(info.offset.count())};
}

std::string TimeZone::name() const { return zone_->name(); }

}  // namespace holter::heartbeat
