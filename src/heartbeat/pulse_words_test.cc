#include "heartbeat/pulse_words.h"

#include <gtest/gtest.h>

namespace holter::heartbeat {
namespace {

std::string words_of(const Pulse& pulse) {
  const auto bytes = pulse.emit(paying_bytes(pulse.name.size()));
  return pulse_words(*PulseView::parse(bytes));
}

Pulse message(std::string_view name, std::string_view text) {
  return {PulseType::message, 2, 7, 9, {}, {}, 0, name, text};
}

TEST(PulseWords, SayEveryField) {
  Pulse pulse;
  pulse.incarnation = 7;
  pulse.sequence = 41;
  pulse.interval = base::Duration::milliseconds(1'500);
  pulse.detect_multiplier = 3;
  pulse.name = "db1";
  EXPECT_EQ(words_of(pulse), "type=pulse session=db1 sequence=41 number=0 interval=\"1.5 s\" multiplier=3 text=\"\"");
  EXPECT_EQ(words_of(message("db1", "backup done")),
            "type=message session=db1 sequence=9 number=2 interval=\"0 s\" multiplier=0 text=\"backup done\"");
}

TEST(PulseWords, NameAndTextActOnNoTerminal) {
  const std::string words = words_of(message("a b=\"\x1b[31m", "x\r\n2026-01-01 forged\xff"));
  for (const char c : words) EXPECT_GE(static_cast<unsigned char>(c), 0x20) << words;
  EXPECT_NE(words.find(R"(session="a b=\"\x1b[31m")"), std::string::npos) << words;
  EXPECT_NE(words.find(R"(\xff)"), std::string::npos) << words;
}

TEST(PulseWords, ALongTextIsCut) {
  const std::string text(kMaxTextBytes, 'x');
  const std::string words = words_of(message("db1", text));
  EXPECT_NE(words.find(text.substr(0, kMaxTextInWords)), std::string::npos);
  EXPECT_EQ(words.find(text.substr(0, kMaxTextInWords + 1)), std::string::npos);
}

}  // namespace
}  // namespace holter::heartbeat
