#include "env/completion.h"

#include <gtest/gtest.h>

namespace holter::env {
namespace {

const std::vector<std::string> kOffers = {"message ", "hub ", "hub db.example", "hub db2.example:99", "help", "status"};
using Words = std::vector<std::string>;

TEST(Completion, FinishesTheOnlyWordThatFits) {
  EXPECT_EQ(complete("m", kOffers).insert, "essage ");
  EXPECT_EQ(complete("stat", kOffers).insert, "us");
}

TEST(Completion, TypedLettersMayBeOfEitherCase) { EXPECT_EQ(complete("MES", kOffers).insert, "sage "); }

TEST(Completion, ShowsTheChoicesWhereTheyPart) {
  const auto completion = complete("h", kOffers);
  EXPECT_EQ(completion.insert, "");
  EXPECT_EQ(completion.choices, (Words{"help", "hub"}));
  EXPECT_EQ(complete("", kOffers).choices, (Words{"help", "hub", "message", "status"}));
}

TEST(Completion, GoesOnAsFarAsAllAgree) {
  EXPECT_EQ(complete("hub d", kOffers).insert, "b");
  EXPECT_EQ(complete("hub db", kOffers).choices, (Words{"db.example", "db2.example:99"}));
  EXPECT_EQ(complete("hub db.", kOffers).insert, "example");
}

TEST(Completion, KnowsWhenThereIsNothingToAdd) {
  for (const char* typed : {"x", "status", "status now", "hub nowhere", "message hub"}) {
    const auto completion = complete(typed, kOffers);
    EXPECT_EQ(completion.insert, "") << typed;
    EXPECT_EQ(completion.choices, Words{}) << typed;
  }
  EXPECT_EQ(complete("", {}).choices, Words{});
}

}  // namespace
}  // namespace holter::env
