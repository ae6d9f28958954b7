// A river is one of holter's loops on a thread of its own, running one main task. Whatever works on that loop lives in
// the frame of the main task, so it is made, used and destroyed there. Stopping is a request that the task waits for:
// it drains what it holds and returns.
//
//   auto river = River::create(log, options);      // the loop is there: mailboxes towards it can be made
//   (*river)->start("probe", [..](env, stop) { return probe_main(env, stop, ..); });
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "env/linux/loop.h"
#include "env/linux/thread.h"
#include "env/mailbox.h"

namespace holter::app {

// What a main task gets beside its Env: the wish that it should end.
class StopRequest {
 public:
  explicit StopRequest(boost::asio::any_io_executor executor) : box_(std::move(executor), 1) {}

  void request() { box_.close(); }  // any thread
  env::Task<void> requested() { co_await box_.receive(); }

 private:
  env::Mailbox<char> box_;
};

class River {
 public:
  using Main = std::function<env::Task<void>(env::Env, StopRequest&)>;

  // `log` outlives the river.
  static base::Result<std::unique_ptr<River>> create(env::Log& log, env_linux::LoopOptions options);
  ~River();

  boost::asio::any_io_executor executor() { return loop_->env().executor; }
  // Once. What `main` refers to outlives the river.
  void start(const std::string& name, Main main);
  // Asks the task to end and waits for it. The loop itself stays until the destructor, so that what belongs to it but
  // lives outside of its frames (a mailbox towards it) can go in between.
  void join();

 private:
  explicit River(std::unique_ptr<env_linux::Loop> loop);

  std::unique_ptr<env_linux::Loop> loop_;
  StopRequest stop_;
  Main main_;
  std::optional<env_linux::Thread> thread_;
};

}  // namespace holter::app
