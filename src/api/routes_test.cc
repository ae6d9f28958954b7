#include "api/routes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "api/full_state_test.h"
#include "api/record_answer.h"
#include "sim/world.h"

namespace holter::api {
namespace {

using base::Duration;
using nlohmann::json;

// A store of whatever it is given, newest first; remembers what it was asked.
struct FakeSource : RecordSource {
  env::Task<base::Result<store::Page>> page(store::PageQuery query) override {
    queries.push_back(query);
    if (trouble) co_return *trouble;
    store::Page page;
    for (const auto& named : stored) {
      const bool type = std::ranges::find(query.types, named.body.index()) != query.types.end();
      const bool ahead = !query.after || store::position_of(named) < *query.after;
      if (!type || !ahead || (query.wanted && !query.wanted(named))) continue;
      if (page.records.size() == query.limit) {
        page.next = store::position_of(page.records.back());
        break;
      }
      page.records.push_back(named);
    }
    page.scanned = scanned;
    co_return page;
  }
  env::Task<store::Fence> fence(std::vector<record::Lane>) override { co_return store::Fence(); }

  std::vector<store::PageQuery> queries;
  std::vector<record::NamedRecord> stored;
  std::optional<base::Error> trouble;
  std::uint64_t scanned = 0;
};

struct Answers {
  struct Question {
    std::string path;
    std::map<std::string, std::string> query = {};
    http::Origin origin = http::Origin::control;
    std::string method = "GET";
  };
  std::vector<Question> asked;
  std::vector<http::Response> responses;
  FakeSource source;
  Reload reload;
};

struct Text : http::BodyWriter {
  env::Task<base::Result<void>> write(std::string piece) override {
    text += piece;
    co_return base::Result<void>();
  }
  std::string text;
};

env::Task<void> answer_all(env::Env env, Answers* answers) {
  LiveState state = full_state();
  LiveFeed feed(env, state);
  RecordFeed records(env, answers->source, [](const base::AgentId&) { return std::nullopt; });
  http::Router router;
  add_routes(router, {env, state, feed, answers->source, records, answers->reload});
  for (const auto& asked : answers->asked) {
    http::Request request;
    request.method = asked.method;
    request.path = asked.path;
    request.query = asked.query;
    request.origin = asked.origin;
    auto response = co_await router.handle(std::move(request));
    Text text;
    if (response.stream) {
      co_await response.stream(text);
      response.body = text.text;
    }
    answers->responses.push_back(std::move(response));
  }
}

void answer(Answers& answers) {
  sim::World world(1);
  world.add_host("hub", {}).boot([&](env::Env env) { return answer_all(env, &answers); });
  world.run_for(Duration::seconds(1));
}

http::Response answer(const std::string& path, std::map<std::string, std::string> query = {},
                      http::Origin origin = http::Origin::control) {
  Answers answers;
  answers.source.stored = {named(a_result(kNow)), named(a_change()), named(a_packet()), named(a_flow()),
                           named(a_move())};
  answers.asked = {{path, std::move(query), origin}};
  answer(answers);
  EXPECT_EQ(answers.responses.size(), 1U);
  return answers.responses.at(0);
}

std::string mistake(const std::string& path, std::map<std::string, std::string> query) {
  const auto response = answer(path, std::move(query));
  EXPECT_EQ(response.status, 400) << response.body;
  return json::parse(response.body)["error"]["message"];
}

// The keys of `told` are those of `documented`, at every depth; a null may stand for anything.
void expect_same_shape(const json& documented, const json& told, const std::string& where) {
  if (documented.is_null() || told.is_null()) return;
  ASSERT_EQ(documented.is_number(), told.is_number()) << where;
  if (!documented.is_number()) ASSERT_STREQ(documented.type_name(), told.type_name()) << where;
  if (documented.is_array()) {
    EXPECT_FALSE(told.empty()) << where << " is empty: the test's state must have one";
    for (const auto& element : told) expect_same_shape(documented.at(0), element, where + "[]");
  }
  if (!documented.is_object()) return;
  // Tables: their keys are the types that are stored, whatever somebody orders by, and what docs/fields.md lists.
  if (where.ends_with(".records") || where.ends_with(".labels") || where.ends_with(".layers")) return;
  for (const auto& [key, value] : documented.items()) {
    EXPECT_TRUE(told.contains(key)) << where << '.' << key << " is documented and not told";
  }
  for (const auto& [key, value] : told.items()) {
    EXPECT_TRUE(documented.contains(key)) << where << '.' << key << " is told and not documented";
    if (documented.contains(key)) expect_same_shape(documented[key], value, where + '.' + key);
  }
}

// The JSON example of each "## GET path" of docs/api.md.
std::map<std::string, json> documented_examples() {
  std::ifstream file(HOLTER_SOURCE_DIR "/docs/api.md");
  std::map<std::string, json> examples;
  std::string path;
  std::string line;
  while (std::getline(file, line)) {
    if (line.starts_with("## GET ")) path = line.substr(7, line.find_first_of("?", 7) - 7);
    if (line != "```json") continue;
    std::string text;
    while (std::getline(file, line) && line != "```") text += line + '\n';
    examples[path] = json::parse(text);
  }
  return examples;
}

TEST(Routes, TellExactlyWhatIsDocumented) {
  const auto examples = documented_examples();
  ASSERT_EQ(examples.size(), 10U);
  for (const auto& [path, example] : examples) {
    const auto response = answer(path);
    EXPECT_EQ(response.status, 200) << path;
    EXPECT_EQ(response.content_type, "application/json") << path;
    expect_same_shape(example, json::parse(response.body), path);
  }
}

TEST(Routes, TheDocumentedRecordTypesExist) {
  const auto examples = documented_examples();
  const json& health = examples.at("/api/v1/health");
  for (const auto& [type, count] : health["store"]["records"].items()) {
    bool known = false;
    for (std::size_t i = 0; i < record::kTypeCount; ++i) known |= record::type_name(i) == type;
    EXPECT_TRUE(known) << type;
  }
}

Answers with_results(std::size_t count) {
  Answers answers;
  for (std::size_t i = 0; i < count; ++i) {
    auto one = named(a_result(kNow - Duration::seconds(static_cast<std::int64_t>(i)), "p" + std::to_string(i)));
    one.id.sequence = count - i;
    answers.source.stored.push_back(std::move(one));
  }
  return answers;
}

TEST(Routes, ParametersBecomeTheQuestionToTheStore) {
  Answers answers = with_results(3);
  answers.asked = {{"/api/v1/results",
                    {{"probe", "p1"}, {"since", "10m"}, {"until", "5m"}, {"limit", "10000"}, {"agent", "fritz"}}}};
  answer(answers);
  const json results = json::parse(answers.responses.at(0).body)["results"];
  ASSERT_EQ(results.size(), 1U);
  EXPECT_EQ(results[0]["probe"], "p1");
  EXPECT_EQ(results[0]["id"], to_string(kAgent) + "/1/results/2");
  EXPECT_EQ(results[0]["agent_name"], "fritz");
  const auto& query = answers.source.queries.at(0);
  EXPECT_EQ(query.agent, kAgent);
  EXPECT_TRUE(query.newest_first);
  EXPECT_EQ(query.from, sim::kWallStart - Duration::minutes(10));
  EXPECT_EQ(query.to, sim::kWallStart - Duration::minutes(5));
}

TEST(Routes, ResultsOfATargetHaveItItsAddressOrItsName) {
  Answers answers = with_results(2);
  auto& result = std::get<record::ProbeResult>(answers.source.stored[0].body);
  result.target = base::UntrustedText("db.example:5432");
  result.address = "192.0.2.44";
  answers.asked = {{"/api/v1/results", {{"target", "db.example:5432"}}},
                   {"/api/v1/results", {{"target", "192.0.2.44"}}},
                   {"/api/v1/results", {{"target", "p0"}}},
                   {"/api/v1/results", {{"target", "db.example"}}}};
  answer(answers);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(json::parse(answers.responses.at(i).body)["results"].size(), i < 3 ? 1U : 0U) << i;
  }
}

TEST(Routes, AnHourIsAskedForUnlessOtherwiseSaid) {
  Answers answers;
  answers.asked = {{"/api/v1/packets"}, {"/api/v1/results", {{"agent", to_string(kAgent)}}}};
  answer(answers);
  EXPECT_EQ(answers.source.queries.at(0).from, sim::kWallStart - Duration::hours(1));
  EXPECT_EQ(answers.source.queries.at(0).to, base::WallTime::max());
  EXPECT_FALSE(answers.source.queries.at(0).agent);
  EXPECT_EQ(answers.source.queries.at(1).agent, kAgent);
}

TEST(Routes, PagesFollowEachOtherByTheirCursor) {
  std::map<std::string, std::string> query{{"limit", "3"}};
  std::vector<std::string> probes;
  std::vector<std::size_t> sizes;
  for (bool more = true; more;) {
    Answers answers = with_results(7);
    answers.asked = {{"/api/v1/results", query}};
    answer(answers);
    const json page = json::parse(answers.responses.at(0).body);
    for (const auto& result : page["results"]) probes.push_back(result["probe"]);
    sizes.push_back(page["results"].size());
    more = page["next"].is_string();
    if (more) query["cursor"] = page["next"].get<std::string>();
  }
  EXPECT_EQ(probes, (std::vector<std::string>{"p0", "p1", "p2", "p3", "p4", "p5", "p6"}));
  EXPECT_EQ(sizes, (std::vector<std::size_t>{3, 3, 1}));
}

TEST(Routes, APageEndsWhenEnoughWasLookedAt) {
  Answers answers = with_results(3'000);
  answers.source.scanned = kMaxScannedForPage;
  answers.asked = {{"/api/v1/results", {{"limit", "3000"}}}};
  answer(answers);
  const json page = json::parse(answers.responses.at(0).body);
  EXPECT_EQ(page["results"].size(), kRecordsAtOnce);
  EXPECT_TRUE(page["next"].is_string());
}

TEST(Routes, LinesEndWithWhatIsLeft) {
  for (const auto& [limit, given, more] : {std::tuple{"2", 2U, 5U}, {"7", 7U, 0U}, {"0", 7U, 0U}, {"", 7U, 0U}}) {
    Answers answers = with_results(7);
    answers.asked = {{"/api/v1/results", {{"format", "ndjson"}, {"limit", limit}}}};
    answer(answers);
    const auto& response = answers.responses.at(0);
    EXPECT_EQ(response.content_type, "application/x-ndjson");
    std::istringstream text(response.body);
    std::vector<json> lines;
    for (std::string line; std::getline(text, line);) lines.push_back(json::parse(line));
    ASSERT_EQ(lines.size(), given + 1);
    EXPECT_EQ(lines[0]["probe"], "p0");
    const json& end = lines.back()["end"];
    EXPECT_EQ(end["given"], given);
    EXPECT_EQ(end["more"], more);
    EXPECT_EQ(end["counted_all"], true);
    EXPECT_EQ(end["next"].is_string(), more > 0);
    EXPECT_TRUE(end["error"].is_null());
  }
}

TEST(Routes, LinesCountOnlySoFar) {
  Answers answers = with_results(30'000);
  answers.source.scanned = kMaxScannedForCount;
  answers.asked = {{"/api/v1/results", {{"format", "ndjson"}, {"limit", "1"}}}};
  answer(answers);
  const std::string& body = answers.responses.at(0).body;
  const json end = json::parse(body.substr(body.find('\n') + 1))["end"];
  EXPECT_EQ(end["more"], store::kMaxPageRecords);
  EXPECT_EQ(end["counted_all"], false);
}

TEST(Routes, AConversationIsToldOnceByTheNewestThatIsKnown) {
  const auto flow = [](std::int64_t first, std::int64_t last, record::EndReason end) {
    record::FlowRecord made = a_flow();
    made.initiator_port = static_cast<std::uint16_t>(first);
    made.first = base::PacketTime::from_nanoseconds(kNow.in_nanoseconds()) - Duration::seconds(first);
    made.last = base::PacketTime::from_nanoseconds(kNow.in_nanoseconds()) - Duration::seconds(last);
    made.end_reason = end;
    return named(made);
  };
  using enum record::EndReason;
  Answers answers;
  // full_state() has one more that goes on, seen just now, of which nothing is stored.
  answers.source.stored = {flow(100, 10, fin), flow(50, 15, active), flow(100, 20, active), flow(50, 25, active),
                           flow(31, 30, idle)};
  answers.asked = {{"/api/v1/conversations"}, {"/api/v1/conversations", {{"limit", "1"}}}};
  answer(answers);
  const json page = json::parse(answers.responses.at(0).body);
  std::vector<std::string> told;
  for (const auto& one : page["conversations"]) {
    told.push_back(std::to_string(one["initiator_port"].get<int>()) + ' ' + one["ended"].dump());
  }
  EXPECT_EQ(told, (std::vector<std::string>{"0 null", "100 \"fin\"", "50 null", "31 \"idle\""}));
  EXPECT_TRUE(page["conversations"][0]["id"].is_null());
  const json first = json::parse(answers.responses.at(1).body);
  EXPECT_EQ(first["conversations"].size(), 1U);
  EXPECT_TRUE(first["next"].is_string());
}

TEST(Routes, AQuestionThatMakesNoSenseIs400InWordsThatTellAll) {
  EXPECT_EQ(mistake("/api/v1/results", {{"limit", "0"}, {"agnet", "x"}}),
            "limit: '0' is not a number from 1 to 10000\n"
            "'agnet' is no parameter of this path; did you mean 'agent'?");
  EXPECT_EQ(mistake("/api/v1/results", {{"agent", "frits"}}),
            "agent: no agent is named 'frits', and it is no id of 32 hexadecimal digits; did you mean 'fritz'?");
  EXPECT_EQ(mistake("/api/v1/packets", {{"probe", "p"}}), "'probe' is no parameter of this path");
  EXPECT_EQ(mistake("/api/v1/results", {{"since", "5m"}, {"until", "10m"}}),
            "until: it lies before since: nothing can be there");
  for (const char* cursor : {"x", "1.2", "1.00000000000000000000000000000000.0.9.0", "-1.0.0.0.0"}) {
    EXPECT_EQ(mistake("/api/v1/results", {{"cursor", cursor}}),
              "cursor: it is none that an answer's `next` gave; ask without it for the first");
  }
  EXPECT_EQ(mistake("/api/v1/conversations/now", {{"limit", "1001"}}), "limit: '1001' is not a number from 1 to 1000");
  EXPECT_EQ(mistake("/api/v1/live", {{"topics", "packts"}}),
            "topics: 'packts' is none of results, sessions, packets, conversations, network; did you mean 'packets'?");
  EXPECT_EQ(mistake("/api/v1/live", {{"topics", ""}}),
            "topics: say at least one of results, sessions, packets, conversations, network");
  EXPECT_EQ(mistake("/api/v1/live", {{"topic", "packets"}}),
            "'topic' is no parameter of this path; did you mean 'topics'?");
}

TEST(Routes, PacketsAndReloadAreForTheControlSocketOnly) {
  const auto is_refused = [](const std::string& path, const std::string& topics, const char* method) {
    Answers answers;
    answers.asked = {{path, {}, http::Origin::network, method}};
    if (!topics.empty()) answers.asked[0].query["topics"] = topics;
    answer(answers);
    EXPECT_EQ(answers.responses.at(0).status, 403) << path;
    EXPECT_NE(answers.responses[0].body.find("control socket"), std::string::npos);
    EXPECT_TRUE(answers.source.queries.empty());
  };
  is_refused("/api/v1/packets", "", "GET");
  is_refused("/api/v1/live", "results,packets", "GET");
  is_refused("/api/v1/reload", "", "POST");
  EXPECT_EQ(answer("/api/v1/results", {}, http::Origin::network).status, 200);
  EXPECT_EQ(answer("/api/v1/packets").status, 200);
}

env::Task<base::Result<std::string>> reloaded(bool fine) {
  if (fine) co_return std::string("two probes more");
  co_return base::Error{base::ErrorKind::invalid, "holter.toml:3:1: no such key"};
}

TEST(Routes, ReloadSaysWhatChangedOrWhatIsWrong) {
  const auto reload = [](Reload what) {
    Answers answers;
    answers.reload = std::move(what);
    answers.asked = {{"/api/v1/reload", {}, http::Origin::control, "POST"}};
    answer(answers);
    return answers.responses.at(0);
  };
  const auto fine = reload([] { return reloaded(true); });
  EXPECT_EQ(fine.status, 200);
  EXPECT_EQ(json::parse(fine.body)["changed"], "two probes more");
  const auto wrong = reload([] { return reloaded(false); });
  EXPECT_EQ(wrong.status, 400);
  EXPECT_EQ(json::parse(wrong.body)["error"]["message"], "holter.toml:3:1: no such key");
  EXPECT_EQ(reload({}).status, 501);
}

TEST(Routes, SessionsCanBeChosenAndToldAsLines) {
  EXPECT_EQ(json::parse(answer("/api/v1/sessions", {{"agent", "fritz"}}).body)["sessions"].size(), 1U);
  const std::string other(32, '0');
  EXPECT_EQ(json::parse(answer("/api/v1/sessions", {{"agent", other}}).body)["sessions"].size(), 0U);
  const auto lines = answer("/api/v1/sessions", {{"format", "ndjson"}});
  EXPECT_EQ(lines.content_type, "application/x-ndjson");
  EXPECT_EQ(json::parse(lines.body.substr(0, lines.body.find('\n')))["name"], "db1");
  EXPECT_NE(lines.body.find(R"({"end":{"given":1,"more":0)"), std::string::npos);
}

TEST(Routes, FiltersChooseAndTheirMistakesAreShownInPlace) {
  const auto count = [](const std::string& path, const std::string& filter, const char* member) {
    const auto response = answer(path, {{"filter", filter}});
    EXPECT_EQ(response.status, 200) << response.body;
    return json::parse(response.body)[member].size();
  };
  EXPECT_EQ(count("/api/v1/packets", "tcp and ipv4.dst == 198.51.100.7", "packets"), 1U);
  EXPECT_EQ(count("/api/v1/packets", "udp", "packets"), 0U);
  EXPECT_EQ(count("/api/v1/results", "outcome == ok", "results"), 1U);
  EXPECT_EQ(count("/api/v1/results", "outcome != ok", "results"), 0U);
  EXPECT_EQ(count("/api/v1/sessions", "state == up", "sessions"), 1U);
  EXPECT_EQ(count("/api/v1/sessions", "state == down", "sessions"), 0U);
  const std::string wrong = mistake("/api/v1/packets", {{"filter", "tcp.dst_prot == 443"}, {"limit", "x"}});
  EXPECT_NE(wrong.find("filter: there is no field 'tcp.dst_prot'"), wrong.npos) << wrong;
  EXPECT_NE(wrong.find("\n  tcp.dst_prot == 443\n  ^^^^^^^^^^^^"), wrong.npos) << wrong;
  EXPECT_NE(wrong.find("limit: "), wrong.npos) << wrong;
}

TEST(Routes, ATroubledStoreIsTold) {
  Answers answers;
  answers.source.trouble = base::Error{base::ErrorKind::timeout, "the store is busy"};
  answers.asked = {{"/api/v1/results", {}}, {"/api/v1/results", {{"format", "ndjson"}}}};
  answer(answers);
  EXPECT_EQ(answers.responses.at(0).status, 504);
  EXPECT_EQ(json::parse(answers.responses[0].body)["error"]["message"], "the store is busy");
  EXPECT_EQ(json::parse(answers.responses.at(1).body)["end"]["error"], "the store is busy");
}

TEST(Cursors, StandForTheirPosition) {
  const store::Position position{base::WallTime::from_nanoseconds(-5), {kAgent, 7, record::Lane::packets, ~0ULL}};
  EXPECT_EQ(parse_cursor(cursor_text(position)), position);
  EXPECT_EQ(parse_cursor(cursor_text(position) + "0"), std::nullopt);
}

TEST(Routes, MetricsAreOpenMetrics) {
  const auto response = answer("/metrics");
  EXPECT_TRUE(response.content_type.starts_with("application/openmetrics-text"));
  EXPECT_TRUE(response.body.ends_with("# EOF\n"));
}

}  // namespace
}  // namespace holter::api
