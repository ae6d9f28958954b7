#include "env/linux/memory.h"

#include <gtest/gtest.h>
#include <malloc.h>

#include <memory>

namespace holter::env_linux {
namespace {

// Not inlined: what nobody reads the compiler would not allocate.
[[gnu::noinline]] std::unique_ptr<char[]> block(std::size_t bytes) { return std::make_unique<char[]>(bytes); }

std::size_t blocks_apart() { return ::mallinfo2().hblks; }

TEST(Memory, ALargeBlockIsApartAlsoAfterALargerOneWasFreed) {
  if (::mallinfo2().arena == 0) GTEST_SKIP() << "a sanitizer has an allocator of its own";
  keep_large_blocks_apart();
  const std::size_t before = blocks_apart();
  auto larger = block(8 * kLargeBlock);
  EXPECT_EQ(blocks_apart(), before + 1);
  larger.reset();
  EXPECT_EQ(blocks_apart(), before);
  const auto large = block(2 * kLargeBlock);
  EXPECT_EQ(blocks_apart(), before + 1);
}

}  // namespace
}  // namespace holter::env_linux
