// The configuration of SmokePing, in its own format: "*** Targets ***" sections, "+ name" for a place in the tree and
// as many '+' as it is deep, "key = value" handed down to what is below. Hosts become probes, by the kind of their
// SmokePing probe. Pure; the text is hostile.
#pragma once

#include <string_view>

#include "base/result.h"
#include "imports/imported.h"

namespace holter::imports {

inline constexpr std::size_t kMaxSmokepingDepth = 16;

bool looks_like_smokeping(std::string_view text);

// ErrorKind::invalid: a sentence that begins with the line.
base::Result<Imported> read_smokeping(std::string_view text);

}  // namespace holter::imports
