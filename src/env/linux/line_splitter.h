// LineSplitter makes lines of what a descriptor gives, piece by piece. A line longer than `most` bytes is cut there,
// and what is cut is not kept: it holds `most` bytes and what was added last. A carriage return before a line's end
// stays. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace holter::env_linux {

class LineSplitter {
 public:
  explicit LineSplitter(std::size_t most) : most_(most) {}

  void add(std::string_view bytes);
  // Nothing more comes: what waits for its end is a line too.
  void end() { ended_ = true; }
  // The next line without its end; nothing when there is none by now.
  std::optional<std::string> next();
  // No line comes any more.
  bool finished() const { return ended_ && text_.empty(); }

 private:
  std::size_t most_;
  std::string text_;
  bool ended_ = false;
};

}  // namespace holter::env_linux
