#include "api/record_question.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "api/record_filter.h"
#include "base/nearest.h"

namespace holter::api {
namespace {

using record::NamedRecord;

constexpr std::size_t kMaxFollowedStored = 10'000;
constexpr std::size_t kShownBytes = 64;  // of a wrong name

std::string words_of_subjects() {
  std::string all;
  for (const Subject subject : kSubjects) all += (all.empty() ? "" : ", ") + std::string(to_string(subject));
  return all;
}

store::Predicate both(store::Predicate a, store::Predicate b) {
  if (!a || !b) return a ? a : b;
  return [a, b](const NamedRecord& named) { return a(named) && b(named); };
}

store::Predicate of_probe(std::string probe) {
  return [probe](const NamedRecord& named) {
    const auto* result = std::get_if<record::ProbeResult>(&named.body);
    return result != nullptr && result->probe == probe;
  };
}

store::Predicate of_target(std::string target) {
  return [target](const NamedRecord& named) {
    const auto* result = std::get_if<record::ProbeResult>(&named.body);
    return result != nullptr &&
           (result->target.raw() == target || result->address == target || result->probe == target);
  };
}

// "results,packets" as subjects, each once.
std::vector<Subject> topics_of(Parameters& given) {
  const std::string text = given.text("topics");
  std::vector<std::string> names;
  for (const Subject subject : kSubjects) names.emplace_back(to_string(subject));
  std::vector<Subject> topics;
  for (std::string_view left = text; !left.empty();) {
    const std::string_view name = left.substr(0, left.find(','));
    left.remove_prefix(std::min(left.size(), name.size() + 1));
    const auto found = std::ranges::find(names, name);
    if (found == names.end()) {
      given.refuse("topics", '\'' + base::UntrustedText(name, kShownBytes).for_terminal() + "' is none of " +
                                 words_of_subjects() + base::did_you_mean(name, names));
      continue;
    }
    const Subject subject = kSubjects.at(static_cast<std::size_t>(found - names.begin()));
    if (std::ranges::find(topics, subject) == topics.end()) topics.push_back(subject);
  }
  return topics;
}

template <class Number>
bool take_number(std::string_view& text, Number& into, int base) {
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), into, base);
  if (failure != std::errc()) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

bool take_point(std::string_view& text) {
  if (!text.starts_with('.')) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

Form form_of(const http::Request& request, Parameters& given) {
  const std::string format = given.word("format", {"json", "ndjson"}, "");
  if (!format.empty()) return format == "ndjson" ? Form::lines : Form::page;
  const bool accepts = request.header("accept").find("application/x-ndjson") != std::string_view::npos;
  return accepts ? Form::lines : Form::page;
}

store::Predicate predicate_of(Subject subject, Parameters& given) {
  store::Predicate wanted;
  if (const std::string text = given.text("filter"); !text.empty()) {
    auto filter = compile_filter(subject, text);
    if (filter) {
      wanted = std::move(*filter);
    } else {
      given.refuse("filter", filter.error().message);
    }
  }
  if (subject != Subject::results) return wanted;
  const std::string probe = given.text("probe");
  if (!probe.empty()) wanted = both(of_probe(probe), std::move(wanted));
  const std::string target = given.text("target");
  return target.empty() ? wanted : both(of_target(target), std::move(wanted));
}

std::optional<base::AgentId> agent_of(Parameters& given, const FindAgent& find_agent) {
  const std::string text = given.text("agent");
  if (text.empty()) return std::nullopt;
  const auto agent = find_agent(text);
  if (agent) return *agent;
  given.refuse("agent", agent.error().message);
  return std::nullopt;
}

base::Result<RecordQuestion> record_question(Subject subject, const http::Request& request, base::WallTime now,
                                             const FindAgent& find_agent) {
  Parameters given(request.query);
  RecordQuestion question;
  question.subject = subject;
  question.form = form_of(request, given);
  question.from = given.moment("since", now).value_or(now - kDefaultSince);
  question.to = given.moment("until", now).value_or(base::WallTime::max());
  question.agent = agent_of(given, find_agent);
  question.wanted = predicate_of(subject, given);
  const bool lines = question.form == Form::lines;
  question.limit =
      given.number("limit", lines ? 0 : 1, lines ? 1'000'000'000 : store::kMaxPageRecords, kDefaultRecords);
  if (const std::string cursor = given.text("cursor"); !cursor.empty()) {
    question.after = parse_cursor(cursor);
    if (!question.after)
      given.refuse("cursor", "it is none that an answer's `next` gave; ask without it for the first");
  }
  if (question.from >= question.to) given.refuse("until", "it lies before since: nothing can be there");
  if (auto wrong = given.mistakes()) return *wrong;
  return question;
}

base::Result<FollowQuestion> follow_question(const http::Request& request, base::WallTime now,
                                             const FindAgent& find_agent) {
  Parameters given(request.query);
  FollowQuestion question;
  for (const Subject subject : topics_of(given)) question.topics.push_back({subject, predicate_of(subject, given)});
  if (given.text("topics").empty()) given.refuse("topics", "say at least one of " + words_of_subjects());
  given.text("filter");
  given.text("probe");
  given.text("target");
  question.agent = agent_of(given, find_agent);
  question.from = given.moment("since", now);
  question.limit = given.number("limit", 0, kMaxFollowedStored, kDefaultRecords);
  if (auto wrong = given.mistakes()) return *wrong;
  return question;
}

std::string cursor_text(const store::Position& position) {
  return fmt::format("{:x}.{}.{:x}.{:x}.{:x}", static_cast<std::uint64_t>(position.at.in_nanoseconds()),
                     to_string(position.id.agent), position.id.epoch, static_cast<unsigned>(position.id.lane),
                     position.id.sequence);
}

std::optional<store::Position> parse_cursor(std::string_view text) {
  std::uint64_t at = 0;
  unsigned lane = 0;
  store::Position position;
  if (!take_number(text, at, 16) || !take_point(text) || text.size() < 33) return std::nullopt;
  const auto agent = base::parse_agent_id(text.substr(0, 32));
  text.remove_prefix(32);
  const bool whole = agent && take_point(text) && take_number(text, position.id.epoch, 16) && take_point(text) &&
                     take_number(text, lane, 16) && take_point(text) && take_number(text, position.id.sequence, 16) &&
                     text.empty();
  // One lane above the last stands for "behind all of this moment".
  if (!whole || lane > record::kLaneCount) return std::nullopt;
  position.at = base::WallTime::from_nanoseconds(static_cast<std::int64_t>(at));
  position.id.agent = *agent;
  position.id.lane = static_cast<record::Lane>(lane);
  return position;
}

}  // namespace holter::api
