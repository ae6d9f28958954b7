#include "notify/ledger.h"

#include <gtest/gtest.h>

#include "notify/changes_test.h"

namespace holter::notify {
namespace {

record::RecordId id(std::uint64_t sequence) { return change_of(sequence, "").id; }

Ledger some_ledger() {
  Ledger ledger;
  for (const std::uint64_t number : {1, 2, 3, 7}) ledger.seen.insert(id(number));
  ledger.notifiers["pager"].left_out = 4;
  ledger.notifiers["pager"].waiting.insert(id(7));
  ledger.notifiers["a \"b\"\n\\c\xff"] = {};
  return ledger;
}

TEST(Ledger, IsReadAsItWasWritten) {
  const std::string text = to_text(some_ledger());
  const auto read = parse_ledger(text);
  ASSERT_TRUE(read);
  EXPECT_EQ(to_text(*read), text);
  EXPECT_TRUE(read->seen.contains(id(3)));
  EXPECT_FALSE(read->seen.contains(id(4)));
  ASSERT_EQ(read->notifiers.size(), 2u);
  EXPECT_TRUE(read->notifiers.contains("a \"b\"\n\\c\xff"));
  const auto& pager = read->notifiers.at("pager");
  EXPECT_EQ(pager.left_out, 4u);
  EXPECT_TRUE(pager.waiting.contains(id(7)));
  EXPECT_FALSE(pager.waiting.contains(id(3)));
}

TEST(Ledger, IsWrittenAsItsDocumentSays) {
  EXPECT_EQ(
      to_text(some_ledger()).substr(0, 106),
      R"({"holter_notify":1,"seen":[{"agent":"07070707070707070707070707070707","epoch":1,"ranges":[[1,3],[7,7]]}],)");
}

TEST(Ledger, SaysWhatItIsNot) {
  const std::string whole = to_text(some_ledger());
  for (std::size_t size = 0; size + 2 < whole.size(); ++size) {
    EXPECT_EQ(parse_ledger(whole.substr(0, size)).error().kind, base::ErrorKind::corrupt) << size;
  }
  for (const char* text :
       {"[]", "{}", "null", R"({"holter_notify":1})", R"({"holter_notify":1,"seen":[],"notifiers":{}})",
        R"({"holter_notify":1,"seen":[{"agent":"x","epoch":1,"ranges":[]}],"notifiers":[]})",
        R"({"holter_notify":1,"seen":[],"notifiers":[{"name":1,"left_out":0,"waiting":[]}]})",
        R"({"holter_notify":-1,"seen":[],"notifiers":[]})"}) {
    EXPECT_EQ(parse_ledger(text).error().kind, base::ErrorKind::corrupt) << text;
  }
  EXPECT_EQ(parse_ledger(R"({"holter_notify":2})").error().kind, base::ErrorKind::newer_version);
}

}  // namespace
}  // namespace holter::notify
