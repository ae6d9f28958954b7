// Memory that is needed for a moment goes back to the kernel when it is freed. The C library maps a large block apart,
// and unmaps it with free(); but with each one freed it takes larger blocks for small, up to 32 MiB, and then their
// memory stays, a heap for each thread. After a million sessions had opened that were 15 to 25 MB. Here it stays
// at kLargeBlock. Once, before there are threads.
#pragma once

#include <cstddef>

namespace holter::env_linux {

// Of what a packet, a page or a batch takes most is smaller, and quicker from the heap.
inline constexpr std::size_t kLargeBlock = 1024 * 1024;

void keep_large_blocks_apart();

}  // namespace holter::env_linux
