#include "probe/option.h"

#include <gtest/gtest.h>

#include <array>

namespace holter::probe {
namespace {

struct Knobs : Way {
  bool loud = false;
  std::uint32_t count = 1;
  base::Duration pause;
  std::optional<std::string> word;
  std::vector<std::string> names;
};

constexpr auto kKnobs = std::to_array<Option<Knobs>>({
    option<&Knobs::loud>({"loud", "", "Speak up"}),
    option<&Knobs::count>({"count", "N", "How many"}),
    option<&Knobs::pause>({"pause", "DURATION", "How long between"}),
    option<&Knobs::word>({"word", "WORD", "What to say"}),
    option<&Knobs::names>({"name", "NAME", "Whom", true}),
});

base::Result<Knobs> read(const record::Options& given) {
  return read_options<Knobs>(record::ProbeKind::tcp, kKnobs, given);
}

std::string mistake(const record::Options& given) { return read(given).error().message; }

TEST(Options, AreReadByTheirRows) {
  const auto knobs =
      read({{"name", "a"}, {"loud", "true"}, {"count", "7"}, {"pause", "5ms"}, {"word", ""}, {"name", "b"}});
  ASSERT_TRUE(knobs);
  EXPECT_TRUE(knobs->loud);
  EXPECT_EQ(knobs->count, 7U);
  EXPECT_EQ(knobs->pause, base::Duration::milliseconds(5));
  EXPECT_EQ(knobs->word, "");
  EXPECT_EQ(knobs->names, (std::vector<std::string>{"a", "b"}));
  EXPECT_FALSE(read({})->word);
}

TEST(Options, MistakesSayWhatIsWanted) {
  EXPECT_EQ(mistake({{"cuont", "1"}}), "tcp has no option 'cuont'; did you mean 'count'?");
  EXPECT_EQ(mistake({{"count", "1"}, {"count", "2"}}), "count is there twice");
  EXPECT_EQ(mistake({{"loud", "yes"}}), "loud is true or false");
  EXPECT_EQ(mistake({{"count", "-1"}}), "count is a whole number");
  EXPECT_EQ(mistake({{"count", "4294967296"}}), "count is a whole number");
  EXPECT_EQ(mistake({{"count", ""}}), "count is a whole number");
  EXPECT_EQ(mistake({{"pause", "5"}}), "pause is a duration such as 500ms, 1s or 5m");
}

TEST(Options, TellTheirWords) {
  const auto words = words_of<Knobs>(kKnobs);
  ASSERT_EQ(words.size(), 5U);
  EXPECT_EQ(words[4].name, "name");
  EXPECT_TRUE(words[4].repeats);
}

}  // namespace
}  // namespace holter::probe
