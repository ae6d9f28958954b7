// CapturedFrame is one frame as a capture file holds it, whatever the format. Value type; the bytes belong to the
// reader.
#pragma once

#include <cstdint>
#include <optional>

#include "base/byte_reader.h"
#include "base/time.h"

namespace holter::wire {

struct CapturedFrame {
  std::uint64_t number = 0;                     // in the file, from 1
  std::optional<base::PacketTime> captured_at;  // a simple packet block of pcapng has none
  base::Bytes bytes;
  std::uint32_t original_length = 0;
  std::uint32_t linktype = 0;   // LINKTYPE_* of tcpdump.org
  std::uint32_t interface = 0;  // of the file's section, from 0
};

}  // namespace holter::wire
