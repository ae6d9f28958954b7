#include "cli/help.h"

#include <gmock/gmock.h>

#include "cli/completion.h"
#include "cli/manual.h"
#include "cli/test_grammar.h"

namespace holter::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

std::size_t longest_line(std::string_view text) {
  std::size_t most = 0;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    most = std::max(most, term::columns(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return most;
}

TEST(Help, ListsCommandsByPurpose) {
  const auto grammar = test_grammar();
  const auto text = help(grammar, "a recorder", {});
  EXPECT_THAT(text,
              HasSubstr("\nLook at what is recorded\n  sessions        Show the sessions\n  interfaces      Show"));
  EXPECT_THAT(text, HasSubstr("\nSet up\n  config check    Check a configuration\n"));
  EXPECT_LT(text.find("\nRecord\n"), text.find("\nLook at what is recorded\n"));
}

TEST(Help, TellsAllAboutACommand) {
  const auto grammar = test_grammar();
  EXPECT_EQ(help(grammar[0], {}),
            "holter probe KIND TARGET [options]\n\nProbe a target once.\n\nSends it's one packet.\n\nThen it waits.\n"
            "\nOperands\n  KIND    what to send\n  TARGET  whom to ask\n"
            "\nOptions\n  -c, --count N        How many\n  --interval DURATION  How often\n"
            "  --json               One object a line\n"
            "\nExamples\n  holter probe icmp 127.0.0.1\n    One ping\n");
}

TEST(Help, FitsTheScreen) {
  auto grammar = test_grammar();
  grammar[0].summary = "A summary that is so long that it has to be broken into several lines on any screen there is";
  for (const std::size_t width : {40U, 60U, 80U, 300U}) {
    EXPECT_LE(longest_line(help(grammar[0], {width, false})), std::min<std::size_t>(width, 100));
  }
  EXPECT_THAT(help(grammar, "p", {80, true}), HasSubstr("\x1b[1mRecord\x1b[0m"));
  EXPECT_THAT(help(grammar, "p", {80, false}), Not(HasSubstr("\x1b")));
}

TEST(Manual, HasAPageForEachCommand) {
  const auto grammar = test_grammar();
  EXPECT_EQ(manual_name(grammar[3]), "holter-config-check");
  const auto page = manual(grammar[0]);
  EXPECT_THAT(page, testing::StartsWith("holter-probe(1)\n\n# NAME\n\n"));
  EXPECT_THAT(page, HasSubstr("*\\-c*, *\\-\\-count* N\n\tHow many\\.\n"));
  EXPECT_THAT(page, HasSubstr("# EXIT STATUS\n\n*0*\n\t"));
  EXPECT_THAT(manual(grammar, "a recorder"),
              HasSubstr("*holter\\-config\\-show*(1)\n\tShow the effective configuration\\.\n"));
}

TEST(Completion, OffersCommandsOptionsAndChoices) {
  const auto grammar = test_grammar();
  for (const auto& script : {bash_completion(grammar), zsh_completion(grammar), fish_completion(grammar)}) {
    for (const char* word : {"sessions", "check", "count", "icmp tcp", "follow", "help"}) {
      EXPECT_THAT(script, HasSubstr(word));
    }
  }
}

TEST(Completion, QuotesWhatAShellWouldRead) {
  auto grammar = test_grammar();
  grammar[0].options[0].help = "It's $(rm)";
  EXPECT_THAT(zsh_completion(grammar), HasSubstr("It'\\''s $(rm)"));
  EXPECT_THAT(fish_completion(grammar), HasSubstr("'It'\\''s $(rm)'"));
}

}  // namespace
}  // namespace holter::cli
