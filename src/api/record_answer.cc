#include "api/record_answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <span>

namespace holter::api {
namespace {

using record::NamedRecord;

// A conversation that ended sooner than this was stored once.
constexpr base::Duration kStoredOnce = base::Duration::seconds(5);

std::string conversation_key(const base::AgentId& agent, const record::FlowRecord& flow) {
  return fmt::format("{} {} {} {} {} {} {} {} {}", to_string(agent), flow.interface, flow.ip_protocol, flow.vlan,
                     flow.initiator, flow.initiator_port, flow.responder, flow.responder_port,
                     flow.first.in_nanoseconds());
}

std::string_view array_name(Subject subject) { return subject == Subject::sessions ? "changes" : to_string(subject); }

// The records of a question, step by step, newest first.
class Steps {
 public:
  Steps(RecordSource& source, RecordQuestion question, std::vector<NamedRecord> live)
      : source_(source),
        question_(std::move(question)),
        live_(std::move_iterator(live.begin()), std::move_iterator(live.end())),
        after_(question_.after) {}

  // At most `most` further ones, perhaps none though there are more.
  env::Task<base::Result<std::vector<NamedRecord>>> next(std::size_t most) {
    if (ready_.empty() && !read_to_the_end_) {
      auto page = co_await source_.page(query(most));
      if (!page) co_return page.error();
      take(std::move(*page));
    }
    const auto count = static_cast<std::ptrdiff_t>(std::min(most, ready_.size()));
    std::vector<NamedRecord> found(std::move_iterator(ready_.begin()), std::move_iterator(ready_.begin() + count));
    ready_.erase(ready_.begin(), ready_.begin() + count);
    if (!found.empty()) given_ = store::position_of(found.back());
    co_return found;
  }
  bool ended() const { return read_to_the_end_ && ready_.empty(); }
  std::uint64_t scanned() const { return scanned_; }
  // Where the next question goes on; empty at the end.
  std::optional<std::string> cursor() const {
    if (ended()) return std::nullopt;
    const auto& position = ready_.empty() ? after_ : given_;
    return position ? std::optional(cursor_text(*position)) : std::nullopt;
  }

 private:
  store::PageQuery query(std::size_t most) const {
    store::PageQuery query;
    query.types = types_of(question_.subject);
    query.agent = question_.agent;
    query.from = question_.from;
    query.to = question_.to;
    query.after = after_;
    query.limit = most;
    query.wanted = question_.wanted;
    return query;
  }
  void take(store::Page page) {
    scanned_ += page.scanned;
    after_ = page.next;
    read_to_the_end_ = !page.next;
    for (auto& named : page.records) {
      take_live_until(record::time_of(named.body));
      take(std::move(named));
    }
    take_live_until(page.next ? page.next->at : base::WallTime());
  }
  void take_live_until(base::WallTime edge) {
    while (!live_.empty() && record::time_of(live_.front().body) >= edge) {
      take(std::move(live_.front()));
      live_.pop_front();
    }
  }
  void take(NamedRecord named) {
    if (replaced_.contains(named)) return;
    replaced_.note(named);
    ready_.push_back(std::move(named));
  }

  RecordSource& source_;
  RecordQuestion question_;
  std::deque<NamedRecord> live_;
  std::deque<NamedRecord> ready_;  // in order, not given yet
  std::optional<store::Position> after_;
  std::optional<store::Position> given_;
  Replaced replaced_;
  std::uint64_t scanned_ = 0;
  bool read_to_the_end_ = false;
};

struct Ending {
  std::size_t given = 0;
  std::uint64_t more = 0;
  bool counted_all = true;
  std::optional<std::string> next;
  std::optional<base::Error> error;
};

// The last line: that the answer is whole, and what is left.
std::string end_line(const Ending& ending) {
  base::JsonWriter json;
  json.begin_object().key("end").begin_object().member("given", ending.given).member("more", ending.more);
  json.member("counted_all", ending.counted_all).member("next", ending.next);
  json.member("error", ending.error ? std::optional(ending.error->message) : std::nullopt);
  return json.end_object().end_object().take() + '\n';
}

// How many records are left after the last one given.
env::Task<void> count_more(Steps& steps, Ending& ending) {
  const std::uint64_t begun = steps.scanned();
  while (!steps.ended()) {
    ending.counted_all = steps.scanned() - begun < kMaxScannedForCount;
    if (!ending.counted_all) co_return;
    const auto found = co_await steps.next(store::kMaxPageRecords);
    if (!found) {
      ending.error = found.error();
      co_return;
    }
    ending.more += found->size();
  }
}

env::Task<void> write_lines(RecordSource& source, RecordQuestion question, NameOf name_of,
                            std::vector<NamedRecord> live, http::BodyWriter& body) {
  const std::size_t limit = question.limit;
  Steps steps(source, std::move(question), std::move(live));
  Ending ending;
  while (!steps.ended() && (limit == 0 || ending.given < limit)) {
    const std::size_t most = limit == 0 ? kRecordsAtOnce : std::min(kRecordsAtOnce, limit - ending.given);
    const auto found = co_await steps.next(most);
    if (!found) {
      ending.error = found.error();
      break;
    }
    std::string lines;
    for (const auto& named : *found) lines += record_json(named, name_of) + '\n';
    ending.given += found->size();
    if (lines.empty()) continue;
    const auto written = co_await body.write(std::move(lines));
    if (!written) co_return;
  }
  if (!ending.error) {
    ending.next = steps.cursor();
    co_await count_more(steps, ending);
  }
  std::string last = end_line(ending);
  (void)co_await body.write(std::move(last));
}

}  // namespace

bool Replaced::contains(const NamedRecord& named) const {
  const auto* flow = std::get_if<record::FlowRecord>(&named.body);
  return flow != nullptr && flow->end_reason == record::EndReason::active &&
         conversations_.contains(conversation_key(named.id.agent, *flow));
}

void Replaced::note(const NamedRecord& named) {
  const auto* flow = std::get_if<record::FlowRecord>(&named.body);
  if (flow == nullptr || conversations_.size() >= kMaxRememberedConversations) return;
  const bool ended = flow->end_reason != record::EndReason::active;
  if (ended && flow->last - flow->first < kStoredOnce) return;
  conversations_.insert(conversation_key(named.id.agent, *flow));
}

env::Task<http::Response> answer_page(RecordSource& source, RecordQuestion question, NameOf name_of,
                                      std::vector<NamedRecord> live) {
  const Subject subject = question.subject;
  const std::size_t limit = question.limit;
  Steps steps(source, std::move(question), std::move(live));
  base::JsonWriter json;
  json.begin_object().key(array_name(subject)).begin_array();
  for (std::size_t given = 0; given < limit && !steps.ended() && steps.scanned() < kMaxScannedForPage;) {
    const auto found = co_await steps.next(std::min(kRecordsAtOnce, limit - given));
    if (!found) co_return http::error_response(found.error());
    for (const auto& named : *found) write_record(json, named, name_of);
    given += found->size();
  }
  json.end_array().member("next", steps.cursor()).end_object();
  co_return http::json_response(json.take());
}

http::Response answer_lines(RecordSource& source, RecordQuestion question, NameOf name_of,
                            std::vector<NamedRecord> live) {
  http::Response response;
  response.content_type = "application/x-ndjson";
  RecordSource* from = &source;
  response.stream = [from, question = std::move(question), name_of = std::move(name_of), live = std::move(live)](
                        http::BodyWriter& body) { return write_lines(*from, question, name_of, live, body); };
  return response;
}

http::Response answer_lines_of(const std::vector<std::string>& objects, std::size_t limit) {
  Ending ending;
  ending.given = limit == 0 ? objects.size() : std::min(limit, objects.size());
  ending.more = objects.size() - ending.given;
  http::Response response;
  response.content_type = "application/x-ndjson";
  for (const auto& object : std::span(objects).first(ending.given)) response.body += object + '\n';
  response.body += end_line(ending);
  return response;
}

}  // namespace holter::api
