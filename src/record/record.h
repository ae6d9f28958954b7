// The one word in which the three rivers meet: whatever holter remembers is a Record, named by a RecordId.
#pragma once

#include <cstddef>
#include <string_view>
#include <variant>

#include "record/gap.h"
#include "record/probe_result.h"
#include "record/pulse.h"
#include "record/record_id.h"
#include "record/traffic.h"

namespace holter::record {

// The order is part of docs/formats/codec.md (the type byte): append only.
using Record = std::variant<ProbeResult, PulseChange, PulseMessage, FlowRecord, PacketRecord, CaptureStats,
                            NetworkChange, Gap>;
inline constexpr std::size_t kTypeCount = std::variant_size_v<Record>;

struct NamedRecord {
  RecordId id;
  Record body;

  friend bool operator==(const NamedRecord&, const NamedRecord&) = default;
};

Lane lane_of(const Record& record);
// When it happened, for ordering and for the store's time index.
base::WallTime time_of(const Record& record);
// "probe_result", "pulse_change", ...
std::string_view type_name(std::size_t type_index);

// Where a river puts what it saw. accept() never blocks and never fails: what there is no room for is counted by the
// sink and named by a Gap record. Called from the sink's own loop only; app bridges other loops with env::Mailbox.
class Sink {
 public:
  virtual ~Sink() = default;
  virtual void accept(Record record) = 0;
};

}  // namespace holter::record
