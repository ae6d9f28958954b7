#include "probe/http/json_path.h"

#include <gtest/gtest.h>

namespace holter::probe {
namespace {

using base::ErrorKind;

constexpr std::string_view kHealth =
    R"({"status":"UP","db":{"latency_ms":12.7,"ok":true},"items":[1,-2,{"odd name":null}],"":"empty",)"
    R"("n":18446744073709551615})";

std::vector<std::string> texts(std::string_view path, std::string_view document = kHealth) {
  const JsonPath paths[] = {parse_json_path(path).value()};
  std::vector<std::string> all;
  const auto found = look_up(paths, document);
  if (!found) return {found.error().message};
  for (const auto& value : *found) all.push_back(value.text);
  return all;
}

using Texts = std::vector<std::string>;

TEST(JsonPath, LeadsToWhatItNames) {
  EXPECT_EQ(texts("$.status"), Texts{"UP"});
  EXPECT_EQ(texts("$['status']"), Texts{"UP"});
  EXPECT_EQ(texts("$[\"db\"].ok"), Texts{"true"});
  EXPECT_EQ(texts("$.db.latency_ms"), Texts{"12.7"});
  EXPECT_EQ(texts("$.items[0]"), Texts{"1"});
  EXPECT_EQ(texts("$.items[-1]['odd name']"), Texts{"null"});
  EXPECT_EQ(texts("$.items[*]"), (Texts{"1", "-2", "{\"odd name\":null}"}));
  EXPECT_EQ(texts("$.db.*"), (Texts{"12.7", "true"}));
  EXPECT_EQ(texts("$['']"), Texts{"empty"});
  EXPECT_EQ(texts("$", "7"), Texts{"7"});
}

TEST(JsonPath, WhatIsNotThereIsNotFound) {
  for (const char* const path :
       {"$.none", "$.items[3]", "$.items[-4]", "$.status.x", "$.status[0]", "$.db[0]", "$.items.x"}) {
    EXPECT_EQ(texts(path), Texts{}) << path;
  }
}

TEST(JsonPath, NumbersAreNumbersToo) {
  const JsonPath paths[] = {parse_json_path("$.db.latency_ms").value(), parse_json_path("$.items[1]").value(),
                            parse_json_path("$.status").value(), parse_json_path("$.n").value()};
  const auto found = look_up(paths, kHealth).value();
  ASSERT_EQ(found.size(), 4U);
  EXPECT_EQ(found[0].number, 12);
  EXPECT_EQ(found[1].number, -2);
  EXPECT_FALSE(found[2].number);
  EXPECT_FALSE(found[3].number);
}

TEST(JsonPath, NothingElseIsTaken) {
  for (const char* const path : {"", "status", "$status", "$.", "$..a", "$[", "$[]", "$[a]", "$['a", "$['a'", "$.a]",
                                 "$[1:2]", "$[?(@.a)]", "$[0", "$.a b']"}) {
    EXPECT_FALSE(parse_json_path(path)) << path;
  }
  std::string deep = "$";
  for (std::size_t i = 0; i <= kMaxJsonSteps; ++i) deep += ".a";
  EXPECT_FALSE(parse_json_path(deep));
}

TEST(JsonPath, HostileDocumentsEndAsErrors) {
  const JsonPath paths[] = {parse_json_path("$").value()};
  EXPECT_EQ(look_up(paths, std::string(1'000'000, '[')).error().kind, ErrorKind::too_large);
  EXPECT_EQ(look_up(paths, "{\"a\":\"" + std::string(1'000, '[') + "\"}").value().size(), 1U);
  for (const std::string_view no : {"", "{", "nope", "{\"a\":1}x", "\"\xff\"", "[1,]", "\"\\"}) {
    const auto found = look_up(paths, no);
    ASSERT_FALSE(found) << no;
    EXPECT_EQ(found.error().kind, ErrorKind::corrupt) << no;
  }
}

TEST(JsonPath, OfManyValuesTheFirstAreTaken) {
  std::string many = "[0";
  for (int i = 1; i < 1'000; ++i) many += "," + std::to_string(i);
  EXPECT_EQ(texts("$[*]", many + ']').size(), kMaxJsonValues);
}

}  // namespace
}  // namespace holter::probe
