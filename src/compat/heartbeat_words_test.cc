#include "compat/heartbeat_words.h"

#include <gmock/gmock.h>

namespace holter::compat {
namespace {

using record::Diagnostic;
using record::SessionState;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> change_words(SessionState from, SessionState to, Diagnostic diagnostic = Diagnostic::none) {
  record::PulseChange change;
  change.session = base::UntrustedText("10.0.0.232");
  change.from = from;
  change.to = to;
  change.diagnostic = diagnostic;
  return words_of(change);
}

TEST(HeartbeatWords, TellTheLifeOfASession) {
  EXPECT_THAT(change_words(SessionState::init, SessionState::up, Diagnostic::first_message),
              ElementsAre("heartbeat session with 10.0.0.232 has been opened"));
  EXPECT_THAT(change_words(SessionState::up, SessionState::pulsing, Diagnostic::detection_time_expired),
              ElementsAre("Session with 10.0.0.232 timedout.", "Sent a pulse to 10.0.0.232."));
  EXPECT_THAT(change_words(SessionState::pulsing, SessionState::pulsing), ElementsAre("Sent a pulse to 10.0.0.232."));
  EXPECT_THAT(change_words(SessionState::pulsing, SessionState::up, Diagnostic::answered), IsEmpty());
  EXPECT_THAT(change_words(SessionState::pulsing, SessionState::down, Diagnostic::gave_up),
              ElementsAre("giving up on 10.0.0.232.", "heartbeat session with 10.0.0.232 has been closed"));
  EXPECT_THAT(change_words(SessionState::down, SessionState::up, Diagnostic::reopened),
              ElementsAre("heartbeat session with 10.0.0.232 has been opened"));
  EXPECT_THAT(change_words(SessionState::up, SessionState::admin_down, Diagnostic::terminated),
              ElementsAre("heartbeat session with 10.0.0.232 has been closed"));
}

TEST(HeartbeatWords, WithoutPulsesItIsClosedAtOnce) {
  EXPECT_THAT(change_words(SessionState::up, SessionState::down, Diagnostic::detection_time_expired),
              ElementsAre("Session with 10.0.0.232 timedout.", "giving up on 10.0.0.232.",
                          "heartbeat session with 10.0.0.232 has been closed"));
}

TEST(HeartbeatWords, SayWhatAClientSaidAndCannotHarm) {
  record::PulseMessage message;
  message.session = base::UntrustedText("10.0.0.232");
  message.text = base::UntrustedText("Whats up Doc?");
  EXPECT_THAT(words_of(message), ElementsAre("10.0.0.232 said Whats up Doc?"));
  EXPECT_EQ(said_words(base::IpAddress::v4({10, 0, 0, 232}), "\x1b[2Jhi"), "10.0.0.232 said \\x1b[2Jhi");
  EXPECT_EQ(silence_words("10.0.0.232", base::Duration::milliseconds(6'900)), "10.0.0.232 hasnt replied for 6 seconds");
}

TEST(HeartbeatWords, HeaderFieldsOfASegment) {
  const HeartbeatSegment segment{{base::IpAddress::v4({10, 0, 0, 232}), 42'063},
                                 {base::IpAddress::v4({10, 0, 0, 231}), 11'414},
                                 9,
                                 1,
                                 0x10,
                                 "Whats up Doc?"};
  EXPECT_EQ(header_words(segment),
            "-- Ether INFO --\nip proto : 2048\n-- IP INFO --\ndst ip : 10.0.0.231\nsrc ip : 10.0.0.232\nip ver : 4\n"
            "pkt size : 53\n-- TCP INFO --\ntcp flag: A\nsrc port : 42063\ndest port : 11414\ndata : Whats up Doc?");
}

TEST(HeartbeatWords, WelcomesSayWhichOfTheTwoItIs) {
  EXPECT_THAT(hub_welcome(), HasSubstr("Welcome to the Heartbeats Server!"));
  EXPECT_THAT(client_welcome(), HasSubstr("Welcome to the Heartbeats Client!"));
  EXPECT_EQ(own_address_words(base::IpAddress::v4({10, 0, 0, 231})), "local ip : 10.0.0.231");
}

}  // namespace
}  // namespace holter::compat
