// Cursor reads what an application said, in order, over bytes that may end early for two reasons: the capture stopped
// (cut), or a length that the sender wrote does not fit (lied). Only the second is a flaw. A read that fails gives
// zeros, moves nothing and makes all that follow fail, so one look after a group of reads is enough. A part keeps the
// positions of the whole. Not owning; value type.
#pragma once

#include "wire/shown_bytes.h"
#include "wire/window.h"

namespace holter::wire {

class Cursor {
 public:
  explicit Cursor(Window window, std::size_t at = 0) : window_(window), at_(at) {}

  std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
  std::uint32_t u24() { return static_cast<std::uint32_t>(number(3)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
  std::uint64_t u64() { return number(8); }

  Bytes bytes(std::size_t n) {
    if (!fits(n)) return {};
    const Bytes taken = window_.captured.subspan(at_, n);
    at_ += n;
    return taken;
  }
  void skip(std::size_t n) { (void)part(n); }
  // The next n bytes as a list of their own, of which some may not have been captured.
  Cursor part(std::size_t n) {
    if (fault_ == Fault::none && n > left()) fault_ = Fault::lied;
    if (fault_ != Fault::none) return Cursor(*this, 0);
    Cursor inner(*this, n);
    at_ += n;
    return inner;
  }
  Cursor part8() { return part(u8()); }
  Cursor part16() { return part(u16()); }

  std::size_t at() const { return at_; }
  // Claimed bytes that are still to be read; none behind a failure.
  std::size_t left() const { return fault_ == Fault::none ? window_.claimed - at_ : 0; }
  // What was captured of them.
  Bytes rest() const { return left() == 0 || at_ >= window_.captured.size() ? Bytes() : window_.captured.subspan(at_); }
  // Everything from the beginning of the whole up to the end of this part.
  Bytes all() const { return window_.captured; }
  Window window() const { return window_; }

  bool ok() const { return fault_ == Fault::none; }
  bool lied() const { return fault_ == Fault::lied; }
  // What stands here cannot be right.
  void lie() { fault_ = Fault::lied; }
  // For who read on by other means, such as a compressed name: everything before `at` is read.
  void move_to(std::size_t at) { at_ = at; }
  void cut() { fault_ = Fault::cut; }

 private:
  enum class Fault : std::uint8_t { none, cut, lied };

  Cursor(const Cursor& whole, std::size_t n)
      : window_(whole.window_.captured, whole.at_ + n), at_(whole.at_), fault_(whole.fault_) {}

  bool fits(std::size_t n) {
    if (fault_ != Fault::none) return false;
    if (n > window_.claimed - at_) {
      fault_ = Fault::lied;
    } else if (at_ + n > window_.captured.size()) {
      fault_ = Fault::cut;
    }
    return fault_ == Fault::none;
  }
  std::uint64_t number(std::size_t n) {
    std::uint64_t value = 0;
    for (const std::uint8_t byte : bytes(n)) value = value << 8 | byte;
    return value;
  }

  Window window_;
  std::size_t at_ = 0;
  Fault fault_ = Fault::none;
};

}  // namespace holter::wire
