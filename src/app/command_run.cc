// `holter run`, `holter hub` and `holter agent`: read the settings, prepare the ground, then run the role on the main
// loop to its end.
#include "app/agent_main.h"
#include "app/commands.h"
#include "app/hub_main.h"
#include "app/setting_options.h"
#include "app/terminal.h"

namespace holter::app {
namespace {

cli::Command role_words(Role role, std::string words) {
  std::vector<cli::Option> options = {
      {.name = "--config",
       .letter = 'c',
       .value = "FILE",
       .help = "The configuration (default: that of this user, else /etc/holter/holter.toml)",
       .kind = cli::Kind::file},
      {.name = "--check", .help = "Look for mistakes in the configuration and the options, then end"}};
  for (auto& option : setting_options(role)) options.push_back(std::move(option));
  return {.words = std::move(words), .purpose = cli::Purpose::record, .summary = "", .options = std::move(options)};
}

int run_prepared(RunOptions options, Ground& ground) {
  const env::Env env = ground.loop->env();
  int exit_code = kFailed;
  if (options.role == Role::agent) {
    ground.loop->run(agent_main(env, std::move(options), ground, exit_code));
  } else {
    ground.loop->run(hub_main(env, std::move(options), ground, exit_code));
  }
  return exit_code;
}

// What is wrong with these settings for this role. Empty: nothing.
std::string refusal(const RunOptions& options) {
  if (options.role == Role::agent && options.settings.agent_hub.host.empty()) {
    return "--hub HOST[:PORT] is missing: give it, or set agent.hub in the configuration\n";
  }
  return refuse_insecure(options);
}

int run_role(const cli::Arguments& arguments, Role role) {
  RunOptions options;
  options.role = role;
  options.passive = role == Role::run && arguments.has("--passive");
  options.source.path = arguments.has("--config") ? arguments.text("--config") : found_config(this_user());
  auto overrides = overrides_of(arguments, role);
  if (!overrides) {
    print_error(overrides.error().message + '\n');
    return kUsage;
  }
  options.source.overrides = std::move(*overrides);
  auto loaded = load(options.source);
  if (const auto* mistakes = std::get_if<config::Mistakes>(&loaded)) {
    print_error(to_string(*mistakes) + "nothing was started\n");
    return kUsage;
  }
  options.settings = std::move(std::get<config::Loaded>(loaded).settings);
  if (const std::string why = refusal(options); !why.empty()) {
    print_error(why);
    return kUsage;
  }
  if (arguments.has("--check")) {
    print(config_in_words(options.settings) + ": no mistake\n");
    return kDone;
  }
  auto prepared = prepare(options);
  if (const auto* failure = std::get_if<StartFailure>(&prepared)) {
    print_error(failure->text);
    return failure->exit_code;
  }
  return run_prepared(std::move(options), *std::get<std::unique_ptr<Ground>>(prepared));
}

}  // namespace

cli::Command run_words() {
  auto command = role_words(Role::run, "run");
  command.summary = "Record this host: hub and agent in one process";
  command.about =
      "Probes the gateways and resolvers it finds, hears pulses, captures on the interface of the default route, and "
      "shows all of it on a page. Runs until SIGINT or SIGTERM; then everything it holds is stored. SIGHUP reads the "
      "configuration anew. SIGTSTP (Ctrl-Z) stores everything and suspends; the pause becomes a recorded gap, and no "
      "session goes down for it.";
  command.options.push_back({.name = "--passive", .help = "Send nothing: no probes, only listening"});
  command.examples = {{"holter run", "Record what is found, without any configuration"},
                      {"holter run --targets loopback --budget 64MiB", "Probe this host alone, keep 64 MiB"}};
  return command;
}

int run_command(const cli::Arguments& arguments) { return run_role(arguments, Role::run); }

cli::Command hub_words() {
  auto command = role_words(Role::hub, "hub");
  command.summary = "Collect from agents: plan, store, page";
  command.about =
      "Makes the plan, keeps the store, serves page and API, hears pulses. Probes and captures nothing itself: its "
      "agents "
      "do. SIGHUP reads the configuration anew; a changed plan reaches the agents at once.";
  command.examples = {{"holter hub --targets loopback", "Collect from agents on this host"}};
  return command;
}

int hub_command(const cli::Arguments& arguments) { return run_role(arguments, Role::hub); }

cli::Command agent_words() {
  auto command = role_words(Role::agent, "agent");
  command.summary = "Probe and capture for a hub";
  command.about =
      "Runs the hub's plan. Keeps its records on disk until the hub has them durably (at most 256 MiB), connects again "
      "by itself, and sends live records before old ones. It has no page and no control socket. Beside another holter "
      "it "
      "needs a data directory of its own.";
  command.examples = {{"holter agent --hub localhost --name web1", "Report to a hub on this host"}};
  return command;
}

int agent_command(const cli::Arguments& arguments) { return run_role(arguments, Role::agent); }

}  // namespace holter::app
