// SessionStatus is what people and the API see of one session: a plain copy, taken by SessionTable::snapshot().
#pragma once

#include <optional>
#include <string>

#include "base/time.h"
#include "base/untrusted_text.h"
#include "record/pulse.h"

namespace holter::heartbeat {

struct SessionStatus {
  struct Message {
    base::WallTime at;
    base::UntrustedText text;
  };

  base::UntrustedText name;
  std::string peer;
  record::Way way = record::Way::datagram;
  record::Authentication authentication = record::Authentication::none;
  record::SessionState state = record::SessionState::init;
  std::optional<base::Duration> interval;  // absent: none announced
  std::uint32_t detect_multiplier = 0;
  base::Duration detection_time;    // of an adaptive one: as it is now
  std::optional<double> suspicion;  // of an open adaptive one: -log10 of the chance that it lives and is so silent
  std::optional<base::WallTime> last_heard;  // absent: not since this process started
  std::optional<base::Instant> last_heard_instant;
  base::Duration silent_for;  // since last heard, or since the restart
  std::uint32_t asked = 0;    // k of N
  std::uint32_t asks = 0;
  std::string schedule = {};  // in words; empty: none
  base::Duration grace;
  std::optional<base::WallTime> due;            // by its schedule
  std::optional<base::WallTime> running_since;  // the run that began last
  std::optional<base::Duration> last_run;       // how long the run took that ended last
  std::optional<Message> last_message;
  std::uint64_t messages = 0;
  std::uint64_t pulses = 0;
};

}  // namespace holter::heartbeat
