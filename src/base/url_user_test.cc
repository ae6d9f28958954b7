#include "base/url_user.h"

#include <gtest/gtest.h>

namespace holter::base {
namespace {

TEST(UrlUser, IsTakenOut) {
  const auto taken = take_user("https://ann:s%40cret:x@web.example:8443/a@b?c@d").value();
  EXPECT_EQ(taken.url, "https://web.example:8443/a@b?c@d");
  EXPECT_EQ(taken.user, (UrlUser{"ann", "s@cret:x"}));
  EXPECT_EQ(take_user("ann@web.example").value().user, (UrlUser{"ann", ""}));
  EXPECT_EQ(take_user("ann@web.example").value().url, "web.example");
  EXPECT_EQ(take_user("http://a:b@c@web.example").value().user, (UrlUser{"a", "b@c"}));
}

TEST(UrlUser, IsNotFoundInAPath) {
  for (const std::string text :
       {"https://web.example/@ann", "web.example/x@y", "http://h?u:p@x", "http://h#u:p@x", ""}) {
    EXPECT_EQ(take_user(text).value().url, text);
    EXPECT_FALSE(take_user(text).value().user);
    EXPECT_EQ(masked_url(text), text);
  }
}

TEST(UrlUser, IsRefusedWhenItCannotBeSent) {
  for (const char* const text :
       {"http://a%@h/", "http://a%4@h/", "http://a%0ab@h/", "http://a:%00@h/", "http://a%3Ab@h"}) {
    EXPECT_FALSE(take_user(text)) << text;
  }
}

TEST(UrlUser, IsMasked) {
  EXPECT_EQ(masked_url("https://ann:secret@web.example/x"), "https://***@web.example/x");
  EXPECT_EQ(masked_url("ann:secret@web.example"), "***@web.example");
  EXPECT_EQ(masked_url("http://ann:sec/ret@web.example/x"), "http://***@web.example/x");
  EXPECT_EQ(masked_url("ann:sec#ret@web.example"), "***@web.example");
  EXPECT_EQ(masked_url("http://h:80/a@b"), "http://h:80/a@b");
  EXPECT_EQ(masked_url("http://[fd00::a]/a@b"), "http://[fd00::a]/a@b");
  EXPECT_EQ(masked_url("192.0.2.1"), "192.0.2.1");
}

}  // namespace
}  // namespace holter::base
