// Prompt is where a person types lines, one after another, while other things go on: what those have to say is printed
// above the line that is being typed, which stays as it is. On a terminal there are editing, history and completion;
// from a pipe or a file lines are read as they are, so that whatever asks through a Prompt can be scripted.
//
// One task at a time waits for a line; all calls on the loop's thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "env/task.h"

namespace holter::env {

inline constexpr std::size_t kMaxPromptLine = 4'096;     // bytes; of a longer line from a pipe the rest is left out
inline constexpr std::size_t kMaxPromptHistory = 1'000;  // lines

enum class Remember : std::uint8_t { yes, no };  // in the history of this prompt

class Prompt {
 public:
  virtual ~Prompt() = default;

  // Somebody sees what is asked; else the lines come from a script.
  virtual bool has_person() const = 0;
  // The next line without its end, behind `question` (safe to show); empty at the end of the input (Ctrl-D). When the
  // wait for one was cancelled, the line goes on being typed, and the next call gets it.
  virtual Task<base::Result<std::optional<std::string>>> next_line(std::string question, Remember remember) = 0;
  // Text that is safe to show, whole lines.
  virtual void print(std::string_view text) = 0;
  // The same for what went wrong: a script finds it on standard error.
  virtual void complain(std::string_view text) = 0;

  // What the history begins with, oldest first.
  virtual void recall(const std::vector<std::string>& lines) = 0;
  // Lines as they could be typed; Tab completes to the next word of those that begin as the typed one does.
  virtual void offer(std::vector<std::string> lines) = 0;

  // Ctrl-C: the half-typed line is left behind; false when there is none.
  virtual bool drop_line() = 0;
  virtual void resized() = 0;
  // The terminal is given back, for good (close) or until take(): before the process stops.
  virtual void release() = 0;
  virtual void take() = 0;
  virtual void close() = 0;
};

}  // namespace holter::env
