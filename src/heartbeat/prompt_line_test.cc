#include "heartbeat/prompt_line.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "heartbeat/pulse_format.h"

namespace holter::heartbeat {
namespace {

using Verb = PromptLine::Verb;

PromptLine said(Verb verb, std::string text = "") { return {verb, std::move(text), std::nullopt}; }

TEST(PromptLine, IsACommandInAnyLetterCase) {
  for (const char* exit : {"exit", "EXIT", "Exit", "eXiT", "quit", "QUIT", "  exit  "}) {
    EXPECT_EQ(parse_prompt_line(exit), said(Verb::exit)) << exit;
  }
  EXPECT_EQ(parse_prompt_line("Terminate"), said(Verb::terminate));
  EXPECT_EQ(parse_prompt_line("STATUS"), said(Verb::status));
  EXPECT_EQ(parse_prompt_line("?"), said(Verb::help));
}

TEST(PromptLine, WithNothingInItIsNothing) {
  EXPECT_EQ(parse_prompt_line(""), said(Verb::nothing));
  EXPECT_EQ(parse_prompt_line(" \t "), said(Verb::nothing));
}

TEST(PromptLine, OfSeveralWordsThatIsNoCommandIsAMessage) {
  EXPECT_EQ(parse_prompt_line("the backup is done"), said(Verb::message, "the backup is done"));
  for (const char* text :
       {"job done", "hello from here", "statsu now", "but the disk is full", "he is down", "Put it there"}) {
    EXPECT_EQ(parse_prompt_line(text), said(Verb::message, text));
  }
  EXPECT_EQ(parse_prompt_line("message  two  spaces "), said(Verb::message, "two  spaces"));
  EXPECT_EQ(parse_prompt_line("Message exit"), said(Verb::message, "exit"));
}

TEST(PromptLine, ThatIsNonsenseIsAnsweredWithTheNearestCommand) {
  EXPECT_EQ(parse_prompt_line("statsu"),
            said(Verb::mistake, "there is no command 'statsu'; did you mean 'status'? (to send it: message statsu)"));
  EXPECT_EQ(parse_prompt_line("xyzzy").text, "there is no command 'xyzzy' (to send it: message xyzzy)");
  EXPECT_EQ(parse_prompt_line("mesage hello").verb, Verb::mistake);
  EXPECT_EQ(parse_prompt_line("exit now").text, "exit stands alone (to send it: message exit now)");
  EXPECT_EQ(parse_prompt_line("\x1b[2J").text, "there is no command '\\x1b[2J' (to send it: message \\x1b[2J)");
}

TEST(PromptLine, NamesAHub) {
  const auto named = parse_prompt_line("hub db.example:99");
  EXPECT_EQ(named.verb, Verb::hub);
  EXPECT_EQ(named.hub, (base::HostAndPort{"db.example", 99}));
  EXPECT_EQ(parse_prompt_line("HUB [::1]:4282").hub, (base::HostAndPort{"::1", 4282}));
  EXPECT_EQ(parse_prompt_line("hub"), said(Verb::hub));
  EXPECT_EQ(parse_prompt_line("hub a:99999").verb, Verb::mistake);
  EXPECT_EQ(parse_prompt_line("hub one two").verb, Verb::mistake);
}

TEST(PromptLine, MayNotBeAMessageWithoutTextOrWithTooMuch) {
  EXPECT_EQ(parse_prompt_line("message").verb, Verb::mistake);
  EXPECT_EQ(parse_prompt_line("message " + std::string(kMaxTextBytes, 'x')).verb, Verb::message);
  EXPECT_EQ(parse_prompt_line("message " + std::string(kMaxTextBytes + 1, 'x')).verb, Verb::mistake);
}

TEST(PromptHelp, NamesEveryCommandThatIsOffered) {
  const std::vector<std::string> hubs = {"db.example"};
  const auto offers = prompt_offers(hubs);
  for (const auto& offer : offers) {
    EXPECT_NE(prompt_help().find(offer.substr(0, offer.find(' '))), std::string::npos) << offer;
  }
  EXPECT_NE(std::ranges::find(offers, "hub db.example"), offers.end());
}

}  // namespace
}  // namespace holter::heartbeat
