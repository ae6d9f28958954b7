// Time has three axes in holter, and the type system keeps them apart: mixing them is how monitors come to report
// outages that were a clock step.
//
//   Instant     nanoseconds on CLOCK_BOOTTIME: measuring, ordering, deadlines. Never jumps; counts while suspended.
//   WallTime    nanoseconds of UTC since 1970: for people and for the store. May jump.
//   PacketTime  nanoseconds of the kernel's frame stamps (CLOCK_REALTIME at capture): drives flows. May jump.
//
// Duration is signed nanoseconds (+-292 years). Arithmetic saturates instead of wrapping, so that a hostile stamp in
// a capture file cannot overflow. None of these read a clock; env::Clock does.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>
#include <string>

namespace holter::base {

class Duration {
 public:
  constexpr Duration() = default;

  static constexpr Duration nanoseconds(std::int64_t n) { return Duration(n); }
  static constexpr Duration microseconds(std::int64_t n) { return Duration(multiply(n, 1'000)); }
  static constexpr Duration milliseconds(std::int64_t n) { return Duration(multiply(n, 1'000'000)); }
  static constexpr Duration seconds(std::int64_t n) { return Duration(multiply(n, 1'000'000'000)); }
  static constexpr Duration minutes(std::int64_t n) { return seconds(multiply(n, 60)); }
  static constexpr Duration hours(std::int64_t n) { return seconds(multiply(n, 3'600)); }
  static constexpr Duration zero() { return Duration(0); }
  static constexpr Duration max() { return Duration(std::numeric_limits<std::int64_t>::max()); }

  constexpr std::int64_t in_nanoseconds() const { return ns_; }
  constexpr std::int64_t in_microseconds() const { return ns_ / 1'000; }
  constexpr std::int64_t in_milliseconds() const { return ns_ / 1'000'000; }
  constexpr double in_seconds() const { return static_cast<double>(ns_) / 1e9; }

  friend constexpr auto operator<=>(Duration, Duration) = default;
  friend constexpr Duration operator+(Duration a, Duration b) { return Duration(add(a.ns_, b.ns_)); }
  friend constexpr Duration operator-(Duration a, Duration b) { return Duration(subtract(a.ns_, b.ns_)); }
  friend constexpr Duration operator*(Duration a, std::int64_t n) { return Duration(multiply(a.ns_, n)); }
  friend constexpr Duration operator/(Duration a, std::int64_t n) { return Duration(a.ns_ / n); }
  constexpr Duration& operator+=(Duration b) { return *this = *this + b; }
  constexpr Duration& operator-=(Duration b) { return *this = *this - b; }

  static constexpr std::int64_t add(std::int64_t a, std::int64_t b) {
    std::int64_t r = 0;
    return __builtin_add_overflow(a, b, &r) ? saturated(b < 0) : r;
  }
  static constexpr std::int64_t subtract(std::int64_t a, std::int64_t b) {
    std::int64_t r = 0;
    return __builtin_sub_overflow(a, b, &r) ? saturated(b > 0) : r;
  }

 private:
  constexpr explicit Duration(std::int64_t ns) : ns_(ns) {}
  static constexpr std::int64_t multiply(std::int64_t a, std::int64_t b) {
    std::int64_t r = 0;
    return __builtin_mul_overflow(a, b, &r) ? saturated((a < 0) != (b < 0)) : r;
  }
  static constexpr std::int64_t saturated(bool negative) {
    return negative ? std::numeric_limits<std::int64_t>::min() : std::numeric_limits<std::int64_t>::max();
  }

  std::int64_t ns_ = 0;
};

template <class Axis>
class TimePoint {
 public:
  constexpr TimePoint() = default;

  static constexpr TimePoint from_nanoseconds(std::int64_t n) { return TimePoint(n); }
  static constexpr TimePoint max() { return TimePoint(std::numeric_limits<std::int64_t>::max()); }
  constexpr std::int64_t in_nanoseconds() const { return ns_; }

  friend constexpr auto operator<=>(TimePoint, TimePoint) = default;
  friend constexpr TimePoint operator+(TimePoint t, Duration d) {
    return TimePoint(Duration::add(t.ns_, d.in_nanoseconds()));
  }
  friend constexpr TimePoint operator-(TimePoint t, Duration d) {
    return TimePoint(Duration::subtract(t.ns_, d.in_nanoseconds()));
  }
  friend constexpr Duration operator-(TimePoint a, TimePoint b) {
    return Duration::nanoseconds(Duration::subtract(a.ns_, b.ns_));
  }
  constexpr TimePoint& operator+=(Duration d) { return *this = *this + d; }

 private:
  constexpr explicit TimePoint(std::int64_t ns) : ns_(ns) {}

  std::int64_t ns_ = 0;
};

using Instant = TimePoint<struct BootAxis>;
using WallTime = TimePoint<struct WallAxis>;
using PacketTime = TimePoint<struct PacketAxis>;

// The kernel stamps frames from the wall clock: the same number on another axis, named so that each crossing is seen.
constexpr WallTime as_wall_time(PacketTime t) { return WallTime::from_nanoseconds(t.in_nanoseconds()); }

// "1.234 ms", "250 us", "3 s", "2 min 5 s": three significant digits below a minute.
std::string to_string(Duration d);

// RFC 3339 in UTC with milliseconds: "2026-03-01T12:34:56.789Z".
std::string to_string(WallTime t);
// The same with 0 to 9 digits of the second's fraction, cut and not rounded: of a frame's stamp, 6 or 9.
std::string to_string(WallTime t, unsigned fraction_digits);

}  // namespace holter::base
