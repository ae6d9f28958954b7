// `holter compat heartbeat-server` and `holter compat heartbeat-client`: the two programs of the heartbeats ancestor.
#include "app/commands.h"
#include "app/compat_programs.h"
#include "app/terminal.h"
#include "cli/common_options.h"
#include "compat/heartbeat_menu.h"
#include "env/linux/broker_client.h"
#include "env/linux/frames.h"
#include "env/linux/log.h"
#include "env/linux/loop.h"
#include "env/linux/privileges.h"
#include "env/linux/signals.h"

namespace holter::app {
namespace {

// What both stand on: the broker, no power of their own, and a loop. Destroyed from the last to the first.
struct Footing {
  std::unique_ptr<env_linux::BrokerClient> broker;
  std::unique_ptr<env::Log> log;
  std::unique_ptr<env_linux::Loop> loop;
};

base::Result<Footing> stand() {
  Footing footing;
  const auto path = env_linux::find_broker();
  if (!path) return path.error();
  auto broker = env_linux::BrokerClient::start(*path);
  if (!broker) return base::Error{broker.error().kind, broker.error().message + ", or start holter as root"};
  footing.broker = std::move(*broker);
  env_linux::ignore_broken_pipes();
  if (const auto dropped = env_linux::drop_privileges(); !dropped) return dropped.error();
  footing.log = env_linux::make_stderr_log(env::LogLevel::warn);
  env_linux::LoopOptions options;
  options.raw_sockets = footing.broker.get();
  options.make_frames = [source = footing.broker.get()](boost::asio::any_io_executor executor) {
    return std::make_unique<env_linux::Frames>(std::move(executor), source);
  };
  auto loop = env_linux::Loop::create(*footing.log, options);
  if (!loop) return loop.error();
  footing.loop = std::move(*loop);
  return footing;
}

// Runs `main(env, code)` to its end.
template <class Main>
int run_on_footing(Main main) {
  const auto footing = stand();
  if (!footing) {
    print_error(footing.error().message + '\n');
    return kFailed;
  }
  int code = kFailed;
  footing->loop->run(main(footing->loop->env(), code));
  return code;
}

int refused(std::string_view option, const base::Error& why) {
  print_error(std::string(option) + ": " + why.message + '\n');
  return kUsage;
}

cli::Option debug_option() { return {.name = "--debug", .help = "Show the header fields of each packet as well"}; }

}  // namespace

cli::Command compat_heartbeat_server_words() {
  auto interface = cli::interface_option("Listen on this interface alone (default: all that have an IPv4 address)");
  return {
      .words = "compat heartbeat-server",
      .purpose = cli::Purpose::presence,
      .summary = "The server of the heartbeats ancestor, for its unmodified clients",
      .about =
          "Listens for messages that clients of before send to TCP port 11414 as single segments, without any "
          "connection: no port is opened and no firewall is needed. Says who opens and closes a session and what is "
          "said. A client that is silent for the timeout is sent PULSEs to its port 11415, all silent clients at the "
          "same time, and given up after as many as were asked for.\n\n"
          "Asks for the timeout and the number of PULSEs when they are not given. Nothing is kept, and nobody is "
          "authenticated (docs/security.md); holter run speaks the same with [compat.heartbeats] enabled = true, and "
          "keeps its sessions with all others. Needs holter-broker. Ends with Ctrl-C.",
      .options = {{.name = "--timeout", .value = "SECONDS", .help = "Silence after which a client is sent a PULSE"},
                  {.name = "--pulses", .value = "N", .help = "How many PULSEs before it is given up"},
                  std::move(interface),
                  debug_option()},
      .examples = {{"holter compat heartbeat-server --timeout 30 --pulses 3", "Without being asked"}}};
}

int compat_heartbeat_server_command(const cli::Arguments& arguments) {
  CompatHubOptions options;
  if (arguments.has("--timeout")) {
    const auto timeout = compat::parse_timeout(arguments.text("--timeout"));
    if (!timeout) return refused("--timeout", timeout.error());
    options.timeout = *timeout;
  }
  if (arguments.has("--pulses")) {
    const auto pulses = compat::parse_pulses(arguments.text("--pulses"));
    if (!pulses) return refused("--pulses", pulses.error());
    options.pulses = *pulses;
  }
  options.interface = arguments.text("--interface");
  options.debug = arguments.has("--debug");
  return run_on_footing([&options](env::Env env, int& code) { return compat_hub_main(env, options, code); });
}

cli::Command compat_heartbeat_client_words() {
  return {
      .words = "compat heartbeat-client",
      .purpose = cli::Purpose::presence,
      .summary = "The client of the heartbeats ancestor, for its unmodified server",
      .about =
          "Asks for the server's address and then, by a menu: S sends a message, Q terminates the session and asks for "
          "another server, E exits; in either case of the letter. PULSEs of the server are answered by themselves "
          "meanwhile. A session that is open at the end is terminated. Lines may come from a script; the end of the "
          "input means E.\n\n"
          "Needs holter-broker. Ends with 0 when everything that was sent reached a host that answered, else with 1.",
      .options = {{.name = "--to", .value = "ADDRESS", .help = "The server's IPv4 address, instead of being asked"},
                  debug_option()},
      .examples = {{"holter compat heartbeat-client --to 127.0.0.1", "Straight to the menu"}}};
}

int compat_heartbeat_client_command(const cli::Arguments& arguments) {
  CompatClientOptions options;
  if (arguments.has("--to")) {
    const auto to = base::IpAddress::parse(arguments.text("--to"));
    if (!to || !to->is_v4() || to->is_any()) {
      return refused("--to", {base::ErrorKind::invalid, "is not an IPv4 address; write it as 192.0.2.1"});
    }
    options.to = *to;
  }
  options.debug = arguments.has("--debug");
  return run_on_footing([&options](env::Env env, int& code) { return compat_client_main(env, options, code); });
}

}  // namespace holter::app
