// BigPages is an allocator for tables that are touched here and there, a cache line at a time: it asks for pages of
// 2 MiB, so that finding a line does not cost a walk through the page tables as well. Only a wish: where there are none
// it is ordinary memory, and so is everything below one such page. Takes whole pages. Any thread.
#pragma once

#include <cstddef>
#include <new>

namespace holter::base {

inline constexpr std::size_t kBigPage = std::size_t{2} * 1024 * 1024;

// `memory` begins at a multiple of kBigPage.
void wish_for_big_pages(void* memory, std::size_t bytes);

template <class T>
struct BigPages {
  using value_type = T;

  BigPages() = default;
  template <class U>
  explicit BigPages(const BigPages<U>& /*other*/) {}

  T* allocate(std::size_t n) {
    if (!is_big(n)) return static_cast<T*>(::operator new(n * sizeof(T), std::align_val_t{alignof(T)}));
    const std::size_t bytes = (n * sizeof(T) + kBigPage - 1) / kBigPage * kBigPage;
    void* const memory = ::operator new(bytes, std::align_val_t{kBigPage});
    wish_for_big_pages(memory, bytes);
    return static_cast<T*>(memory);
  }
  void deallocate(T* memory, std::size_t n) {
    ::operator delete(memory, std::align_val_t{is_big(n) ? kBigPage : alignof(T)});
  }

  friend bool operator==(const BigPages&, const BigPages&) { return true; }

 private:
  static bool is_big(std::size_t n) { return n * sizeof(T) >= kBigPage; }
};

}  // namespace holter::base
