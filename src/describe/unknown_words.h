// What was not decoded, in words: by registry and number, and the samples as hexadecimal digits for whoever writes the
// decoder. Pure.
#pragma once

#include <string>

#include "wire/unknown.h"

namespace holter::describe {

// "ether type 0x88b5: 3, link type 127: 1"; empty without any. Names those that are most, at most this many of them.
inline constexpr std::size_t kUnknownNamed = 8;
std::string unknown_words(const wire::UnknownProtocols& unknown);

// Every kind with its samples, several lines each; empty without any.
std::string unknown_samples(const wire::UnknownProtocols& unknown);

}  // namespace holter::describe
