// Link is one connection between agent and hub as messages: a task reads and decodes, write() encodes and writes. What
// arrives waits in a bounded queue; a full queue is not read on, so that TCP slows the peer down. wait() is the one
// place where an end sleeps: until something arrives, somebody calls wake(), or the deadline passes. One loop.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "env/env.h"
#include "uplink/frames.h"

namespace holter::uplink {

// Encoded bytes of messages that wait to be taken.
inline constexpr std::size_t kMaxWaitingBytes = 8 * 1024 * 1024;

class Link {
 public:
  Link(env::Env env, std::unique_ptr<env::ByteStream> stream);
  ~Link();

  base::Endpoint peer() const;

  // What has arrived and was not taken yet, in order.
  std::vector<Message> take();
  // Set when nothing more will arrive, and why.
  std::optional<base::Error> failure() const;

  void wake();
  env::Task<void> wait(base::Instant deadline);
  // All of them, or an error; a peer that does not take them within `within` is an error.
  env::Task<base::Result<void>> write(std::vector<Message> messages, base::Duration within);
  // Ends the writing side and waits at most `linger` for the peer to close: closing at once could destroy what was
  // written last.
  env::Task<void> finish(base::Duration linger);

 private:
  struct State;
  static env::Task<void> read(std::shared_ptr<State> state);
  static env::Task<base::Result<void>> until_awake(std::shared_ptr<State> state);

  env::Env env_;
  std::shared_ptr<State> state_;
  env::TaskGroup tasks_;
};

}  // namespace holter::uplink
