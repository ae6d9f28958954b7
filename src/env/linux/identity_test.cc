#include "env/linux/identity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace holter::env_linux {
namespace {

using testing::HasSubstr;
using State = DataDirectory::State;

IdentityFacts started_by_root() {
  IdentityFacts facts;
  facts.data_directory = "/var/lib/holter";
  facts.is_mapped = [](Account) { return true; };
  return facts;
}

TEST(Identity, StaysWhoeverItIsWhenNotRoot) {
  IdentityFacts facts = started_by_root();
  facts.now = {1'000, 1'000};
  facts.sudo = Account{5, 5};
  const auto chosen = choose_identity(facts);
  EXPECT_EQ(chosen->account, facts.now);
  EXPECT_FALSE(chosen->changes);
  EXPECT_FALSE(chosen->gives_directory);
}

TEST(Identity, PrefersTheOwnerOfTheDataThenSudoThenHolterThenNobody) {
  IdentityFacts facts = started_by_root();
  EXPECT_EQ(choose_identity(facts)->account, (Account{kNobody, kNobody}));
  facts.holter = Account{998, 997};
  EXPECT_EQ(choose_identity(facts)->account, (Account{998, 997}));
  facts.sudo = Account{1'000, 1'001};
  EXPECT_EQ(choose_identity(facts)->account, (Account{1'000, 1'001}));
  EXPECT_TRUE(choose_identity(facts)->gives_directory);
  facts.data = {State::used, {7, 8}, false};
  EXPECT_EQ(choose_identity(facts)->account, (Account{7, 8}));
  EXPECT_FALSE(choose_identity(facts)->gives_directory);
}

TEST(Identity, DoesNotBecomeRootAgainThroughSudo) {
  IdentityFacts facts = started_by_root();
  facts.sudo = Account{0, 0};
  EXPECT_EQ(choose_identity(facts)->account.user, kNobody);
}

TEST(Identity, StaysWhenTheNamespaceKnowsNobodyElse) {
  IdentityFacts facts = started_by_root();
  facts.data.state = State::used;
  facts.is_mapped = [](Account) { return false; };
  const auto chosen = choose_identity(facts);
  EXPECT_EQ(chosen->account, facts.now);
  EXPECT_FALSE(chosen->changes);
}

TEST(Identity, TakesOverAnEmptyDirectoryOfRoot) {
  IdentityFacts facts = started_by_root();
  facts.data.state = State::empty;
  EXPECT_TRUE(choose_identity(facts)->gives_directory);
  facts.data.writable_by_others = true;
  EXPECT_FALSE(choose_identity(facts));
}

TEST(Identity, RefusesFilesOfRootAndSaysWhatToDo) {
  IdentityFacts facts = started_by_root();
  facts.data.state = State::used;
  const auto chosen = choose_identity(facts);
  ASSERT_FALSE(chosen);
  EXPECT_EQ(chosen.error().kind, base::ErrorKind::permission);
  EXPECT_THAT(chosen.error().message, HasSubstr("sudo chown -R 65534:65534 /var/lib/holter"));
}

}  // namespace
}  // namespace holter::env_linux
