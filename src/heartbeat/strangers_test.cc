// Sessions that nothing proves make room for one another: who goes, who never does, and what is left in order.
#include "heartbeat/strangers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "base/seed_test.h"
#include "heartbeat/session_table.h"

namespace holter::heartbeat {
namespace {

using base::Duration;
using record::Authentication;
using record::Diagnostic;
using record::SessionState;
using Names = std::vector<std::string>;

base::IpAddress host(std::uint8_t n) { return base::IpAddress::v4({192, 0, 2, n}); }

TEST(Strangers, AWholeNetworkOfIPv6CountsAsOneAddress) {
  Strangers strangers({.all = 100, .of_address = 2});
  const auto of = [](const char* text) { return base::IpAddress::parse(text).value(); };
  strangers.opened(0, of("2001:db8::1"));
  strangers.opened(1, of("2001:db8::2:0:0:2"));
  strangers.set_awaited(0, true);
  strangers.set_awaited(1, true);
  EXPECT_FALSE(strangers.has_room(of("2001:db8::ffff:3")));
  EXPECT_TRUE(strangers.has_room(of("2001:db8:0:1::1")));
  strangers.set_awaited(1, false);
  EXPECT_EQ(strangers.first_to_go(of("2001:db8::ffff:3")), 1U);
}

TEST(Strangers, TheLongestOverGoesFirst) {
  Strangers strangers({.all = 3, .of_address = 3});
  for (Strangers::Row row = 0; row < 3; ++row) {
    EXPECT_FALSE(strangers.first_to_go(host(1)));
    strangers.opened(row, host(1));
    strangers.set_awaited(row, true);
  }
  EXPECT_FALSE(strangers.has_room(host(2)));
  EXPECT_FALSE(strangers.first_to_go(host(2)));
  EXPECT_FALSE(strangers.longest_over());
  for (const Strangers::Row row : {2U, 0U, 1U, 0U}) strangers.set_awaited(row, false);
  EXPECT_TRUE(strangers.has_room(host(2)));
  EXPECT_EQ(strangers.first_to_go(host(2)), 2U);
  strangers.set_awaited(2, true);
  EXPECT_EQ(strangers.first_to_go(host(2)), 0U) << "to be over twice makes nobody younger";
  strangers.set_awaited(0, true);
  strangers.set_awaited(0, false);
  EXPECT_EQ(strangers.longest_over(), 1U) << "to come back does";
}

TEST(Strangers, AnAddressThatIsFullMakesRoomOfItsOwn) {
  Strangers strangers({.all = 10, .of_address = 2});
  strangers.opened(0, host(1));
  strangers.opened(1, host(2));
  strangers.opened(2, host(2));
  EXPECT_EQ(strangers.first_to_go(host(2)), 1U) << "not the other's, which is older";
  EXPECT_FALSE(strangers.first_to_go(host(1)));
  strangers.set_awaited(1, true);
  strangers.set_awaited(2, true);
  EXPECT_FALSE(strangers.has_room(host(2)));
  EXPECT_FALSE(strangers.first_to_go(host(2)));
  EXPECT_TRUE(strangers.has_room(host(1)));
}

TEST(Strangers, ARowThatMovesKeepsItsTurn) {
  Strangers strangers({.all = 2, .of_address = 2});
  strangers.opened(0, host(1));
  strangers.opened(1, host(2));
  strangers.forget(0);
  strangers.move(1, 0);
  EXPECT_EQ(strangers.size(), 1U);
  EXPECT_EQ(strangers.longest_over(), 0U);
  strangers.move(7, 5);
  strangers.forget(7);
  strangers.set_awaited(7, true);
  EXPECT_EQ(strangers.size(), 1U);
  strangers.forget(0);
  EXPECT_EQ(strangers.size(), 0U);
  EXPECT_FALSE(strangers.longest_over());
}

TEST(Strangers, NoneIsALimitToo) {
  EXPECT_FALSE(Strangers({.all = 0, .of_address = 64}).has_room(host(1)));
  EXPECT_FALSE(Strangers({.all = 64, .of_address = 0}).has_room(host(1)));
}

class GivingWay : public testing::Test {
 protected:
  explicit GivingWay(std::size_t limit = 1'000) : table_(options(limit), base::Instant()) {}
  static SessionTableOptions options(std::size_t limit) {
    SessionTableOptions options;
    options.limit = limit;
    options.strangers = {.all = 3, .of_address = 2};
    return options;
  }

  Moment now() const { return {base::Instant::from_nanoseconds(0) + time_, base::WallTime() + time_}; }
  // A line of text, say.
  bool hear(std::string_view name, std::uint8_t from, Sign sign = {},
            Authentication authentication = Authentication::none) {
    sign.authentication = authentication;
    time_ = time_ + Duration::milliseconds(1);
    Outcome out;
    const bool taken = table_.on_sign(name, sign, {{host(from), 1'000}, record::Way::line, 1}, now(), out);
    keep(out);
    return taken;
  }
  void end(std::string_view name, std::uint8_t from) { hear(name, from, {.kind = Sign::Kind::terminate}); }
  void keep(const Outcome& out) {
    for (const auto& record : out.records) {
      const auto* change = std::get_if<record::PulseChange>(&record);
      if (change == nullptr || change->diagnostic != Diagnostic::gave_way) continue;
      EXPECT_EQ(change->from, change->to);
      gone_.push_back(change->session.raw());
    }
  }
  // All who are silent are given up.
  void wait() {
    time_ = time_ + Duration::hours(1);
    while (const auto next = table_.next_deadline()) {
      if (*next > now().instant) break;
      Outcome out;
      table_.advance({*next, now().wall}, out);
      keep(out);
    }
  }
  Names names() const {
    Names all;
    for (const auto& session : table_.snapshot(now())) all.push_back(session.name.raw());
    std::ranges::sort(all);
    return all;
  }

  Duration time_ = Duration::seconds(1);
  SessionTable table_;
  Names gone_;
};

TEST_F(GivingWay, ANewcomerTakesThePlaceOfTheLongestDead) {
  for (const char* name : {"a", "b", "c"}) EXPECT_TRUE(hear(name, static_cast<std::uint8_t>(name[0])));
  EXPECT_FALSE(hear("d", 1)) << "all live";
  end("b", 'b');
  end("a", 'a');
  EXPECT_TRUE(hear("d", 1));
  EXPECT_EQ(gone_, Names{"b"});
  EXPECT_TRUE(hear("e", 2));
  EXPECT_EQ(names(), (Names{"c", "d", "e"}));
  EXPECT_FALSE(hear("f", 3));
  wait();
  EXPECT_TRUE(hear("f", 3)) << "given up is dead as well";
  EXPECT_EQ(gone_, (Names{"b", "a", "c"}));
  EXPECT_EQ(table_.counters().gave_way, 3U);
  EXPECT_EQ(table_.unauthenticated(), 3U);
  EXPECT_EQ(table_.counters().refused_full, 2U);
}

TEST_F(GivingWay, OneThatComesBackStays) {
  for (const char* name : {"a", "b", "c"}) hear(name, static_cast<std::uint8_t>(name[0]));
  end("a", 'a');
  end("b", 'b');
  hear("a", 'a');
  EXPECT_TRUE(hear("d", 1));
  EXPECT_EQ(gone_, Names{"b"});
}

TEST_F(GivingWay, WhoIsProvedOrExpectedOrLocalNeverDoes) {
  hear("keyed", 1, {}, Authentication::key);
  hear("local", 1, {}, Authentication::loopback);
  table_.set_expected({{.name = "awaited", .interval = Duration::seconds(10)}}, now());
  hear("awaited", 1);  // another one of that name
  wait();
  EXPECT_TRUE(hear("x", 1));
  EXPECT_TRUE(hear("y", 1)) << "at the limit of its address";
  EXPECT_EQ(gone_, Names{"awaited"});
  wait();
  for (const char* name : {"1", "2", "3"}) EXPECT_TRUE(hear(name, static_cast<std::uint8_t>(name[0])));
  const Names left = names();
  EXPECT_EQ(left.size(), 6U);
  for (const char* name : {"keyed", "local", "awaited"}) EXPECT_TRUE(std::ranges::count(left, name)) << name;
}

TEST_F(GivingWay, OneThatOnlyLeftANoteIsNotAwaited) {
  for (const char* name : {"a", "b", "c"}) {
    hear(name, static_cast<std::uint8_t>(name[0]), {.kind = Sign::Kind::note, .text = "log"});
  }
  EXPECT_TRUE(hear("d", 1));
  EXPECT_EQ(gone_, Names{"a"});
}

TEST_F(GivingWay, WhatIsSaidOfItIsSaidBeforeItGoes) {
  for (const char* name : {"a", "b", "c"}) hear(name, static_cast<std::uint8_t>(name[0]));
  end("a", 'a');
  time_ = time_ + Duration::seconds(5);
  Outcome out;
  Sign sign;
  sign.authentication = Authentication::none;
  ASSERT_TRUE(table_.on_sign("d", sign, {{host(9), 1}, record::Way::line, 1}, now(), out));
  const auto& change = std::get<record::PulseChange>(out.records.at(0));
  EXPECT_EQ(change.session.raw(), "a");
  EXPECT_EQ(change.to, SessionState::admin_down);
  EXPECT_EQ(change.authentication, Authentication::none);
  EXPECT_GE(change.silent_for, Duration::seconds(5));
  EXPECT_EQ(std::get<record::PulseChange>(out.records.at(1)).session.raw(), "d");
}

TEST_F(GivingWay, WhoGaveWayStaysAwayAfterARestart) {
  record::PulseChange change;
  change.session = base::UntrustedText("old");
  change.peer = "192.0.2.9:1";
  change.to = SessionState::down;
  change.authentication = Authentication::none;
  change.diagnostic = Diagnostic::gave_way;
  Outcome out;
  table_.restore({change}, 0, 0, now(), out);
  EXPECT_EQ(table_.size(), 0U);
  change.diagnostic = Diagnostic::gave_up;
  std::vector<record::PulseChange> many;
  for (const char* name : {"1", "2", "3", "4"}) {
    change.session = base::UntrustedText(name);
    change.peer = "192.0.2." + std::string(name) + ":1";
    many.push_back(change);
  }
  table_.restore(many, 0, 0, now(), out);
  EXPECT_EQ(names(), (Names{"2", "3", "4"})) << "the limit may have been lowered: the oldest go";
}

struct SmallTable : GivingWay {
  SmallTable() : GivingWay(4) {}
};

TEST_F(SmallTable, AKeyFindsRoomInAFullTable) {
  for (const char* name : {"a", "b", "c"}) hear(name, static_cast<std::uint8_t>(name[0]));
  EXPECT_TRUE(hear("k1", 1, {}, Authentication::key));
  EXPECT_FALSE(hear("k2", 1, {}, Authentication::key)) << "all live";
  end("c", 'c');
  EXPECT_TRUE(hear("k2", 1, {}, Authentication::key));
  EXPECT_EQ(gone_, Names{"c"});
  end("a", 'a');
  keep(table_.set_expected({{.name = "expected"}}, now()));
  EXPECT_EQ(gone_, (Names{"c", "a"})) << "and who is expected as well";
  EXPECT_EQ(names(), (Names{"b", "expected", "k1", "k2"}));
}

// What is kept beside the rows goes with its session, whichever row that has now.
TEST_F(GivingWay, AgreesWithAMapWhateverComesAndGoes) {
  auto random = base::seeded_random();
  struct Known {
    std::string last;
    std::uint64_t messages = 0;
    std::optional<base::WallTime> running;
    bool over = false;
  };
  std::map<std::string, Known> known;
  table_.set_expected({{.name = "job", .schedule = Schedule::every(Duration::hours(9), Duration::hours(1))}}, now());
  known["job"] = {};
  for (int step = 0; step < 20'000; ++step) {
    const bool job = random() % 8 == 0;
    const std::string name = job ? "job" : std::to_string(random() % 12);
    const auto from = static_cast<std::uint8_t>(name[0]);
    Sign sign;
    constexpr std::array kinds{Sign::Kind::message, Sign::Kind::terminate, Sign::Kind::start, Sign::Kind::life};
    sign.kind = kinds.at(random() % kinds.size());
    if (sign.kind == Sign::Kind::start && !job) sign.kind = Sign::Kind::message;
    const std::string text = "said at " + std::to_string(step);
    if (sign.kind == Sign::Kind::message) sign.text = text;
    gone_.clear();
    const bool was_known = known.contains(name);
    const bool taken = hear(name, from, sign, job ? Authentication::loopback : Authentication::none);
    for (const auto& gone : gone_) {
      ASSERT_TRUE(known.at(gone).over) << gone << " at step " << step;
      known.erase(gone);
    }
    if (taken && (was_known || sign.kind != Sign::Kind::terminate)) {
      Known& one = known[name];
      if (sign.kind == Sign::Kind::message) {
        one.last = text;
        ++one.messages;
      }
      one.over = sign.kind == Sign::Kind::terminate;
      if (job) one.running = sign.kind == Sign::Kind::start ? std::optional(now().wall) : std::nullopt;
    }
    const auto all = table_.snapshot(now());
    ASSERT_EQ(all.size(), known.size()) << "step " << step;
    for (const auto& session : all) {
      const Known& one = known.at(session.name.raw());
      ASSERT_EQ(session.messages, one.messages) << session.name.raw() << " at step " << step;
      ASSERT_EQ(session.running_since, one.running) << session.name.raw() << " at step " << step;
      if (session.last_message) {
        ASSERT_EQ(session.last_message->text.raw(), one.last);
      }
    }
    ASSERT_EQ(table_.unauthenticated(), known.size() - 1);
  }
  EXPECT_GT(table_.counters().gave_way, 100U);
}

}  // namespace
}  // namespace holter::heartbeat
