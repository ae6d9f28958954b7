// Counts the heap allocations of a test program, for tests that promise none, and the bytes that are held, for tests
// that promise a limit. Include it in one file of the program: it replaces operator new. ThreadSanitizer brings a
// replacement of its own; there nothing is counted.
#pragma once

#include <malloc.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <new>

namespace holter::base::test {

inline std::atomic<std::uint64_t> allocations{0};
inline std::atomic<std::int64_t> bytes_held{0};       // as malloc rounds them
inline std::atomic<std::int64_t> most_bytes_held{0};  // of bytes_held since it was set

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
namespace holter::base::test {

// malloc makes an aligned mapping longer than was asked, by addresses that nobody touches: they are no memory.
struct Unused {
  void* of = nullptr;
  std::int64_t bytes = 0;
};
inline std::array<Unused, 64> unused;

inline Unused& unused_of(void* p) {
  return *std::find_if(unused.begin(), unused.end() - 1, [p](const Unused& u) { return u.of == p; });
}

inline void* counted(void* p, std::size_t asked = 0) {
  if (p == nullptr) std::abort();
  ++allocations;
  auto bytes = static_cast<std::int64_t>(malloc_usable_size(p));
  constexpr std::size_t kPage = 4'096;
  if (asked >= kPage && bytes > static_cast<std::int64_t>(asked + kPage)) {
    unused_of(nullptr) = {p, bytes - static_cast<std::int64_t>(asked)};
    bytes = static_cast<std::int64_t>(asked);
  }
  bytes_held += bytes;
  if (bytes_held > most_bytes_held) most_bytes_held = bytes_held.load();
  return p;
}
inline void give_back(void* p) {
  if (p == nullptr) return;
  Unused& rest = unused_of(p);
  bytes_held -= static_cast<std::int64_t>(malloc_usable_size(p)) - (rest.of == p ? rest.bytes : 0);
  if (rest.of == p) rest = {};
  std::free(p);
}

}  // namespace holter::base::test

void* operator new(std::size_t n) { return holter::base::test::counted(std::malloc(n == 0 ? 1 : n)); }
void* operator new(std::size_t n, std::align_val_t to) {
  const auto step = static_cast<std::size_t>(to);
  return holter::base::test::counted(std::aligned_alloc(step, (n + step - 1) / step * step), n);
}
void operator delete(void* p) noexcept { holter::base::test::give_back(p); }
void operator delete(void* p, std::size_t) noexcept { holter::base::test::give_back(p); }
void operator delete(void* p, std::align_val_t) noexcept { holter::base::test::give_back(p); }
void operator delete(void* p, std::size_t, std::align_val_t) noexcept { holter::base::test::give_back(p); }
#endif
