#include "api/record_feed.h"

#include <algorithm>
#include <array>
#include <deque>

namespace holter::api {
namespace {

using record::NamedRecord;

constexpr std::size_t kToldAtOnce = 1'000;

store::PageQuery stored_query(const FollowQuestion& question, const store::Fence& fence, store::Predicate wanted) {
  store::PageQuery query;
  for (const auto& topic : question.topics) {
    for (const std::size_t type : types_of(topic.subject)) query.types.push_back(type);
  }
  query.agent = question.agent;
  query.from = *question.from;
  query.newest_first = question.limit > 0;
  query.limit = question.limit > 0 ? question.limit : kToldAtOnce;
  query.wanted = [&fence, wanted = std::move(wanted)](const NamedRecord& named) {
    return fence.contains(named.id) && wanted(named);
  };
  return query;
}

std::string live_event(std::uint64_t stored) {
  base::JsonWriter json;
  return http::event_text("live", json.begin_object().member("stored", stored).end_object().take());
}

std::string skipped_event(Subject subject, std::uint64_t count) {
  base::JsonWriter json;
  json.begin_object().member("topic", to_string(subject)).member("count", count).end_object();
  return http::event_text("skipped", json.take());
}

std::string error_event(const base::Error& error) {
  base::JsonWriter json;
  return http::event_text("error", json.begin_object().member("message", error.message).end_object().take());
}

}  // namespace

struct RecordFeed::Follower {
  Follower(const env::Env& env, FollowQuestion q) : question(std::move(q)), changed(env.executor) {}

  const FollowQuestion::Topic* topic_of(const NamedRecord& named) const {
    const auto subject = subject_of(named.body);
    if (!subject || (question.agent && named.id.agent != *question.agent)) return nullptr;
    const auto found = std::ranges::find(question.topics, *subject, &FollowQuestion::Topic::subject);
    return found == question.topics.end() ? nullptr : &*found;
  }
  bool wants(const NamedRecord& named) const {
    const auto* topic = topic_of(named);
    return topic != nullptr && (!topic->wanted || topic->wanted(named));
  }
  void skip(Subject subject, std::uint64_t count) {
    skipping = true;
    skipped.at(static_cast<std::size_t>(subject)) += count;
    changed.notify();
  }
  // Once something was skipped nothing is queued until that was told, so that it is told where it is missing.
  void put(const std::shared_ptr<const NamedRecord>& named) {
    if (skipping || queue.size() >= kMaxQueuedRecords) {
      skip(*subject_of(named->body), 1);
    } else {
      queue.push_back(named);
      changed.notify();
    }
  }

  FollowQuestion question;
  env::Signal changed;
  store::Fence fence;
  std::deque<std::shared_ptr<const NamedRecord>> queue;
  std::array<std::uint64_t, kSubjectCount> skipped{};
  bool skipping = false;
  std::uint64_t stored = 0;  // told of what was there
};

RecordFeed::RecordFeed(env::Env env, RecordSource& source, NameOf name_of)
    : env_(env),
      source_(source),
      name_of_(std::move(name_of)),
      followers_(std::make_shared<std::vector<Follower*>>()) {}
RecordFeed::~RecordFeed() = default;

void RecordFeed::publish(const std::vector<NamedRecord>& records) {
  if (followers_->empty()) return;
  for (const auto& named : records) {
    std::shared_ptr<const NamedRecord> shared;
    for (Follower* follower : *followers_) {
      if (!follower->wants(named)) continue;
      if (!shared) shared = std::make_shared<const NamedRecord>(named);
      follower->put(shared);
    }
  }
}

void RecordFeed::missed(Subject subject, std::uint64_t count) {
  for (Follower* follower : *followers_) {
    const auto& topics = follower->question.topics;
    const bool follows = std::ranges::find(topics, subject, &FollowQuestion::Topic::subject) != topics.end();
    if (follows && count > 0) follower->skip(subject, count);
  }
}

void RecordFeed::close() {
  closed_ = true;
  for (Follower* follower : *followers_) follower->changed.notify();
}

env::Task<base::Result<void>> RecordFeed::tell_page(Follower& follower, store::Page page, http::BodyWriter& body) {
  std::string text;
  for (const auto& named : page.records) {
    text += http::event_text(event_name(named.body), record_json(named, name_of_));
  }
  follower.stored += page.records.size();
  if (text.empty()) co_return base::Result<void>();
  co_return co_await body.write(std::move(text));
}

env::Task<base::Result<void>> RecordFeed::tell_stored(Follower& follower, http::BodyWriter& body) {
  const FollowQuestion& question = follower.question;
  store::PageQuery query =
      stored_query(question, follower.fence, [&follower](const NamedRecord& named) { return follower.wants(named); });
  std::vector<NamedRecord> newest;  // with a limit: they are found from the other end
  for (bool more = true; more;) {
    auto page = co_await source_.page(query);
    if (!page) co_return page.error();
    query.after = page->next;
    more = page->next.has_value();
    if (question.limit == 0) {
      const auto told = co_await tell_page(follower, std::move(*page), body);
      if (!told) co_return told.error();
      continue;
    }
    std::ranges::move(page->records, std::back_inserter(newest));
    query.limit = question.limit - std::min(question.limit, newest.size());
    more = more && query.limit > 0;
  }
  std::ranges::reverse(newest);
  co_return co_await tell_page(follower, {std::move(newest), std::nullopt}, body);
}

env::Task<base::Result<void>> RecordFeed::tell_queued(Follower& follower, http::BodyWriter& body) {
  std::string text;
  for (std::size_t n = 0; n < kToldAtOnce && !follower.queue.empty(); ++n) {
    const auto named = std::move(follower.queue.front());
    follower.queue.pop_front();
    if (follower.fence.contains(named->id)) continue;
    text += http::event_text(event_name(named->body), record_json(*named, name_of_));
  }
  if (follower.queue.empty() && std::exchange(follower.skipping, false)) {
    for (const Subject subject : kSubjects) {
      const auto count = std::exchange(follower.skipped.at(static_cast<std::size_t>(subject)), 0);
      if (count > 0) text += skipped_event(subject, count);
    }
  }
  if (text.empty()) co_return base::Result<void>();
  co_return co_await body.write(std::move(text));
}

env::Task<void> RecordFeed::follow(FollowQuestion question, http::BodyWriter& body) {
  if (closed_ || followers_->size() >= kMaxFollowers) co_return;
  Follower follower(env_, std::move(question));
  followers_->push_back(&follower);
  // Leaves the list however the coroutine ends: by return, by cancellation or with its loop.
  struct Leave {
    std::shared_ptr<std::vector<Follower*>> followers;
    Follower* follower;
    ~Leave() { std::erase(*followers, follower); }
  } const leave{followers_, &follower};
  std::vector<record::Lane> lanes;
  for (const auto& topic : follower.question.topics) lanes.push_back(lane_of(topic.subject));
  follower.fence = co_await source_.fence(lanes);
  if (follower.question.from) {
    const auto told = co_await tell_stored(follower, body);
    if (!told) {
      std::string why = error_event(told.error());
      (void)co_await body.write(std::move(why));
      co_return;
    }
  }
  std::string live = live_event(follower.stored);
  auto told = co_await body.write(std::move(live));
  while (told && !closed_) {
    if (follower.queue.empty() && !follower.skipping) {
      co_await follower.changed.wait();
    } else {
      told = co_await tell_queued(follower, body);
    }
  }
}

}  // namespace holter::api
