// Counts the heap allocations of a test program, for tests that promise none. Include it in one file of the program: it
// replaces operator new. ThreadSanitizer brings a replacement of its own; there nothing is counted.
#pragma once

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <new>

namespace holter::base::test {

inline std::atomic<std::uint64_t> allocations{0};

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define HOLTER_ALLOCATIONS_ARE_NOT_COUNTED 1
#endif
#endif
#ifdef HOLTER_ALLOCATIONS_ARE_NOT_COUNTED
inline constexpr bool kAllocationsAreCounted = false;
#else
inline constexpr bool kAllocationsAreCounted = true;
#endif

}  // namespace holter::base::test

#ifndef HOLTER_ALLOCATIONS_ARE_NOT_COUNTED
void* operator new(std::size_t n) {
  ++holter::base::test::allocations;
  void* p = std::malloc(n == 0 ? 1 : n);
  if (p == nullptr) std::abort();
  return p;
}
void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }
#endif
