// LineEditor is a Prompt with editing, history and completion on this process's terminal, by libedit (ADR 0017). A
// thread of its own waits for keys; everything else of libedit's state is touched under one lock, which that thread
// gives up only while it waits, so that any moment at which another thread gets it is one between two keys. See
// env/prompt.h.
#pragma once

#include <memory>

#include "env/prompt.h"

namespace holter::env_linux {

class LineEditor final : public env::Prompt {
 public:
  explicit LineEditor(const boost::asio::any_io_executor& executor);
  ~LineEditor() override;

  bool has_person() const override { return true; }
  env::Task<base::Result<std::optional<std::string>>> next_line(std::string question, env::Remember remember) override;
  void print(std::string_view text) override;
  void complain(std::string_view text) override { print(text); }
  void recall(const std::vector<std::string>& lines) override;
  void offer(std::vector<std::string> lines) override;
  bool drop_line() override;
  void resized() override;
  void release() override;
  void take() override;
  void close() override;

 private:
  class Terminal;

  std::shared_ptr<Terminal> terminal_;  // with the frame that waits
};

}  // namespace holter::env_linux
