// TextBuffer gathers text that is written in small pieces, such as the JSON of a million packets: room for a piece is
// asked for once, then its characters are put without further questions. One thread.
#pragma once

#include <charconv>
#include <cstring>
#include <memory>
#include <string_view>

#include "base/assert.h"

namespace holter::describe {

class TextBuffer {
 public:
  // There is room for n more characters: what put() and number() may then write in all.
  void reserve(std::size_t n) {
    if (n > capacity_ - size_) grow(n);
  }

  void put(char c) { text_[size_++] = c; }
  void put(std::string_view text) {
    std::memcpy(text_.get() + size_, text.data(), text.size());
    size_ += text.size();
  }
  template <class Number>
  void number(Number value) {
    char* const at = text_.get() + size_;
    size_ += static_cast<std::size_t>(std::to_chars(at, text_.get() + capacity_, value).ptr - at);
  }
  // Of any length, with the room for it.
  void append(std::string_view text) {
    reserve(text.size());
    put(text);
  }

  std::string_view text() const { return {text_.get(), size_}; }
  std::size_t size() const { return size_; }
  void clear() { size_ = 0; }

 private:
  void grow(std::size_t n) {
    std::size_t wanted = capacity_ < kFirst ? kFirst : capacity_ * 2;
    while (wanted - size_ < n) wanted *= 2;
    auto bigger = std::make_unique_for_overwrite<char[]>(wanted);
    if (size_ != 0) std::memcpy(bigger.get(), text_.get(), size_);
    text_ = std::move(bigger);
    capacity_ = wanted;
  }

  static constexpr std::size_t kFirst = 4'096;

  std::unique_ptr<char[]> text_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace holter::describe
