// `holter run`, `holter hub` and `holter agent`: prepare the ground, then run the role on the main loop to its end.
#include "app/agent_main.h"
#include "app/commands.h"
#include "app/hub_main.h"
#include "app/terminal.h"
#include "base/units.h"
#include "cli/common_options.h"
#include "store/options.h"

namespace holter::app {
namespace {

using Options = std::vector<cli::Option>;
using cli::Kind;

Options common_options() {
  return {{.name = "--data",
           .value = "DIR",
           .help = "Where records are kept (default: by XDG; /var/lib/holter as root)",
           .kind = Kind::directory},
          {.name = "--runtime", .value = "DIR", .help = "Where the control socket is", .kind = Kind::directory},
          {.name = "--name",
           .value = "NAME",
           .help = "What this host is called (default: its host name)",
           .kind = Kind::name},
          cli::interface_option("What to capture on (default: the default route's, else lo)"),
          {.name = "--log-level",
           .value = "LEVEL",
           .help = "debug, info, warn or error (default info)",
           .kind = Kind::choice,
           .choices = {"debug", "info", "warn", "error"}},
          {.name = "--insecure",
           .help = "Allow addresses other than loopback although nothing is encrypted or authenticated yet"}};
}

Options hub_options() {
  Options options = common_options();
  options.insert(options.end(), {{.name = "--http",
                                  .value = "ADDR:PORT",
                                  .help = "Address of the page and the API (default 127.0.0.1:4280)",
                                  .kind = Kind::endpoint},
                                 {.name = "--pulses",
                                  .value = "ADDR:PORT",
                                  .help = "Where pulses are heard over UDP (default 127.0.0.1:4280 and [::1]:4280)",
                                  .kind = Kind::endpoint,
                                  .repeats = true},
                                 {.name = "--targets",
                                  .value = "SET",
                                  .help = "found: gateways, resolvers and loopback (the default); loopback: that alone",
                                  .kind = Kind::choice,
                                  .choices = {"found", "loopback"}},
                                 {.name = "--budget",
                                  .value = "SIZE",
                                  .help = "Most that the store may take, at least 32MiB (default 512MiB)",
                                  .kind = Kind::size}});
  return options;
}

env::LogLevel level_of(const std::string& text) {
  if (text == "debug") return env::LogLevel::debug;
  if (text == "warn") return env::LogLevel::warn;
  return text == "error" ? env::LogLevel::error : env::LogLevel::info;
}

void take_common(const cli::Arguments& arguments, RunOptions& options) {
  options.settings.store.directory = arguments.text("--data");
  options.settings.runtime = arguments.text("--runtime");
  options.settings.name = arguments.text("--name");
  options.settings.capture.interface = arguments.text("--interface");
  options.settings.log.level = level_of(arguments.text("--log-level", "info"));
  options.settings.insecure = arguments.has("--insecure");
}

void take_hub(const cli::Arguments& arguments, RunOptions& options) {
  take_common(arguments, options);
  options.settings.http = arguments.endpoint("--http").value_or(options.settings.http);
  if (arguments.has("--pulses")) options.settings.heartbeat.listen.clear();
  for (const auto& text : arguments.texts("--pulses"))
    options.settings.heartbeat.listen.push_back(*base::parse_endpoint(text));
  if (arguments.text("--targets") == "loopback") options.settings.targets = config::Targets::loopback;
  if (arguments.has("--budget")) options.settings.store.budget_bytes = *base::parse_size(arguments.text("--budget"));
}

int run_role(RunOptions options) {
  if (const std::string refusal = refuse_insecure(options); !refusal.empty()) {
    print_error(refusal);
    return kUsage;
  }
  if (options.settings.store.budget_bytes < store::kMinBudgetBytes) {
    print_error("--budget: " + base::size_text(options.settings.store.budget_bytes) + " is too small; at least " +
                base::size_text(store::kMinBudgetBytes) + '\n');
    return kUsage;
  }
  auto prepared = prepare(options);
  if (const auto* failure = std::get_if<StartFailure>(&prepared)) {
    print_error(failure->text);
    return failure->exit_code;
  }
  Ground& ground = *std::get<std::unique_ptr<Ground>>(prepared);
  const env::Env env = ground.loop->env();
  int exit_code = kFailed;
  if (options.role == Role::agent) {
    ground.loop->run(agent_main(env, std::move(options), ground, exit_code));
  } else {
    ground.loop->run(hub_main(env, std::move(options), ground, exit_code));
  }
  return exit_code;
}

}  // namespace

cli::Command run_words() {
  Options options = hub_options();
  options.push_back({.name = "--passive", .help = "Send nothing: no probes, only listening"});
  return {.words = "run",
          .purpose = cli::Purpose::record,
          .summary = "Record this host: hub and agent in one process",
          .about =
              "Probes the gateways and resolvers it finds, hears pulses, captures on the interface of the default "
              "route, and shows all of it on a page. Runs until SIGINT or SIGTERM; then everything it holds is "
              "stored. SIGTSTP (Ctrl-Z) stores everything and suspends; the pause becomes a recorded gap, and no "
              "session goes down for it.",
          .options = std::move(options),
          .examples = {{"holter run", "Record what is found, without any configuration"},
                       {"holter run --targets loopback --budget 64MiB", "Probe this host alone, keep 64 MiB"}}};
}

int run_command(const cli::Arguments& arguments) {
  RunOptions options;
  take_hub(arguments, options);
  options.passive = arguments.has("--passive");
  return run_role(std::move(options));
}

cli::Command hub_words() {
  Options options = hub_options();
  options.push_back({.name = "--listen",
                     .value = "ADDR:PORT",
                     .help = "Where agents connect (default 127.0.0.1:4281)",
                     .kind = Kind::endpoint});
  return {.words = "hub",
          .purpose = cli::Purpose::record,
          .summary = "Collect from agents: plan, store, page",
          .about =
              "Makes the plan, keeps the store, serves page and API, hears pulses. Probes and captures nothing "
              "itself: its agents do.",
          .options = std::move(options),
          .examples = {{"holter hub --targets loopback", "Collect from agents on this host"}}};
}

int hub_command(const cli::Arguments& arguments) {
  RunOptions options;
  options.role = Role::hub;
  take_hub(arguments, options);
  options.settings.hub_listen = arguments.endpoint("--listen").value_or(options.settings.hub_listen);
  return run_role(std::move(options));
}

cli::Command agent_words() {
  Options options = {
      {.name = "--hub", .value = "HOST[:PORT]", .help = "The hub (port 4281)", .kind = Kind::host, .required = true}};
  const Options common = common_options();
  options.insert(options.end(), common.begin(), common.end());
  return {.words = "agent",
          .purpose = cli::Purpose::record,
          .summary = "Probe and capture for a hub",
          .about =
              "Runs the hub's plan. Keeps its records on disk until the hub has them durably (at most 256 MiB), "
              "connects again by itself, and sends live records before old ones. It has no page and no control "
              "socket. Beside another holter it needs a data directory of its own.",
          .options = std::move(options),
          .examples = {{"holter agent --hub localhost --name web1", "Report to a hub on this host"}}};
}

int agent_command(const cli::Arguments& arguments) {
  RunOptions options;
  options.role = Role::agent;
  take_common(arguments, options);
  const auto hub = *arguments.host("--hub");
  options.settings.agent_hub = hub.host;
  options.settings.agent_hub_port = hub.port.value_or(options.settings.agent_hub_port);
  return run_role(std::move(options));
}

}  // namespace holter::app
