// SHA-1 (RFC 3174), for names that a published format makes with it (Community ID). Broken as a defence against a
// forger since 2017: nothing here may rely on it for that. Pure; any thread.
#pragma once

#include <array>
#include <cstdint>

#include "base/byte_reader.h"

namespace holter::base {

std::array<std::uint8_t, 20> sha1(Bytes bytes);

}  // namespace holter::base
