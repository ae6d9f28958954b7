// Records that lie anywhere, in their order, as what batches are made of: whoever sorts or leaves out some of many need
// not move them. As batch.h says otherwise. Pure; any thread.
#pragma once

#include "codec/batch.h"

namespace holter::codec {

using RecordPointers = std::span<const record::NamedRecord* const>;

std::vector<const record::NamedRecord*> pointers_to(std::span<const record::NamedRecord> records);

std::size_t fitting(RecordPointers records);
std::vector<std::uint8_t> encode_batch(RecordPointers records);

}  // namespace holter::codec
