// Channel is one notifier at work: its options, what it still has to tell, and a task that tells it. Its tasks hold it;
// close() lets them end. Loop's thread.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "env/env.h"
#include "notify/interest.h"
#include "notify/notification.h"
#include "notify/options.h"
#include "notify/queue.h"

namespace holter::notify {

// What a channel needs of its surroundings; outlives the channel's tasks.
struct Surroundings {
  std::string directory;  // where the ledger is
  std::string host;       // what this holter is called
  std::function<record::Labels(const std::string& session)> labels_of;
  std::function<std::string(const base::AgentId&)> name_of;
};

class Channel : public std::enable_shared_from_this<Channel> {
 public:
  // `on_settled` is called when something waits no more.
  Channel(env::Env env, const Surroundings& around, std::function<void()> on_settled, Options options);

  void set(Options options);
  const Options& options() const { return options_; }

  // A change that has just been stored, or that was not seen before the restart.
  void take(const Change& change);
  // One that was waiting before the restart; its session may have changed since.
  void put_back(const Change& change) { push(change); }
  // One that is not to be told.
  void know(const Change& change) { interest_.wants(change); }
  void add_left_out(std::uint64_t count) { queue_.add_left_out(count); }

  // Tells until closed, and ends when nothing is under way any more.
  env::Task<void> run();
  void close();

  // One notification that says that it is a test, beside the queue.
  env::Task<Outcome> test();

  const Queue& queue() const { return queue_; }
  // Why the newest try failed or was refused; empty after a success.
  const std::string& trouble() const { return trouble_; }

 private:
  env::Task<void> tell(Delivery delivery);
  Context context_of(const Change& change) const;
  void push(const Change& change);
  void settle(const Delivery& delivery, const Outcome& outcome);
  void note_losses();
  void stir();
  env::Task<void> stirred();

  env::Env env_;
  const Surroundings& around_;
  std::function<void()> on_settled_;
  Options options_;
  Interest interest_;
  Queue queue_;
  env::Signal changed_;
  bool stirred_ = false;  // since run() looked last
  bool closed_ = false;
  std::string trouble_;
  std::uint64_t given_up_said_ = 0;
  std::uint64_t left_out_said_ = 0;
};

}  // namespace holter::notify
