#include "env/linux/log_line.h"

#include <gtest/gtest.h>

#include <random>

#include "base/seed_test.h"
#include "base/untrusted_text.h"

namespace holter::env_linux {
namespace {

base::WallTime kWhen = base::WallTime::from_nanoseconds(1'795'244'285'123'000'000);

// What docs/logs.md tells a reader to do with a value: take the quotes away, then undo the escapes.
std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '\\') {
      out += text[at];
    } else if (text.substr(at, 2) == "\\x") {
      out += static_cast<char>(std::stoi(std::string(text.substr(at + 2, 2)), nullptr, 16));
      at += 3;
    } else if (text.substr(at, 3) == "\\u{") {
      const auto end = text.find('}', at);
      const auto point = std::stoul(std::string(text.substr(at + 3, end - at - 3)), nullptr, 16);
      if (point < 0x800) {
        out += static_cast<char>(0xc0 | point >> 6);
      } else if (point < 0x10000) {
        out += static_cast<char>(0xe0 | point >> 12);
        out += static_cast<char>(0x80 | (point >> 6 & 0x3f));
      } else {
        out += static_cast<char>(0xf0 | point >> 18);
        out += static_cast<char>(0x80 | (point >> 12 & 0x3f));
        out += static_cast<char>(0x80 | (point >> 6 & 0x3f));
      }
      out += static_cast<char>(0x80 | (point & 0x3f));
      at = end;
    } else {
      out += text[++at];
    }
  }
  return out;
}

struct Read {
  std::string level, component, message;
  std::vector<std::pair<std::string, std::string>> fields;
};

// A reader as somebody would write one.
Read read_line(std::string_view line) {
  EXPECT_EQ(line.back(), '\n');
  line.remove_suffix(1);
  Read read;
  line.remove_prefix(line.find(' ') + 1);
  read.level = line.substr(0, line.find(' '));
  line.remove_prefix(6);
  const auto colon = line.find(": ");
  read.component = line.substr(0, colon);
  line.remove_prefix(colon + 2);
  const auto equals = line.find('=');
  if (equals == line.npos) return read.message = line, read;
  auto at = line.rfind(' ', equals);
  read.message = line.substr(0, at);
  while (at < line.size()) {
    const auto sign = line.find('=', ++at);
    const std::string key(line.substr(at, sign - at));
    at = sign + 1;
    const bool quoted = at < line.size() && line[at] == '"';
    auto end = quoted ? at + 1 : line.find(' ', at);
    while (quoted && line[end] != '"') end += line[end] == '\\' ? 2 : 1;
    end = std::min(end, line.size());
    read.fields.emplace_back(key, unescaped(line.substr(at + (quoted ? 1 : 0), end - at - (quoted ? 1 : 0))));
    at = quoted ? end + 1 : end;
  }
  return read;
}

std::string line_of(const std::string& one, const std::string& two) {
  const auto text = log_text("said something", {{"one", base::UntrustedText(one)}, {"two", base::UntrustedText(two)}});
  return log_line(kWhen, env::LogLevel::info, "heartbeat", text, Colours::none);
}

void expect_harmless(const std::string& line) {
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  for (const char c : line.substr(0, line.size() - 1)) EXPECT_FALSE(static_cast<unsigned char>(c) < 0x20 || c == 0x7f);
  for (const char* mark : {"\xe2\x80\xae", "\xe2\x80\x8f", "\xe2\x81\xa6", "\xc2\x9b", "\xe2\x80\xa8"}) {
    EXPECT_EQ(line.find(mark), line.npos);
  }
}

TEST(LogLine, IsAsDocumented) {
  const auto text = log_text("session is up", {{"session", "db1"}, {"peer", "192.0.2.7:40112"}, {"for", "3 s"}});
  EXPECT_EQ(log_line(kWhen, env::LogLevel::info, "heartbeat", text, Colours::none),
            "2026-11-21T06:58:05.123Z info  heartbeat: session is up session=db1 peer=192.0.2.7:40112 for=\"3 s\"\n");
  EXPECT_EQ(log_line(kWhen, env::LogLevel::error, "store", log_text("is gone", {}), Colours::none),
            "2026-11-21T06:58:05.123Z error store: is gone\n");
}

TEST(LogLine, HostileValuesStayOneHarmlessLineAndComeBack) {
  for (const std::string value :
       {"", " ", "=", "\"", "\\", "\\\"", "a\nb", "\r\n2026-01-01T00:00:00.000Z info  holter: stopped",
        "\x1b]0;owned\x07", "\x1b[31m",
        "\xe2\x80\xae"
        "gpj.exe",
        "\xc2\x9b"
        "31m",
        "\xff\xfe", "x=\"y\" z=1", "\xf3\xa0\x81\x81", "\xe2\x80\xa8", "µ", "\\x41", "\\u{41}"}) {
    SCOPED_TRACE(base::UntrustedText(value).for_log());
    const std::string line = line_of(value, value);
    expect_harmless(line);
    const Read read = read_line(line);
    ASSERT_EQ(read.fields.size(), 2U);
    EXPECT_EQ(read.fields[0], std::pair(std::string("one"), value));
    EXPECT_EQ(read.fields[1], std::pair(std::string("two"), value));
  }
}

TEST(LogLine, RandomValuesComeBackAsTheyWere) {
  auto random = base::seeded_random();
  const std::vector<std::string> pieces = {" ", "\"",           "=",    "\\",  "\n", "\x1b", "a",
                                           "é", "\xe2\x80\xae", "\xff", "\\x", "u{"};
  const auto any = [&] {
    std::string text;
    for (auto left = random() % 12; left > 0; --left) {
      text += random() % 3 == 0 ? std::string(1, static_cast<char>(random())) : pieces[random() % pieces.size()];
    }
    return text;
  };
  for (int i = 0; i < 20'000; ++i) {
    const std::string one = any();
    const std::string two = any();
    const std::string line = line_of(one, two);
    expect_harmless(line);
    const Read read = read_line(line);
    ASSERT_EQ(read.fields, (std::vector<std::pair<std::string, std::string>>{{"one", one}, {"two", two}})) << line;
    ASSERT_EQ(read.message, "said something");
    ASSERT_EQ(read.component, "heartbeat");
  }
}

TEST(LogLine, AHugeValueIsCut) {
  const std::string line = line_of(std::string(1 << 20, 'x'), "y");
  EXPECT_LT(line.size(), env::kMaxLogValueBytes + 200);
  EXPECT_NE(line.find("x… two=y"), line.npos);
}

}  // namespace
}  // namespace holter::env_linux
