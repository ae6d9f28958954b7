// Offload on one worker thread, started by the first piece of work. Pieces run in the order they were given. Each waits
// with the coroutine that asked for it, so the queue is as long as there are tasks waiting and needs no limit of its
// own. A cancelled caller takes its work back if it has not begun; once begun it waits for the end and unwinds then.
//
// Belongs to one loop. stop() must come before the loop's frames die, because running work refers to them.
#pragma once

#include <memory>
#include <string>

#include "env/offload.h"

namespace holter::env_linux {

class Offload final : public env::Offload {
 public:
  Offload(boost::asio::any_io_executor executor, std::string thread_name);
  ~Offload() override;

  env::Task<void> run_blocking(std::function<void()> work) override;

  // Ends the worker after the work it is at; work that has not begun is dropped. Idempotent.
  void stop();

 private:
  class Queue;

  boost::asio::any_io_executor executor_;
  std::string thread_name_;
  std::shared_ptr<Queue> queue_;
};

}  // namespace holter::env_linux
