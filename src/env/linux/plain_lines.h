// Lines from standard input as they are: a pipe, a file, or a terminal that cannot move its cursor. The question is
// shown to a person only. See env/prompt.h.
#pragma once

#include <memory>

#include "env/prompt.h"

namespace holter::env_linux {

class PlainLines final : public env::Prompt {
 public:
  PlainLines(const boost::asio::any_io_executor& executor, bool person);
  ~PlainLines() override;

  bool has_person() const override { return person_; }
  env::Task<base::Result<std::optional<std::string>>> next_line(std::string question, env::Remember remember) override;
  void print(std::string_view text) override;
  void complain(std::string_view text) override;
  void recall(const std::vector<std::string>&) override {}
  void offer(std::vector<std::string>) override {}
  bool drop_line() override { return false; }
  void resized() override {}
  void release() override {}
  void take() override {}
  void close() override {}

 private:
  struct State;

  bool person_;
  std::shared_ptr<State> state_;  // with the frame that waits
};

}  // namespace holter::env_linux
