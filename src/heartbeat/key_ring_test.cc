#include "heartbeat/key_ring.h"

#include <gtest/gtest.h>

#include "base/allocation_count_test.h"
#include "heartbeat/pulse.h"
#include "heartbeat/seal.h"

namespace holter::heartbeat {
namespace {

Secret counting(std::uint8_t from) {
  Secret secret;
  for (std::size_t i = 0; i < secret.size(); ++i) secret[i] = static_cast<std::uint8_t>(from + i);
  return secret;
}

std::vector<std::uint8_t> pulse_of(std::string_view name, std::string_view text = {}) {
  Pulse pulse;
  pulse.type = text.empty() ? PulseType::pulse : PulseType::message;
  pulse.number = text.empty() ? 0 : 1;
  pulse.incarnation = 0x0102030405060708;
  pulse.sequence = 1;
  pulse.sent = base::WallTime::from_nanoseconds(1'772'368'496'789'000'000);
  pulse.interval = base::Duration::seconds(1);
  pulse.detect_multiplier = 3;
  pulse.name = name;
  pulse.text = text;
  return pulse.emit(smallest_bytes(name.size(), text.size()));
}

std::vector<std::uint8_t> sealed(KeyRing& ring, std::string_view name, std::uint32_t id) {
  auto datagram = pulse_of(name, "all is well");
  seal(ring.hmac(), ring.key(name, id), datagram);
  return datagram;
}

KeyNames names_with(std::string_view name, int keys) {
  KeyNames names;
  for (int i = 0; i < keys; ++i) names.create(name, {}).value();
  return names;
}

// The worked example of docs/formats/pulse.md and docs/formats/keys.md.
TEST(KeyRing, SealsTheDocumentedBytes) {
  KeyRing ring(Keys{counting(0), {}});
  const ClientKey key = ring.key("db1", 1);
  EXPECT_EQ(key_text(key, "db1"), "hk1.AQAAAMQg8Xuu2qSgscVeGvkTFZd2kM0yCLo-Kq_Xzuvck8ip7kbVQw5g");
  auto datagram = pulse_of("db1");
  seal(ring.hmac(), key, datagram);
  const std::vector<std::uint8_t> mac = {0x66, 0x1b, 0xee, 0x7b, 0x89, 0xdc, 0xdc, 0x5f, 0xc6, 0x90, 0x7a,
                                         0x3a, 0x8a, 0x5f, 0x55, 0xa3, 0xda, 0x8b, 0x5a, 0x9c, 0xe9, 0xca,
                                         0x09, 0xe3, 0xe6, 0xc8, 0x94, 0x09, 0xbe, 0x90, 0xb5, 0x56};
  EXPECT_EQ(std::vector<std::uint8_t>(datagram.begin() + 48, datagram.begin() + 80), mac);
  EXPECT_EQ(datagram[8], 1);
  EXPECT_EQ(ring.verify("db1", 1, datagram), KeyVerdict::good);
}

TEST(KeyRing, EveryChangedByteIsSeen) {
  KeyRing ring(Keys{counting(0), {}});
  const auto good = sealed(ring, "db1", 1);
  ASSERT_EQ(ring.verify("db1", 1, good), KeyVerdict::good);
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      auto changed = good;
      changed[at] ^= static_cast<std::uint8_t>(1 << bit);
      const auto view = PulseView::parse(changed);
      if (!view) continue;
      EXPECT_NE(ring.verify(view->name(), view->fields().key_id, changed), KeyVerdict::good) << at << ' ' << bit;
    }
  }
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_EQ(ring.verify("db1", 1, base::Bytes(good).first(size)), KeyVerdict::wrong) << size;
  }
  auto longer = good;
  longer.push_back(0);
  EXPECT_EQ(ring.verify("db1", 1, longer), KeyVerdict::wrong) << "the padding counts";
}

TEST(KeyRing, NameAndIdAndSecretMakeTheKey) {
  KeyRing ring(Keys{counting(0), {}});
  KeyRing other(Keys{counting(1), {}});
  const auto datagram = sealed(ring, "db1", 1);
  EXPECT_EQ(other.verify("db1", 1, datagram), KeyVerdict::wrong);
  EXPECT_EQ(ring.verify("db2", 1, datagram), KeyVerdict::wrong);
  EXPECT_EQ(ring.verify("db1", 2, datagram), KeyVerdict::wrong);
  EXPECT_EQ(ring.verify("db1", 0, datagram), KeyVerdict::wrong);
  EXPECT_NE(ring.key("db1", 1).secret, ring.key("db1", 2).secret);
  EXPECT_NE(ring.key("db1", 1).secret, ring.key("db11", 1).secret);
  EXPECT_EQ(KeyRing().verify("db1", 1, datagram), KeyVerdict::none);
}

TEST(KeyRing, RevokedIdsAreRefusedAndLaterOnesAreNot) {
  KeyNames names = names_with("db1", 3);
  names.create("db2", {}).value();
  KeyRing before(Keys{counting(0), names});
  EXPECT_EQ(before.verify("db1", 1, sealed(before, "db1", 1)), KeyVerdict::good);
  names.revoke("db1", KeyNames::Which::older).value();
  KeyRing after(Keys{counting(0), names});
  EXPECT_EQ(after.verify("db1", 1, sealed(before, "db1", 1)), KeyVerdict::revoked);
  EXPECT_EQ(after.verify("db1", 2, sealed(before, "db1", 2)), KeyVerdict::revoked);
  EXPECT_EQ(after.verify("db1", 3, sealed(before, "db1", 3)), KeyVerdict::good);
  EXPECT_EQ(after.verify("db2", 1, sealed(before, "db2", 1)), KeyVerdict::good);
  auto forged = sealed(before, "db1", 1);
  forged.back() ^= 1;
  EXPECT_EQ(after.verify("db1", 1, forged), KeyVerdict::wrong) << "revoked is said of those that had the key";
}

TEST(KeyRing, VerifyingAllocatesNothingOfItsOwn) {
  KeyNames names = names_with("db1", 2);
  names.revoke("db1", KeyNames::Which::older).value();
  KeyRing ring(Keys{counting(0), names});
  const auto datagram = sealed(ring, "db1", 2);
  EXPECT_EQ(ring.verify("db1", 2, datagram), KeyVerdict::good);
  const std::uint64_t before = base::test::allocations;
  EXPECT_EQ(ring.verify("db1", 2, datagram), KeyVerdict::good);
  EXPECT_EQ(base::test::allocations, before);
}

TEST(KeyRing, TheKeyItselfProvesItsNameToo) {
  Keys keys{counting(0), names_with("db1", 3)};
  ASSERT_TRUE(keys.names.revoke("db1", KeyNames::Which::older));
  const ClientKey fresh = KeyRing(keys).key("db1", 3);
  KeyRing ring(keys);
  EXPECT_EQ(ring.verify_text("db1", key_text(fresh, "db1")), KeyVerdict::good);
  EXPECT_EQ(ring.verify_text("db1", key_text(ring.key("db1", 2), "db1")), KeyVerdict::revoked);
  EXPECT_EQ(ring.verify_text("db2", key_text(fresh, "db1")), KeyVerdict::wrong);
  EXPECT_EQ(ring.verify_text("db2", key_text(fresh, "db2")), KeyVerdict::wrong);  // it looks right, and is of db1
  EXPECT_EQ(ring.verify_text("db1", "hk1.garbage"), KeyVerdict::wrong);
  EXPECT_EQ(KeyRing().verify_text("db1", key_text(fresh, "db1")), KeyVerdict::none);
}

}  // namespace
}  // namespace holter::heartbeat
