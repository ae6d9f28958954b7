#include "app/pulse_interactive.h"

#include <fmt/format.h>

#include <csignal>

#include "app/commands.h"
#include "app/own_loop.h"
#include "app/paths.h"
#include "app/pulse_beacon.h"
#include "app/terminal.h"
#include "app/version.h"
#include "base/untrusted_text.h"
#include "env/linux/prompt.h"
#include "env/linux/signals.h"
#include "heartbeat/beacon_prompt.h"

namespace holter::app {
namespace {

// Of the host, the loopback ones aside; the first of either family says enough.
std::string own_addresses(env::Host& host) {
  const auto interfaces = host.interfaces();
  std::string text;
  bool v4 = false;
  bool v6 = false;
  for (const auto& interface : interfaces ? *interfaces : std::vector<env::Interface>()) {
    if (interface.loopback || !interface.up) continue;
    for (const auto& address : interface.addresses) {
      bool& seen = address.family() == base::IpAddress::Family::v4 ? v4 : v6;
      if (std::exchange(seen, true)) continue;
      text += (text.empty() ? "" : " and ") + to_string(address);
    }
  }
  return text.empty() ? "no address but loopback" : text;
}

std::string welcome(env::Host& host) {
  return fmt::format(
      "Welcome to holter pulse {}. This host is {}, with {}.\n"
      "What you type is delivered to the hub as a message, or is a command: hub, status, terminate, help, exit.\n",
      kVersion, base::UntrustedText(host.name()).for_terminal(), own_addresses(host));
}

env::Task<void> heed(env_linux::Signals& signals, env::Prompt& prompt, heartbeat::BeaconPrompt& conversation) {
  for (;;) {
    const auto number = co_await signals.next();
    if (!number) co_return;
    switch (*number) {
      case SIGINT: conversation.interrupt(); break;
      case SIGWINCH: prompt.resized(); break;
      case SIGTSTP:
        prompt.release();
        env_linux::suspend_process();
        prompt.take();
        break;
      default: conversation.end(); break;
    }
  }
}

env::Task<void> converse(env::Env env, PulseOptions options, int& code) {
  auto signals = env_linux::Signals::create(env.executor, {SIGINT, SIGTERM, SIGHUP, SIGWINCH, SIGTSTP});
  if (!signals) co_return print_error(to_string(signals.error()) + '\n');
  const auto prompt = env_linux::make_prompt(env.executor);
  heartbeat::BeaconPromptOptions wanted;
  wanted.beacon = beacon_options(options, env, [&prompt](const std::string& line) {
    if (error_screen()) {
      prompt->complain(line);
    } else {
      print_error(line);
    }
  });
  wanted.welcome = welcome(env.host);
  wanted.history_path = history_of(this_user());
  wanted.stay_open = options.stay_open;
  heartbeat::BeaconPrompt conversation(env, std::move(wanted), *prompt);
  env::TaskGroup heeding(env.executor);
  heeding.spawn(heed(**signals, *prompt, conversation));
  const bool confirmed = co_await conversation.converse();
  co_await heeding.stop();
  code = confirmed ? kDone : kFailed;
}

}  // namespace

int pulse_interactively(PulseOptions options) {
  return run_alone(env::LogLevel::error,
                   [&options](env::Env env, int& code) { return converse(env, std::move(options), code); });
}

}  // namespace holter::app
