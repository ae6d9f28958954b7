// Process is one run of a program on a simulated host: an io_context that the world polls, and the Env on it.
// Destroying it is the crash: the coroutine frames die first, while everything they refer to still stands. Never from
// within.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>

#include "env/env.h"
#include "sim/clock.h"
#include "sim/disk.h"
#include "sim/frames.h"
#include "sim/http_client.h"
#include "sim/log_book.h"
#include "sim/network.h"
#include "sim/programs.h"

namespace holter::sim {

using Program = std::function<env::Task<void>(env::Env)>;

// Inline, with one turn of the loop after it, so that others may come between.
class InlineOffload final : public env::Offload {
 public:
  explicit InlineOffload(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}
  env::Task<void> run_blocking(std::function<void()> work) override;

 private:
  boost::asio::any_io_executor executor_;
};

struct ProcessParts {
  Timeline& timeline;
  const HostClock& clock;
  Stack& stack;
  Disk& disk;
  env::Host& host;
  const ProgramShelf& programs;
  LogBook& log;
  std::uint32_t id = 0;
};

class Process {
 public:
  Process(const ProcessParts& parts, const Program& program);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  // Runs one handler; false when nothing is runnable.
  bool step();
  bool ended() const { return tasks_->running() == 0; }

 private:
  std::unique_ptr<boost::asio::io_context> loop_;
  ProcessClock clock_;
  HostNetwork network_;
  StreamHttpClient http_;
  ScriptedPrograms programs_;
  HostFrames frames_;
  SeededRandom random_;
  InlineOffload offload_;
  std::unique_ptr<env::TaskGroup> tasks_;
};

}  // namespace holter::sim
