#include "heartbeat/ping_desk.h"

#include <gtest/gtest.h>

namespace holter::heartbeat {
namespace {

using record::Authentication;

const base::Endpoint kEndpoint{base::IpAddress::v4(0xc0000207), 40'000};
const PingPeer kRemote{kEndpoint, true};
const PingPeer kLocal{{base::IpAddress::v4(0x7f000001), 40'000}, false};

PingSecret secret_of(std::uint8_t fill) {
  Secret bytes;
  bytes.fill(fill);
  return PingSecret(bytes);
}

base::Instant at(int seconds) { return base::Instant() + base::Duration::seconds(seconds); }

class Desk : public testing::Test {
 protected:
  PingDesk::Taken ask(const std::string& path, const PingPeer& peer = kRemote, std::string body = "", int seconds = 0) {
    const auto question = path.find('?');
    const bool create = question != std::string::npos;
    const auto request = parse_ping(path.substr(0, question), std::nullopt,
                                    create ? std::optional<std::string_view>("1") : std::nullopt);
    EXPECT_TRUE(request.has_value()) << path;
    return desk_.take(*request, std::move(body), peer, at(seconds));
  }
  PingAnswer answer(const std::string& path, const PingPeer& peer = kRemote) { return ask(path, peer).answer; }
  std::string by_key(const std::string& slug) const { return secret_.ping_key() + '/' + slug; }
  std::string by_uuid(const std::string& name) const { return to_string(secret_.uuid(name)); }

  PingSecret secret_ = secret_of(1);
  PingDesk desk_{PingNames(secret_)};
};

TEST_F(Desk, KnowsWhoIsMeant) {
  desk_.set_known({"backup", "DB 1"});
  EXPECT_EQ(answer(by_uuid("backup")), PingAnswer());
  EXPECT_EQ(ask(by_uuid("DB 1")).sign->name, "DB 1");
  EXPECT_EQ(ask(by_key("backup")).sign->name, "backup");
  EXPECT_EQ(ask(by_key("backup")).sign->authentication, Authentication::key);
  EXPECT_EQ(answer(by_uuid("other")), (PingAnswer{200, "OK (not found)"}));
  EXPECT_EQ(answer(by_key("other")), (PingAnswer{404, "not found"}));
  EXPECT_EQ(answer(secret_of(2).ping_key() + "/backup"), (PingAnswer{404, "not found"}));
  EXPECT_EQ(answer("backup"), (PingAnswer{404, "not found"}));
  EXPECT_EQ(desk_.counters().not_found, 4U);
  EXPECT_EQ(desk_.counters().taken, 4U);
}

TEST_F(Desk, MakesASlugWhereItIsAskedTo) {
  EXPECT_EQ(answer(by_key("new?create")), (PingAnswer{201, "Created"}));
  EXPECT_EQ(answer(by_key("new?create")), PingAnswer());
  EXPECT_EQ(answer(by_key("new")), PingAnswer());
  EXPECT_EQ(answer(by_uuid("new")), PingAnswer());
  EXPECT_EQ(desk_.counters().created, 1U);
  desk_.set_known({"backup"});
  EXPECT_EQ(answer(by_key("new")), PingAnswer()) << "a created one stays";
  EXPECT_EQ(answer(secret_of(2).ping_key() + "/other?create"), (PingAnswer{404, "not found"}));
}

TEST_F(Desk, OnThisHostNeedsNoKey) {
  const auto taken = ask("backup/3", kLocal, "no space left\nmore");
  EXPECT_EQ(taken.answer, PingAnswer());
  EXPECT_EQ(taken.sign->authentication, Authentication::loopback);
  EXPECT_EQ(taken.sign->kind, Sign::Kind::failure);
  EXPECT_EQ(taken.sign->reason, "exit status 3");
  EXPECT_EQ(taken.sign->text, "no space left\nmore");
  EXPECT_EQ(taken.sign->peer, kLocal.endpoint);
}

TEST_F(Desk, SaysWhatTheUrlSays) {
  EXPECT_EQ(ask("backup", kLocal).sign->kind, Sign::Kind::life);
  EXPECT_EQ(ask("backup/0", kLocal).sign->kind, Sign::Kind::life);
  EXPECT_EQ(ask("backup/start", kLocal).sign->kind, Sign::Kind::start);
  EXPECT_EQ(ask("backup/log", kLocal, "hm").sign->kind, Sign::Kind::note);
  const auto failed = ask("backup/fail", kLocal, std::string(300, 'x') + "\nmore");
  EXPECT_EQ(failed.sign->kind, Sign::Kind::failure);
  EXPECT_EQ(failed.sign->reason, std::string(PingDesk::kMaxReasonBytes, 'x'));
  const Sign sign = failed.sign->sign();
  EXPECT_EQ(sign.way, record::Way::ping);
  EXPECT_EQ(sign.text.size(), 305U);
}

TEST_F(Desk, BoundsHowOftenOneIsPinged) {
  desk_.set_known({"backup", "other"});
  for (std::uint32_t i = 0; i < PingDesk::kPerMinute; ++i) EXPECT_EQ(answer(by_key("backup")), PingAnswer());
  EXPECT_EQ(answer(by_uuid("backup")), (PingAnswer{200, "OK (rate limited)"}));
  EXPECT_FALSE(ask(by_uuid("backup")).sign);
  EXPECT_EQ(answer(by_key("other")), PingAnswer());
  EXPECT_EQ(answer("backup", kLocal), PingAnswer()) << "it is another session";
  EXPECT_EQ(ask(by_key("backup"), kRemote, "", 59).answer.text, "OK (rate limited)");
  EXPECT_EQ(ask(by_key("backup"), kRemote, "", 60).answer, PingAnswer());
  EXPECT_EQ(desk_.counters().rate_limited, 3U);
}

TEST_F(Desk, FollowsTheSettingsAndTheKeys) {
  desk_.set_known({"a", "b"});
  desk_.set_known({"b"});
  EXPECT_EQ(answer(by_uuid("a")).text, "OK (not found)");
  EXPECT_EQ(answer(by_uuid("b")), PingAnswer());
  desk_.set_secret(secret_of(2));
  EXPECT_EQ(answer(by_uuid("b")).text, "OK (not found)");
  EXPECT_EQ(answer(to_string(secret_of(2).uuid("b"))), PingAnswer());
  desk_.set_secret(std::nullopt);
  EXPECT_EQ(answer(secret_of(2).ping_key() + "/b").status, 404);
}

TEST_F(Desk, HasALimitOfNames) {
  PingDesk::Names names;
  for (std::size_t i = 0; i < kMaxPingNames; ++i) names.insert(std::to_string(i));
  desk_.set_known(names);
  EXPECT_EQ(answer(by_key("one-more?create")), (PingAnswer{429, "too many slugs"}));
  EXPECT_EQ(desk_.counters().refused, 1U);
}

}  // namespace
}  // namespace holter::heartbeat
