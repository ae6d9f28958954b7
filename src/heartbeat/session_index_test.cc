#include "heartbeat/session_index.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "base/seed_test.h"

namespace holter::heartbeat {
namespace {

constexpr auto kNone = record::Authentication::none;
constexpr auto kKey = record::Authentication::key;

struct Rows {
  struct Row {
    std::string_view text;
    record::Authentication authentication = record::Authentication::none;
  };
  SessionIndex::Name name(SessionIndex::Row row) const { return {rows.at(row).text, rows.at(row).authentication}; }

  std::map<SessionIndex::Row, Row> rows;
};

TEST(SessionIndex, TellsANameWithAKeyFromTheSameWithout) {
  Rows rows;
  SessionIndex index(4, {1, 2}, [&rows](SessionIndex::Row row) { return rows.name(row); });
  rows.rows = {{0, {"db1", kNone}}, {1, {"db1", kKey}}};
  EXPECT_EQ(std::string_view(index.add({"db1", kNone}, 0), 3), "db1");
  EXPECT_FALSE(index.find({"db1", kKey}));
  index.add({"db1", kKey}, 1);
  EXPECT_EQ(index.find({"db1", kNone}), 0U);
  EXPECT_EQ(index.find({"db1", kKey}), 1U);
}

// Against a map, with an index so full that names meet all the time.
TEST(SessionIndex, AgreesWithAMapWhateverComesAndGoes) {
  auto random = base::seeded_random();
  constexpr std::size_t kLimit = 16;
  Rows rows;
  SessionIndex index(kLimit, {random(), random()}, [&rows](SessionIndex::Row row) { return rows.name(row); });
  std::map<std::string, SessionIndex::Row> known;
  for (int step = 0; step < 20'000; ++step) {
    const std::string text = std::to_string(random() % 40);
    const auto found = known.find(text);
    if (found == known.end() && known.size() < kLimit) {
      SessionIndex::Row row = 0;
      while (rows.rows.contains(row)) ++row;
      const char* const bytes = index.add({text, kNone}, row);
      rows.rows[row] = {{bytes, text.size()}, kNone};
      known[text] = row;
    } else if (found != known.end()) {
      index.remove(rows.name(found->second));
      rows.rows.erase(found->second);
      known.erase(found);
    }
    for (const auto& [name, row] : known) ASSERT_EQ(index.find({name, kNone}), row) << "step " << step;
    ASSERT_FALSE(index.find({text + "x", kNone}));
  }
}

TEST(SessionIndex, NamesThatComeAndGoTakeNoMoreMemory) {
  Rows rows;
  SessionIndex index(4, {1, 2}, [&rows](SessionIndex::Row row) { return rows.name(row); });
  std::set<const char*> places;
  for (int number = 10'000; number < 20'000; ++number) {
    const std::string text = std::to_string(number);
    const char* const bytes = index.add({text, kNone}, 0);
    rows.rows[0] = {{bytes, text.size()}, kNone};
    places.insert(bytes);
    index.remove(rows.name(0));
  }
  EXPECT_LE(places.size(), 100U);
}

}  // namespace
}  // namespace holter::heartbeat
