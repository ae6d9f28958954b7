// LineReader reads lines that a person types, or a script writes, without blocking the loop: the worker of an Offload
// waits for the descriptor and for close(), so that an ending program never hangs on a line that does not come. The
// descriptor keeps its flags, which belong to the shell as well.
//
// A line longer than kMaxLineBytes is cut there. Call close() before the loop ends; one reader of the descriptor.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "env/offload.h"

namespace holter::env_linux {

class LineReader {
 public:
  static constexpr std::size_t kMaxLineBytes = 64 * 1024;

  // `offload` belongs to the caller's loop; the descriptor stays open.
  static base::Result<std::unique_ptr<LineReader>> create(env::Offload& offload, int fd);
  ~LineReader();
  LineReader(const LineReader&) = delete;
  LineReader& operator=(const LineReader&) = delete;

  // The next line without its end; nothing at the end of the input, and after close(). One call at a time.
  env::Task<std::optional<std::string>> next();
  // next() returns soon, for good.
  void close();

 private:
  class Input;
  LineReader(env::Offload& offload, std::shared_ptr<Input> input);

  env::Offload& offload_;
  std::shared_ptr<Input> input_;
};

}  // namespace holter::env_linux
