// Server-Sent Events. Each reader remembers what changed since it was last written to and is woken at most every
// kPace: single results are queued (bounded), everything else is sent as its newest state, so that a slow reader sees
// fewer events but never stale ones.
#include "api/live_feed.h"

#include <algorithm>
#include <deque>

#include "api/record_json.h"

namespace holter::api {
namespace {

constexpr std::size_t kMaxQueuedResults = 2'000;
constexpr base::Duration kPace = base::Duration::milliseconds(100);
constexpr base::Duration kConversationsEvery = base::Duration::seconds(2);
constexpr base::Duration kHealthEvery = base::Duration::seconds(10);
constexpr std::size_t kShownConversations = 20;

}  // namespace

struct LiveFeed::Reader {
  explicit Reader(const env::Env& env) : changed(env.executor) {}
  // When there is next something to write, as far as is known now; in the past when there is already. A change that
  // comes while the reader writes or paces finds nobody waiting, so this is asked before each wait.
  base::Instant next_write() const {
    if (!results.empty() || sessions || capture || overflowed) return {};
    return conversations ? std::min(next_conversations, next_health) : next_health;
  }
  env::Signal changed;
  std::deque<std::string> results;
  bool sessions = false;
  bool capture = false;
  bool conversations = false;
  bool overflowed = false;
  base::Instant next_conversations;
  base::Instant next_health;
};

LiveFeed::LiveFeed(env::Env env, LiveState& state)
    : env_(env), state_(state), readers_(std::make_shared<std::vector<Reader*>>()) {}
LiveFeed::~LiveFeed() = default;

void LiveFeed::apply(const record::NamedRecord& named) {
  const Topic topic = state_.apply(named);
  std::string result;
  if (topic == Topic::result && !readers_->empty()) {
    result = record_json(named, [this](const base::AgentId& agent) { return state_.name_of(agent); });
  }
  for (Reader* reader : *readers_) {
    if (topic == Topic::result) {
      if (reader->results.size() < kMaxQueuedResults)
        reader->results.push_back(result);
      else
        reader->overflowed = true;
    }
    reader->sessions |= topic == Topic::sessions;
    reader->capture |= topic == Topic::capture;
    reader->conversations |= topic == Topic::conversations;
    if (topic != Topic::nothing) reader->changed.notify();
  }
}

void LiveFeed::conversations_changed() {
  for (Reader* reader : *readers_) {
    reader->conversations = true;
    reader->changed.notify();
  }
}

void LiveFeed::sessions_changed() {
  for (Reader* reader : *readers_) {
    reader->sessions = true;
    reader->changed.notify();
  }
}

void LiveFeed::health_changed() {
  for (Reader* reader : *readers_) {
    reader->next_health = {};
    reader->changed.notify();
  }
}

void LiveFeed::close() {
  closed_ = true;
  for (Reader* reader : *readers_) reader->changed.notify();
}

env::Task<bool> LiveFeed::send_first(http::EventWriter& writer) {
  const base::WallTime now = env_.clock.wall_now();
  std::array<std::pair<const char*, std::string>, 5> events = {
      {{"health", state_.health_json(now)},
       {"targets", state_.targets_json(now)},
       {"sessions", state_.sessions_json(now)},
       {"capture", state_.capture_json(false)},
       {"conversations", state_.conversations_json(kShownConversations)}}};
  for (auto& [event, data] : events) {
    const auto sent = co_await writer.send(event, std::move(data));
    if (!sent) co_return false;
  }
  co_return true;
}

env::Task<bool> LiveFeed::send_changes(http::EventWriter& writer, Reader& reader) {
  const base::Instant now = env_.clock.now();
  const base::WallTime wall = env_.clock.wall_now();
  std::vector<std::pair<const char*, std::string>> events;
  for (auto& result : std::exchange(reader.results, {})) events.emplace_back("result", std::move(result));
  if (std::exchange(reader.sessions, false)) events.emplace_back("sessions", state_.sessions_json(wall));
  if (std::exchange(reader.capture, false)) events.emplace_back("capture", state_.capture_json(false));
  if (reader.conversations && now >= reader.next_conversations) {
    reader.conversations = false;
    reader.next_conversations = now + kConversationsEvery;
    events.emplace_back("conversations", state_.conversations_json(kShownConversations));
  }
  if (now >= reader.next_health) {
    reader.next_health = now + kHealthEvery;
    events.emplace_back("health", state_.health_json(wall));
  }
  for (auto& [event, data] : events) {
    const auto sent = co_await writer.send(event, std::move(data));
    if (!sent) co_return false;
  }
  co_return !reader.overflowed;
}

env::Task<void> LiveFeed::serve(http::EventWriter& writer) {
  if (closed_ || readers_->size() >= kMaxLiveReaders) co_return;
  Reader reader(env_);
  reader.next_health = env_.clock.now() + kHealthEvery;
  reader.next_conversations = env_.clock.now() + kConversationsEvery;
  readers_->push_back(&reader);
  // Leaves the list however the coroutine ends: by return, by cancellation or with its loop.
  struct Leave {
    std::shared_ptr<std::vector<Reader*>> readers;
    Reader* reader;
    ~Leave() { std::erase(*readers, reader); }
  } const leave{readers_, &reader};
  if (!co_await send_first(writer)) co_return;
  while (!closed_) {
    if (env_.clock.now() < reader.next_write()) {
      auto changed = reader.changed.wait();
      auto due = env_.clock.sleep_until(reader.next_write());
      using boost::asio::experimental::awaitable_operators::operator||;
      co_await (std::move(changed) || std::move(due));
      continue;
    }
    if (!co_await send_changes(writer, reader)) co_return;
    co_await env_.clock.sleep_for(kPace);
  }
}

}  // namespace holter::api
