#include "heartbeat/key_names.h"

#include <gtest/gtest.h>

#include "base/seed_test.h"

namespace holter::heartbeat {
namespace {

const base::WallTime kNow = base::WallTime::from_nanoseconds(1'772'368'496'789'000'000);

TEST(KeyNames, IsTheDocumentedText) {
  KeyNames names;
  EXPECT_EQ(names.create("db1", kNow).value(), 1U);
  EXPECT_EQ(names.create("db1", kNow).value(), 2U);
  EXPECT_EQ(names.revoke("db1", KeyNames::Which::older).value(), 1U);
  EXPECT_EQ(names.create("nächtlich 100%\n", kNow).value(), 1U);
  EXPECT_EQ(names.text(),
            "holter keys 1\n"
            "2 1 1772368496 db1\n"
            "1 0 1772368496 n%C3%A4chtlich%20100%25%0A\n");
  const auto read = KeyNames::parse(names.text());
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->rows().at("nächtlich 100%\n").newest, 1U);
}

TEST(KeyNames, ARevokedIdIsNeverMadeAgain) {
  KeyNames names;
  names.create("db1", kNow).value();
  EXPECT_EQ(names.revoke("db1", KeyNames::Which::all).value(), 1U);
  EXPECT_EQ(names.revoke("db1", KeyNames::Which::all).value(), 0U);
  EXPECT_EQ(names.create("db1", kNow).value(), 2U);
  EXPECT_EQ(names.revoke("db1", KeyNames::Which::older).value(), 0U) << "the older one is refused already";
  EXPECT_EQ(names.rows().at("db1"), (NamedKeys{2, 1, base::WallTime::from_nanoseconds(1'772'368'496'000'000'000)}));
  EXPECT_EQ(names.revoke("db2", KeyNames::Which::all).error().kind, base::ErrorKind::not_found);
}

TEST(KeyNames, NamesHaveTheLimitsOfPulses) {
  KeyNames names;
  EXPECT_EQ(names.create("", kNow).error().kind, base::ErrorKind::invalid);
  EXPECT_EQ(names.create(std::string(256, 'x'), kNow).error().kind, base::ErrorKind::invalid);
  EXPECT_TRUE(names.create(std::string(255, '\xff'), kNow));
  EXPECT_TRUE(KeyNames::parse(names.text()));
}

TEST(KeyNames, AreNotMoreThanTheirLimits) {
  KeyNames names;
  for (std::size_t i = 0; i < KeyNames::kMaxNames; ++i) ASSERT_TRUE(names.create(std::to_string(i), kNow));
  EXPECT_EQ(names.create("one more", kNow).error().kind, base::ErrorKind::full);
  EXPECT_TRUE(names.create("7", kNow)) << "a name that is there may have another key";
  const std::string text = names.text();
  EXPECT_LT(text.size(), KeyNames::kMaxFileBytes);
  EXPECT_TRUE(KeyNames::parse(text));
  EXPECT_FALSE(KeyNames::parse(text + "1 0 0 x\n"));
  auto most = KeyNames::parse("holter keys 1\n1000000 0 0 db1\n").value();
  EXPECT_EQ(most.create("db1", kNow).error().kind, base::ErrorKind::full);
}

TEST(KeyNames, WhatIsWrongIsToldWithItsLine) {
  const auto error_of = [](const std::string& text) {
    const auto read = KeyNames::parse(text);
    EXPECT_FALSE(read) << text;
    return read ? "" : read.error().message;
  };
  const std::string first = "line 1: 'holter keys 1' must stand here";
  EXPECT_EQ(error_of(""), first);
  EXPECT_EQ(error_of("holter keys 1"), first);
  EXPECT_EQ(error_of("holter keys 2\n"), first);
  for (const std::string row : {"\n",
                                "1\n",
                                "1 0\n",
                                "1 0 5\n",
                                "1 0 5 \n",
                                "0 0 5 x\n",
                                "1 2 5 x\n",
                                "-1 0 5 x\n",
                                "1 0 -5 x\n",
                                "1 0 5 x",
                                "1 0 5 x y\n",
                                "1 0 5 x\t\n",
                                "1 0 5 %4\n",
                                "1 0 5 %4g\n",
                                "1 0 5 %c3\n",
                                "1  0 5 x\n",
                                " 1 0 5 x\n",
                                "1000001 0 5 x\n",
                                "4294967297 0 5 x\n",
                                "1 0 9000000001 x\n",
                                "+1 0 5 x\n",
                                "1 0x0 5 x\n"}) {
    EXPECT_EQ(error_of("holter keys 1\n1 0 5 ok\n" + row), "line 3: this is no 'NEWEST REVOKED CREATED NAME'") << row;
  }
  EXPECT_EQ(error_of("holter keys 1\n1 0 5 x\n1 0 5 y\n1 0 5 x\n"), "line 4: a name stands here twice");
  EXPECT_FALSE(KeyNames::parse("holter keys 1\n1 0 5 " + std::string(256, 'x') + '\n'));
}

TEST(KeyNames, AnyNameSurvives) {
  auto random = base::seeded_random();
  for (int round = 0; round < 300; ++round) {
    const std::string name = base::random_bytes(random, 1 + base::below(random, 255));
    KeyNames names;
    names.create(name, kNow).value();
    const auto read = KeyNames::parse(names.text());
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(*read, names);
    EXPECT_TRUE(read->rows().contains(name));
  }
}

}  // namespace
}  // namespace holter::heartbeat
