#include "heartbeat/line.h"

#include <gtest/gtest.h>

namespace holter::heartbeat {
namespace {

using base::Duration;

Line parsed(std::string_view text) {
  const auto line = parse_line(text);
  EXPECT_TRUE(line) << text << ": " << line.error().message;
  return line ? *line : Line();
}

std::string refused(std::string_view text) {
  const auto line = parse_line(text);
  EXPECT_FALSE(line) << text;
  return line ? "" : line.error().message;
}

TEST(Line, ANameAloneIsASignOfLife) {
  EXPECT_EQ(parsed("db1"), (Line{.kind = Line::Kind::life, .name = "db1"}));
  EXPECT_EQ(parsed("  db1 \t "), parsed("db1"));
  EXPECT_EQ(parsed("db1 --"), parsed("db1"));
}

TEST(Line, WhatFollowsIsAMessage) {
  const Line line{.kind = Line::Kind::message, .name = "db1", .text = "backup done"};
  EXPECT_EQ(parsed("db1 backup done"), line);
  EXPECT_EQ(parsed("db1   backup done  "), line);
  EXPECT_EQ(parsed("db1 -- backup done"), line);
  EXPECT_EQ(parsed("db1 backup interval=10s").text, "backup interval=10s");
  EXPECT_EQ(parsed("db1 -- interval=10s").text, "interval=10s");
  EXPECT_EQ(parsed("db1 -- TERMINATE").text, "TERMINATE");
  EXPECT_EQ(parsed("db1 terminate").text, "terminate");
  EXPECT_EQ(parsed("db1 http://host/?a=b").text, "http://host/?a=b");
}

TEST(Line, KeysStandBetweenNameAndText) {
  const Line line = parsed("db1 interval=10s multiplier=4 key=hk1abc disk is 80% full");
  EXPECT_EQ(line.interval, Duration::seconds(10));
  EXPECT_EQ(line.detect_multiplier, 4);
  EXPECT_EQ(line.key, "hk1abc");
  EXPECT_EQ(line.text, "disk is 80% full");
  EXPECT_EQ(parsed("db1 interval=200ms").detect_multiplier, kUsualMultiplier);
  EXPECT_EQ(parsed("db1 interval=\"10.0005s\"").interval, Duration::seconds(10));
}

TEST(Line, SomeWordsAreNoMessages) {
  EXPECT_EQ(parsed("db1 TERMINATE").kind, Line::Kind::terminate);
  EXPECT_EQ(parsed("db1 START").kind, Line::Kind::start);
  EXPECT_EQ(parsed("db1 FAIL"), (Line{.kind = Line::Kind::failure, .name = "db1"}));
  EXPECT_EQ(parsed("db1 FAIL exit status 3").text, "exit status 3");
  EXPECT_EQ(parsed("help").kind, Line::Kind::help);
  EXPECT_EQ(parsed("\"help\"").name, "help");
  EXPECT_EQ(parsed("help me").name, "help");
  EXPECT_EQ(parsed("").kind, Line::Kind::empty);
  EXPECT_EQ(parsed(" \t").kind, Line::Kind::empty);
}

TEST(Line, QuotesHoldSpaces) {
  EXPECT_EQ(parsed("\"the attic\" hello").name, "the attic");
  EXPECT_EQ(parsed(R"("a \"b\" \\c")").name, R"(a "b" \c)");
  EXPECT_EQ(parsed("\"a=b\"").name, "a=b");
  EXPECT_EQ(parsed("bj\xc3\xb6rn").name, "bj\xc3\xb6rn");
  EXPECT_EQ(parsed("\xff\xfe").name, "\xff\xfe");
}

TEST(Line, MistakesAreSaidInWords) {
  EXPECT_EQ(refused("interval=10s"), "the name comes first: NAME interval=10s; a name that holds '=' stands in quotes");
  EXPECT_EQ(refused("\"db1"), "a quote is not closed: put \" behind the name or the value");
  EXPECT_EQ(refused("\"db1\\"), "a quote is not closed: put \" behind the name or the value");
  EXPECT_EQ(refused("\"db\\1\""), "in quotes a backslash stands before a quote or a backslash only");
  EXPECT_NE(refused("\"db\"1").find("inside of a word"), std::string::npos);
  EXPECT_EQ(refused("\"\" hello"), "the name is empty");
  EXPECT_EQ(refused("db1 intervall=10s"),
            "'intervall' is no key: there are interval, multiplier and key; put -- before a text");
  EXPECT_EQ(refused("db1 interval=ten"), "'ten' is no interval: write it as interval=500ms, 10s, 5m or 2h");
  EXPECT_EQ(refused("db1 interval=9ms"), "an interval is 10ms to 30d");
  EXPECT_EQ(refused("db1 interval=31d"), "an interval is 10ms to 30d");
  EXPECT_EQ(refused("db1 interval=1s interval=2s"), "interval is given twice");
  EXPECT_EQ(refused("db1 multiplier=3"), "a multiplier needs an interval: add interval=10s");
  EXPECT_EQ(refused("db1 interval=1s multiplier=256"),
            "'256' is no multiplier: write a number from 1 to 255 as multiplier=3");
  EXPECT_EQ(refused("db1 key="), "a key has 1 to 255 bytes");
  EXPECT_EQ(refused("db1 TERMINATE now"), "TERMINATE stands alone: put -- before it if it begins a message");
  EXPECT_EQ(refused(std::string_view("db1\0", 4)), "byte 4 is the control character 0x00: send plain text");
  EXPECT_EQ(refused("\x1b[A"), "byte 1 is the control character 0x1b: send plain text");
}

TEST(Line, LongPartsAreRefused) {
  EXPECT_EQ(parsed(std::string(kMaxNameBytes, 'n')).name.size(), kMaxNameBytes);
  EXPECT_EQ(refused(std::string(kMaxNameBytes + 1, 'n')), "the name is too long: 255 bytes are the most");
  EXPECT_EQ(parsed("db1 " + std::string(kMaxTextBytes, 't')).text.size(), kMaxTextBytes);
  EXPECT_EQ(refused("db1 " + std::string(kMaxTextBytes + 1, 't')),
            "the text has 1201 bytes and 1200 are the most: use several lines");
  EXPECT_EQ(refused("db1 interval=" + std::string(1'000, '9')),
            "'99999999999999999999999999999999...' is no interval: write it as interval=500ms, 10s, 5m or 2h");
}

TEST(Line, WhatIsEmittedIsReadAgain) {
  for (const std::string_view text :
       {"", "help", "db1", "\"help\"", "db1 backup done", "db1 -- TERMINATE", "db1 -- -- x", "db1 interval=10s x",
        "\"a \\\"b\\\" \\\\c\" key=\"k k\" FAIL why", "db1 START", "db1 key=x TERMINATE", "a\\b c"}) {
    const Line line = parsed(text);
    EXPECT_EQ(parsed(emit_line(line)), line) << text;
  }
  EXPECT_EQ(emit_line(parsed("db1 interval=10s multiplier=4 hello")), "db1 interval=10000ms multiplier=4 -- hello");
}

TEST(Line, HttpIsRecognised) {
  EXPECT_TRUE(is_http_request("GET / HTTP/1.1"));
  EXPECT_TRUE(is_http_request("POST /a b HTTP/1.0"));
  EXPECT_TRUE(is_http_request("PRI * HTTP/2.0"));
  EXPECT_FALSE(is_http_request("web1 GET / HTTP/1.1"));
  EXPECT_FALSE(is_http_request("WEB HTTP/1.1"));
  EXPECT_FALSE(is_http_request("DB1 backup done"));
  EXPECT_FALSE(is_http_request(""));
}

}  // namespace
}  // namespace holter::heartbeat
