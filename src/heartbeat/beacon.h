// Beacon is the sending end of a session: it pulses at its interval, answers asks at once, and delivers messages and a
// terminate with repeats until the hub has acknowledged them. What happens is told as BeaconEvent to a callback, for
// the program to print. One loop; the beacon outlives its tasks.
//
// A name may have several addresses: when the kernel reports that nothing listens at one, the next is used.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "env/env.h"
#include "heartbeat/pulse.h"

namespace holter::heartbeat {

struct BeaconOptions {
  std::string hub;  // a name or an address
  std::uint16_t port = kPort;
  std::string name;         // of the session, 1..255 bytes
  base::Duration interval;  // zero: announce none, send no pulses
  std::uint8_t detect_multiplier = 3;
  base::Duration give_up = base::Duration::seconds(10);  // for messages and terminate
};

struct BeaconEvent {
  enum class Kind : std::uint8_t { started, asked, delivered, not_delivered, terminated, unreachable };

  Kind kind = Kind::started;
  base::Endpoint hub;
  base::Endpoint local;
  std::uint32_t number = 0;  // asked: k of N; delivered, not_delivered: the message
  std::string why;           // not_delivered, unreachable
};

class Beacon {
 public:
  static constexpr std::size_t kMaxAddresses = 4;
  static constexpr base::Duration kFirstRepeat = base::Duration::milliseconds(200);
  static constexpr base::Duration kLongestRepeat = base::Duration::seconds(2);
  static constexpr base::Duration kAnswerSpacing = base::Duration::milliseconds(20);

  Beacon(env::Env env, BeaconOptions options, std::function<void(const BeaconEvent&)> on_event);

  // Resolves the hub and opens the sockets; before everything else.
  env::Task<base::Result<void>> open();
  // Pulses and answers until it is cancelled; the calls below need it running.
  env::Task<void> run();
  // Ok when the hub has taken it; timeout with the reason when it did not within `give_up`. At most 1,200 bytes.
  env::Task<base::Result<void>> deliver(std::string text);
  // No pulse is sent after it.
  env::Task<base::Result<void>> terminate();

 private:
  struct Way {
    base::Endpoint hub;
    std::shared_ptr<env::DatagramSocket> socket;
  };

  env::Task<void> receive(std::size_t number);
  env::Task<void> pulse();
  env::Task<base::Result<void>> repeat_until_acked(PulseType type, std::string text);
  void on_arrival(const env::Arrival& arrival, std::size_t number);
  void on_refused(std::size_t number, const std::string& why);
  void send(PulseType type, std::uint32_t number, std::string_view text);
  void tell(BeaconEvent::Kind kind, std::uint32_t number, std::string why = {});

  env::Env env_;
  BeaconOptions options_;
  std::function<void(const BeaconEvent&)> on_event_;
  std::vector<Way> ways_;
  std::size_t way_ = 0;
  std::uint64_t incarnation_ = 0;
  std::uint64_t sequence_ = 0;
  std::uint32_t number_ = 0;  // of the newest message or terminate
  std::uint32_t acked_ = 0;
  bool sending_ = false;  // one message at a time, so that numbers arrive in order
  bool terminated_ = false;
  std::string trouble_;  // why the hub may not hear
  base::Instant may_answer_;
  env::Signal acked_signal_;
  env::Signal sent_signal_;
};

}  // namespace holter::heartbeat
