#include "sim/process.h"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace holter::sim {

env::Task<void> InlineOffload::run_blocking(std::function<void()> work) {
  work();
  co_await boost::asio::post(executor_, boost::asio::use_awaitable);
}

Process::Process(const ProcessParts& parts, const Program& program)
    : loop_(std::make_unique<boost::asio::io_context>(1)),
      clock_(parts.timeline, parts.clock, loop_->get_executor()),
      network_(parts.stack, parts.id, loop_->get_executor()),
      http_(clock_, network_),
      programs_(parts.programs, clock_),
      frames_(parts.stack, loop_->get_executor()),
      random_(parts.timeline.random().fork(parts.id)),
      offload_(loop_->get_executor()),
      tasks_(std::make_unique<env::TaskGroup>(loop_->get_executor())) {
  const env::Env env{clock_,
                     network_,
                     http_,
                     programs_,
                     frames_,
                     parts.disk,
                     parts.host,
                     random_,
                     parts.log,
                     offload_,
                     loop_->get_executor()};
  tasks_->spawn(program(env));
}

Process::~Process() {
  tasks_.reset();
  loop_.reset();
}

bool Process::step() {
  loop_->restart();
  return loop_->poll_one() > 0;
}

}  // namespace holter::sim
