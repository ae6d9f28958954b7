// AckBook is what a hub knows of one agent's numbers: which are stored, or named as lost by a stored Gap. It tells a
// record that is new from one that was sent again, and it is what acks are made of. Bounded: a number that would need
// one range too many is refused (not stored, not acked), and comes again when older holes have been filled.
// A hub's archive keeps one for each agent, beside the records and in the same transaction. Pure.
#pragma once

#include <span>
#include <vector>

#include "record/record.h"
#include "uplink/messages.h"

namespace holter::uplink {

class AckBook {
 public:
  AckBook() = default;
  explicit AckBook(AckState state) : state_(std::move(state)) {}

  enum class Verdict : std::uint8_t { fresh, known, refused };
  // Counts the record as stored when it is fresh: call it for what is then stored, in the same transaction.
  Verdict admit(const record::NamedRecord& record);

  const AckState& state() const { return state_; }

 private:
  AckState state_;
};

}  // namespace holter::uplink
