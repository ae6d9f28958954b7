#include "base/json_writer.h"

#include <gtest/gtest.h>

#include <limits>

namespace holter::base {
namespace {

TEST(JsonWriter, PutsCommasWhereTheyBelong) {
  JsonWriter json;
  json.begin_object().member("a", 1).member("b", std::optional<double>()).key("c").begin_array();
  json.begin_object().end_object().begin_object().member("x", true).end_object().count(7).end_array();
  json.member("d", std::string_view("e")).end_object();
  EXPECT_EQ(json.take(), R"({"a":1,"b":null,"c":[{},{"x":true},7],"d":"e"})");
}

TEST(JsonWriter, WritesNumbersThatEveryParserTakes) {
  JsonWriter json;
  json.begin_array().number(0.1).number(1e300).number(std::numeric_limits<double>::quiet_NaN()).integer(-5);
  json.count(std::numeric_limits<std::uint64_t>::max()).number(1234567).end_array();
  EXPECT_EQ(json.take(), "[0.1,1e+300,null,-5,18446744073709551615,1234567]");
}

TEST(JsonWriter, EscapesWhatComesFromOutside) {
  JsonWriter json;
  json.begin_object().member("name", UntrustedText("a\"b\n\x1b")).end_object();
  EXPECT_EQ(json.take(), "{\"name\":\"a\\\"b\\u000a\\u001b\"}");
}

TEST(JsonWriter, WritesTimesAsRfc3339) {
  JsonWriter json;
  json.begin_object().member("at", WallTime::from_nanoseconds(1'700'000'000'123'000'000)).end_object();
  EXPECT_EQ(json.take(), R"({"at":"2023-11-14T22:13:20.123Z"})");
}

}  // namespace
}  // namespace holter::base
