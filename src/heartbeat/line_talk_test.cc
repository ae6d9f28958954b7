#include "heartbeat/line_talk.h"

#include <gtest/gtest.h>

#include "sim/random.h"
#include "sim/seeds.h"

namespace holter::heartbeat {
namespace {

using base::Duration;
using record::Authentication;

constexpr LinePeer kHere{.loopback = true, .encrypted = false};
constexpr LinePeer kElsewhere{.loopback = false, .encrypted = false};

base::Instant at(double seconds) { return base::Instant::from_nanoseconds(static_cast<std::int64_t>(seconds * 1e9)); }

base::Bytes bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// A talk with what it said so far; messages are not acknowledged by themselves.
struct Talk {
  explicit Talk(LinePeer peer = kHere) : talk(peer, verify, counters, at(0)) {}

  // What the talk answers at once.
  std::string say(std::string_view text, double seconds = 0) {
    talk.on_bytes(bytes_of(text));
    return hear(seconds);
  }
  std::string hear(double seconds = 0) {
    while (auto one = talk.next(at(seconds))) said.push_back(std::move(*one));
    return talk.take_output();
  }
  std::string end(double seconds = 0, bool in_order = true) {
    talk.on_end(in_order);
    return hear(seconds);
  }
  std::string asked(std::string name, std::uint32_t number = 1) {
    Reply ask;
    ask.name = std::move(name);
    ask.number = number;
    ask.asks = 3;
    talk.on_ask(ask);
    return talk.take_output();
  }

  VerifyKey verify = [this](std::string_view name, std::string_view key) {
    return key == "hk1" + std::string(name) ? good : KeyVerdict::wrong;
  };
  KeyVerdict good = KeyVerdict::good;
  LineCounters counters;
  std::vector<Said> said;
  LineTalk talk;
};

TEST(LineTalk, AnswersEachLineWithALine) {
  Talk t;
  EXPECT_EQ(t.say("db1\n"), "ok\n");
  EXPECT_EQ(t.say("db2 inter"), "");
  EXPECT_EQ(t.say("val=10s\r\ndb3\n"), "ok\nok\n");
  ASSERT_EQ(t.said.size(), 3U);
  EXPECT_EQ(t.said[0].name, "db1");
  EXPECT_EQ(t.said[0].kind, Sign::Kind::life);
  EXPECT_EQ(t.said[0].number, 0U);
  EXPECT_EQ(t.said[0].sign().way, record::Way::line);
  EXPECT_EQ(t.said[1].announced.interval, Duration::seconds(10));
  EXPECT_EQ(t.counters.lines, 3U);
  EXPECT_EQ(t.say("db1 x=1\n"), "error: 'x' is no key: there are interval, multiplier and key; put -- before a text\n");
  EXPECT_EQ(t.counters.mistakes, 1U);
  EXPECT_EQ(t.say("help\n").substr(0, 4), "NAME");
}

TEST(LineTalk, AMessageIsTakenWhenItIsKeptAndAnswersKeepTheirOrder) {
  Talk t;
  EXPECT_EQ(t.say("db1\ndb1 one\ndb1\ndb1 two\ndb1 FAIL disk\ndb1 TERMINATE\n"), "ok\n");
  ASSERT_EQ(t.said.size(), 6U);
  EXPECT_EQ(t.said[1].text, "one");
  EXPECT_EQ(t.counters.waiting, 4U);
  t.talk.on_ack(t.said[3].number);
  EXPECT_EQ(t.talk.take_output(), "");
  t.talk.on_ack(t.said[1].number);
  EXPECT_EQ(t.talk.take_output(), "ok message taken\nok\nok message taken\n");
  t.talk.on_ack(t.said[5].number);
  t.talk.on_ack(t.said[4].number);
  t.talk.on_ack(t.said[4].number);
  EXPECT_EQ(t.talk.take_output(), "ok failure taken\nok session ended\n");
  EXPECT_EQ(t.counters.waiting, 0U);
}

TEST(LineTalk, WhatIsNotConfirmedInTimeIsSaid) {
  Talk t;
  t.say("db1 one\n", 1);
  EXPECT_EQ(t.talk.answer_deadline(), at(11));
  t.talk.on_unconfirmed(at(10.9));
  EXPECT_EQ(t.talk.take_output(), "");
  t.talk.on_unconfirmed(at(11));
  EXPECT_EQ(t.talk.take_output(), "error: it is not certain that this is kept: say it again\n");
  t.talk.on_ack(t.said[0].number);
  EXPECT_EQ(t.counters.waiting, 0U);
  EXPECT_EQ(t.counters.unconfirmed, 1U);
}

TEST(LineTalk, NobodySaysOkForWhatFoundNoRoom) {
  Talk t;
  t.talk.on_bytes(bytes_of("db1 one\n"));
  ASSERT_TRUE(t.talk.next(at(0)));
  t.talk.refuse("there is no room");
  EXPECT_EQ(t.talk.take_output(), "error: there is no room\n");
  EXPECT_EQ(t.counters.waiting, 0U);
}

TEST(LineTalk, TheLastLineNeedsNoEnd) {
  Talk t;
  t.say("db1 backup done");
  EXPECT_TRUE(t.said.empty());
  EXPECT_EQ(t.end(), "");
  ASSERT_EQ(t.said.size(), 1U);
  EXPECT_EQ(t.said[0].text, "backup done");
  EXPECT_FALSE(t.talk.over());
  t.talk.on_ack(t.said[0].number);
  EXPECT_EQ(t.talk.take_output(), "ok message taken\n");
  EXPECT_TRUE(t.talk.over());

  Talk cut;
  cut.say("db1\ndb1 backup done or n");
  cut.end(0, false);
  EXPECT_EQ(cut.said.size(), 1U);
  EXPECT_TRUE(cut.talk.over());
}

TEST(LineTalk, AnyLineAnswersAnAsk) {
  Talk t;
  t.say("db1\n");
  EXPECT_EQ(t.asked("db1"), "PULSE 1 of 3\n");
  EXPECT_EQ(t.say("\n"), "ok\n");
  EXPECT_EQ(t.said.size(), 2U);
  EXPECT_EQ(t.said.back().name, "db1");
  EXPECT_EQ(t.asked("db1", 2), "PULSE 2 of 3\n");
  t.say("yes=maybe\n");
  EXPECT_EQ(t.said.size(), 3U);
  t.say("yes=maybe\n");
  EXPECT_EQ(t.said.size(), 3U);

  t.say("\"db 2\"\n");
  EXPECT_EQ(t.asked("db1"), "PULSE 1 of 3 for db1\n");
  EXPECT_EQ(t.asked("db 2"), "PULSE 1 of 3 for \"db 2\"\n");
  t.said.clear();
  t.say("\"db 2\" hello\n");
  ASSERT_EQ(t.said.size(), 2U);
  EXPECT_EQ(t.said[0].name, "db1");
  EXPECT_EQ(t.said[1].text, "hello");
  EXPECT_EQ(t.asked("db3"), "");
  EXPECT_EQ(t.counters.asks_unsaid, 1U);
  EXPECT_EQ(t.counters.asks, 4U);
}

TEST(LineTalk, AnEmptyLineIsALifeSignOfAllNames) {
  Talk t;
  EXPECT_EQ(t.say("\r\n"), "error: whose sign of life? say NAME, or NAME TEXT; help says more\n");
  t.say("db1 interval=10s\ndb2\ndb3\ndb3 TERMINATE\n");
  t.said.clear();
  t.say("\n");
  ASSERT_EQ(t.said.size(), 2U);
  EXPECT_EQ(t.said[0].announced.interval, Duration::seconds(10));
  EXPECT_EQ(t.said[1].name, "db2");
}

TEST(LineTalk, WhatWasAnnouncedAndProvedNeedNotBeRepeated) {
  Talk t(kElsewhere);
  EXPECT_EQ(t.say("db1 key=hk1db1 interval=5s\n"), "ok, but the key could be read on its way: use TLS\n");
  EXPECT_EQ(t.say("db1\ndb2\n"), "ok\nok, unauthenticated\n");
  EXPECT_EQ(t.said[1].authentication, Authentication::key);
  EXPECT_EQ(t.said[1].announced.interval, Duration::seconds(5));
  EXPECT_EQ(t.said[2].authentication, Authentication::none);

  Talk safe({.loopback = false, .encrypted = true});
  EXPECT_EQ(safe.say("db1 key=hk1db1\n"), "ok\n");
  Talk here;
  EXPECT_EQ(here.say("db1\ndb1 key=hk1db1\n"), "ok\nok\n");
  EXPECT_EQ(here.said[0].authentication, Authentication::loopback);
  EXPECT_EQ(here.said[1].authentication, Authentication::key);
}

TEST(LineTalk, AWrongKeyTakesNothingAndFiveEndTheConnection) {
  Talk t;
  const std::string refusal = "error: this is not the key of that name: `holter key create NAME` makes it\n";
  for (int i = 0; i < 4; ++i) EXPECT_EQ(t.say("db1 key=hk1db2 hello\n"), refusal);
  EXPECT_EQ(t.say("db1 key=hk1db2 hello\ndb1 hello\n"), "error: too many wrong keys\n");
  EXPECT_TRUE(t.said.empty());
  EXPECT_TRUE(t.talk.over());
  EXPECT_EQ(t.counters.wrong_keys, 5U);
  Talk keyless;
  keyless.good = KeyVerdict::none;
  EXPECT_EQ(keyless.say("db1 key=hk1db1\n"), "error: there are no keys here: `holter key create NAME` makes one\n");
}

TEST(LineTalk, AKeyThatIsRevokedProvesNothingMoreOnItsConnectionEither) {
  Talk t;
  EXPECT_EQ(t.say("db1 key=hk1db1\ndb2\n"), "ok\nok\n");
  EXPECT_EQ(t.asked("db1"), "PULSE 1 of 3 for db1\n");
  t.good = KeyVerdict::revoked;
  t.said.clear();
  EXPECT_EQ(t.say("db1\n"), "error: that key is revoked: `holter key create NAME` makes another\n");
  EXPECT_EQ(t.say("\n"), "ok\n");
  ASSERT_EQ(t.said.size(), 1U);
  EXPECT_EQ(t.said[0].name, "db2");
}

TEST(LineTalk, ALongLineEndsTheConnection) {
  Talk t;
  EXPECT_EQ(t.say(std::string(kMaxLineBytes, ' ') + "\r\n"),
            "error: whose sign of life? say NAME, or NAME TEXT; help says more\n");
  t.say(std::string(kMaxLineBytes + 1, 'n'));
  EXPECT_FALSE(t.talk.over());
  EXPECT_EQ(t.say("n"), "error: a line has 8192 bytes at most: the text 1,200, the name 255\n");
  EXPECT_TRUE(t.talk.over());
  Talk whole;
  EXPECT_NE(whole.say(std::string(64 * 1024, 'n') + "\ndb1\n").find("8192"), std::string::npos);
  EXPECT_TRUE(whole.said.empty());
}

TEST(LineTalk, HttpIsNotListenedTo) {
  Talk t;
  t.say("POST / HTTP/1.1\r\nHost: 127.0.0.1:4281\r\n\r\ndb1 TERMINATE\r\n");
  EXPECT_TRUE(t.said.empty());
  EXPECT_TRUE(t.talk.over());
  EXPECT_EQ(t.counters.foreign, 1U);
}

TEST(LineTalk, ALineHasToEndInTime) {
  Talk t;
  t.say("db1\nd", 1);
  EXPECT_EQ(t.talk.silence_deadline(), at(31));
  t.say("b", 20);
  EXPECT_EQ(t.talk.silence_deadline(), at(31));
  t.say("1\n", 21);
  EXPECT_EQ(t.talk.silence_deadline(), std::nullopt);
  t.say("db", 40);
  EXPECT_EQ(t.talk.silence_deadline(), at(70));
  t.talk.on_silence();
  EXPECT_EQ(t.talk.take_output(), "error: the line was not ended within 30 s: end it with a newline\n");
  EXPECT_TRUE(t.talk.over());
  EXPECT_EQ(t.counters.half_lines, 1U);
}

TEST(LineTalk, WhoSpeaksForNobodyIsIdle) {
  Talk t;
  EXPECT_EQ(t.talk.silence_deadline(), at(60));
  t.say("help\n\x01\n", 30);
  EXPECT_EQ(t.talk.silence_deadline(), at(60));
  t.say("db1\n", 31);
  EXPECT_EQ(t.talk.silence_deadline(), std::nullopt);
  t.say("db1 TERMINATE\n", 40);
  EXPECT_EQ(t.talk.silence_deadline(), at(100));
  t.talk.on_silence();
  EXPECT_EQ(t.counters.idle, 1U);
}

TEST(LineTalk, TooManyLinesWait) {
  Talk t;
  std::string lines;
  for (int i = 0; i < 1'000; ++i) lines += "db1\n";
  t.talk.on_bytes(bytes_of(lines));
  double now = 0;
  for (; t.said.size() < 1'000 && now < 60; now += 0.01) t.hear(now);
  // 200 at once, the others at 100 a second.
  EXPECT_GE(now, 8.0);
  EXPECT_LE(now, 8.1);
  EXPECT_TRUE(t.talk.wants_bytes());
  EXPECT_GT(t.counters.throttled, 0U);
}

TEST(LineTalk, LinesWaitForAnswersToBeTaken) {
  Talk t;
  std::string lines;
  for (int i = 0; i < 100; ++i) lines += "db1 hello\n";
  t.say(lines);
  EXPECT_EQ(t.said.size(), LineTalk::kMaxAnswers);
  EXPECT_FALSE(t.talk.wants_bytes());
  EXPECT_EQ(t.talk.resume_at(), std::nullopt);
  for (std::size_t i = 0; i < 10; ++i) t.talk.on_ack(t.said[i].number);
  t.talk.take_output();
  t.hear();
  EXPECT_EQ(t.said.size(), LineTalk::kMaxAnswers + 10);

  t.counters.waiting = LineTalk::kMaxWaitingInAll;
  EXPECT_EQ(t.talk.next(at(0)), std::nullopt);
  t.counters.waiting = LineTalk::kMaxAnswers;
}

TEST(LineTalk, AConnectionSpeaksForSoManyNames) {
  Talk t;
  for (std::size_t i = 0; i < LineTalk::kMaxNames; ++i) t.say("n" + std::to_string(i) + "\n");
  EXPECT_EQ(t.say("more\n"), "error: this connection speaks for 128 names already: open another one\n");
  EXPECT_EQ(t.say("n5 hello\n"), "");
  EXPECT_EQ(t.said.size(), LineTalk::kMaxNames + 1);
}

// Bytes of any kind in portions of any size, acks and asks in between: nothing waits for ever, and the output is lines.
TEST(LineTalk, KeepsItsLimitsWhateverComes) {
  EXPECT_TRUE(sim::for_each_seed(50, [](sim::World& world) {
    sim::SeededRandom random(world.seed());
    Talk t;
    const std::vector<std::string> pieces = {
        "db1",  "\n", "\r\n",   " interval=", "10s", "\"", " ", "key=", "x y", "\\x", "\xff", std::string("\0", 1),
        "help", "--", "\nFAIL", "\n",         "\n",  "\n", " "};
    double now = 0;
    std::string out;
    for (int i = 0; i < 2'000 && !t.talk.heard_all(); ++i) {
      now += 0.001;
      out += t.talk.wants_bytes() ? t.say(pieces[random.below(pieces.size())], now) : t.hear(now);
      if (!t.said.empty() && random.below(2) == 0) t.talk.on_ack(t.said[random.below(t.said.size())].number);
      if (random.below(20) == 0) out += t.asked("db1");
    }
    t.talk.on_end(random.below(2) == 0);
    for (int i = 0; i < 100 && !t.talk.over(); ++i) {
      now += 11;
      out += t.hear(now);
      t.talk.on_unconfirmed(at(now + 11));
    }
    return t.talk.over() && t.counters.waiting == 0 && (out.empty() || out.back() == '\n') &&
           out.find('\0') == std::string::npos;
  }));
}

}  // namespace
}  // namespace holter::heartbeat
