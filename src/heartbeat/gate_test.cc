#include "heartbeat/gate.h"

#include <gtest/gtest.h>

#include "heartbeat/seal.h"

namespace holter::heartbeat {
namespace {

using base::Duration;
using base::Instant;
using record::Authentication;
using Kind = Admission::Kind;

const base::Endpoint kAway{base::IpAddress::v4({192, 0, 2, 7}), 40'112};
const base::Endpoint kHome{base::IpAddress::loopback(base::IpAddress::Family::v4), 40'112};
const Instant kNow = Instant::from_nanoseconds(0) + Duration::hours(10);

struct Trial {
  explicit Trial(GateOptions options = {}) : gate(options, {42}) {
    names.create("db1", {}).value();
    gate.set_keys(KeyRing(Keys{hub_secret, names}));
  }

  std::vector<std::uint8_t> datagram(std::string_view name, std::uint32_t key_id, base::Bytes cookie = {}) {
    Pulse pulse;
    pulse.incarnation = incarnation;
    pulse.sequence = 9;
    pulse.name = name;
    pulse.cookie = cookie;
    auto bytes = pulse.emit(smallest_bytes(name.size()));
    KeyRing ring(Keys{hub_secret, names});
    if (key_id != 0) seal(ring.hmac(), ring.key(name, key_id), bytes);
    return bytes;
  }
  Admission judge(const std::vector<std::uint8_t>& bytes, const base::Endpoint& peer) {
    const auto view = PulseView::parse(bytes);
    return gate.judge(
        *view, bytes, peer,
        [this](Authentication authentication) {
          asked = authentication;
          return known;
        },
        now);
  }
  // What the challenge asks it to repeat.
  std::vector<std::uint8_t> cookie_of(const Admission& admission) {
    const auto view = PulseView::parse(admission.challenge);
    const base::Bytes cookie = view->fields().cookie;
    return {cookie.begin(), cookie.end()};
  }

  Secret hub_secret{7};
  KeyNames names;
  Acquaintance known;
  std::optional<Authentication> asked;
  std::uint64_t incarnation = 5;
  Instant now = kNow;
  Gate gate;
};

TEST(Gate, LoopbackNeedsNeitherKeyNorCookie) {
  Trial t;
  const auto plain = t.judge(t.datagram("db1", 0), kHome);
  EXPECT_EQ(plain.kind, Kind::take);
  EXPECT_EQ(plain.authentication, Authentication::loopback);
  const auto keyed = t.judge(t.datagram("db1", 1), kHome);
  EXPECT_EQ(keyed.kind, Kind::take);
  EXPECT_EQ(keyed.authentication, Authentication::key);
  auto forged = t.datagram("db1", 1);
  forged[30] ^= 1;
  EXPECT_EQ(t.judge(forged, kHome).fault, GateFault::wrong_key) << "a key that is named must be good there too";
}

TEST(Gate, AKeyedOneIsChallengedOnceAndThenKnown) {
  Trial t;
  const auto first = t.datagram("db1", 1);
  const auto challenged = t.judge(first, kAway);
  ASSERT_EQ(challenged.kind, Kind::challenge);
  EXPECT_EQ(t.asked, Authentication::key);
  EXPECT_LE(challenged.challenge.size(), first.size()) << "nobody is flooded through a hub";
  const auto view = PulseView::parse(challenged.challenge);
  ASSERT_TRUE(view.has_value());
  EXPECT_EQ(view->type(), PulseType::challenge);
  EXPECT_EQ(view->fields().incarnation, t.incarnation);
  EXPECT_EQ(view->fields().sequence, 9U);
  KeyRing ring(Keys{t.hub_secret, t.names});
  EXPECT_EQ(ring.verify("db1", 1, challenged.challenge), KeyVerdict::good) << "the beacon knows who challenges it";

  const auto repeated = t.judge(t.datagram("db1", 1, t.cookie_of(challenged)), kAway);
  EXPECT_EQ(repeated.kind, Kind::take);
  EXPECT_EQ(repeated.authentication, Authentication::key);
  t.known = {.session = true, .incarnation = true, .address = false};
  EXPECT_EQ(t.judge(first, kAway).kind, Kind::take) << "it may move: nobody else has the key";
}

TEST(Gate, ACookieDoesNotReplaceAKey) {
  Trial t;
  const auto cookie = t.cookie_of(t.judge(t.datagram("db1", 1), kAway));
  auto forged = t.datagram("db1", 1, cookie);
  forged[24] ^= 1;
  EXPECT_EQ(t.judge(forged, kAway).kind, Kind::refuse);
  EXPECT_EQ(t.judge(t.datagram("db1", 0, cookie), kAway).authentication, Authentication::none);
}

TEST(Gate, WhatWasRecordedOpensNothingAfterARestart) {
  Trial before;
  const auto cookie = before.cookie_of(before.judge(before.datagram("db1", 1), kAway));
  const auto recorded = before.datagram("db1", 1, cookie);
  ASSERT_EQ(before.judge(recorded, kAway).kind, Kind::take);
  Gate restarted({}, {43});
  restarted.set_keys(KeyRing(Keys{before.hub_secret, before.names}));
  const auto view = PulseView::parse(recorded);
  const auto again = restarted.judge(*view, recorded, kAway, [](Authentication) { return Acquaintance(); }, kNow);
  EXPECT_EQ(again.kind, Kind::challenge);
}

TEST(Gate, AnUnkeyedOneIsTakenAtTheAddressThatItShowedAlone) {
  Trial t;
  const auto first = t.datagram("guest", 0);
  const auto challenged = t.judge(first, kAway);
  ASSERT_EQ(challenged.kind, Kind::challenge);
  EXPECT_EQ(PulseView::parse(challenged.challenge)->fields().key_id, 0U);
  const auto repeated = t.judge(t.datagram("guest", 0, t.cookie_of(challenged)), kAway);
  EXPECT_EQ(repeated.kind, Kind::take);
  EXPECT_EQ(repeated.authentication, Authentication::none);
  t.known = {.session = true, .incarnation = true, .address = true};
  EXPECT_EQ(t.judge(first, kAway).kind, Kind::take);
  t.known.address = false;
  EXPECT_EQ(t.judge(first, kAway).kind, Kind::challenge) << "from another address";
  t.known = {.session = true, .incarnation = false, .address = true};
  EXPECT_EQ(t.judge(first, kAway).kind, Kind::challenge) << "started again";
}

TEST(Gate, EachRefusalHasItsCause) {
  Trial t;
  t.names.create("db1", {}).value();
  const auto older = t.datagram("db1", 1);
  t.names.revoke("db1", KeyNames::Which::older).value();
  t.gate.set_keys(KeyRing(Keys{t.hub_secret, t.names}));
  EXPECT_EQ(t.judge(older, kAway).fault, GateFault::revoked_key);
  EXPECT_EQ(t.judge(t.datagram("db1", 2), kAway).kind, Kind::challenge);
  auto forged = older;
  forged.back() = 1;
  EXPECT_EQ(t.judge(forged, kAway).fault, GateFault::wrong_key);
  t.gate.set_keys(KeyRing());
  EXPECT_EQ(t.judge(older, kAway).fault, GateFault::no_keys);
  EXPECT_FALSE(t.asked == Authentication::none) << "the table is not asked about those that are refused";
  EXPECT_EQ(to_string(GateFault::unauthenticated), "unauthenticated_refused");
  EXPECT_EQ(to_string(GateFault::unstored), "unauthenticated_withheld");
}

TEST(Gate, WhoHasNoKeyAndNoRoomIsRefused) {
  Trial t;
  const auto guest = t.datagram("guest", 0);
  EXPECT_EQ(t.judge(guest, kAway).kind, Kind::challenge);
  t.known = {.room = false};
  EXPECT_EQ(t.judge(guest, kAway).fault, GateFault::unauthenticated);
  t.known = {.session = true, .incarnation = false, .address = false};
  EXPECT_EQ(t.judge(guest, kAway).kind, Kind::challenge) << "who has a session keeps it";
  t.known = {.room = false};
  EXPECT_EQ(t.judge(t.datagram("db1", 1), kAway).kind, Kind::challenge) << "and a key goes before";
}

TEST(Gate, WhatIsStoredWithoutAKeyHasABudget) {
  Trial t({.unauthenticated_bytes_per_second = 1'000, .unauthenticated_bytes_at_once = 5'000});
  const auto taken = [&t](Authentication authentication) {
    int count = 0;
    for (int i = 0; i < 100; ++i) count += t.gate.may_store(authentication, 500, t.now) ? 1 : 0;
    return count;
  };
  EXPECT_EQ(taken(Authentication::none), 10);
  EXPECT_EQ(taken(Authentication::key), 100);
  EXPECT_EQ(taken(Authentication::loopback), 100);
  t.now = t.now + Duration::seconds(1);
  EXPECT_EQ(taken(Authentication::none), 2);
  t.now = t.now + Duration::hours(1);
  EXPECT_EQ(taken(Authentication::none), 10);
}

TEST(Gate, ChallengesHaveABudgetAndStrangersAnOtherOne) {
  Trial t({.challenges_per_second = 10, .keyed_challenges_per_second = 20});
  const auto guest = t.datagram("guest", 0);
  const auto keyed = t.datagram("db1", 1);
  const auto challenges = [&t](const std::vector<std::uint8_t>& datagram) {
    int count = 0;
    for (int i = 0; i < 100; ++i) count += t.judge(datagram, kAway).kind == Kind::challenge ? 1 : 0;
    return count;
  };
  EXPECT_EQ(challenges(guest), 10);
  EXPECT_EQ(t.judge(guest, kAway).fault, GateFault::challenge_withheld);
  EXPECT_EQ(challenges(keyed), 20) << "no flood of strangers keeps a client out";
  t.now = t.now + Duration::milliseconds(500);
  EXPECT_EQ(challenges(guest), 5);
  t.now = t.now + Duration::hours(1);
  EXPECT_EQ(challenges(guest), 10);
}

TEST(Gate, RepliesAreSealedForThoseWhoHaveAKey) {
  Trial t;
  auto reply = t.datagram("db1", 0);
  const auto plain = reply;
  t.gate.seal_for("db1", 0, reply);
  EXPECT_EQ(reply, plain);
  t.gate.seal_for("db1", 1, reply);
  KeyRing ring(Keys{t.hub_secret, t.names});
  EXPECT_EQ(ring.verify("db1", 1, reply), KeyVerdict::good);
}

}  // namespace
}  // namespace holter::heartbeat
