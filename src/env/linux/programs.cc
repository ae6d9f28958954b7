#include "env/linux/programs.h"

#include <signal.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "env/linux/cancellation.h"
#include "env/linux/child_process.h"
#include "env/linux/signals.h"

namespace holter::env_linux {
namespace asio = boost::asio;
namespace {

using Descriptor = asio::posix::stream_descriptor;

constexpr std::size_t kReadBytes = 64 * 1024;

// One of the program's two output streams.
struct Output {
  Output(env::ProgramStream s, const asio::any_io_executor& executor, UniqueFd& fd)
      : stream(s), pipe(executor, fd.release()) {
    boost::system::error_code ignored;
    pipe.non_blocking(true, ignored);
  }

  env::ProgramStream stream;
  Descriptor pipe;
  bool ended = false;
};

// One program that runs; shared by its caller and the tasks that tend it.
struct Run {
  Run(env::ProgramOrder o, ChildProcess c, const asio::any_io_executor& executor, std::shared_ptr<void> s)
      : order(std::move(o)),
        child(std::move(c)),
        seat(std::move(s)),
        changed(executor),
        process(executor, child.ended().release()),
        input(executor, child.input().release()),
        outputs{Output(env::ProgramStream::output, executor, child.output()),
                Output(env::ProgramStream::error, executor, child.error())} {}

  bool outputs_ended() const { return outputs[0].ended && outputs[1].ended; }

  env::ProgramOrder order;
  ChildProcess child;
  std::shared_ptr<void> seat;
  env::Signal changed;  // one of the flags below, or an output's
  Descriptor process;
  Descriptor input;
  std::array<Output, 2> outputs;
  std::string kept;
  env::ProgramEnd end;
  bool exited = false;
  bool unwanted = false;  // the caller was cancelled
  bool closing = false;   // its output is waited for no longer
  std::size_t readers_ended = 0;
  bool finished = false;
};

using RunPtr = std::shared_ptr<Run>;

void take_output(Run& run, env::ProgramStream stream, base::Bytes bytes) {
  run.end.output_bytes += bytes.size();
  if (run.order.on_output) run.order.on_output(stream, bytes);
  const std::size_t limit = std::min(run.order.keep_output, env::kMaxKeptOutput);
  const auto last = bytes.last(std::min(bytes.size(), limit));
  run.kept.append(last.begin(), last.end());
  if (run.kept.size() > limit) run.kept.erase(0, run.kept.size() - limit);
}

// Reads what is there, `most` bytes at most; returns how many.
std::size_t read_available(Run& run, Output& output, std::size_t most) {
  std::array<std::uint8_t, kReadBytes> part;
  boost::system::error_code code;
  const std::size_t got = output.pipe.read_some(asio::buffer(part, std::min(most, part.size())), code);
  if (got > 0) take_output(run, output.stream, base::Bytes(part).first(got));
  if (code && code != asio::error::would_block && code != asio::error::try_again) output.ended = true;
  return got;
}

using Condition = bool (*)(const Run&);

env::Task<void> wait_for(RunPtr run, Condition condition) {
  while (!condition(*run)) co_await run->changed.wait();
}

env::Task<void> wait_for_output(RunPtr run, std::size_t which) {
  Output& output = run->outputs[which];
  boost::system::error_code code;
  co_await output.pipe.async_wait(Descriptor::wait_read, asio::redirect_error(asio::use_awaitable, code));
  if (code && code != asio::error::operation_aborted) output.ended = true;
  if (!run->order.room_for_output) co_return;
  auto room = run->order.room_for_output();
  co_await std::move(room);
}

env::Task<void> read_output(RunPtr run, std::size_t which) {
  using asio::experimental::awaitable_operators::operator||;
  Output& output = run->outputs[which];
  while (!output.ended && !run->closing) {
    auto ready = wait_for_output(run, which);
    auto closing = wait_for(run, [](const Run& r) { return r.closing; });
    co_await (std::move(ready) || std::move(closing));
    if (!run->closing) read_available(*run, output, kReadBytes);
  }
  ++run->readers_ended;
  run->changed.notify();
}

// Only what was in the pipe by now: a background child may go on writing for ever.
void read_the_rest(Run& run, Output& output) {
  int there = 0;
  if (output.ended || ::ioctl(output.pipe.native_handle(), FIONREAD, &there) != 0) return;
  for (auto left = static_cast<std::size_t>(std::max(there, 0)); left > 0;) {
    const std::size_t got = read_available(run, output, left);
    if (got == 0) return;
    left -= got;
  }
}

// A program that closes its input before it has read all wants no more of it.
env::Task<void> write_input(RunPtr run) {
  boost::system::error_code ignored;
  const auto buffer = asio::buffer(run->order.input);
  co_await asio::async_write(run->input, buffer, asio::redirect_error(asio::use_awaitable, ignored));
  run->input.close(ignored);
}

env::Task<void> wait_for_exit(RunPtr run) {
  boost::system::error_code ignored;
  co_await run->process.async_wait(Descriptor::wait_read, asio::redirect_error(asio::use_awaitable, ignored));
  run->exited = true;
  run->changed.notify();
}

env::Task<void> wait_until(RunPtr run, env::Clock& clock, base::Instant limit, Condition condition) {
  using asio::experimental::awaitable_operators::operator||;
  auto met = wait_for(run, condition);
  auto sleep = clock.sleep_until(limit);
  co_await (std::move(met) || std::move(sleep));
}

// What is left of the group has the same grace as its leader, for as long as it holds the output.
env::Task<void> end_group(RunPtr run, env::Clock& clock) {
  run->end.timed_out = !run->unwanted;
  run->child.signal_group(SIGTERM);
  auto graceful = wait_until(run, clock, clock.now() + env::kProgramGrace,
                             [](const Run& r) { return r.exited && r.outputs_ended(); });
  co_await std::move(graceful);
  run->child.signal_group(SIGKILL);
  auto exit = wait_for(run, [](const Run& r) { return r.exited; });
  co_await std::move(exit);
}

env::Task<void> tend(RunPtr run, env::Clock& clock) {
  const base::Instant started = clock.now();
  auto exit_or_limit = wait_until(run, clock, run->order.deadline, [](const Run& r) { return r.exited || r.unwanted; });
  co_await std::move(exit_or_limit);
  if (!run->exited) {
    auto forced = end_group(run, clock);
    co_await std::move(forced);
  }
  run->closing = true;
  run->changed.notify();
  auto readers = wait_for(run, [](const Run& r) { return r.readers_ended == r.outputs.size(); });
  co_await std::move(readers);
  for (auto& output : run->outputs) read_the_rest(*run, output);
  run->child.take_end(run->end);
  run->end.run_time = clock.now() - started;
  run->end.output = base::UntrustedText(run->kept);
  run->finished = true;
  boost::system::error_code ignored;
  run->input.close(ignored);
  for (auto& output : run->outputs) output.pipe.close(ignored);
  run->changed.notify();
}

}  // namespace

Programs::Programs(asio::any_io_executor executor, env::Clock& clock)
    : executor_(std::move(executor)),
      clock_(clock),
      tending_(std::make_unique<env::TaskGroup>(executor_)),
      seat_(std::make_shared<char>()) {}

Programs::~Programs() = default;

env::Task<base::Result<env::ProgramEnd>> Programs::run(env::ProgramOrder order) {
  const auto running = static_cast<std::size_t>(seat_.use_count()) - 1;
  if (running >= env::kMaxPrograms) {
    co_return base::Error{base::ErrorKind::busy, std::to_string(running) + " programs run already"};
  }
  ignore_broken_pipes();
  auto child = ChildProcess::start(order);
  if (!child) co_return child.error();
  const auto run = std::make_shared<Run>(std::move(order), std::move(*child), executor_, seat_);
  if (run->order.on_start) {
    run->order.on_start([weak = std::weak_ptr(run)](int number) {
      const auto running_still = weak.lock();
      if (running_still && !running_still->exited) running_still->child.signal_group(number);
    });
  }
  tending_->spawn(write_input(run));
  tending_->spawn(read_output(run, 0));
  tending_->spawn(read_output(run, 1));
  tending_->spawn(wait_for_exit(run));
  tending_->spawn(tend(run, clock_));
  // Once cancelled, every co_await would throw by itself; here only the last one may.
  const bool throws = co_await asio::this_coro::throw_if_cancelled();
  co_await asio::this_coro::throw_if_cancelled(false);
  while (!run->finished) {
    co_await run->changed.wait();
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() == asio::cancellation_type::none || run->unwanted) continue;
    run->unwanted = true;
    run->changed.notify();
  }
  co_await asio::this_coro::throw_if_cancelled(throws);
  co_await unwind_if_cancelled();
  co_return std::move(run->end);
}

}  // namespace holter::env_linux
