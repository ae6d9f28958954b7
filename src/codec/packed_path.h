// Paths as bytes, so that each is one text of a column (docs/formats/codec.md). What was not traced: no bytes. Pure;
// bytes that are unpacked are hostile.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "record/path.h"

namespace holter::codec {

// Hops and branches beyond what a path may have, and beyond kMaxPackedPathBytes, are left out.
std::string packed(const record::Path& path);
inline constexpr std::size_t kMaxPackedPathBytes = 64 * 1024;
// As many as it can take.
std::size_t most_packed_bytes(const record::Path& path);

// ErrorKind::corrupt: too many hops, branches or labels, a figure out of its range, or bytes too few or too many.
base::Result<record::Path> unpack_path(std::string_view bytes);

}  // namespace holter::codec
