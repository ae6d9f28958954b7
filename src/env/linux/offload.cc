#include "env/linux/offload.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>

#include "env/linux/cancellation.h"
#include "env/linux/thread.h"

namespace holter::env_linux {
namespace asio = boost::asio;
namespace {

// `finished` and `ended` are the loop's, `work` is the worker's once it has begun.
struct Job {
  Job(const asio::any_io_executor& e, std::function<void()> w)
      : executor(e), ended(e, asio::steady_timer::time_point::max()), work(std::move(w)) {}
  asio::any_io_executor executor;
  asio::steady_timer ended;
  std::function<void()> work;
  bool finished = false;
};

using JobPtr = std::shared_ptr<Job>;

}  // namespace

class Offload::Queue {
 public:
  void push(JobPtr job, const std::string& thread_name) {
    {
      const std::lock_guard lock(mutex_);
      waiting_.push_back(std::move(job));
      if (!worker_) worker_.emplace(thread_name, [this] { work(); });
    }
    changed_.notify_one();
  }

  // False when it has begun.
  bool take_back(const JobPtr& job) {
    const std::lock_guard lock(mutex_);
    return std::erase(waiting_, job) > 0;
  }

  void stop() {
    std::deque<JobPtr> dropped;
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
      dropped.swap(waiting_);
    }
    changed_.notify_one();
    worker_.reset();
  }

 private:
  void work() {
    for (JobPtr job; (job = next());) {
      job->work();
      const auto executor = job->executor;  // the loop may free the job before post() returns
      asio::post(executor, [done = std::move(job)] {
        done->finished = true;
        done->ended.cancel();
      });
    }
  }

  JobPtr next() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    if (stopping_) return nullptr;
    JobPtr job = std::move(waiting_.front());
    waiting_.pop_front();
    return job;
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<JobPtr> waiting_;
  bool stopping_ = false;
  std::optional<Thread> worker_;
};

namespace {

// Without a cancellation slot: the work refers to what its caller's frame holds.
env::Task<void> wait_for_end(JobPtr job) {
  while (!job->finished) {
    boost::system::error_code woken;
    const auto token = asio::redirect_error(asio::use_awaitable, woken);
    co_await job->ended.async_wait(asio::bind_cancellation_slot(asio::cancellation_slot(), token));
  }
}

}  // namespace

Offload::Offload(asio::any_io_executor executor, std::string thread_name)
    : executor_(std::move(executor)), thread_name_(std::move(thread_name)), queue_(std::make_shared<Queue>()) {}

Offload::~Offload() { stop(); }

void Offload::stop() { queue_->stop(); }

env::Task<void> Offload::run_blocking(std::function<void()> work) {
  const auto queue = queue_;
  auto job = std::make_shared<Job>(executor_, std::move(work));
  // Once cancelled, every co_await would throw by itself; here only the last one may.
  const bool throws = co_await asio::this_coro::throw_if_cancelled();
  co_await asio::this_coro::throw_if_cancelled(false);
  queue->push(job, thread_name_);
  boost::system::error_code woken;
  co_await job->ended.async_wait(asio::redirect_error(asio::use_awaitable, woken));
  if (!job->finished && !queue->take_back(job)) {
    auto end = wait_for_end(job);
    co_await std::move(end);
  }
  co_await asio::this_coro::throw_if_cancelled(throws);
  co_await unwind_if_cancelled();
}

}  // namespace holter::env_linux
