// The fixed front of a batch and its packed body, apart from what the columns mean (docs/formats/codec.md).
#pragma once

#include <vector>

#include "codec/batch.h"

namespace holter::codec {

// Header, packed body and checksum as one buffer. `raw` is the columns.
std::vector<std::uint8_t> seal(const BatchHeader& header, base::Bytes raw);

// The columns of a batch whose header was read by read_batch_header().
base::Result<std::vector<std::uint8_t>> unpack(base::Bytes batch);

}  // namespace holter::codec
