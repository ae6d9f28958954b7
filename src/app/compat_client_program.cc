#include <fmt/format.h>
#include <unistd.h>

#include <csignal>

#include "app/commands.h"
#include "app/compat_programs.h"
#include "app/terminal.h"
#include "compat/heartbeat_caller.h"
#include "compat/heartbeat_menu.h"
#include "compat/heartbeat_words.h"
#include "env/linux/line_reader.h"
#include "env/linux/signals.h"

namespace holter::app {
namespace {

using Step = compat::HeartbeatMenu::Step;
using Action = compat::HeartbeatMenu::Action;

// A person at the menu, and the server that was chosen last.
class Conversation {
 public:
  Conversation(env::Env env, bool debug) : env_(env), debug_(debug), running_(env.executor) {}

  // False when there is no way to the server; why is said.
  env::Task<bool> connect(base::IpAddress hub);
  env::Task<void> send(std::string message);
  // Ends the session if there is one, and speaks to nobody from here on.
  env::Task<void> leave();
  // Everything that was said was heard of.
  bool all_delivered() const { return all_delivered_; }

 private:
  env::Task<bool> say(std::string text);

  env::Env env_;
  bool debug_;
  bool open_ = false;  // the server may have a session with us
  bool all_delivered_ = true;
  base::IpAddress hub_;
  std::unique_ptr<compat::HeartbeatCaller> caller_;
  env::TaskGroup running_;
};

env::Task<bool> Conversation::connect(base::IpAddress hub) {
  compat::HeartbeatCallerOptions options;
  options.hub = hub;
  const std::string name = base::to_string(hub);
  env::Clock* clock = &env_.clock;
  options.on_pulse = [this, clock, name] {
    open_ = true;
    say_stamped(*clock, "Received a Pulse from " + name);
  };
  options.on_answer = [clock, name](const base::Result<void>& sent) {
    say_stamped(*clock, sent ? "Responded back to the PULSE from " + name
                             : "could not respond to the PULSE from " + name + ": " + sent.error().message);
  };
  if (debug_) {
    options.observe = [clock](const compat::HeartbeatSegment& segment) {
      say_stamped(*clock, '\n' + compat::header_words(segment) + '\n');
    };
  }
  auto caller = compat::HeartbeatCaller::open(env_, std::move(options));
  if (!caller) {
    say_stamped(*clock, "Something went wrong, try again! " + caller.error().message);
    co_return false;
  }
  hub_ = hub;
  caller_ = std::move(*caller);
  caller_->run_in(running_);
  co_return true;
}

env::Task<bool> Conversation::say(std::string text) {
  open_ = true;
  const auto sent = co_await caller_->say(std::move(text));
  if (sent) co_return true;
  all_delivered_ = false;
  const std::string name = base::to_string(hub_);
  const bool unheard = sent.error().kind == base::ErrorKind::timeout;
  say_stamped(env_.clock, unheard ? fmt::format("Nothing was heard of {} within {}: it may be down, or something on "
                                                "the way drops what goes to it",
                                                name, to_string(compat::HeartbeatCaller::kResetTime))
                                  : "not sent: " + sent.error().message);
  co_return false;
}

env::Task<void> Conversation::send(std::string message) {
  if (co_await say(std::move(message))) say_stamped(env_.clock, "Message Sent!");
}

env::Task<void> Conversation::leave() {
  if (caller_ == nullptr) co_return;
  if (std::exchange(open_, false) && co_await say(std::string(compat::kTerminateText))) {
    say_stamped(env_.clock, "sent a terminate command");
  }
  open_ = false;
  co_await running_.stop();
  caller_.reset();
}

env::Task<void> carry_out(Conversation& conversation, compat::HeartbeatMenu& menu, Step step) {
  switch (step.action) {
    case Action::none:
    case Action::exit: co_return;
    case Action::connect:
      if (!co_await conversation.connect(step.hub)) menu.ask_for_hub();
      co_return;
    case Action::send: co_await conversation.send(std::move(step.message)); co_return;
    case Action::terminate: co_await conversation.leave(); co_return;
  }
}

env::Task<void> converse(env::Env env, CompatClientOptions options, Conversation& conversation,
                         env_linux::LineReader& reader) {
  compat::HeartbeatMenu menu;
  if (options.to) {
    Step step = menu.connect(*options.to);
    co_await carry_out(conversation, menu, std::move(step));
  }
  for (;;) {
    print(menu.prompt());
    const auto line = co_await reader.next();
    if (!line) break;
    Step step = menu.take(*line);
    if (!step.objection.empty()) say_stamped(env.clock, step.objection);
    if (step.action == Action::exit) break;
    co_await carry_out(conversation, menu, std::move(step));
  }
  print("\n");
  co_await conversation.leave();
}

env::Task<void> close_when_told(env_linux::Signals& signals, env_linux::LineReader& reader) {
  co_await signals.next();
  reader.close();
}

}  // namespace

env::Task<void> compat_client_main(env::Env env, CompatClientOptions options, int& code) {
  const auto signals = env_linux::Signals::create(env.executor, {SIGINT, SIGTERM});
  if (!signals) co_return print_error(to_string(signals.error()) + '\n');
  const auto interfaces = compat::interfaces_for_segments(env.host, "");
  if (!interfaces) co_return print_error(interfaces.error().message + '\n');
  const auto reader = env_linux::LineReader::create(env.offload, STDIN_FILENO);
  if (!reader) co_return print_error(to_string(reader.error()) + '\n');
  print(compat::client_welcome() + '\n');
  say_stamped(env.clock, compat::own_address_words(compat::own_address(env.host, *interfaces)));
  env::TaskGroup watching(env.executor);
  watching.spawn(close_when_told(**signals, **reader));
  Conversation conversation(env, options.debug);
  co_await converse(env, options, conversation, **reader);
  co_await watching.stop();
  code = conversation.all_delivered() ? kDone : kFailed;
}

}  // namespace holter::app
