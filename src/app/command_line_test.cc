#include "app/command_line.h"

#include <gtest/gtest.h>

namespace holter::app {
namespace {

Command parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "holter");
  return parse_command_line(static_cast<int>(arguments.size()), arguments.data());
}

TEST(CommandLine, RunNeedsNothing) {
  const auto command = parse({"run"});
  const auto& run = std::get<RunOptions>(command);
  EXPECT_EQ(run.role, Role::run);
  EXPECT_EQ(run.targets, Targets::found);
  EXPECT_FALSE(run.passive);
  EXPECT_EQ(base::to_string(run.http), "127.0.0.1:4280");
}

TEST(CommandLine, TakesWhatItIsGiven) {
  const auto command = parse({"run", "--targets", "loopback", "--passive", "--http", "[::1]:8080", "--pulses",
                              "192.0.2.1:1", "--budget", "2GiB", "--log-level", "debug", "--insecure"});
  const auto& run = std::get<RunOptions>(command);
  EXPECT_EQ(run.targets, Targets::loopback);
  EXPECT_TRUE(run.passive && run.insecure);
  EXPECT_EQ(base::to_string(run.http), "[::1]:8080");
  ASSERT_EQ(run.pulses.size(), 1u);
  EXPECT_EQ(run.budget_bytes, 2ULL << 30);
  EXPECT_EQ(run.log_level, env::LogLevel::debug);
}

TEST(CommandLine, KnowsHubsByNameAddressAndPort) {
  const std::tuple<const char*, const char*, int> cases[] = {{"hub.lan", "hub.lan", 4281},
                                                             {"hub.lan:99", "hub.lan", 99},
                                                             {"::1", "::1", 4281},
                                                             {"[::1]:7", "::1", 7},
                                                             {"192.0.2.1", "192.0.2.1", 4281}};
  for (const auto& [text, host, port] : cases) {
    const auto command = parse({"agent", "--hub", text});
    const auto& agent = std::get<RunOptions>(command);
    EXPECT_EQ(agent.role, Role::agent);
    EXPECT_EQ(agent.hub_host, host);
    EXPECT_EQ(agent.hub_port, port);
  }
}

TEST(CommandLine, SaysWhatIsWrongAndHowToWriteIt) {
  const std::pair<std::vector<const char*>, const char*> cases[] = {
      {{"run", "--http", "0.0.0.0"}, "'0.0.0.0' is not an address and port; write it as 127.0.0.1:4280"},
      {{"run", "--budget", "much"}, "'much' is not a size of at least 32MiB; write it as 512MiB"},
      {{"pulse", "--to", "h", "--name", "n", "--interval", "1"}, "'1' is not a duration; write it as 500ms"},
      {{"pulse", "--to", ":1", "--name", "n"}, "not a host"},
      {{"pulse", "--name", "n"}, "--to is required"},
      {{"agent"}, "--hub is required"},
      {{"frobnicate"}, "no command 'frobnicate'"},
      {{"run", "--log-level", "loud"}, "'loud' is not a level; write it as debug, info, warn or error"},
      {{"run", "--targets", "all"}, "write it as found or loopback"},
      {{"run", "--budget", "1MiB"}, "'1MiB' is not a size of at least 32MiB"},
      {{"run", "--tragets", "loopback"}, "--tragets"},
      {{}, "subcommand is required"}};
  for (const auto& [arguments, words] : cases) {
    const auto command = parse(arguments);
    ASSERT_TRUE(std::holds_alternative<UsageError>(command)) << words;
    EXPECT_NE(std::get<UsageError>(command).text.find(words), std::string::npos) << std::get<UsageError>(command).text;
    EXPECT_NE(std::get<UsageError>(command).text.find("holter --help"), std::string::npos);
  }
}

TEST(CommandLine, ShowsHelpAndVersion) {
  EXPECT_NE(std::get<ShowText>(parse({"--help"})).text.find("pulse"), std::string::npos);
  EXPECT_NE(std::get<ShowText>(parse({"pulse", "--help"})).text.find("--message"), std::string::npos);
  EXPECT_NE(std::get<ShowText>(parse({"--version"})).text.find("holter 0."), std::string::npos);
}

TEST(CommandLine, ReadsDurationsAndSizes) {
  EXPECT_EQ(parse_duration("250ms"), base::Duration::milliseconds(250));
  EXPECT_EQ(parse_duration("2h"), base::Duration::hours(2));
  for (const char* text : {"", "s", "0s", "-1s", "1", "1 s", "1d", "9999999999s"})
    EXPECT_FALSE(parse_duration(text)) << text;
  EXPECT_EQ(parse_size("1kB"), 1'000u);
  for (const char* text : {"", "0", "-1", "1 GB", "1XB"}) EXPECT_FALSE(parse_size(text)) << text;
}

}  // namespace
}  // namespace holter::app
