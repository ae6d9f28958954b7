#include "codec/packed.h"

#include <gtest/gtest.h>

#include <limits>

#include "base/seed_test.h"

namespace holter::codec {
namespace {

using base::Duration;
using base::UntrustedText;
using record::Direction;

record::Facts every_type() {
  record::Facts facts;
  add_fact(facts, "status", std::numeric_limits<std::int64_t>::min());
  add_fact(facts, "status", std::int64_t{200});
  add_fact(facts, "certificate_left", Duration::zero() - Duration::seconds(1));
  add_fact(facts, "version", UntrustedText("HTTP/2\n"));
  add_fact(facts, "answer", UntrustedText(std::string(10'000, 'x'), record::kMaxFactBytes));
  facts.push_back({"open", true});
  return facts;
}

record::Transcript some_lines() {
  record::Transcript transcript;
  add_line(transcript, Duration::zero(), Direction::sent, "SYN");
  add_line(transcript, Duration::milliseconds(2), Direction::came, std::string(1'000, 'y'));
  add_line(transcript, Duration::seconds(1), Direction::noted, "");
  return transcript;
}

TEST(Packed, FactsComeBackAsTheyWere) {
  const auto facts = every_type();
  EXPECT_EQ(unpack_facts(packed(facts)).value(), facts);
  EXPECT_TRUE(std::get<UntrustedText>(facts[4].value).was_cut());
  record::Facts whole;
  add_fact(whole, "answer", UntrustedText(std::string(10'000, 'x')));
  EXPECT_EQ(unpack_facts(packed(whole)).value().at(0), facts[4]) << "cut where nobody did before";
  EXPECT_EQ(packed(record::Facts()), "");
  EXPECT_TRUE(unpack_facts("").value().empty());
}

TEST(Packed, TranscriptsComeBackAsTheyWere) {
  const auto transcript = some_lines();
  EXPECT_EQ(unpack_transcript(packed(transcript)).value(), transcript);
  EXPECT_EQ(packed(record::Transcript()), "");
  EXPECT_TRUE(unpack_transcript("").value().empty());
}

TEST(Packed, WhatIsCutOrGoesOnIsRefused) {
  const std::string facts = packed(every_type());
  for (std::size_t size = 1; size < facts.size(); ++size) {
    EXPECT_FALSE(unpack_facts(std::string_view(facts).substr(0, size))) << size;
  }
  EXPECT_FALSE(unpack_facts(facts + '\0'));
  const std::string lines = packed(some_lines());
  for (std::size_t size = 1; size < lines.size(); ++size) {
    EXPECT_FALSE(unpack_transcript(std::string_view(lines).substr(0, size))) << size;
  }
  EXPECT_FALSE(unpack_transcript(lines + 'x'));
}

TEST(Packed, LimitsHoldForHostileBytes) {
  EXPECT_FALSE(unpack_facts(std::string(1, char(65)) + std::string(300, '\0'))) << "more facts than there may be";
  EXPECT_FALSE(unpack_facts(std::string("\x01\x7f") + std::string(127, 'n') + std::string(2, '\0'))) << "a long name";
  EXPECT_FALSE(unpack_facts(std::string("\x01\x01n\x05", 4))) << "of no type";
  EXPECT_FALSE(unpack_transcript(std::string("\x01\x00\x03\x03\x00", 5))) << "of no direction";
}

// Whatever bytes come, what is read can be packed again.
TEST(Packed, AnyBytes) {
  std::mt19937_64 random = base::seeded_random();
  std::string bytes = packed(every_type());
  for (int i = 0; i < 20'000; ++i) {
    std::string changed = bytes;
    for (std::uint64_t n = base::below(random, 4); n > 0; --n) {
      changed[base::below(random, changed.size())] = static_cast<char>(random());
    }
    if (const auto facts = unpack_facts(changed)) EXPECT_LE(packed(*facts).size(), changed.size() + 16);
  }
}

}  // namespace
}  // namespace holter::codec
