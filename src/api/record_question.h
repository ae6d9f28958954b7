// One question for stored records, as a request's query says it: which, of when, of whom, how many, and from where on.
// The names and defaults are those of docs/api.md. Pure; takes `now`.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "api/parameters.h"
#include "api/subject.h"
#include "http/message.h"
#include "store/page.h"

namespace holter::api {

inline constexpr std::size_t kDefaultRecords = 1'000;
inline constexpr base::Duration kDefaultSince = base::Duration::hours(1);

// The agent that a name or an id means; an error says which there are.
using FindAgent = std::function<base::Result<base::AgentId>(const std::string&)>;

// "lines" is one JSON object a line (application/x-ndjson); a page is one JSON object that says where the next begins.
enum class Form : std::uint8_t { page, lines };

struct RecordQuestion {
  Subject subject = Subject::results;
  base::WallTime from;
  base::WallTime to = base::WallTime::max();
  std::optional<base::AgentId> agent;
  store::Predicate wanted;               // empty: all
  std::size_t limit = kDefaultRecords;   // lines: 0 for all
  std::optional<store::Position> after;  // where the page before ended
  Form form = Form::page;
};

base::Result<RecordQuestion> record_question(Subject subject, const http::Request& request, base::WallTime now,
                                             const FindAgent& find_agent);

// What a reader of the event stream asks for.
struct FollowQuestion {
  struct Topic {
    Subject subject = Subject::results;
    store::Predicate wanted;
  };
  std::vector<Topic> topics;  // at least one, each once
  std::optional<base::AgentId> agent;
  // Absent: nothing stored, only what comes. limit 0: all since then.
  std::optional<base::WallTime> from;
  std::size_t limit = 0;
};

base::Result<FollowQuestion> follow_question(const http::Request& request, base::WallTime now,
                                             const FindAgent& find_agent);

// The predicate of `filter` and `probe` together; mistakes are noted in `given`.
store::Predicate predicate_of(Subject subject, Parameters& given);
// The agent of `agent`, by name or id; mistakes are noted in `given`.
std::optional<base::AgentId> agent_of(Parameters& given, const FindAgent& find_agent);

// Whether the answer is to be lines, by `format` or the Accept header.
Form form_of(const http::Request& request, Parameters& given);

// A position as the text of a cursor and back; empty when it is none of ours.
std::string cursor_text(const store::Position& position);
std::optional<store::Position> parse_cursor(std::string_view text);

}  // namespace holter::api
