#include "compat/heartbeat_menu.h"

#include <gmock/gmock.h>

#include "compat/heartbeat_segments.h"

namespace holter::compat {
namespace {

using testing::HasSubstr;
using Action = HeartbeatMenu::Action;

TEST(HeartbeatQuestions, AskForTimeoutAndPulses) {
  HeartbeatQuestions questions({}, {});
  EXPECT_EQ(questions.question(), "How long should the server wait before sending a PULSE? (in seconds) ");
  EXPECT_EQ(questions.take("30"), std::nullopt);
  EXPECT_EQ(questions.question(), "How many PULSEs should the server send before giving up? ");
  EXPECT_FALSE(questions.answered());
  EXPECT_EQ(questions.take(" 15\r"), std::nullopt);
  ASSERT_TRUE(questions.answered());
  EXPECT_EQ(questions.question(), "");
  EXPECT_EQ(questions.timeout(), base::Duration::seconds(30));
  EXPECT_EQ(questions.pulses(), 15);
}

TEST(HeartbeatQuestions, AskAgainAfterNonsense) {
  HeartbeatQuestions questions({}, {});
  for (const std::string_view nonsense :
       {"jfjjfjfjf", "", " ", "0", "-1", "2.5", "1e3", "4 s", "86401", "0x10", "99999999999999999999", "\x1b[2J"}) {
    const auto objection = questions.take(nonsense);
    ASSERT_TRUE(objection) << nonsense;
    EXPECT_THAT(*objection, HasSubstr("try again")) << nonsense;
    EXPECT_THAT(questions.question(), HasSubstr("How long"));
  }
  EXPECT_FALSE(questions.take("86400"));
  for (const std::string_view nonsense : {"many", "", "-1", "256", "1.5"}) {
    EXPECT_TRUE(questions.take(nonsense)) << nonsense;
    EXPECT_THAT(questions.question(), HasSubstr("How many"));
  }
  EXPECT_FALSE(questions.take("0"));
  EXPECT_TRUE(questions.answered());
}

TEST(HeartbeatQuestions, DoNotAskWhatIsGiven) {
  EXPECT_TRUE(HeartbeatQuestions(base::Duration::seconds(4), 2).answered());
  HeartbeatQuestions questions(base::Duration::seconds(4), {});
  EXPECT_THAT(questions.question(), HasSubstr("How many"));
  EXPECT_FALSE(questions.take("2"));
  EXPECT_EQ(questions.timeout(), base::Duration::seconds(4));
}

TEST(HeartbeatMenu, AsksForTheServerUntilItIsOne) {
  HeartbeatMenu menu;
  for (const std::string_view nonsense : {"", "server", "10.0.0", "10.0.0.256", "::1", "0.0.0.0", "10.0.0.1:11414"}) {
    const auto step = menu.take(nonsense);
    EXPECT_EQ(step.action, Action::none) << nonsense;
    EXPECT_THAT(step.objection, HasSubstr("try again")) << nonsense;
    EXPECT_THAT(menu.prompt(), HasSubstr("ip address of the server"));
  }
  const auto step = menu.take(" 10.0.0.231 ");
  EXPECT_EQ(step.action, Action::connect);
  EXPECT_EQ(step.hub, base::IpAddress::v4({10, 0, 0, 231}));
  EXPECT_THAT(menu.prompt(), HasSubstr("S) Send"));
  EXPECT_THAT(menu.prompt(), HasSubstr("Q) Terminate"));
  EXPECT_THAT(menu.prompt(), HasSubstr("E) Exit"));
}

HeartbeatMenu connected() {
  HeartbeatMenu menu;
  menu.connect(base::IpAddress::v4({10, 0, 0, 231}));
  return menu;
}

TEST(HeartbeatMenu, SendsWhatIsTypedInEitherCase) {
  for (const std::string_view choice : {"s", "S", " s "}) {
    HeartbeatMenu menu = connected();
    EXPECT_EQ(menu.take(choice).action, Action::none);
    EXPECT_EQ(menu.prompt(), "What is your message : ");
    const auto step = menu.take(" Whats up Doc? ");
    EXPECT_EQ(step.action, Action::send);
    EXPECT_EQ(step.message, " Whats up Doc? ");
    EXPECT_THAT(menu.prompt(), HasSubstr("S) Send"));
  }
}

TEST(HeartbeatMenu, AMessageMayLookLikeAChoice) {
  HeartbeatMenu menu = connected();
  menu.take("s");
  const auto step = menu.take("e");
  EXPECT_EQ(step.action, Action::send);
  EXPECT_EQ(step.message, "e");
}

TEST(HeartbeatMenu, RefusesMessagesThatCannotBeSent) {
  HeartbeatMenu menu = connected();
  for (const std::string& message : {std::string(), std::string(kMaxTextBytes + 1, 'x')}) {
    menu.take("s");
    const auto step = menu.take(message);
    EXPECT_EQ(step.action, Action::none);
    EXPECT_NE(step.objection, "");
    EXPECT_THAT(menu.prompt(), HasSubstr("S) Send"));
  }
  menu.take("s");
  EXPECT_EQ(menu.take(std::string(kMaxTextBytes, 'x')).action, Action::send);
}

TEST(HeartbeatMenu, TerminatesAndAsksForAnotherServer) {
  for (const std::string_view choice : {"q", "Q"}) {
    HeartbeatMenu menu = connected();
    EXPECT_EQ(menu.take(choice).action, Action::terminate);
    EXPECT_THAT(menu.prompt(), HasSubstr("ip address of the server"));
    EXPECT_EQ(menu.take("10.0.0.9").action, Action::connect);
  }
}

TEST(HeartbeatMenu, ReallyExits) {
  for (const std::string_view choice : {"e", "E"}) EXPECT_EQ(connected().take(choice).action, Action::exit);
}

TEST(HeartbeatMenu, UnknownInputIsHandled) {
  HeartbeatMenu menu = connected();
  for (const std::string_view nonsense : {"ll", "", "send", "x", "1", "\xff\x00\x1b", "ee"}) {
    const auto step = menu.take(nonsense);
    EXPECT_EQ(step.action, Action::none);
    EXPECT_EQ(step.objection, "Unknown Input, Please try again!");
    EXPECT_THAT(menu.prompt(), HasSubstr("S) Send"));
  }
}

}  // namespace
}  // namespace holter::compat
