// RecordFeed tells followers of each record that is stored, once: first what is there (when asked for), oldest first,
// then what comes, in the order in which it was stored.
//
// The seam: a follower's queue begins to fill; then a fence is taken (store/fence.h), which holds every record that was
// stored up to that moment. What is read from the store is told if it is inside the fence, what was queued if it is
// outside. publish() comes after a record is durable, so one that is outside is in the queue, and each record is on one
// side only, whatever its time and however long the reading takes.
//
// A follower that does not keep up holds kMaxQueuedRecords; what does not fit is counted, and told as an event
// `skipped` where it is missing. One loop; the feed is destroyed after those who follow.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "api/record_json.h"
#include "api/record_question.h"
#include "api/record_source.h"
#include "env/env.h"

namespace holter::api {

inline constexpr std::size_t kMaxFollowers = 64;
inline constexpr std::size_t kMaxQueuedRecords = 65'536;  // of one follower

class RecordFeed {
 public:
  // `name_of` is asked for the agents' names.
  RecordFeed(env::Env env, RecordSource& source, NameOf name_of);
  ~RecordFeed();

  // These were stored just now.
  void publish(const std::vector<record::NamedRecord>& records);
  // So many were stored, and it is no longer known which.
  void missed(Subject subject, std::uint64_t count);

  // Writes events (text/event-stream) until the follower goes away or the feed is closed.
  env::Task<void> follow(FollowQuestion question, http::BodyWriter& body);
  std::size_t followers() const { return followers_->size(); }
  // Ends every follower, so that the server can close.
  void close();

 private:
  struct Follower;
  env::Task<base::Result<void>> tell_stored(Follower& follower, http::BodyWriter& body);
  env::Task<base::Result<void>> tell_page(Follower& follower, store::Page page, http::BodyWriter& body);
  env::Task<base::Result<void>> tell_queued(Follower& follower, http::BodyWriter& body);

  env::Env env_;
  RecordSource& source_;
  NameOf name_of_;
  std::shared_ptr<std::vector<Follower*>> followers_;  // shared with them: their frames may die after the feed
  bool closed_ = false;
};

}  // namespace holter::api
