#include "env/linux/memory.h"

#include <malloc.h>

namespace holter::env_linux {

void keep_large_blocks_apart() { ::mallopt(M_MMAP_THRESHOLD, static_cast<int>(kLargeBlock)); }

}  // namespace holter::env_linux
