// What the two programs of the heartbeats ancestor asked a person, as pure state: a line goes in, what to say and what
// to do comes out. Nonsense is answered in words and asked for again. Lines come without their end; whoever reads them
// bounds their length.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/ip.h"
#include "base/result.h"
#include "base/time.h"

namespace holter::compat {

inline constexpr base::Duration kLongestTimeout = base::Duration::seconds(86'400);

// Whole seconds, from 1 to a day.
base::Result<base::Duration> parse_timeout(std::string_view text);
// From 0 to 255.
base::Result<std::uint8_t> parse_pulses(std::string_view text);

// What the server asked before it listened.
class HeartbeatQuestions {
 public:
  // What is given already is not asked.
  HeartbeatQuestions(std::optional<base::Duration> timeout, std::optional<std::uint8_t> pulses)
      : timeout_(timeout), pulses_(pulses) {}

  bool answered() const { return timeout_ && pulses_; }
  // What is asked now; no line break behind it.
  std::string_view question() const;
  // What is wrong with the answer; nothing when it was taken.
  std::optional<std::string> take(std::string_view line);

  // Once answered.
  base::Duration timeout() const { return *timeout_; }
  std::uint8_t pulses() const { return *pulses_; }

 private:
  std::optional<base::Duration> timeout_;
  std::optional<std::uint8_t> pulses_;
};

// The menu of the client.
class HeartbeatMenu {
 public:
  enum class Action : std::uint8_t { none, connect, send, terminate, exit };
  struct Step {
    Action action = Action::none;
    std::string message = {};    // send
    base::IpAddress hub = {};    // connect
    std::string objection = {};  // why the line was not taken
  };

  std::string_view prompt() const;
  Step take(std::string_view line);
  // As if this address had been typed; IPv4.
  Step connect(const base::IpAddress& hub);
  // There was no way to the one that was typed.
  void ask_for_hub() { asks_ = Asks::hub; }

 private:
  enum class Asks : std::uint8_t { hub, choice, message };

  Step take_hub(std::string_view line);
  Step take_choice(std::string_view line);
  Step take_message(std::string_view line);

  Asks asks_ = Asks::hub;
};

}  // namespace holter::compat
