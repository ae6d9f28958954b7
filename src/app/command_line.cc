#include "app/command_line.h"

#include <CLI/CLI.hpp>
#include <charconv>

#include "app/version.h"
#include "base/untrusted_text.h"
#include "store/options.h"

namespace holter::app {
namespace {

std::string wrong(const std::string& what, const std::string& example) {
  return "not " + what + "; write it as " + example;
}

struct HostAndPort {
  std::string host;
  std::optional<std::uint16_t> port;
};

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (failure != std::errc() || end != text.data() + text.size() || port == 0) return std::nullopt;
  return port;
}

// "host", "host:port", "192.0.2.1", "::1", "[::1]:4281".
std::optional<HostAndPort> split_host(const std::string& text) {
  if (base::IpAddress::parse(text)) return HostAndPort{text, std::nullopt};
  const auto colon = text.rfind(':');
  if (colon == std::string::npos) return text.empty() ? std::nullopt : std::optional(HostAndPort{text, std::nullopt});
  const auto port = parse_port(std::string_view(text).substr(colon + 1));
  std::string host = text.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  if (!port || host.empty()) return std::nullopt;
  return HostAndPort{host, port};
}

// Parsed values land in optionals and plain fields; a wrong one throws CLI11's error, which parse_command_line catches.
template <class Value>
CLI::Option* add_parsed(CLI::App* app, const std::string& flag, Value& into, const std::string& help,
                        std::optional<Value> (*parse)(const std::string&), const std::string& what,
                        const std::string& example) {
  return app->add_option_function<std::string>(
      flag,
      [&into, parse, what, example, flag](const std::string& text) {
        const auto value = parse(text);
        if (!value) throw CLI::ValidationError(flag, "'" + text + "' is " + wrong(what, example));
        into = *value;
      },
      help);
}

std::optional<env::LogLevel> parse_level(const std::string& text) {
  if (text == "debug") return env::LogLevel::debug;
  if (text == "info") return env::LogLevel::info;
  if (text == "warn") return env::LogLevel::warn;
  if (text == "error") return env::LogLevel::error;
  return std::nullopt;
}

std::optional<Targets> parse_targets(const std::string& text) {
  if (text == "found") return Targets::found;
  if (text == "loopback") return Targets::loopback;
  return std::nullopt;
}

std::optional<std::uint64_t> parse_budget(const std::string& text) {
  const auto size = parse_size(text);
  return size && *size >= store::kMinBudgetBytes ? size : std::nullopt;
}

void add_hub_host(CLI::App* app, const std::string& flag, std::string& host, std::uint16_t& port,
                  const std::string& help) {
  app->add_option_function<std::string>(
         flag,
         [&host, &port, flag](const std::string& text) {
           const auto split = split_host(text);
           if (!split) throw CLI::ValidationError(flag, "'" + text + "' is " + wrong("a host", "HOST or HOST:PORT"));
           host = split->host;
           if (split->port) port = *split->port;
         },
         help)
      ->required();
}

void add_common(CLI::App* app, RunOptions& options) {
  app->add_option("--data", options.data_directory,
                  "Where records are kept (default: by XDG; /var/lib/holter as root)");
  app->add_option("--runtime", options.runtime_directory, "Where the control socket is");
  app->add_option("--name", options.name, "What this host is called (default: its host name)");
  app->add_option("--interface", options.interface, "What to capture on (default: the default route's, else lo)");
  add_parsed<env::LogLevel>(app, "--log-level", options.log_level, "debug, info, warn or error (default info)",
                            parse_level, "a level", "debug, info, warn or error");
  app->add_flag("--insecure", options.insecure,
                "Allow addresses other than loopback although nothing is encrypted or authenticated yet");
}

void add_hub(CLI::App* app, RunOptions& options) {
  add_parsed<base::Endpoint>(app, "--http", options.http, "Address of the page and the API (default 127.0.0.1:4280)",
                             parse_endpoint, "an address and port", "127.0.0.1:4280 or [::1]:4280");
  app->add_option_function<std::vector<std::string>>(
      "--pulses",
      [&options](const std::vector<std::string>& texts) {
        options.pulses.clear();
        for (const auto& text : texts) {
          const auto endpoint = parse_endpoint(text);
          if (!endpoint)
            throw CLI::ValidationError("--pulses",
                                       "'" + text + "' is " + wrong("an address and port", "127.0.0.1:4280"));
          options.pulses.push_back(*endpoint);
        }
      },
      "Where pulses are heard over UDP (default 127.0.0.1:4280 and [::1]:4280)");
  add_parsed<Targets>(app, "--targets", options.targets,
                      "found: gateways, resolvers and loopback (the default); loopback: that alone", parse_targets,
                      "a set of targets", "found or loopback");
  add_parsed<std::uint64_t>(app, "--budget", options.budget_bytes,
                            "Most that the store may take, at least 32MiB (default 512MiB)", parse_budget,
                            "a size of at least 32MiB", "512MiB or 2GB");
}

void add_pulse(CLI::App* app, PulseOptions& options) {
  add_hub_host(app, "--to", options.hub_host, options.hub_port, "The hub: HOST or HOST:PORT (port 4280)");
  app->add_option("--name", options.name, "What the session is called, 1 to 255 bytes")->required();
  app->add_option_function<std::string>(
      "--interval",
      [&options](const std::string& text) {
        options.interval = parse_duration(text);
        if (!options.interval)
          throw CLI::ValidationError("--interval", "'" + text + "' is " + wrong("a duration", "500ms, 1s or 5m"));
      },
      "Pulse this often (default 1s, unless there is only a message to deliver)");
  app->add_option("--message", options.messages, "Deliver this text; may be given several times");
  app->add_flag("--terminate", options.terminate, "Close the session and end");
  app->add_flag("--no-terminate", options.stay_open, "Leave the session open when interrupted");
  app->add_option("--count", options.count, "End after this many pulses (default: when interrupted)");
}

bool is_command(const CLI::App& app, std::string_view word) {
  const auto commands = app.get_subcommands([word](const CLI::App* command) { return command->get_name() == word; });
  return !commands.empty();
}

}  // namespace

Command parse_command_line(int argc, const char* const* argv) {
  CLI::App app("holter, a network flight recorder: heartbeats, probes and packets in one place", "holter");
  app.set_version_flag("--version", std::string("holter ") + kVersion);
  app.require_subcommand(1);
  app.footer("Start with `holter run`, then open http://127.0.0.1:4280/ or ask `holter status`.");

  RunOptions run;
  auto* run_command = app.add_subcommand("run", "Record this host: hub and agent in one process");
  add_common(run_command, run);
  add_hub(run_command, run);
  run_command->add_flag("--passive", run.passive, "Send nothing: no probes, only listening");

  RunOptions hub;
  hub.role = Role::hub;
  auto* hub_command = app.add_subcommand("hub", "Collect from agents: plan, store, page");
  add_common(hub_command, hub);
  add_hub(hub_command, hub);
  add_parsed<base::Endpoint>(hub_command, "--listen", hub.listen, "Where agents connect (default 127.0.0.1:4281)",
                             parse_endpoint, "an address and port", "127.0.0.1:4281 or [::1]:4281");

  RunOptions agent;
  agent.role = Role::agent;
  auto* agent_command = app.add_subcommand("agent", "Probe and capture for a hub");
  add_common(agent_command, agent);
  add_hub_host(agent_command, "--hub", agent.hub_host, agent.hub_port, "The hub: HOST or HOST:PORT (port 4281)");

  PulseOptions pulse;
  auto* pulse_command = app.add_subcommand("pulse", "Say to a hub that this host lives");
  add_pulse(pulse_command, pulse);

  StatusOptions status;
  auto* status_command = app.add_subcommand("status", "Show what a running holter sees");
  status_command->add_flag("--json", status.json, "As one JSON object");
  status_command->add_option("--runtime", status.runtime_directory, "Where the control socket is");

  auto* version_command = app.add_subcommand("version", "Show the version");

  const std::string_view first = argc > 1 ? argv[1] : "";
  if (!first.empty() && first.front() != '-' && !is_command(app, first)) {
    return UsageError{"there is no command '" + base::UntrustedText(first).for_terminal() +
                      "'; the commands are run, hub, agent, pulse, status and version\nSee `holter --help`.\n"};
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    const auto chosen = app.get_subcommands();
    return ShowText{chosen.empty() ? app.help() : chosen.front()->help("holter")};
  } catch (const CLI::CallForVersion& version) {
    return ShowText{version.what() + std::string("\n")};
  } catch (const CLI::ParseError& error) {
    return UsageError{std::string(error.what()) + "\nSee `holter --help`, or `holter COMMAND --help`.\n"};
  }
  if (*version_command) return ShowText{std::string("holter ") + kVersion + "\n"};
  if (*run_command) return run;
  if (*hub_command) return hub;
  if (*agent_command) return agent;
  if (*pulse_command) return pulse;
  return status;
}

std::optional<base::Duration> parse_duration(const std::string& text) {
  std::int64_t count = 0;
  const char* end_of_text = text.data() + text.size();
  const auto [end, failure] = std::from_chars(text.data(), end_of_text, count);
  if (failure != std::errc() || count <= 0 || count > 1'000'000'000) return std::nullopt;
  const std::string_view unit(end, static_cast<std::size_t>(end_of_text - end));
  if (unit == "ms") return base::Duration::milliseconds(count);
  if (unit == "s") return base::Duration::seconds(count);
  if (unit == "m") return base::Duration::minutes(count);
  if (unit == "h") return base::Duration::hours(count);
  return std::nullopt;
}

std::optional<std::uint64_t> parse_size(const std::string& text) {
  std::uint64_t count = 0;
  const char* end_of_text = text.data() + text.size();
  const auto [end, failure] = std::from_chars(text.data(), end_of_text, count);
  if (failure != std::errc() || count == 0 || count > 1ULL << 40) return std::nullopt;
  const std::string_view unit(end, static_cast<std::size_t>(end_of_text - end));
  if (unit.empty() || unit == "B") return count;
  if (unit == "kB") return count * 1'000;
  if (unit == "KiB") return count << 10;
  if (unit == "MB") return count * 1'000'000;
  if (unit == "MiB") return count << 20;
  if (unit == "GB" && count < 1'000'000) return count * 1'000'000'000;
  if (unit == "GiB" && count < 1'000'000) return count << 30;
  return std::nullopt;
}

std::optional<base::Endpoint> parse_endpoint(const std::string& text) {
  const auto split = split_host(text);
  if (!split || !split->port) return std::nullopt;
  const auto address = base::IpAddress::parse(split->host);
  if (!address) return std::nullopt;
  return base::Endpoint{*address, *split->port};
}

}  // namespace holter::app
