#include "heartbeat/beacon_prompt.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

#include "heartbeat/listener.h"
#include "sim/world.h"

namespace holter::heartbeat {
namespace {

using base::Duration;
using record::SessionState;
using testing::HasSubstr;
using testing::Not;

const base::IpAddress kHub1 = base::IpAddress::v4({192, 0, 2, 1});
const base::IpAddress kHub2 = base::IpAddress::v4({192, 0, 2, 2});

// What is typed comes at its time; what is printed is kept.
class Typist final : public env::Prompt {
 public:
  struct Line {
    Duration after;  // it was asked for
    std::string text;
  };

  Typist(env::Env env, bool person, std::deque<Line> script) : env_(env), person_(person), script_(std::move(script)) {}

  bool has_person() const override { return person_; }
  env::Task<base::Result<std::optional<std::string>>> next_line(std::string question, env::Remember) override {
    screen += question;
    if (script_.empty()) co_return std::optional<std::string>();
    const auto line = script_.front();
    co_await env_.clock.sleep_for(line.after);
    script_.pop_front();
    screen += line.text + '\n';
    co_return line.text;
  }
  void print(std::string_view text) override { screen += text; }
  void complain(std::string_view text) override { screen += "! " + std::string(text); }
  void recall(const std::vector<std::string>& lines) override { recalled = lines; }
  void offer(std::vector<std::string> lines) override { offered = std::move(lines); }
  bool drop_line() override { return false; }
  void resized() override {}
  void release() override {}
  void take() override {}
  void close() override { screen += "(closed)\n"; }

  std::string screen;
  std::vector<std::string> recalled;
  std::vector<std::string> offered;

 private:
  env::Env env_;
  bool person_;
  std::deque<Line> script_;
};

struct Hub {
  struct Notes : record::Sink {
    void accept(record::Record record) override { all.push_back(std::move(record)); }
    std::vector<record::Record> all;
  };

  static env::Task<void> run(env::Env env, base::IpAddress address, Hub* self) {
    ListenerOptions options;
    options.endpoints = {{address, kPort}};
    auto listener = HeartbeatListener::open(env, options, self->notes).value();
    self->listener = listener.get();
    co_await listener->run();
  }
  std::vector<std::string> messages() const {
    std::vector<std::string> texts;
    for (const auto& record : notes.all) {
      if (const auto* message = std::get_if<record::PulseMessage>(&record)) texts.push_back(message->text.raw());
    }
    return texts;
  }
  SessionState state() const { return listener->snapshot().at(0).state; }

  Notes notes;
  HeartbeatListener* listener = nullptr;
};

class BeaconPromptTest : public testing::Test {
 protected:
  BeaconPromptTest()
      : first_host_(world_.add_host("first", {.addresses = {kHub1}})),
        second_host_(world_.add_host("second", {.addresses = {kHub2}})),
        own_host_(world_.add_host("db1", {.addresses = {base::IpAddress::v4({192, 0, 2, 7})}})) {
    options_.beacon.name = "db1";
    options_.beacon.interval = Duration::seconds(1);
    options_.welcome = "Welcome";
    first_host_.boot([this](env::Env env) { return Hub::run(env, kHub1, &first_); });
    second_host_.boot([this](env::Env env) { return Hub::run(env, kHub2, &second_); });
  }

  static env::Task<void> converse(env::Env env, BeaconPromptTest* self, bool person, std::deque<Typist::Line> script) {
    Typist typist(env, person, std::move(script));
    BeaconPrompt prompt(env, self->options_, typist);
    self->prompt_ = &prompt;
    self->confirmed_ = co_await prompt.converse();
    self->prompt_ = nullptr;
    self->screen_ = typist.screen;
    self->recalled_ = typist.recalled;
    self->offered_ = typist.offered;
  }
  // What was on the screen at the end.
  std::string script(bool person, std::deque<Typist::Line> lines, Duration length = Duration::seconds(60)) {
    if (own_host_.boots() > 0) world_.crash(own_host_);
    own_host_.boot([this, person, lines](env::Env env) { return converse(env, this, person, lines); });
    world_.run_for(length);
    EXPECT_TRUE(confirmed_) << "it goes on";
    EXPECT_EQ(world_.failure(), "");
    return screen_;
  }
  std::string person(std::deque<Typist::Line> lines) { return script(true, std::move(lines)); }

  static constexpr Duration kAtOnce = Duration::milliseconds(1);
  static constexpr Duration kLater = Duration::seconds(5);

  BeaconPromptOptions options_;
  Hub first_;
  Hub second_;
  BeaconPrompt* prompt_ = nullptr;
  std::optional<bool> confirmed_;
  std::string screen_;
  std::vector<std::string> recalled_;
  std::vector<std::string> offered_;
  sim::World world_{1};
  sim::Host& first_host_;
  sim::Host& second_host_;
  sim::Host& own_host_;
};

TEST_F(BeaconPromptTest, AsksForWhatItWasNotTold) {
  options_.beacon.name = "";
  const auto screen = person({{kAtOnce, ""}, {kAtOnce, "no host:0"}, {kAtOnce, "192.0.2.1"}, {kLater, "exit"}});
  EXPECT_EQ(screen,
            "Welcome\n"
            "Name of this session [db1]: \n"
            "Hub to pulse [localhost]: no host:0\n"
            "'no host:0' is no host; write it as HOST, HOST:PORT, 192.0.2.1 or [::1]:4280\n"
            "Hub to pulse [localhost]: 192.0.2.1\n"
            "pulsing 192.0.2.1:4280 as db1 every 1 s, from 192.0.2.7:32768\n"
            "db1> exit\n"
            "(closed)\n"
            "ended, and 192.0.2.1:4280 knows\n");
  EXPECT_EQ(confirmed_, true);
  EXPECT_EQ(first_.state(), SessionState::admin_down);
}

TEST_F(BeaconPromptTest, DeliversMessagesWhilePulsesGoOn) {
  options_.beacon.hub = "192.0.2.1";
  person({{kAtOnce, "message one"}, {kAtOnce, "two words"}, {kLater, "status"}, {kAtOnce, "quit"}});
  EXPECT_EQ(first_.messages(), (std::vector<std::string>{"one", "two words"}));
  EXPECT_GE(first_.listener->snapshot().at(0).pulses, 5U);
  EXPECT_THAT(screen_, HasSubstr("pulsing 192.0.2.1:4280 as db1\n9 datagrams sent, never asked; 2 messages delivered"));
}

TEST_F(BeaconPromptTest, ChangesTheHub) {
  options_.beacon.hub = "192.0.2.1";
  own_host_.boot([this](env::Env env) {
    return converse(env, this, true,
                    {{kLater, "hub 192.0.2.2"}, {kLater, "to the second"}, {kLater, "hub nowhere"}, {kLater, "exit"}});
  });
  world_.run_for(Duration::seconds(8));
  EXPECT_EQ(first_.state(), SessionState::admin_down);
  EXPECT_EQ(second_.state(), SessionState::up);
  world_.run_for(Duration::seconds(30));
  EXPECT_EQ(second_.messages(), std::vector<std::string>{"to the second"});
  EXPECT_EQ(second_.state(), SessionState::admin_down);
  EXPECT_THAT(screen_, HasSubstr("! cannot pulse to nowhere: "));
  EXPECT_THAT(offered_, testing::Contains("hub 192.0.2.2"));
  EXPECT_EQ(confirmed_, true);
}

TEST_F(BeaconPromptTest, TerminatesAndOpensAgain) {
  options_.beacon.hub = "192.0.2.1";
  const auto screen = person({{kLater, "terminate"}, {kLater, "message x"}, {kLater, "hub"}, {kLater, "exit"}});
  EXPECT_THAT(screen,
              HasSubstr("db1> terminate\ndb1 (closed)> ended, and 192.0.2.1:4280 knows\n`hub` opens it again\n"));
  EXPECT_THAT(screen, HasSubstr("! no session is open; `hub` opens it again\n"));
  const auto closed = std::ranges::count_if(first_.notes.all, [](const record::Record& record) {
    const auto* change = std::get_if<record::PulseChange>(&record);
    return change != nullptr && change->to == SessionState::admin_down;
  });
  EXPECT_EQ(closed, 2);
}

TEST_F(BeaconPromptTest, AnswersNonsense) {
  options_.beacon.hub = "192.0.2.1";
  const auto screen = person({{kAtOnce, "statsu"}, {kAtOnce, ""}, {kAtOnce, "help"}, {kAtOnce, "exit"}});
  EXPECT_THAT(screen, HasSubstr("! there is no command 'statsu'; did you mean 'status'?"));
  EXPECT_THAT(screen, HasSubstr("  terminate  "));
  EXPECT_EQ(confirmed_, true);
}

TEST_F(BeaconPromptTest, EndsWithItsInputOrASignal) {
  options_.beacon.hub = "192.0.2.1";
  person({{kLater, ""}});
  EXPECT_EQ(first_.state(), SessionState::admin_down);
  confirmed_.reset();
  world_.at(world_.now() + kLater, [this] { prompt_->interrupt(); });
  person({{Duration::seconds(1'000), "exit"}});
  EXPECT_EQ(confirmed_, true);
}

TEST_F(BeaconPromptTest, ASecondSignalWaitsForNothing) {
  options_.beacon.hub = "192.0.2.99";
  world_.at(world_.now() + Duration::seconds(2), [this] { prompt_->end(); });
  world_.at(world_.now() + Duration::seconds(3), [this] { prompt_->end(); });
  script(true, {{kAtOnce, "message x"}, {Duration::seconds(1'000), "exit"}}, Duration::seconds(4));
  EXPECT_THAT(screen_, HasSubstr("! interrupted: the hub may not know that this is the end\n"));
  EXPECT_EQ(confirmed_, false);
}

TEST_F(BeaconPromptTest, SaysWhatWasNotDelivered) {
  options_.beacon.hub = "192.0.2.99";
  person({{kAtOnce, "message x"}, {kAtOnce, "exit"}});
  EXPECT_THAT(screen_, HasSubstr("! not delivered: "));
  EXPECT_EQ(confirmed_, false);
}

TEST_F(BeaconPromptTest, AScriptIsTakenLineByLine) {
  const auto screen = script(false, {{kAtOnce, "message early"},
                                     {kAtOnce, "hub 192.0.2.1"},
                                     {kAtOnce, "message one"},
                                     {kAtOnce, "hub 192.0.2.2"},
                                     {kAtOnce, "message two"}});
  EXPECT_THAT(screen, Not(HasSubstr("Welcome")));
  EXPECT_THAT(screen, HasSubstr("! to whom? hub HOST[:PORT]\n"));
  EXPECT_EQ(first_.messages(), std::vector<std::string>{"one"});
  EXPECT_EQ(second_.messages(), std::vector<std::string>{"two"});
  EXPECT_LT(screen.find("ended, and 192.0.2.1:4280 knows"), screen.find("message two"));
  EXPECT_EQ(confirmed_, false) << "its first line was a mistake";
}

TEST_F(BeaconPromptTest, RemembersWhatAPersonTyped) {
  options_.beacon.hub = "192.0.2.1";
  options_.history_path = "/state/history";
  person({{kAtOnce, "status"}, {kAtOnce, "hello there"}, {kAtOnce, "exit"}});
  EXPECT_EQ(recalled_, std::vector<std::string>{});
  confirmed_.reset();
  person({{kAtOnce, "exit"}});
  EXPECT_EQ(recalled_, (std::vector<std::string>{"status", "hello there", "exit"}));
}

TEST_F(BeaconPromptTest, LimitsWhatWaits) {
  options_.beacon.hub = "192.0.2.99";
  world_.at(world_.now() + Duration::seconds(2), [this] { prompt_->end(); });
  person(std::deque<Typist::Line>(kMaxWaitingMessages + 1, {kAtOnce, "message x"}));
  EXPECT_THAT(screen_, HasSubstr("! 100 messages wait for the hub already; say it again later\n"));
}

}  // namespace
}  // namespace holter::heartbeat
