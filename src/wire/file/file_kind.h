// What a file that is no capture looks like, for the person who named it by mistake. Pure.
#pragma once

#include <string>

#include "base/byte_reader.h"

namespace holter::wire {

// The rest of a sentence: "it looks like gzip; unpack it first: gzip -dc FILE | holter read -". `beginning` are the
// file's first bytes, as many as are there; four suffice.
std::string looks_like(base::Bytes beginning);

}  // namespace holter::wire
