#include "heartbeat/key_store.h"

#include <gtest/gtest.h>

#include "sim/disk.h"
#include "sim/random.h"

namespace holter::heartbeat {
namespace {

using base::ErrorKind;

const base::WallTime kNow = base::WallTime::from_nanoseconds(1'772'368'496'000'000'000);

struct Store {
  KeyStore keys() { return {disk, random, "/data"}; }
  std::string text(const std::string& name) { return env::read_text(disk, "/data/keys/" + name, 1'000).value(); }
  void put(const std::string& name, std::string_view text) {
    EXPECT_TRUE(env::replace_text(disk, "/data/keys/" + name, text));
  }

  sim::Timeline timeline{1};
  sim::Disk disk{timeline};
  sim::SeededRandom random{2};
};

TEST(KeyStore, HasNoKeyBeforeTheFirstIsMade) {
  Store s;
  const auto keys = s.keys().read();
  ASSERT_TRUE(keys);
  EXPECT_FALSE(keys->secret);
  EXPECT_EQ(s.keys().revoke("db1", KeyNames::Which::all).error().kind, ErrorKind::not_found);
  EXPECT_FALSE(s.keys().read()->secret);
}

TEST(KeyStore, WhatItMadeIsThereTheNextTime) {
  Store s;
  const ClientKey first = s.keys().create("db1", kNow).value();
  const std::string secret = s.text("secret");
  EXPECT_EQ(secret.size(), 32U);
  EXPECT_EQ(first.id, 1U);
  EXPECT_EQ(s.keys().create("db1", kNow).value().id, 2U);
  EXPECT_EQ(s.text("secret"), secret) << "it is never written again";
  EXPECT_EQ(s.keys().revoke("db1", KeyNames::Which::older).value(), 1U);
  const Keys keys = s.keys().read().value();
  EXPECT_EQ(KeyRing(keys).key("db1", 1), first);
  EXPECT_EQ(s.text("names"), "holter keys 1\n2 1 1772368496 db1\n");
}

TEST(KeyStore, WhatIsMissingOrWrongIsAnErrorAndNoKey) {
  Store s;
  s.keys().create("db1", kNow).value();
  const std::string secret = s.text("secret");
  const std::string names = s.text("names");
  const auto error_of = [&s] {
    const auto keys = s.keys().read();
    EXPECT_FALSE(keys);
    EXPECT_FALSE(s.keys().create("db2", kNow)) << "nothing is written over what is not understood";
    return keys ? "" : keys.error().message;
  };
  EXPECT_TRUE(s.disk.remove("/data/keys/names"));
  EXPECT_EQ(error_of(),
            "/data/keys/names is missing although /data/keys/secret is there: nobody knows which keys are revoked; put "
            "it back from a backup, or remove /data/keys/secret, which makes every key void");
  s.put("names", "holter keys 1\n1 0 17");
  EXPECT_EQ(error_of(), "/data/keys/names, line 2: this is no 'NEWEST REVOKED CREATED NAME'; put it right");
  s.put("names", names);
  s.put("secret", secret.substr(1));
  EXPECT_EQ(error_of(),
            "/data/keys/secret has 31 bytes and not 32; put it back from a backup, or remove the directory /data/keys, "
            "which makes every key void");
  EXPECT_TRUE(s.disk.remove("/data/keys/secret"));
  EXPECT_NE(error_of().find("/data/keys/secret is missing"), std::string::npos);
  s.put("secret", secret);
  EXPECT_TRUE(s.keys().read());
}

TEST(KeyStore, OneAtATimeWrites) {
  Store s;
  s.keys().create("db1", kNow).value();
  const auto other = s.disk.lock("/data/keys/lock");
  ASSERT_TRUE(other);
  EXPECT_EQ(s.keys().create("db1", kNow).error().kind, ErrorKind::busy);
  EXPECT_EQ(s.keys().revoke("db1", KeyNames::Which::all).error().kind, ErrorKind::busy);
  EXPECT_TRUE(s.keys().read());
}

// The disk fails at each operation in turn, and then the power: what was told to be done is done, and what is left can
// be worked with.
TEST(KeyStore, ACrashAtAnyPointLeavesKeysThatCanBeUsed) {
  for (std::uint64_t operation = 0;; ++operation) {
    Store s;
    EXPECT_TRUE(s.disk.make_directories("/data"));
    s.disk.set_faults({.fail_operation = operation, .tear = true});
    const bool first = s.keys().create("db1", kNow).has_value();
    const bool second = s.keys().create("db2", kNow).has_value();
    const bool revoked = s.keys().revoke("db2", KeyNames::Which::all).has_value();
    const bool failed = s.disk.operations() > operation;
    s.disk.process_died();
    s.disk.power_lost();
    s.disk.set_faults({});
    const auto keys = s.keys().read();
    ASSERT_TRUE(keys) << operation << ": " << keys.error().message;
    const auto& rows = keys->names.rows();
    if (first) EXPECT_TRUE(rows.contains("db1")) << operation;
    if (second) EXPECT_TRUE(rows.contains("db2")) << operation;
    if (revoked) EXPECT_EQ(rows.at("db2").revoked, rows.at("db2").newest) << operation;
    EXPECT_TRUE(s.keys().create("db3", kNow)) << operation;
    if (!failed) break;
    ASSERT_LT(operation, 100U);
  }
}

}  // namespace
}  // namespace holter::heartbeat
