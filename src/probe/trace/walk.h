// What a trace asks and is answered, and what decides about it: TraceCourse, which finds a path, and TraceCheck, which
// looks whether a known path still holds. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/ip.h"
#include "base/time.h"

namespace holter::probe {

// A question: to be sent with this time to live and flow.
struct TraceAsk {
  std::uint32_t number = 0;  // counts from 0 within its walk
  std::uint8_t ttl = 0;
  std::uint16_t flow = 0;
};

struct TraceAnswer {
  enum class Kind : std::uint8_t {
    passing,      // time exceeded, from a router on the way
    target,       // the target's own
    unreachable,  // an ICMP error that ends the way
  };

  std::uint32_t number = 0;
  Kind kind = Kind::passing;
  base::IpAddress from;
  std::uint8_t icmp_type = 0;
  std::uint8_t icmp_code = 0;
  base::Duration rtt = {};
  std::vector<std::uint32_t> labels = {};
};

class TraceWalk {
 public:
  virtual ~TraceWalk() = default;

  // What to send now; called until there is nothing.
  virtual std::optional<TraceAsk> next(base::Instant now) = 0;
  virtual void on_answer(const TraceAnswer& answer, base::Instant now) = 0;
  // The ask could not be sent: as if it had been left open.
  virtual void on_unsent(std::uint32_t number) = 0;
  virtual bool finished() const = 0;
  // When next() has to be called at the latest, while not finished.
  virtual base::Instant next_deadline() const = 0;
  // It would ask more now if answers to others made room at a router; next_deadline() is later than that.
  virtual bool waits_for_room() const = 0;
};

}  // namespace holter::probe
