#include "base/big_pages.h"

#include <sys/mman.h>

namespace holter::base {

void wish_for_big_pages(void* memory, std::size_t bytes) { ::madvise(memory, bytes, MADV_HUGEPAGE); }

}  // namespace holter::base
