// A pulse datagram as two types: PulseView is a checked look at received bytes, Pulse a value that can be emitted.
// Parsing keeps no state and allocates nothing, also for garbage, because anybody can send it. Format and limits:
// docs/formats/pulse.md. The view points into the datagram and must not outlive it.
#pragma once

#include <boost/system/result.hpp>
#include <string_view>
#include <vector>

#include "base/byte_reader.h"
#include "heartbeat/pulse_format.h"

namespace holter::heartbeat {

// Why a datagram is not a pulse; one counter each.
enum class PulseFault : std::uint8_t {
  truncated,  // ends inside the header, the name or the text
  foreign,    // not the magic
  newer_version,
  unknown_type,
  bad_field,  // a value out of its range, or a MAC without the id of a key
  too_small,  // a beacon's datagram without room for a reply, a challenge without a cookie
};
inline constexpr std::size_t kPulseFaultCount = 6;

std::string_view to_string(PulseFault fault);
std::string_view to_string(PulseType type);
[[noreturn]] void throw_exception_from_error(PulseFault fault, const boost::source_location& where);

struct Pulse {
  PulseType type = PulseType::pulse;
  std::uint32_t number = 0;
  std::uint64_t incarnation = 0;
  std::uint64_t sequence = 0;
  base::WallTime sent;
  base::Duration interval;  // whole milliseconds; zero: none announced
  std::uint8_t detect_multiplier = 0;
  std::string_view name;
  std::string_view text;
  bool leaves = false;       // terminate: the beacon ends, and the session only if nothing else keeps it
  std::uint32_t key_id = 0;  // 0: no key
  base::Bytes cookie = {};   // kCookieBytes; or none

  // The datagram, padded with zeros to `size` when it is shorter, and not sealed yet (seal.h), so that it names no key.
  // Name and text are within their limits.
  std::vector<std::uint8_t> emit(std::size_t size = 0) const;
};

// Sizes for a session of this name.
constexpr std::size_t reply_bytes(std::size_t name) { return kHeaderBytes + name; }
constexpr std::size_t smallest_bytes(std::size_t name, std::size_t text = 0) {
  return kHeaderBytes + name + text + kReserveBytes;
}
constexpr std::size_t paying_bytes(std::size_t name) { return kPaidReplies * reply_bytes(name); }

class PulseView {
 public:
  using Parsed = boost::system::result<PulseView, PulseFault>;

  static Parsed parse(base::Bytes datagram);

  const Pulse& fields() const { return fields_; }
  PulseType type() const { return fields_.type; }
  std::string_view name() const { return fields_.name; }
  std::string_view text() const { return fields_.text; }
  // Of the whole datagram.
  std::size_t size() const { return size_; }

 private:
  Pulse fields_;
  std::size_t size_ = 0;
};

}  // namespace holter::heartbeat
