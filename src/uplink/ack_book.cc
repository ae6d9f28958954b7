#include "uplink/ack_book.h"

namespace holter::uplink {

AckBook::Verdict AckBook::admit(const record::NamedRecord& record) {
  base::RangeSet& stored = state_.lane(record.id.epoch, record.id.lane);
  if (stored.contains(record.id.sequence)) return Verdict::known;
  if (!stored.insert(record.id.sequence)) return Verdict::refused;
  // What a gap names will never come: without this the prefix would stop there for ever. No room is no harm.
  const auto* gap = std::get_if<record::Gap>(&record.body);
  if (gap != nullptr && gap->first != 0 && gap->last >= gap->first) {
    state_.lane(gap->epoch, gap->lane).insert(gap->first, gap->last);
  }
  return Verdict::fresh;
}

}  // namespace holter::uplink
