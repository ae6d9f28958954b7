// LineHistory keeps what was typed at a Prompt in a file, a line each, oldest first, so that the next one begins with
// it. Of a file that has grown long the newest lines stay; what is no line of a prompt is left out. Blocks.
#pragma once

#include <string>
#include <vector>

#include "env/files.h"
#include "env/prompt.h"

namespace holter::env {

class LineHistory {
 public:
  static constexpr std::size_t kMaxLinesInFile = 2 * kMaxPromptHistory;  // then the older half goes
  // A larger file is not ours: it is left alone.
  static constexpr std::size_t kMaxFileBytes = 2 * kMaxLinesInFile * (kMaxPromptLine + 1);

  // An empty path: nothing is kept.
  LineHistory(Files& files, std::string path) : files_(&files), path_(std::move(path)) {}

  std::vector<std::string> load();
  // At the end of the file, at once: so that several prompts at a time lose nothing of each other.
  base::Result<void> add(const std::string& line);

 private:
  Files* files_;
  std::string path_;
};

}  // namespace holter::env
