// Records into rows: sorted by stream and number, cut where a batch is full. The records stay where they are. Pure; any
// thread.
#pragma once

#include "codec/record_pointers.h"
#include "store/rows.h"

namespace holter::store {

// Rows of at most `most` records.
std::vector<Row> pack(std::vector<const record::NamedRecord*> records, std::size_t most);

}  // namespace holter::store
