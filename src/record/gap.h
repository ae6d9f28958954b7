// A Gap is a known hole: what holter did not record, shed or could not see, named so that nobody takes silence for
// health. NetworkChange is what moved on the network around it: known to the host itself (its interfaces, its clock,
// what blinds it), or seen on the wire by a capture (src/changes).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.h"
#include "base/untrusted_text.h"
#include "record/record_id.h"

namespace holter::record {

enum class GapCause : std::uint8_t {
  shed = 0,        // the spool or store was full; `lane`, `first`..`last` say which records are gone
  queue_full = 1,  // a queue between two loops was full; `count` records never got a number
  suspended = 2,   // the process or the host slept from `from` to `to`
  capture_loss = 3,
  disk_fault = 4,  // a chunk was condemned; first..last
  budget = 5,      // removed from the store to keep its size
  blind = 6,       // the own host was cut off from `from` to `to`: no session over `where` was judged
};

std::string_view to_string(GapCause cause);

struct Gap {
  GapCause cause = GapCause::shed;
  Lane lane = Lane::results;
  std::uint32_t epoch = 0;      // of the numbers below
  std::uint64_t first = 0;      // first missing sequence, 0 when numbers do not apply
  std::uint64_t last = 0;       // last missing sequence
  std::uint64_t count = 0;      // how many records are missing
  base::WallTime from;
  base::WallTime to;
  std::string where;            // component: "spool", "capture eth0", "store"

  friend bool operator==(const Gap&, const Gap&) = default;
};

struct NetworkChange {
  base::WallTime at;
  std::string what;             // "interface", "observer", "clock"; "address", "gateway", "neighbour", "router", ...
  base::UntrustedText subject;
  base::UntrustedText before;
  base::UntrustedText after;
  std::string interface;        // that saw it on the wire; empty: the host itself knows it

  friend bool operator==(const NetworkChange&, const NetworkChange&) = default;
};

}  // namespace holter::record
