// CRC32C (Castagnoli; RFC 3720, appendix B.4): how the spool, the codec and the store notice that bytes are not what
// was written. Not a defence against a forger. Uses the CPU's instruction where there is one. Pure; any thread.
#pragma once

#include <cstdint>

#include "base/byte_reader.h"

namespace holter::base {

// The checksum of `bytes`. To go on where another call ended, pass what it returned:
// crc32c(b, crc32c(a)) is the checksum of a and b together.
std::uint32_t crc32c(Bytes bytes, std::uint32_t before = 0);

// The same from tables alone: what crc32c() does on a CPU without the instruction.
std::uint32_t crc32c_portable(Bytes bytes, std::uint32_t before = 0);

}  // namespace holter::base
