// The page's event stream: at once the whole state, then what changes. Single results are queued, everything else is
// sent as its newest state. What was stored is followed by record_feed.h instead. One loop: that of the LiveState.
#pragma once

#include <memory>
#include <vector>

#include "api/live_state.h"
#include "env/env.h"
#include "http/message.h"

namespace holter::api {

inline constexpr std::size_t kMaxLiveReaders = 64;

class LiveFeed {
 public:
  LiveFeed(env::Env env, LiveState& state);
  ~LiveFeed();

  void apply(const record::NamedRecord& named);
  // The sessions' own state changed beside the records (once a second).
  void sessions_changed();
  // Conversations were shown that no record told of.
  void conversations_changed();
  // What holter says of itself changed.
  void health_changed();
  env::Task<void> serve(http::EventWriter& writer);
  std::size_t readers() const { return readers_->size(); }
  // Ends every reader, so that the server can close.
  void close();

 private:
  struct Reader;
  env::Task<bool> send_first(http::EventWriter& writer);
  env::Task<bool> send_changes(http::EventWriter& writer, Reader& reader);

  env::Env env_;
  LiveState& state_;
  std::shared_ptr<std::vector<Reader*>> readers_;  // shared with them: their frames may die after the feed
  bool closed_ = false;
};

}  // namespace holter::api
