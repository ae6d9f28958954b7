// What a capture shows of itself once a second: where it stands, what it counted, and who talks most. Plain values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "record/traffic.h"

namespace holter::capture {

enum class CaptureState : std::uint8_t { waiting, capturing, off };

struct CaptureSnapshot {
  std::string interface;
  std::uint32_t interface_index = 0;  // 0: it was not captured yet
  bool loopback = false;              // nobody but this host is on it
  CaptureState state = CaptureState::waiting;
  std::string why;                // waiting: what is wrong and when the next try is
  record::CaptureStats totals;    // of all closed intervals since the start; `flows` as of now
  double packets_per_second = 0;  // of the newest closed interval
  double bytes_per_second = 0;
  std::vector<record::FlowRecord> top;  // the most bytes first
};

}  // namespace holter::capture
