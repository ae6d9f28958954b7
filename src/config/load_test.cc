#include "config/load_test.h"

#include <gmock/gmock.h>

#include <fstream>
#include <random>

#include "config/keys.h"
#include "config/show.h"

namespace holter::config {
namespace {

using testing::HasSubstr;

TEST_F(Load, NothingIsTheDefaults) {
  EXPECT_EQ(settings(""), Settings());
  const auto without_file = config::load(files_, std::nullopt, {}, checks_);
  EXPECT_EQ(std::get<Loaded>(without_file).settings, Settings());
}

TEST_F(Load, TakesEverySetting) {
  const auto s = settings(R"(
name = "office"
insecure = true
[store]
directory = "/data"
budget = "2GiB"
[http]
listen = "[::1]:8080"
[agent]
hub = "hub.example:99"
[heartbeat]
listen = "192.0.2.1:4280"
asks = 0
silence = "2m"
pings = ["0.0.0.0:4283"]
period = "2d"
grace = "5m"
[capture]
enabled = false
keep = "tcp"
drop = ["arp", "udp"]
[probes]
targets = "none"
[log]
level = "warn"
levels = {heartbeat = "debug"}
rotate_size = "1MiB"
[[session]]
name = "db1"
interval = "10s"
asks = 5
[[probe]]
name = "web"
kind = "http"
target = "http://192.0.2.7/"
interval = "1.5s"
labels = {site = "attic", a = "b"}
)");
  EXPECT_EQ(s.name, "office");
  EXPECT_TRUE(s.insecure);
  EXPECT_EQ(s.store.budget_bytes, 2ULL << 30);
  EXPECT_EQ(to_string(s.http), "[::1]:8080");
  EXPECT_EQ(s.agent_hub.host, "hub.example");
  EXPECT_EQ(s.agent_hub_port(), 99);
  EXPECT_EQ(s.heartbeat.listen.size(), 1U);
  EXPECT_EQ(s.heartbeat.asks, 0U);
  EXPECT_EQ(s.heartbeat.silence, base::Duration::minutes(2));
  EXPECT_FALSE(s.capture.enabled);
  EXPECT_EQ(s.capture.keep, "tcp");
  EXPECT_EQ(s.capture.drop, (std::vector<std::string>{"arp", "udp"}));
  EXPECT_EQ(s.targets, Targets::none);
  EXPECT_EQ(s.log.levels.at("heartbeat"), env::LogLevel::debug);
  EXPECT_EQ(to_string(s.heartbeat.pings.at(0)), "0.0.0.0:4283");
  EXPECT_EQ(s.heartbeat.period, base::Duration::hours(48));
  EXPECT_EQ(s.heartbeat.grace, base::Duration::minutes(5));
  ASSERT_EQ(s.sessions.size(), 1U);
  EXPECT_EQ(s.sessions[0].interval, base::Duration::seconds(10));
  EXPECT_EQ(s.sessions[0].asks, 5U);
  ASSERT_EQ(s.probes.size(), 1U);
  EXPECT_EQ(s.probes[0].kind, record::ProbeKind::http);
  EXPECT_EQ(s.probes[0].interval, base::Duration::milliseconds(1'500));
  EXPECT_EQ(s.probes[0].labels, (Labels{{"a", "b"}, {"site", "attic"}}));
}

TEST_F(Load, AProbeHasOptionsAndExpectationsAndADeadlineOfItsKind) {
  const std::string head = "[[probe]]\nname = \"x\"\nkind = \"tcp\"\ntarget = \"a:1\"\n";
  const auto probe =
      settings(head +
               "expect = [\"rtt < 1s\", \"rtt > 1ms\"]\n"
               "[probe.options]\nsend = \"QUIT\"\nsize = 7\nloud = true\nheader = [\"A: b\", \"C: d\"]\n")
          .probes.at(0);
  EXPECT_EQ(probe.expect, (std::vector<std::string>{"rtt < 1s", "rtt > 1ms"}));
  EXPECT_EQ(
      probe.options,
      (record::Options{{"send", "QUIT"}, {"size", "7"}, {"loud", "true"}, {"header", "A: b"}, {"header", "C: d"}}));
  EXPECT_EQ(probe.timeout, base::Duration::seconds(3));
  EXPECT_EQ(mistakes(head + "options = {a = [[1]]}\n"),
            "holter.toml:5:11: options: 'a': a list stands here; a text, a whole number, true or false is wanted\n");
  EXPECT_EQ(mistakes(head + "options = \"a\"\n"),
            "holter.toml:5:11: options: a text stands here; options as {name = \"value\"} is wanted\n");
}

TEST_F(Load, AListOfTheAncestorIsAConfigurationOfProbes) {
  const auto s = settings(
      "{\"servers\": [{\"name\": \"web\", \"host\": \"web.example\", \"service\": \"HTTP\", "
      "\"port\": 8080, \"interval\": 5, \"server_number\": 2}]}");
  ASSERT_EQ(s.probes.size(), 1U);
  EXPECT_EQ(s.probes[0], (record::ProbePlan{"web",
                                            record::ProbeKind::http,
                                            "http://web.example:8080/",
                                            "",
                                            base::Duration::seconds(5),
                                            base::Duration::seconds(5),
                                            {{"server_number", "2"}}}));
  EXPECT_EQ(s.http, Settings().http);
}

TEST_F(Load, AnEntryOfAListThatCannotBeProbedIsAMistake) {
  checks_.probe = [](const record::ProbePlan& plan) -> std::optional<ProbeMistake> {
    if (plan.target != "..") return std::nullopt;
    return ProbeMistake{"target", "the target .. is no host"};
  };
  EXPECT_EQ(mistakes("{\"servers\": [\n{\"host\": \"a.example\", \"service\": \"UDP\"},\n"
                     "{\"host\": \"..\", \"service\": \"ping\"}\n]}"),
            "holter.toml:2:1: Port information is missing\nholter.toml:3:1: the target .. is no host\n");
  EXPECT_EQ(mistakes("{\"servers\": 1}"), "holter.toml: has no list \"servers\"\n");
}

TEST_F(Load, TellsEveryMistakeAtOnceInTheOrderOfTheFile) {
  EXPECT_EQ(
      mistakes("nam = \"x\"\n[store]\nbudget = \"10sec\"\ndirectory = 5\n[stor]\n[heartbeat]\nask_intervall = 1\n"
               "[[probe]]\nname = \"web\"\nkind = \"htp\"\ntarget = \"\"\ninterval = \"1ms\"\n"
               "[[probe]]\nname = \"web\"\nkind = \"icmp\"\ntarget = \"a\"\nquery = \"b\"\nlabels = {1a = \"x\"}\n"),
      "holter.toml:1:1: unknown key 'nam'; did you mean 'name'?\n"
      "holter.toml:3:10: store.budget: '10sec' is not a size; write it as \"64MiB\" or \"2GiB\"\n"
      "holter.toml:4:13: store.directory: a whole number stands here; a text as \"eth0\" is wanted\n"
      "holter.toml:5:2: unknown key 'stor'; did you mean 'store'?\n"
      "holter.toml:7:1: unknown key 'ask_intervall' in [heartbeat]; did you mean 'ask_interval'?\n"
      "holter.toml:10:8: kind: 'htp' is not \"icmp\", \"trace\", \"tcp\", \"udp\", \"http\", \"https\", \"dns\" or "
      "\"ntp\"; did you mean 'http'?\n"
      "holter.toml:11:10: a [[probe]] needs a target\n"
      "holter.toml:13:1: there is another probe named 'web', at holter.toml:8\n"
      "holter.toml:18:10: labels: '1a' is no label: letters, digits and _, no digit first\n");
}

TEST_F(Load, SaysWhatIsWantedInPlaceOfAWrongType) {
  EXPECT_EQ(mistakes("name = true\n"),
            "holter.toml:1:8: name: true or false stands here; a text as \"eth0\" is wanted\n");
  EXPECT_EQ(mistakes("insecure = \"yes\"\n"),
            "holter.toml:1:12: insecure: a text stands here; true or false is wanted\n");
  EXPECT_EQ(mistakes("store = 1\n"), "holter.toml:1:1: 'store' is a table; write [store] and its keys below\n");
  EXPECT_EQ(mistakes("[probe]\nname = \"x\"\n"), "holter.toml:1:2: write [[probe]] with two brackets\n");
  EXPECT_THAT(mistakes("[heartbeat]\nasks = -1\n"), HasSubstr("2:8: heartbeat.asks: is not from 0 to"));
  EXPECT_EQ(mistakes("[heartbeat]\nasks = 256\n"), "holter.toml:2:1: heartbeat.asks: at most 255\n");
  EXPECT_EQ(mistakes("[compat.heartbeats]\nport = 0\npulses = 256\ntimeout = \"999ms\"\n"),
            "holter.toml:2:1: compat.heartbeats.port: from 1 to 65535\n"
            "holter.toml:3:1: compat.heartbeats.pulses: at most 255\n"
            "holter.toml:4:1: compat.heartbeats.timeout: at least 1s\n");
  EXPECT_THAT(mistakes("[compat.heartbeats]\nreply_port = 11414\n"), HasSubstr("another one than port"));
  EXPECT_THAT(mistakes("[compat.heartbeats]\nenable = true\n"), HasSubstr("did you mean 'enabled'?"));
  EXPECT_EQ(mistakes("[heartbeat]\nlisten = []\n"),
            "holter.toml:2:1: heartbeat.listen: at least one address and port is wanted\n");
  EXPECT_THAT(mistakes("[heartbeat]\nsilence = 5\n"), HasSubstr("a duration with its unit as \"10s\" is wanted"));
  EXPECT_THAT(mistakes("[http]\nlisten = \"x\"\n"), HasSubstr("'x' is not an address and port"));
  EXPECT_THAT(mistakes("[log]\nlevel = \"warning\"\n"), HasSubstr("did you mean 'warn'?"));
  EXPECT_THAT(mistakes("[[probe]]\ntarget = \"x\"\n"), HasSubstr("a [[probe]] needs a name"));
  EXPECT_THAT(mistakes("[[probe]]\nname = \"x\"\ntarget = \"x\"\n"), HasSubstr("a [[probe]] needs a kind"));
  EXPECT_THAT(mistakes("[store]\nbudget = \"1MiB\"\n"),
              HasSubstr("2:1: store.budget: 1 MiB is too small; at least 32 MiB"));
  EXPECT_THAT(mistakes("name = \"a\\u0000b\"\n"), HasSubstr("holds a NUL byte"));
}

TEST_F(Load, TakesNotifiers) {
  const auto s = settings(
      "[[notify]]\nname = \"hook\"\nwebhook = \"https://example.org/x\"\nsecret_file = \"/s\"\ntimeout = \"2s\"\n"
      "[[notify]]\nname = \"script\"\nprogram = [\"/bin/x\", \"-a\"]\nstates = [\"pulsing\", \"up\"]\n"
      "sessions = [\"db*\"]\n");
  ASSERT_EQ(s.notifiers.size(), 2U);
  EXPECT_EQ(s.notifiers[0], (notify::Options{.name = "hook",
                                             .webhook = "https://example.org/x",
                                             .secret_file = "/s",
                                             .timeout = base::Duration::seconds(2)}));
  EXPECT_EQ(s.notifiers[1], (notify::Options{.name = "script",
                                             .program = {"/bin/x", "-a"},
                                             .states = {record::SessionState::pulsing, record::SessionState::up},
                                             .sessions = {"db*"}}));
}

TEST_F(Load, SaysWhatIsWrongWithANotifier) {
  EXPECT_EQ(mistakes("[[notify]]\nname = \"a\"\n[[notify]]\nname = \"b\"\nwebhook = \"ftp://x\"\ntimeout = \"1h\"\n"
                     "[[notify]]\nname = \"c\"\nprogram = [\"x\"]\nsecret_file = \"s\"\nstates = [\"dwon\"]\n"
                     "[[notify]]\nname = \"d\"\nprogram = \"/bin/x\"\nstates = []\n"),
            "holter.toml:1:1: a [[notify]] needs a webhook or a program, and not both\n"
            "holter.toml:5:11: webhook: the URL does not begin with http:// or https://\n"
            "holter.toml:6:11: timeout: from 100ms to 1m\n"
            "holter.toml:9:11: program: a list that begins with the program's absolute path is wanted\n"
            "holter.toml:10:15: secret_file is for webhooks\n"
            "holter.toml:11:10: states: 'dwon' is not \"init\", \"up\", \"pulsing\", \"down\", \"admin_down\" or "
            "\"blind\"; did you mean 'down'?\n"
            "holter.toml:14:11: program: a text stands here; a list of texts as [\"db*\"] is wanted\n"
            "holter.toml:14:11: program: a list that begins with the program's absolute path is wanted\n"
            "holter.toml:15:10: states: one to six states are wanted\n");
}

TEST_F(Load, TakesWhetherSessionsAreAdaptive) {
  EXPECT_FALSE(settings("").heartbeat.adaptive);
  const auto s = settings(
      "[heartbeat]\nadaptive = true\n[[session]]\nname = \"a\"\nadaptive = false\n[[session]]\nname = \"b\"\n");
  EXPECT_TRUE(s.heartbeat.adaptive);
  ASSERT_EQ(s.sessions.size(), 2U);
  EXPECT_EQ(s.sessions[0].adaptive, false);
  EXPECT_EQ(s.sessions[1].adaptive, std::nullopt);
}

TEST_F(Load, TakesTheSchedulesOfJobs) {
  const auto s = settings(
      "[[session]]\nname = \"backup\"\ncron = \"30 2 * * 1-5\"\ntime_zone = \"Europe/Berlin\"\n"
      "grace = \"1h\"\n[[session]]\nname = \"mirror\"\nperiod = \"1d\"\n");
  ASSERT_EQ(s.sessions.size(), 2U);
  EXPECT_EQ(s.sessions[0].cron, "30 2 * * 1-5");
  EXPECT_EQ(s.sessions[0].time_zone, "Europe/Berlin");
  EXPECT_EQ(s.sessions[0].grace, base::Duration::hours(1));
  EXPECT_EQ(s.sessions[1].period, base::Duration::hours(24));
}

TEST_F(Load, AJobHasAPeriodOrACronExpression) {
  checks_.cron = [](const std::string&) { return std::optional<std::string>("column 3"); };
  checks_.time_zone = [](const std::string&) { return std::optional<std::string>("no such place"); };
  const std::string session = "[[session]]\nname = \"x\"\n";
  EXPECT_EQ(mistakes(session + "period = \"1d\"\ncron = \"@daily\"\n"),
            "holter.toml:4:8: cron: there is a period already; one of both\n"
            "holter.toml:4:8: cron: column 3\n");
  EXPECT_EQ(mistakes(session + "interval = \"1s\"\nperiod = \"1d\"\n"),
            "holter.toml:4:10: period: there is an interval already; one of both\n");
  EXPECT_EQ(mistakes(session + "grace = \"1h\"\ntime_zone = \"UTC\"\n"),
            "holter.toml:3:9: grace: it belongs to a period or a cron expression\n"
            "holter.toml:4:13: time_zone: it belongs to a cron expression\n"
            "holter.toml:4:13: time_zone: no such place\n");
  EXPECT_EQ(mistakes(session + "period = \"999ms\"\ngrace = \"367d\"\n"),
            "holter.toml:3:10: period: from 1s to 366d\nholter.toml:4:9: grace: from 1s to 366d\n");
  EXPECT_EQ(mistakes("[heartbeat]\nperiod = \"1ms\"\n"), "holter.toml:2:1: heartbeat.period: from 1s to 366d\n");
}

TEST_F(Load, TakesTheTrafficOfSessions) {
  const auto s = settings(
      "[[session]]\nname = \"printer\"\ninterval = \"1m\"\ntraffic = [\"192.0.2.7\", \"2001:db8::7\"]\n"
      "[[session]]\nname = \"scanner\"\ntraffic = \"fe80::8\"\n[[session]]\nname = \"db1\"\n");
  ASSERT_EQ(s.sessions.size(), 3U);
  EXPECT_EQ(written(s.sessions[0].traffic), "[\"192.0.2.7\", \"2001:db8::7\"]");
  EXPECT_EQ(written(s.sessions[1].traffic), "[\"fe80::8\"]");
  EXPECT_TRUE(s.sessions[2].traffic.empty());
}

TEST_F(Load, TrafficIsFromTheAddressOfOneOtherHostAtAnInterval) {
  const auto of = [this](const std::string& traffic) { return mistakes("[[session]]\nname = \"x\"\n" + traffic); };
  EXPECT_EQ(of("traffic = [\"printer.example\"]\n"),
            "holter.toml:3:11: traffic: 'printer.example' is not an address; write it as \"192.0.2.7\" or "
            "\"2001:db8::7\", not as a name\n");
  EXPECT_THAT(of("traffic = \"192.0.2.0/24\"\n"), HasSubstr("is not an address"));
  EXPECT_THAT(of("traffic = 7\n"), HasSubstr("an address as \"192.0.2.7\" is wanted"));
  for (const char* const none : {"0.0.0.0", "::", "224.0.0.1", "255.255.255.255", "ff02::1"}) {
    EXPECT_THAT(of("traffic = \"" + std::string(none) + "\"\n"), HasSubstr("is not the address of one host")) << none;
  }
  EXPECT_THAT(of("traffic = \"127.0.0.1\"\n"), HasSubstr("is this host itself"));
  EXPECT_THAT(of("traffic = \"::ffff:192.0.2.7\"\n"), HasSubstr("is an IPv4 address; write it as such"));
  EXPECT_THAT(of("traffic = \"fe80::1%2\"\n"), HasSubstr("has a zone; leave it out"));
  std::string many = "traffic = [";
  for (int i = 1; i <= 17; ++i) many += "\"192.0.2." + std::to_string(i) + "\", ";
  EXPECT_THAT(of(many + "]\n"), HasSubstr("has more than 16 entries"));
  EXPECT_EQ(of("interval = \"999ms\"\ntraffic = \"192.0.2.7\"\n"),
            "holter.toml:3:12: interval: at least 1s for who is heard by traffic\n");
  EXPECT_EQ(of("period = \"1d\"\ntraffic = \"192.0.2.7\"\n"),
            "holter.toml:4:11: traffic: a job is not known by its traffic; write an interval instead of a schedule\n");
  EXPECT_EQ(of("traffic = \"192.0.2.7\"\n[[session]]\nname = \"y\"\ntraffic = \"192.0.2.7\"\n"),
            "holter.toml:6:11: traffic: 192.0.2.7 is there already, at holter.toml:3\n");
}

TEST_F(Load, SaysWhatTheOtherModulesKnow) {
  checks_.filter = [](const std::string&) { return std::optional<std::string>("no such field"); };
  checks_.probe = [](const record::ProbePlan&) { return std::optional(ProbeMistake{"target", "no port"}); };
  checks_.components = {"heartbeat", "probe"};
  EXPECT_EQ(mistakes("[capture]\nfilter = \"tcpp\"\n[log]\nlevels = {hartbeat = \"info\"}\n"
                     "[[probe]]\nname = \"x\"\nkind = \"tcp\"\ntarget = \"a\"\n"),
            "holter.toml:8:10: no port\n"
            "holter.toml:2:1: capture.keep: no such field\n"
            "holter.toml:4:1: log.levels: there is no component 'hartbeat'; did you mean 'heartbeat'?\n");
}

TEST_F(Load, NamesTheFileThatCannotBeReadOrParsed) {
  const auto missing = config::load(files_, "/nonexistent/holter.toml", {}, checks_);
  EXPECT_EQ(to_string(std::get<Mistakes>(missing)),
            "/nonexistent/holter.toml: there is no such file; `holter config init` makes one\n");
  EXPECT_THAT(mistakes("name = \n"), HasSubstr("holter.toml:1:"));
  EXPECT_THAT(mistakes("a = 1\na = 2\n"), HasSubstr("holter.toml:2:5: "));
  for (const char* text : {"[%]\n", "[[%]]\n", "[.a]\n", "a.% = 1\n", "x = {% = 1}\n", "% = 1\n"}) {
    EXPECT_THAT(mistakes(text), HasSubstr("holter.toml:1:")) << text;
  }
  EXPECT_THAT(mistakes("name = \"\x1b\"\n"), testing::Not(HasSubstr("\x1b")));
  EXPECT_THAT(mistakes(std::string(kMaxFileBytes + 1, '#')), HasSubstr("is larger than 1 MiB"));
  EXPECT_THAT(mistakes("x = " + std::string(40, '[') + std::string(40, ']')), HasSubstr("too deep"));
}

TEST_F(Load, ANameOfManyPartsIsRefusedWhereverItStands) {
  std::string name = "a";
  for (int part = 0; part < 100'000; ++part) name += ".a";
  const std::string refused = ": the name has more than 16 parts\n";
  EXPECT_EQ(mistakes(name + " = 1\n"), "holter.toml:1:32" + refused);
  EXPECT_EQ(mistakes("# . . . .\n[" + name + "]\n"), "holter.toml:2:33" + refused);
  EXPECT_EQ(mistakes("x = {" + name + " = 1}\n"), "holter.toml:1:37" + refused);
  EXPECT_EQ(mistakes("x = {y = '''a''''', " + name + " = 1}\n"), "holter.toml:1:52" + refused);
  EXPECT_EQ(mistakes("x = {y = \"\"\"\\\"\"\"\"\", " + name + " = 1}\n"), "holter.toml:1:52" + refused);
  EXPECT_EQ(mistakes("name = \"" + std::string(40, '.') + "\"  # " + std::string(40, '.') + "\n"), "none");
}

TEST_F(Load, RefusesLettersThatTomlHasNone) {
  EXPECT_EQ(mistakes("n\xc3\xa4me = 1\n"), "holter.toml:1:2: a letter beyond ASCII stands outside of quotes\n");
  EXPECT_EQ(mistakes("\xef\xbb\xbfname = \"\xc3\xa4\" # \xc3\xa4\n"), "none");
}

TEST_F(Load, IncludesADirectoryInTheOrderOfNames) {
  ASSERT_TRUE(files_.make_directories(directory_ / "conf.d"));
  write("conf.d/b.toml", "[[probe]]\nname = \"b\"\nkind = \"icmp\"\ntarget = \"192.0.2.2\"\n");
  write("conf.d/a.toml",
        "store.budget = \"64MiB\"\n[[probe]]\nname = \"a\"\nkind = \"icmp\"\ntarget = \"192.0.2.1\"\n");
  write("conf.d/notes.txt", "this is [ no TOML");
  const auto s = settings("include = \"conf.d\"\n");
  EXPECT_EQ(s.store.budget_bytes, 64ULL << 20);
  ASSERT_EQ(s.probes.size(), 2U);
  EXPECT_EQ(s.probes[0].name, "a");
  write("conf.d/c.toml", "include = \"x\"\nstore.budget = \"65MiB\"\n");
  write("conf.d/d.toml", "name = ");
  const std::string said = mistakes("include = \"conf.d\"\n");
  EXPECT_THAT(said, HasSubstr("conf.d/c.toml:1:11: an included file includes none\n"));
  EXPECT_THAT(said, HasSubstr("conf.d/c.toml:2:7: 'store.budget' is set already, at "));
  EXPECT_THAT(said, HasSubstr("conf.d/d.toml:1:"));
  EXPECT_THAT(mistakes("include = \"nosuch\"\n"), HasSubstr("holter.toml:1:11: include: "));
}

Override given(std::string key, std::string text, std::string option) {
  Value value;
  value.text = std::move(text);
  return {std::move(key), std::move(value), std::move(option)};
}

TEST_F(Load, TheCommandLineGoesBeforeTheFileAndItIsKnownWhereAValueComesFrom) {
  const auto loaded = load("[store]\nbudget = \"64MiB\"\n[http]\nlisten = \"127.0.0.1:1\"\n",
                           {given("http.listen", "127.0.0.1:2", "--http")});
  const auto& [s, origins] = std::get<Loaded>(loaded);
  EXPECT_EQ(to_string(s.http), "127.0.0.1:2");
  EXPECT_EQ(origins.at("http.listen"), "--http");
  EXPECT_THAT(origins.at("store.budget"), testing::EndsWith("holter.toml:2"));
  EXPECT_FALSE(origins.contains("name"));
  const auto text = show(std::get<Loaded>(loaded));
  EXPECT_THAT(text, testing::ContainsRegex("listen = \"127.0.0.1:2\" +# --http"));
  EXPECT_THAT(text, testing::ContainsRegex("insecure = false +# default"));
}

TEST_F(Load, WhatIsShownLoadsToTheSame) {
  const std::string text =
      "name = \"a \\\"b\\\" \\\\ \\u001b\"\n[log]\nlevels = {probe = \"warn\"}\n[[session]]\nname = \"s\"\nasks = 1\n"
      "traffic = [\"192.0.2.7\", \"2001:db8::7\"]\n"
      "[[probe]]\nname = \"x\"\nkind = \"dns\"\ntarget = \"192.0.2.1\"\nquery = \"q\"\ninterval = \"90.0005s\"\nlabels "
      "= {k "
      "= \"v\"}\n[[notify]]\nname = \"n\"\nprogram = [\"/bin/x\", \"a b\"]\nstates = [\"blind\"]\nsessions = [\"*\"]\n";
  auto loaded = std::get<Loaded>(load(text));
  EXPECT_EQ(settings(show(loaded)), loaded.settings) << show(loaded);
  EXPECT_THAT(show_json(loaded),
              HasSubstr("{\"table\":\"[log]\",\"key\":\"level\",\"value\":\"\\\"info\\\"\",\"origin\":\"default\"}"));
}

TEST_F(Load, TheTemplateHasEveryKeyAndLoadsAsItIsAndUncommented) {
  const std::string text = template_text();
  EXPECT_EQ(settings(text), Settings());
  std::string uncommented;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('#') && !line.starts_with("# ")) line.erase(0, 1);
    // A program stands in the place of a webhook.
    if (!line.starts_with("include") && !line.starts_with("program")) uncommented += line + '\n';
  }
  const auto s = settings(uncommented);
  EXPECT_EQ(s.probes.size(), 1U);
  EXPECT_EQ(s.sessions.size(), 1U);
  EXPECT_EQ(s.notifiers.size(), 1U);
  for (const auto& key : settings_keys()) {
    EXPECT_THAT(text, HasSubstr('#' + std::string(key.name.substr(key.name.rfind('.') + 1)) + " = ")) << key.name;
  }
}

TEST_F(Load, TheDocumentHasARowForEveryKey) {
  std::ifstream file(HOLTER_SOURCE_DIR "/docs/configuration.md");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto row = [](std::string_view name) { return "\n| `" + std::string(name) + "` | "; };
  for (const auto& key : settings_keys()) {
    const auto at = text.find(row(key.name));
    ASSERT_NE(at, std::string::npos) << key.name;
    const std::string line = text.substr(at + 1, text.find('\n', at + 1) - at - 1);
    EXPECT_EQ(line.ends_with("| yes |"), key.restart) << line;
  }
  const std::string probes = text.substr(std::min(text.find("### Probes"), text.size()));
  const std::string sessions = text.substr(std::min(text.find("### Sessions"), text.size()));
  for (const auto& key : probe_keys()) EXPECT_THAT(probes, HasSubstr(row(key.name)));
  for (const auto& key : session_keys()) EXPECT_THAT(sessions, HasSubstr(row(key.name)));
  const std::string notifiers = text.substr(std::min(text.find("### Notifiers"), text.size()));
  for (const auto& key : notify_keys()) EXPECT_THAT(notifiers, HasSubstr(row(key.name)));
}

TEST_F(Load, NamesWhatARestartIsNeededFor) {
  Settings running;
  Settings wanted;
  wanted.log.level = env::LogLevel::debug;
  wanted.probes.resize(1);
  EXPECT_TRUE(needs_restart(running, wanted).empty());
  wanted.http.port = 1;
  wanted.store.budget_bytes = 1ULL << 30;
  EXPECT_THAT(needs_restart(running, wanted), testing::ElementsAre("store.budget", "http.listen"));
}

// Whatever a file holds: it loads, or its mistakes stand within it.
TEST_F(Load, SurvivesChangedBytes) {
  const char* given_seed = std::getenv("HOLTER_SEED");
  const auto seed = given_seed != nullptr ? std::stoul(given_seed) : std::random_device()();
  SCOPED_TRACE("HOLTER_SEED=" + std::to_string(seed));
  std::mt19937_64 random(seed);
  const std::string whole = template_text() + "[[probe]]\nname = \"web\"\nkind = \"http\"\ntarget = \"http://x/\"\n";
  for (int round = 0; round < 300; ++round) {
    std::string text = whole;
    for (std::uint64_t changes = 1 + random() % 8; changes > 0; --changes) {
      const auto at = random() % text.size();
      if (random() % 2 == 0) {
        text[at] = static_cast<char>(random() % 256);
      } else {
        text.erase(at, 1 + random() % 20);
      }
    }
    const auto parsed = parse(text, "file");
    const auto* mistake = std::get_if<Mistake>(&parsed);
    const auto lines = static_cast<std::uint32_t>(std::ranges::count(text, '\n')) + 1;
    if (mistake != nullptr) EXPECT_LE(mistake->place.line, lines);
  }
}

}  // namespace
}  // namespace holter::config
