#include "base/untrusted_text.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "base/seed_test.h"

namespace holter::base {
namespace {

using std::string_view_literals::operator""sv;

std::string terminal(std::string_view bytes) { return UntrustedText(bytes).for_terminal(); }

TEST(UntrustedText, OrdinaryTextOfEveryScriptIsShownAsItIs) {
  for (const auto text :
       {"db1.example.net", "Gerät 7", "サーバー", "сервер", "👩‍💻", "می‌خواهم", "a\u00a0b", "€"}) {
    EXPECT_EQ(terminal(text), text);
  }
  EXPECT_EQ(terminal(""), "");
}

TEST(UntrustedText, WhatActsOnATerminalIsSpelledOut) {
  EXPECT_EQ(terminal("\x1b]0;owned\x07"), "\\x1b]0;owned\\x07");
  EXPECT_EQ(terminal("a\r\nb\tc\0d"sv), "a\\x0d\\x0ab\\x09c\\x00d");
  EXPECT_EQ(terminal("\x7f"), "\\x7f");
  EXPECT_EQ(terminal("\u009b31m"), "\\u{009b}31m") << "C1: a CSI in one character";
  EXPECT_EQ(terminal("user\u202egpj.exe"), "user\\u{202e}gpj.exe") << "direction override";
  EXPECT_EQ(terminal("\u2066\u2069\u200e\u200f\u061c"), "\\u{2066}\\u{2069}\\u{200e}\\u{200f}\\u{061c}");
  EXPECT_EQ(terminal("\u2028\u2029\ufeff\u200b\u00ad"), "\\u{2028}\\u{2029}\\u{feff}\\u{200b}\\u{00ad}");
  EXPECT_EQ(terminal("\U000e0041"), "\\u{e0041}") << "tag characters hide text";
}

TEST(UntrustedText, ABackslashCannotPretend) {
  EXPECT_EQ(terminal("\\x1b"), "\\\\x1b");
  EXPECT_NE(terminal("\\x1b"), terminal("\x1b"));
}

TEST(UntrustedText, BytesThatAreNotUtf8AreSpelledOutOneByOne) {
  EXPECT_EQ(terminal("\xff\xfe"), "\\xff\\xfe");
  EXPECT_EQ(terminal("\x80"), "\\x80") << "a continuation alone";
  EXPECT_EQ(terminal("\xc3"), "\\xc3") << "cut";
  EXPECT_EQ(terminal("\xe2\x82z"), "\\xe2\\x82z") << "cut within";
  EXPECT_EQ(terminal("\xc0\xaf"), "\\xc0\\xaf") << "overlong";
  EXPECT_EQ(terminal("\xe0\x80\xaf"), "\\xe0\\x80\\xaf") << "overlong";
  EXPECT_EQ(terminal("\xed\xa0\x80"), "\\xed\\xa0\\x80") << "surrogate";
  EXPECT_EQ(terminal("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80") << "beyond U+10FFFF";
}

TEST(UntrustedText, LogValuesStayOneValue) {
  EXPECT_EQ(UntrustedText("plain").for_log(), "plain");
  EXPECT_EQ(UntrustedText("").for_log(), "\"\"");
  EXPECT_EQ(UntrustedText("two words").for_log(), "\"two words\"");
  EXPECT_EQ(UntrustedText("level=error").for_log(), "\"level=error\"");
  EXPECT_EQ(UntrustedText("a\" b=\"c").for_log(), R"("a\" b=\"c")");
  EXPECT_EQ(UntrustedText("a\\\" b").for_log(), R"("a\\\" b")")
      << "an even number of backslashes, then the escaped quote";
  EXPECT_EQ(UntrustedText("x\nlevel=error").for_log(), R"("x\x0alevel=error")");
}

TEST(UntrustedText, HtmlCannotLeaveItsElementOrAttribute) {
  EXPECT_EQ(UntrustedText("<script>alert('1' & \"2\")</script>").for_html(),
            "&lt;script&gt;alert(&#39;1&#39; &amp; &quot;2&quot;)&lt;/script&gt;");
  EXPECT_EQ(UntrustedText("\x1b\u202e").for_html(), "\\x1b\\u{202e}");
}

TEST(UntrustedText, JsonIsSafeInsideAScriptElement) {
  EXPECT_EQ(UntrustedText("</script>&\u2028\"\n").for_json(), R"(\u003c/script\u003e\u0026\u2028\"\u000a)");
  EXPECT_EQ(UntrustedText("\xff\\").for_json(), R"(\\xff\\\\)");
  EXPECT_EQ(UntrustedText("\U000e0041").for_json(), R"(\udb40\udc41)");
}

TEST(UntrustedText, IsCutAtACharacterAndSaysSo) {
  const UntrustedText cut("abc€", 5);
  EXPECT_EQ(cut.raw(), "abc");
  EXPECT_TRUE(cut.was_cut());
  EXPECT_EQ(cut.for_terminal(), "abc…");
  EXPECT_EQ(cut.for_log(), "abc…");
  EXPECT_EQ(cut.for_html(), "abc…");
  EXPECT_EQ(cut.for_json(), "abc") << "JSON is lossless and marks nothing";
  EXPECT_EQ(UntrustedText("abc€", 6).raw(), "abc€");
  EXPECT_FALSE(UntrustedText("abc€", 6).was_cut());
  EXPECT_EQ(UntrustedText("\x80\x80\x80\x80", 2).raw(), "\x80\x80");
  EXPECT_EQ(UntrustedText("€", 0).raw(), "");
  EXPECT_EQ(UntrustedText(std::string(kUntrustedTextLimit + 1, 'x')).size(), kUntrustedTextLimit);
}

// Random bytes, and random characters that are nearly UTF-8.
std::string hostile(std::mt19937_64& random) {
  static constexpr std::string_view pieces[] = {"\\",     "\\x41",    "\\x",  "\"",           "<",           "\x1b[2J",
                                                "\u202e", "\xe2\x82", "€",    "\xed\xa0\x80", "\0"sv,        "\n",
                                                "=",      " ",        "\\\\", "x4",           "👩‍💻", "\xff"};
  std::string bytes;
  for (std::uint64_t n = below(random, 30); n > 0; --n) {
    const std::uint64_t choice = below(random, std::size(pieces) + 6);
    bytes += choice < std::size(pieces) ? std::string(pieces[choice]) : random_bytes(random, below(random, 5));
  }
  return bytes;
}

TEST(UntrustedText, JsonIsLosslessForAnyBytes) {
  auto random = seeded_random();
  for (int i = 0; i < 20'000; ++i) {
    const std::string bytes = hostile(random);
    const std::string text = '"' + UntrustedText(bytes).for_json() + '"';
    const auto parsed = nlohmann::json::parse(text, nullptr, false);
    ASSERT_TRUE(parsed.is_string()) << text;
    ASSERT_EQ(UntrustedText::from_json_text(parsed.get<std::string>()).raw(), bytes) << text;
  }
}

TEST(UntrustedText, NoEncoderLetsAControlThrough) {
  auto random = seeded_random();
  for (int i = 0; i < 20'000; ++i) {
    const UntrustedText text(hostile(random));
    for (const std::string& out : {text.for_terminal(), text.for_log(), text.for_html(), text.for_json()}) {
      // What is shown must itself be harmless: escaping it again finds nothing but backslashes to double.
      const auto acting = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7f'; };
      ASSERT_EQ(std::ranges::count_if(out, acting), 0) << out;
      std::string again = UntrustedText(out).for_terminal();
      for (auto at = again.find("\\\\"); at != again.npos; at = again.find("\\\\", at + 1)) again.erase(at, 1);
      ASSERT_EQ(again, out);
    }
    ASSERT_EQ(text.for_html().find_first_of("<>\"'"), std::string::npos);
    ASSERT_EQ(text.for_json().find_first_of("<>&"), std::string::npos);
  }
}

// Two different texts never look the same, so that one host cannot pass for another by its bytes.
TEST(UntrustedText, TerminalTextTellsAnyTwoApart) {
  auto random = seeded_random();
  std::map<std::string, std::string> seen;
  for (int i = 0; i < 20'000; ++i) {
    const std::string bytes = random_bytes(random, below(random, 4)) + (below(random, 2) == 0 ? "\\x41" : "\xc2");
    const auto [place, fresh] = seen.emplace(terminal(bytes), bytes);
    ASSERT_EQ(place->second, bytes) << place->first;
  }
}

TEST(Visible, EscapesWhatActsAndNothingElse) {
  EXPECT_EQ(visible("/tmp/a\x1b[2J\\x\n", Lines::keep), "/tmp/a\\x1b[2J\\x\n");
  EXPECT_EQ(visible("a\nb\x9b", Lines::escape), "a\\x0ab\\x9b");
  const std::string once = visible("\xe2\x80\xae\xff\\", Lines::escape);
  EXPECT_EQ(once, "\\u{202e}\\xff\\");
  EXPECT_EQ(visible(once, Lines::escape), once);
}

}  // namespace
}  // namespace holter::base
