// BeaconPrompt is `holter pulse -i`: a person says what to do at an env::Prompt, while pulses go on and asks are
// answered. What happens meanwhile is printed above the line that is being typed. Without a hub the person is asked for
// one; a script names it with `hub`. A change of hub ends at the old one while the new one is already pulsed; each
// command of a script is waited for, those of a person are not. Everything that came from outside is shown through
// UntrustedText.
//
// One loop. interrupt() and end() may come at any time while converse() runs.
#pragma once

#include <list>
#include <memory>

#include "env/line_history.h"
#include "env/prompt.h"
#include "heartbeat/beacon.h"
#include "heartbeat/prompt_line.h"

namespace holter::heartbeat {

inline constexpr std::size_t kMaxWaitingMessages = 100;  // of a person who types faster than the hub answers

struct BeaconPromptOptions {
  BeaconOptions beacon;      // hub and name may be empty
  std::string welcome;       // what a person sees first
  std::string history_path;  // empty: none is kept
  bool stay_open = false;    // leave the session open at the end
};

class BeaconPrompt {
 public:
  BeaconPrompt(env::Env env, BeaconPromptOptions options, env::Prompt& prompt);
  ~BeaconPrompt();

  // Returns at the end: whether the hubs confirmed everything, and a script made no mistake.
  env::Task<bool> converse();
  // Ends in good order; once that has begun, at once.
  void end();
  // Ctrl-C: leaves a half-typed line behind; without one it is the end.
  void interrupt();

 private:
  // What is open with one hub.
  struct Channel;
  struct Counts {
    std::uint64_t sent = 0;  // datagrams
    std::uint64_t asked = 0;
    std::uint64_t delivered = 0;
    std::uint64_t not_delivered = 0;
    std::optional<base::Instant> heard;  // a datagram came back
  };

  env::Task<bool> settle_name();
  env::Task<bool> settle_hub();
  env::Task<std::optional<std::string>> ask(std::string question, env::Remember remember);
  env::Task<void> read_commands();
  env::Task<bool> obey(PromptLine line);
  env::Task<void> open(base::HostAndPort hub);
  env::Task<void> change_hub(std::optional<base::HostAndPort> hub);
  env::Task<void> deliver(Channel& channel, std::string text);
  env::Task<void> close(Channel& channel, bool whoever);
  env::Task<void> finish();
  env::Task<void> keep(std::string line);

  void say_message(std::string text);
  void retire(bool whoever);
  void on_event(const BeaconEvent& event);
  void on_datagram(const BeaconDatagram& datagram);
  void tell_status();
  void say(const std::string& line);
  void complain(const std::string& line);
  std::string prompt_text() const;

  env::Env env_;
  BeaconPromptOptions options_;
  env::Prompt& prompt_;
  env::LineHistory history_;
  Counts counts_;
  std::vector<std::string> hubs_;  // that were spoken to
  std::list<std::unique_ptr<Channel>> channels_;
  Channel* current_ = nullptr;
  std::size_t waiting_ = 0;  // messages that are not acknowledged yet
  bool ending_ = false;
  bool failed_ = false;
  env::Signal ended_;
  env::TaskGroup retiring_;
};

}  // namespace holter::heartbeat
