#include "api/routes.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "api/full_state_test.h"
#include "sim/world.h"

namespace holter::api {
namespace {

using base::Duration;
using nlohmann::json;

struct Answers {
  std::vector<std::pair<std::string, std::map<std::string, std::string>>> asked;  // path and query
  std::vector<http::Response> responses;
  std::vector<ResultQuery> queries;
  std::vector<record::NamedRecord> stored;
  std::optional<base::Error> trouble;
};

env::Task<base::Result<std::vector<record::NamedRecord>>> read_stored(Answers* answers, ResultQuery query) {
  answers->queries.push_back(query);
  if (answers->trouble) co_return *answers->trouble;
  co_return answers->stored;
}

env::Task<void> answer_all(env::Env env, Answers* answers) {
  LiveState state = full_state();
  LiveFeed feed(env, state);
  http::Router router;
  add_routes(router,
             {env, state, feed, [answers](ResultQuery query) { return read_stored(answers, std::move(query)); }});
  for (const auto& [path, query] : answers->asked) {
    http::Request request;
    request.method = "GET";
    request.path = path;
    request.query = query;
    answers->responses.push_back(co_await router.handle(std::move(request)));
  }
}

void answer(Answers& answers) {
  sim::World world(1);
  world.add_host("hub", {}).boot([&](env::Env env) { return answer_all(env, &answers); });
  world.run_for(Duration::seconds(1));
}

http::Response answer(const std::string& path, std::map<std::string, std::string> query = {}) {
  Answers answers;
  answers.stored = {named(a_result(kNow))};
  answers.asked = {{path, std::move(query)}};
  answer(answers);
  EXPECT_EQ(answers.responses.size(), 1U);
  return answers.responses.at(0);
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
  if (where.ends_with(".records")) return;  // a table: its keys are the types that are stored
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
  ASSERT_EQ(examples.size(), 6U);
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

TEST(Routes, ResultsAreNewestFirstAsTheStoreGivesThem) {
  Answers answers;
  for (int i = 0; i < 3; ++i)
    answers.stored.push_back(named(a_result(kNow - Duration::seconds(i), "p" + std::to_string(i))));
  answers.asked = {{"/api/v1/results",
                    {{"probe", "gateway"}, {"since", "10m"}, {"limit", "10000"}, {"agent", to_string(kAgent)}}}};
  answer(answers);
  const json results = json::parse(answers.responses.at(0).body)["results"];
  ASSERT_EQ(results.size(), 3U);
  EXPECT_EQ(results[0]["probe"], "p0");
  EXPECT_EQ(results[2]["probe"], "p2");
  EXPECT_EQ(results[0]["rtt_ms"], 1.234);
  EXPECT_TRUE(results[0]["phases_ms"]["resolve"].is_null());
  const ResultQuery& query = answers.queries.at(0);
  EXPECT_EQ(query.probe, "gateway");
  EXPECT_EQ(query.agent, kAgent);
  EXPECT_EQ(query.limit, 10'000U);
  EXPECT_EQ(query.from, sim::kWallStart - Duration::minutes(10));
}

TEST(Routes, ResultsHaveDefaultsAndUnits) {
  for (const auto& [since, length] : {std::pair{"", Duration::hours(1)},
                                      {"90s", Duration::seconds(90)},
                                      {"2h", Duration::hours(2)},
                                      {"7d", Duration::hours(168)}}) {
    Answers answers;
    answers.asked = {{"/api/v1/results", {{"since", since}}}};
    answer(answers);
    EXPECT_EQ(answers.queries.at(0).from, sim::kWallStart - length) << since;
    EXPECT_EQ(answers.queries[0].limit, 1'000U);
    EXPECT_FALSE(answers.queries[0].agent);
  }
}

TEST(Routes, AQuestionThatMakesNoSenseIs400InWords) {
  const std::vector<std::tuple<const char*, const char*, const char*>> wrong = {
      {"limit", "0", "limit must be a number from 1 to 10000"},
      {"limit", "10001", "limit must be"},
      {"limit", "-1", "limit must be"},
      {"limit", "5x", "limit must be"},
      {"limit", "99999999999999999999", "limit must be"},
      {"since", "1", "since must be a duration such as 90s"},
      {"since", "h", "since must be"},
      {"since", "-1h", "since must be"},
      {"since", "1y", "since must be"},
      {"since", "100001d", "since must be"},
      {"agent", "xyz", "agent must be 32 hexadecimal digits"}};
  for (const auto& [name, value, words] : wrong) {
    const auto response = answer("/api/v1/results", {{name, value}});
    EXPECT_EQ(response.status, 400) << name << '=' << value;
    const json error = json::parse(response.body)["error"];
    EXPECT_EQ(error["kind"], "invalid");
    EXPECT_NE(error["message"].get<std::string>().find(words), std::string::npos) << error;
  }
  EXPECT_EQ(answer("/api/v1/conversations", {{"limit", "1001"}}).status, 400);
  EXPECT_EQ(answer("/api/v1/conversations", {{"limit", "1000"}}).status, 200);
}

TEST(Routes, ATroubledStoreIsTold) {
  Answers answers;
  answers.trouble = base::Error{base::ErrorKind::timeout, "the store is busy"};
  answers.asked = {{"/api/v1/results", {}}};
  answer(answers);
  EXPECT_EQ(answers.responses.at(0).status, 504);
  EXPECT_EQ(json::parse(answers.responses[0].body)["error"]["message"], "the store is busy");
}

TEST(Routes, MetricsAreOpenMetrics) {
  const auto response = answer("/metrics");
  EXPECT_TRUE(response.content_type.starts_with("application/openmetrics-text"));
  EXPECT_TRUE(response.body.ends_with("# EOF\n"));
}

}  // namespace
}  // namespace holter::api
