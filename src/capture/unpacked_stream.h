// A capture file as it is before it was packed: gzip (RFC 1952, several members too) and Zstandard (RFC 8878) are
// unpacked while they are read, told by their first bytes, and anything else is passed through. Memory does not grow
// with the file: one chunk of input and the window of the format, of which Zstandard's may be kMaxWindowLog. The calls
// block as those of the stream behind it do. One thread.
#pragma once

#include <memory>

#include "env/streams.h"

namespace holter::capture {

inline constexpr unsigned kMaxWindowLog = 27;  // 128 MiB: what `zstd -19` and `--long` make

// `packed` outlives it.
std::unique_ptr<env::InputStream> unpacked(env::InputStream& packed);

}  // namespace holter::capture
