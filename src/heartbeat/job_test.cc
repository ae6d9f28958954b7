#include "heartbeat/job.h"

#include <gtest/gtest.h>

#include "heartbeat/listener.h"
#include "sim/world.h"

namespace holter::heartbeat {
namespace {

using base::Duration;
using record::Diagnostic;
using record::SessionState;

const base::IpAddress kHub = base::IpAddress::v4({192, 0, 2, 1});

struct Notes : record::Sink {
  void accept(record::Record record) override { all.push_back(std::move(record)); }
  std::vector<record::Record> all;
};

class JobTest : public testing::Test {
 protected:
  JobTest()
      : hub_host_(world_.add_host("hub", {.addresses = {kHub}})),
        job_host_(world_.add_host("db1", {.addresses = {base::IpAddress::v4({192, 0, 2, 7})}})) {
    job_host_.programs()["backup"] = [this](const env::ProgramOrder&) { return script_; };
  }

  static env::Task<void> run_hub(env::Env env, JobTest* self) {
    ListenerOptions options;
    options.endpoints = {{kHub, kPort}};
    auto listener = HeartbeatListener::open(env, options, self->notes_).value();
    self->listener_ = listener.get();
    co_await listener->run();
  }
  static env::Task<void> run_job(env::Env env, JobTest* self, std::string program) {
    BeaconOptions options;
    options.hub = "192.0.2.1";
    options.name = "backup";
    options.interval = Duration::seconds(1);
    Beacon beacon(env, options, [](const BeaconEvent&) {});
    const auto opened = co_await beacon.open();
    EXPECT_TRUE(opened);
    env::TaskGroup running(env.executor);
    running.spawn(beacon.run());
    Job job(env, {{program}, program, {}}, &beacon);
    auto end = co_await job.run();
    self->code_ = exit_code_of(end);
    self->told_ = co_await job.report(std::move(end));
    co_await running.stop();
  }
  void work(const std::string& program = "backup") {
    if (hub_listens_) hub_host_.boot([this](env::Env env) { return run_hub(env, this); });
    job_host_.boot([this, program](env::Env env) { return run_job(env, this, program); });
    world_.run_for(script_.takes + Duration::seconds(60));
    EXPECT_TRUE(told_) << "it goes on";
    EXPECT_EQ(world_.failure(), "");
  }
  std::vector<std::string> messages() const {
    std::vector<std::string> texts;
    for (const auto& record : notes_.all) {
      if (const auto* message = std::get_if<record::PulseMessage>(&record)) texts.push_back(message->text.raw());
    }
    return texts;
  }
  SessionStatus status() { return listener_->snapshot().at(0); }
  record::PulseChange last_change() const {
    for (auto record = notes_.all.rbegin(); record != notes_.all.rend(); ++record) {
      if (const auto* change = std::get_if<record::PulseChange>(&*record)) return *change;
    }
    return {};
  }

  sim::ScriptedRun script_ = {0, Duration::seconds(30), "3 files\n"};
  bool hub_listens_ = true;
  Notes notes_;
  HeartbeatListener* listener_ = nullptr;
  std::optional<bool> told_;
  int code_ = -1;
  sim::World world_{1};
  sim::Host& hub_host_;
  sim::Host& job_host_;
};

TEST_F(JobTest, TellsThatItBeganAndHowItEnded) {
  work();
  EXPECT_EQ(code_, 0);
  EXPECT_EQ(told_, true);
  EXPECT_EQ(messages(), (std::vector<std::string>{"started: backup", "exit status 0 after 30 s: 3 files"}));
  EXPECT_EQ(status().state, SessionState::admin_down);
  EXPECT_GE(status().pulses, 30U);
}

TEST_F(JobTest, AFailureTakesTheSessionDownWithItsReason) {
  script_ = {3, Duration::seconds(2), "cannot open\nthe tape\n"};
  work();
  EXPECT_EQ(code_, 3);
  EXPECT_EQ(told_, true);
  EXPECT_EQ(status().state, SessionState::down) << "and stays it";
  const auto change = last_change();
  EXPECT_EQ(change.diagnostic, Diagnostic::failed);
  EXPECT_EQ(change.reason.raw(), "exit status 3 after 2 s: cannot open | the tape");
}

TEST_F(JobTest, AProgramThatIsNotThereFailed) {
  work("nowhere");
  EXPECT_EQ(code_, 127);
  EXPECT_EQ(last_change().reason.raw(), "not started: cannot run nowhere: no such program");
}

TEST_F(JobTest, RunsWithoutAHub) {
  hub_listens_ = false;
  script_.exit_status = 4;
  work();
  EXPECT_EQ(code_, 4);
  EXPECT_EQ(told_, false);
}

TEST(EndWords, AreOneLineWithTheLastOfTheOutput) {
  env::ProgramEnd end;
  end.exit_status = 1;
  end.run_time = Duration::seconds(90);
  EXPECT_EQ(end_words(end), "exit status 1 after 1 min 30 s");
  end.output = base::UntrustedText("10 %\r50 %\rdone\r\n\n\nbye");
  EXPECT_EQ(end_words(end), "exit status 1 after 1 min 30 s: done | bye");
  std::string many = "first ";
  for (int i = 0; i < 1'000; ++i) many += "ä";
  end.output = base::UntrustedText(many + "last");
  const std::string words = end_words(end);
  EXPECT_LE(words.size(), kMaxTextBytes);
  EXPECT_GE(words.size(), kMaxTextBytes - 1);
  EXPECT_EQ(words.find("first"), words.npos);
  EXPECT_TRUE(words.ends_with("äälast"));
  EXPECT_EQ(base::UntrustedText(words).for_terminal(), words) << "no half character";
}

TEST(ExitCode, IsAsThatOfAShell) {
  env::ProgramEnd killed;
  killed.signal = 15;
  EXPECT_EQ(exit_code_of(killed), 143);
  EXPECT_EQ(exit_code_of(base::Error{base::ErrorKind::permission, ""}), 126);
}

}  // namespace
}  // namespace holter::heartbeat
