#include "heartbeat/ping_request.h"

#include <gtest/gtest.h>

#include "heartbeat/ping_names.h"

namespace holter::heartbeat {
namespace {

using Kind = PingRequest::Kind;

constexpr std::string_view kUuid = "5bf66975-d4c7-4bf5-bcc8-b8d8a82ea278";
constexpr std::string_view kKey = "fqOOd6-F4MMNuCEnzTU01w";

PingRequest parsed(const std::string& path) {
  const auto request = parse_ping(path, std::nullopt, std::nullopt);
  EXPECT_TRUE(request.has_value()) << path;
  return request ? *request : PingRequest();
}

TEST(PingRequest, SaysWhoAndWhat) {
  const std::string uuid(kUuid);
  const std::string slug = std::string(kKey) + "/database-backup";
  for (const std::string& who : {uuid, slug, std::string("database-backup")}) {
    EXPECT_EQ(parsed(who).kind, Kind::success);
    EXPECT_EQ(parsed(who + "/start").kind, Kind::start);
    EXPECT_EQ(parsed(who + "/fail").kind, Kind::fail);
    EXPECT_EQ(parsed(who + "/log").kind, Kind::log);
    EXPECT_EQ(parsed(who + "/").kind, Kind::success);
    EXPECT_TRUE(parsed(who + "/0").succeeds());
    EXPECT_TRUE(parsed(who + "/255").fails());
    EXPECT_EQ(parsed(who + "/3").exit_status, 3);
    const bool by_uuid = who == uuid;
    EXPECT_EQ(parsed(who + "/3").uuid.has_value(), by_uuid);
    EXPECT_EQ(parsed(who + "/3").slug, by_uuid ? "" : "database-backup");
    EXPECT_EQ(parsed(who + "/3").ping_key, who == slug ? kKey : "");
  }
  EXPECT_EQ(to_string(*parsed(uuid).uuid), kUuid);
}

TEST(PingRequest, TakesRunAndCreate) {
  const auto request = parse_ping("backup", "728B3763-ea80-4113-9fc0-f49b3adf226a", "1");
  ASSERT_TRUE(request.has_value());
  EXPECT_EQ(request->run, "728b3763-ea80-4113-9fc0-f49b3adf226a");
  EXPECT_TRUE(request->create);
  EXPECT_FALSE(parse_ping("backup", std::nullopt, "0")->create);
  const auto wrong = parse_ping("backup", "{728b3763-ea80-4113-9fc0-f49b3adf226a}", std::nullopt);
  ASSERT_FALSE(wrong.has_value());
  EXPECT_EQ(wrong.error().message, "invalid uuid format");
}

TEST(PingRequest, ASlugMayBeAsLongAsAKey) {
  const std::string slug = "nightly-database-dumps";
  ASSERT_EQ(slug.size(), kPingKeyBytes);
  EXPECT_EQ(parsed(slug + "/start"), parsed(slug + "/start"));
  EXPECT_EQ(parsed(slug + "/start").slug, slug);
  EXPECT_EQ(parsed(slug + "/start").kind, Kind::start);
  EXPECT_EQ(parsed(slug + "/other").ping_key, slug);
  EXPECT_EQ(parsed(slug + "/start/start").slug, "start");
}

TEST(PingRequest, RefusesWhatIsNoSuchUrl) {
  const std::string uuid(kUuid);
  for (const std::string& path : {std::string(),
                                  std::string("/"),
                                  std::string("//"),
                                  std::string("Backup"),
                                  std::string("back up"),
                                  std::string("b\xc3\xa4"
                                              "ckup"),
                                  std::string("..\x2f..\x2f"),
                                  std::string("backup\0x", 8),
                                  uuid + "/256",
                                  uuid + "/-1",
                                  uuid + "/+1",
                                  uuid + "/1e2",
                                  uuid + "/00000000000000000000001x",
                                  uuid + "/stop",
                                  uuid + "//start",
                                  uuid + "/start/x",
                                  std::string(kKey) + "/backup/start/x",
                                  std::string(kKey),
                                  std::string(kMaxSlugBytes + 1, 'a'),
                                  std::string(1'000'000, '/'),
                                  std::string("short/backup"),
                                  std::string("backup/START")}) {
    EXPECT_FALSE(parse_ping(path, std::nullopt, std::nullopt).has_value()) << path.substr(0, 50);
  }
  EXPECT_TRUE(parse_ping(std::string(kMaxSlugBytes, 'a'), std::nullopt, std::nullopt).has_value());
}

PingSecret secret_of(std::uint8_t fill) {
  Secret bytes;
  bytes.fill(fill);
  return PingSecret(bytes);
}

TEST(PingNames, ASecretGivesEachNameItsUuid) {
  const PingSecret secret = secret_of(1);
  const std::string uuid = to_string(secret.uuid("backup"));
  EXPECT_EQ(uuid, to_string(secret_of(1).uuid("backup")));
  EXPECT_NE(uuid, to_string(secret.uuid("backup2")));
  EXPECT_NE(uuid, to_string(secret_of(2).uuid("backup")));
  EXPECT_EQ(uuid[14], '4');
  EXPECT_NE(std::string_view("89ab").find(uuid[19]), std::string_view::npos);
  EXPECT_EQ(secret.ping_key().size(), kPingKeyBytes);
  EXPECT_NE(secret.ping_key(), secret_of(2).ping_key());
}

// python3: hmac.new(bytes([1]) * 32, b"ping uuid" + b"backup", "sha256") and so on.
TEST(PingNames, DerivesAsDocumented) {
  EXPECT_EQ(to_string(secret_of(1).uuid("backup")), "e7690fc8-024e-43b5-92ac-73c553c31625");
  EXPECT_EQ(secret_of(1).ping_key(), "JH34APdHX_z2sIAxFt98jw");
}

TEST(PingNames, OnlyAKnownNameIsMeant) {
  const PingSecret secret = secret_of(1);
  PingNames names(secret);
  EXPECT_FALSE(names.name_of(secret.uuid("backup")));
  EXPECT_TRUE(names.add("backup"));
  EXPECT_TRUE(names.add("backup"));
  EXPECT_TRUE(names.is_known("backup"));
  EXPECT_EQ(names.name_of(secret.uuid("backup")), "backup");
  EXPECT_FALSE(names.name_of(secret_of(2).uuid("backup")));
  names.remove("backup");
  names.remove("backup");
  EXPECT_FALSE(names.name_of(secret.uuid("backup")));
  EXPECT_TRUE(names.is_ping_key(secret.ping_key()));
  EXPECT_FALSE(names.is_ping_key(secret_of(2).ping_key()));
  EXPECT_FALSE(names.is_ping_key(""));
}

TEST(PingNames, WithoutASecretNoUrlMeansAnybody) {
  PingNames names;
  EXPECT_TRUE(names.add("backup"));
  EXPECT_TRUE(names.is_known("backup"));
  EXPECT_FALSE(names.name_of(Uuid()));
  EXPECT_FALSE(names.is_ping_key(""));
  EXPECT_FALSE(names.is_ping_key(secret_of(1).ping_key()));
}

TEST(PingNames, HaveALimit) {
  PingNames names;
  for (std::size_t i = 0; i < kMaxPingNames; ++i) ASSERT_TRUE(names.add(std::to_string(i)));
  EXPECT_FALSE(names.add("one more"));
  EXPECT_TRUE(names.add("7"));
}

}  // namespace
}  // namespace holter::heartbeat
