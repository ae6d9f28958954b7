#include <unistd.h>

#include <csignal>

#include "app/commands.h"
#include "app/compat_programs.h"
#include "app/local_time.h"
#include "app/terminal.h"
#include "compat/heartbeat_adapter.h"
#include "compat/heartbeat_menu.h"
#include "compat/heartbeat_words.h"
#include "env/linux/line_reader.h"
#include "env/linux/signals.h"
#include "heartbeat/listener.h"

namespace holter::app {

void say_stamped(env::Clock& clock, const std::string& line) {
  print(local_stamp(clock.wall_now()) + " : " + line + '\n');
}

namespace {

// Says what the ancestor said of a session's life.
class Transcript final : public record::Sink {
 public:
  explicit Transcript(env::Clock& clock) : clock_(clock) {}
  void accept(record::Record record) override {
    for (const auto& line : compat::words_of(record)) say_stamped(clock_, line);
  }

 private:
  env::Clock& clock_;
};

// False when there was no answer.
env::Task<bool> ask(env_linux::LineReader& reader, compat::HeartbeatQuestions& questions) {
  while (!questions.answered()) {
    print(questions.question());
    const auto line = co_await reader.next();
    if (!line) co_return false;
    if (const auto objection = questions.take(*line)) print('\n' + *objection + "\n\n");
  }
  co_return true;
}

env::Task<void> close_when_told(env_linux::Signals& signals, env_linux::LineReader& reader) {
  co_await signals.next();
  reader.close();
}

env::Task<void> say_silence(env::Env env, const heartbeat::HeartbeatListener& listener) {
  using record::SessionState;
  for (base::Instant next = env.clock.now();;) {
    next = next + base::Duration::seconds(1);
    co_await env.clock.sleep_until(next);
    for (const auto& session : listener.snapshot()) {
      if (session.state != SessionState::up && session.state != SessionState::pulsing) continue;
      say_stamped(env.clock, compat::silence_words(session.name.for_terminal(), session.silent_for));
    }
  }
}

// Answers are no messages to the session, but the ancestor showed them.
void show(env::Clock& clock, const compat::HeartbeatSegment& segment, bool debug) {
  if (compat::meaning_of(segment) == compat::SegmentMeaning::lives) {
    say_stamped(clock, compat::said_words(segment.from.address, segment.text));
  }
  if (debug) say_stamped(clock, '\n' + compat::header_words(segment) + '\n');
}

heartbeat::ListenerOptions listener_options(const compat::HeartbeatQuestions& answers) {
  heartbeat::ListenerOptions options;
  options.endpoints.clear();
  options.table.segments = heartbeat::DetectorOptions{answers.pulses(), compat::kPulseSpacing, answers.timeout()};
  return options;
}

env::Task<int> listen(env::Env env, const CompatHubOptions& options, std::vector<std::string> interfaces,
                      const compat::HeartbeatQuestions& answers, env_linux::Signals& signals) {
  Transcript transcript(env.clock);
  auto listener = heartbeat::HeartbeatListener::open(env, listener_options(answers), transcript);
  if (!listener) {
    print_error(listener.error().message + '\n');
    co_return kFailed;
  }
  compat::HeartbeatAdapterOptions wanted;
  wanted.interfaces = std::move(interfaces);
  wanted.observe = [clock = &env.clock, debug = options.debug](const compat::HeartbeatSegment& segment) {
    show(*clock, segment, debug);
  };
  auto adapter = compat::HeartbeatAdapter::open(env, std::move(wanted), **listener);
  if (!adapter) {
    print_error(adapter.error().message + '\n');
    co_return kFailed;
  }
  print("\nListening for messages ....\n\n");
  env::TaskGroup tasks(env.executor);
  tasks.spawn((*listener)->run());
  (*adapter)->run_in(tasks);
  if (options.debug) tasks.spawn(say_silence(env, **listener));
  co_await signals.next();
  (*listener)->shutdown();
  co_await tasks.stop();
  co_return kDone;
}

}  // namespace

env::Task<void> compat_hub_main(env::Env env, CompatHubOptions options, int& code) {
  const auto signals = env_linux::Signals::create(env.executor, {SIGINT, SIGTERM});
  if (!signals) co_return print_error(to_string(signals.error()) + '\n');
  const auto interfaces = compat::interfaces_for_segments(env.host, options.interface);
  if (!interfaces) co_return print_error(interfaces.error().message + '\n');
  print(compat::hub_welcome() + '\n');
  say_stamped(env.clock, compat::own_address_words(compat::own_address(env.host, *interfaces)));
  compat::HeartbeatQuestions questions(options.timeout, options.pulses);
  if (!questions.answered()) {
    const auto reader = env_linux::LineReader::create(env.offload, STDIN_FILENO);
    if (!reader) co_return print_error(to_string(reader.error()) + '\n');
    env::TaskGroup watching(env.executor);
    watching.spawn(close_when_told(**signals, **reader));
    const bool answered = co_await ask(**reader, questions);
    co_await watching.stop();
    if (!answered) {
      print_error("\nno answer: give --timeout and --pulses where nobody can be asked\n");
      code = kUsage;
      co_return;
    }
  }
  code = co_await listen(env, options, *interfaces, questions, **signals);
}

}  // namespace holter::app
