// TextBuffer gathers text that is written in small pieces, such as the JSON of a million packets: room for a piece is
// asked for once, then its characters are put without further questions, and the pointer to where they end goes from
// piece to piece. One thread.
//
//   char* at = out.room(10);
//   at = put_number(at, 7);
//   at = out.more(at, name.size());
//   out.wrote(put_text(at, name));
#pragma once

#include <cstring>
#include <memory>
#include <string_view>

namespace holter::describe {

class TextBuffer {
 public:
  // Where to write up to n characters, to be followed by wrote().
  char* room(std::size_t n) {
    if (n > capacity_ - size_) grow(n);
    return text_.get() + size_;
  }
  // The same, behind what was put up to `at` since room().
  char* more(char* at, std::size_t n) {
    if (n <= capacity_ - static_cast<std::size_t>(at - text_.get())) return at;
    wrote(at);
    return room(n);
  }
  // They end here.
  void wrote(const char* end) { size_ = static_cast<std::size_t>(end - text_.get()); }

  void append(std::string_view text) {
    std::memcpy(room(text.size()), text.data(), text.size());
    size_ += text.size();
  }
  void append(char c) {
    *room(1) = c;
    ++size_;
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
