// How many descriptors this process may have (RLIMIT_NOFILE). holter keeps its connections below it, so that a flood of
// them never takes the descriptor that the store or a probe needs.
#pragma once

#include <cstddef>

#include "base/result.h"

namespace holter::env_linux {

// What the program itself opens, with room for probes on their way; below it nothing works.
inline constexpr std::size_t kFewestDescriptors = 56;
inline constexpr std::size_t kMostDescriptors = 65'536;

std::size_t descriptor_limit();

// Lifts the limit to what this process may lift it to. ErrorKind::full when that is too few to begin with.
base::Result<void> raise_descriptor_limit();

}  // namespace holter::env_linux
