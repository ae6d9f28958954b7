#include "cli/parse.h"

#include <gmock/gmock.h>

#include "cli/test_grammar.h"

namespace holter::cli {
namespace {

using testing::HasSubstr;

class Parse : public testing::Test {
 protected:
  Parsed parse(std::vector<const char*> line) {
    line.insert(line.begin(), "holter");
    return cli::parse(grammar_, static_cast<int>(line.size()), line.data());
  }
  std::string refused(std::vector<const char*> line) {
    const auto parsed = parse(std::move(line));
    const auto* error = std::get_if<UsageError>(&parsed);
    return error == nullptr ? "accepted" : error->text;
  }

  std::vector<Command> grammar_ = test_grammar();
};

TEST_F(Parse, TakesOptionsAndOperandsInAnyOrder) {
  const auto parsed = parse({"probe", "--count=3", "icmp", "--interval", "500ms", "192.0.2.1"});
  const auto& arguments = std::get<Arguments>(parsed);
  EXPECT_EQ(arguments.command().words, "probe");
  EXPECT_EQ(arguments.text("KIND"), "icmp");
  EXPECT_EQ(arguments.text("TARGET"), "192.0.2.1");
  EXPECT_EQ(arguments.count("--count", 1), 3U);
  EXPECT_EQ(arguments.duration("--interval"), base::Duration::milliseconds(500));
  EXPECT_FALSE(arguments.has("--json"));
}

TEST_F(Parse, TakesLettersRepetitionsAndTheLineAfterTwoDashes) {
  const auto parsed = parse({"run", "-i", "eth0", "--to", "[::1]:7", "--pulses", "127.0.0.1:1", "--pulses", "[::1]:2"});
  const auto& arguments = std::get<Arguments>(parsed);
  EXPECT_EQ(arguments.text("--interface"), "eth0");
  EXPECT_EQ(arguments.host("--to")->host, "::1");
  EXPECT_EQ(arguments.host("--to")->port, 7);
  EXPECT_EQ(arguments.texts("--pulses").size(), 2U);
  const auto dashed = parse({"probe", "icmp", "--", "--count"});
  EXPECT_EQ(std::get<Arguments>(dashed).text("TARGET"), "--count");
  const auto standard_input = parse({"config", "check", "-"});
  EXPECT_EQ(std::get<Arguments>(standard_input).text("FILE"), "-");
}

TEST_F(Parse, KnowsCommandsNounFirstOrVerbFirst) {
  for (const auto& line : std::vector<std::vector<const char*>>{{"config", "check", "f"}, {"check", "config", "f"}}) {
    const auto parsed = parse(line);
    EXPECT_EQ(std::get<Arguments>(parsed).command().words, "config check");
    EXPECT_EQ(std::get<Arguments>(parsed).text("FILE"), "f");
  }
  for (const auto& line : std::vector<std::vector<const char*>>{
           {"sessions"}, {"list", "sessions"}, {"sessions", "list"}, {"show", "sessions"}}) {
    const auto parsed = parse(line);
    EXPECT_FALSE(std::get<Arguments>(parsed).has("--follow"));
  }
  for (const auto& line : std::vector<std::vector<const char*>>{
           {"watch", "sessions"}, {"sessions", "watch"}, {"follow", "sessions"}, {"sessions", "-f"}}) {
    const auto parsed = parse(line);
    EXPECT_TRUE(std::get<Arguments>(parsed).has("--follow")) << line[0];
  }
  EXPECT_THAT(refused({"watch", "interfaces"}), HasSubstr("there is no command 'watch'"));
}

TEST_F(Parse, SaysEveryMistakeAtOnce) {
  EXPECT_EQ(refused({"run", "--budgte", "1GiB", "--data", "", "--pulses", "1"}),
            "there is no option '--budgte'; did you mean '--budget'?\n"
            "'1GiB' is one word too many\n"
            "--to HOST is missing: The hub\n"
            "--pulses: '1' is not an address and port; write it as 127.0.0.1:4280 or [::1]:4280\n"
            "--data: '' is no path\n"
            "See `holter help run`.\n");
}

TEST_F(Parse, NamesTheNearestWord) {
  EXPECT_EQ(refused({"sesions"}), "there is no command 'sesions'; did you mean 'sessions'?\nSee `holter help`.\n");
  EXPECT_THAT(refused({"config", "chekc"}),
              HasSubstr("'config' has no 'chekc'; it has check or show; did you mean 'check'?"));
  EXPECT_THAT(refused({"config"}), HasSubstr("'config' needs a second word: check or show"));
  EXPECT_THAT(refused({"probe", "icpm", "x"}), HasSubstr("KIND: 'icpm' is not icmp or tcp; did you mean 'icmp'?"));
}

TEST_F(Parse, SaysWhatAValueShouldBe) {
  EXPECT_THAT(refused({"probe", "icmp", "x", "--count", "-1"}),
              HasSubstr("--count: '-1' is not a whole number from 0"));
  EXPECT_THAT(refused({"probe", "icmp", "x", "--interval", "10"}),
              HasSubstr("'10' is not a duration; write it as 500ms"));
  EXPECT_THAT(refused({"probe", "icmp", "x", "--interval"}),
              HasSubstr("--interval needs a value: --interval DURATION"));
  EXPECT_THAT(refused({"probe", "icmp", "x", "--interval", "1s", "--interval", "2s"}),
              HasSubstr("--interval may be given once"));
  EXPECT_THAT(refused({"run", "--to", ":1"}), HasSubstr("':1' is not a host; write it as HOST or HOST:PORT"));
  EXPECT_THAT(refused({"run", "--to", "h", "--budget", "much"}), HasSubstr("'much' is not a size; write it as 64MiB"));
}

TEST_F(Parse, ShowsHostileWordsHarmlessly) {
  const std::string text = refused({"\x1b[31mred"});
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_THAT(text, HasSubstr("there is no command '\\x1b[31mred'"));
  EXPECT_EQ(refused({"probe", "icmp", "x", "--\x1b]0;t\a"}).find('\x1b'), std::string::npos);
}

TEST_F(Parse, HelpAndVersionAreAskedForInManyWays) {
  for (const auto& line : std::vector<std::vector<const char*>>{{"help"}, {"--help"}, {"-h"}}) {
    EXPECT_EQ(std::get<HelpWish>(parse(line)).command, nullptr);
  }
  for (const auto& line : std::vector<std::vector<const char*>>{{"help", "config", "show"},
                                                                {"config", "show", "--help"},
                                                                {"help", "show", "config"},
                                                                {"config", "show", "-h", "--what"}}) {
    const auto parsed = parse(line);
    ASSERT_TRUE(std::holds_alternative<HelpWish>(parsed)) << line[0];
    EXPECT_EQ(std::get<HelpWish>(parsed).command->words, "config show");
  }
  EXPECT_TRUE(std::holds_alternative<VersionWish>(parse({"--version"})));
  EXPECT_THAT(refused({"help", "nonsense"}), HasSubstr("there is no command 'nonsense'"));
  EXPECT_THAT(refused({}), HasSubstr("a command is missing; begin with `holter run`"));
  EXPECT_THAT(refused({"--json", "status"}), HasSubstr("'--json' stands before the command; put it behind"));
}

TEST(ParseUnless, AnOptionReplacesOperands) {
  const std::vector<Command> grammar = {
      {.words = "probe",
       .summary = "Probe",
       .operands = {{.name = "KIND", .help = "what to send", .unless = "--list"}},
       .options = {{.name = "--list", .value = "FILE", .help = "Several", .kind = Kind::file}}}};
  const char* const listed[] = {"holter", "probe", "--list", "f"};
  const auto taken = cli::parse(grammar, 4, listed);
  ASSERT_TRUE(std::holds_alternative<Arguments>(taken));
  EXPECT_FALSE(std::get<Arguments>(taken).has("KIND"));
  const auto without = cli::parse(grammar, 2, listed);
  ASSERT_TRUE(std::holds_alternative<UsageError>(without));
  EXPECT_THAT(std::get<UsageError>(without).text, HasSubstr("KIND is missing: what to send"));
}

}  // namespace
}  // namespace holter::cli
