#include "heartbeat/session_index.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "base/seed_test.h"

namespace holter::heartbeat {
namespace {

constexpr auto kNone = record::Authentication::none;
constexpr auto kKey = record::Authentication::key;

struct Rows {
  struct Row {
    std::string text;
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
      rows.rows[row] = {text, kNone};
      index.add({text, kNone}, row);
      known[text] = row;
    } else if (found != known.end()) {
      index.remove({text, kNone});
      rows.rows.erase(found->second);
      known.erase(found);
    }
    for (const auto& [name, row] : known) ASSERT_EQ(index.find({name, kNone}), row) << "step " << step;
    ASSERT_FALSE(index.find({text + "x", kNone}));
  }
}

}  // namespace
}  // namespace holter::heartbeat
