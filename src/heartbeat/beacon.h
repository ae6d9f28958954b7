// Beacon is the sending end of a session: it pulses at its interval, answers asks at once, and delivers messages and a
// terminate with repeats until the hub has acknowledged them. What happens is told as BeaconEvent to a callback, for
// the program to print. One loop; the beacon outlives its tasks. A delivery may be cancelled; the next one goes on.
//
// With a key every datagram is sealed, and only what that key sealed is believed of a hub, but for its asks: these are
// answered, whoever sends them, because the answer is true. A challenge is met by saying the same again with the cookie
// that it holds, at once and once.
//
// A name may have several addresses: when the kernel reports that nothing listens at one, the next is used. When all
// refuse again and again the beacon does not wait for its patience to end.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "env/env.h"
#include "heartbeat/client_key.h"
#include "heartbeat/pulse.h"

namespace holter::heartbeat {

struct BeaconDatagram {
  bool sent = false;  // else received, from anybody
  base::Endpoint peer;
  base::Endpoint local;
  base::Bytes bytes;
};

struct BeaconOptions {
  std::string hub;  // a name or an address
  std::uint16_t port = kPort;
  std::string name;         // of the session, 1..255 bytes
  base::Duration interval;  // zero: announce none, send no pulses
  std::uint8_t detect_multiplier = 3;
  base::Duration give_up = base::Duration::seconds(10);  // for messages and terminate
  std::optional<ClientKey> key = {};
  // Sees every datagram, for --debug. Empty: nobody looks.
  std::function<void(const BeaconDatagram&)> on_datagram = {};
};

struct BeaconEvent {
  enum class Kind : std::uint8_t { started, asked, delivered, not_delivered, ended, not_ended, unreachable };

  Kind kind = Kind::started;
  base::Endpoint hub;
  base::Endpoint local;
  std::uint32_t number = 0;  // asked: k of N; delivered, not_delivered: the message
  std::string why;           // not_delivered, not_ended, unreachable
};

class Beacon {
 public:
  static constexpr std::size_t kMaxAddresses = 4;
  static constexpr base::Duration kFirstRepeat = base::Duration::milliseconds(200);
  static constexpr base::Duration kLongestRepeat = base::Duration::seconds(2);
  static constexpr std::size_t kRefusals = 3;  // one after another, and of each address one
  static constexpr base::Duration kRefusedFor = base::Duration::seconds(1);  // at least, before they are believed
  static constexpr base::Duration kAnswerSpacing = base::Duration::milliseconds(20);

  Beacon(env::Env env, BeaconOptions options, std::function<void(const BeaconEvent&)> on_event);

  // Resolves the hub and opens the sockets; before everything else.
  env::Task<base::Result<void>> open();
  // Pulses and answers until it is cancelled; the calls below need it running.
  env::Task<void> run();
  // Ok when the hub has taken it; timeout with the reason when it did not within `give_up`, refused when nothing
  // listens there. At most 1,200 bytes.
  env::Task<base::Result<void>> deliver(std::string text);
  // The same for the beginning and the failure of what the session is for. After a failure no pulse is sent: it would
  // say that all is well again.
  env::Task<base::Result<void>> start(std::string what);
  env::Task<base::Result<void>> fail(std::string reason);
  // No further pulse; what is said from here on announces no interval, so that a session which the hub expects again by
  // its settings is judged by those.
  void fall_silent() { options_.interval = base::Duration::zero(); }
  // Closes the session. No pulse is sent after it.
  env::Task<base::Result<void>> terminate();
  // The same, unless another beacon keeps the session or the hub expects it to come again.
  env::Task<base::Result<void>> leave();

 private:
  struct Way {
    base::Endpoint hub;
    std::shared_ptr<env::DatagramSocket> socket;
    base::Endpoint local;  // as the hub sees it, were there no NAT
  };
  // What is repeated until it is acknowledged.
  struct Errand {
    PulseType type = PulseType::message;
    bool leaves = false;
    std::string text;
  };
  // What was sent last.
  struct Said {
    Errand errand;
    std::uint32_t number = 0;
    bool pays = false;  // for replies to come
  };
  struct Turn;

  env::Task<void> receive(std::size_t number);
  env::Task<void> pulse();
  env::Task<base::Result<void>> say(PulseType type, std::string text);
  env::Task<base::Result<void>> repeat_until_acked(Errand errand);
  env::Task<void> wait_for_ack(std::uint32_t number, base::Instant until);
  base::Error give_up(const Errand& errand, std::uint32_t number, std::size_t refusals);
  void on_arrival(const env::Arrival& arrival, std::size_t number);
  void on_ack(const Pulse& pulse);
  void on_ask(const Pulse& pulse);
  void on_challenge(const Pulse& pulse);
  bool is_believed(const PulseView& view, base::Bytes datagram);
  void on_failure(std::size_t number, base::ErrorKind kind, const std::string& why);
  void send(const Errand& errand, std::uint32_t number);
  void send_said();
  void show(bool sent, const base::Endpoint& peer, const Way& way, base::Bytes bytes) const;
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
  Said said_;
  bool may_repeat_ = false;  // `said_`, when it is challenged
  std::vector<std::uint8_t> cookie_;
  Hmac hmac_;
  bool sending_ = false;  // one message at a time, so that numbers arrive in order
  bool terminated_ = false;
  std::optional<base::ErrorKind> failure_;  // of the newest try
  std::string trouble_;                     // why the hub may not hear
  base::Instant may_answer_;
  env::Signal acked_signal_;
  env::Signal sent_signal_;
};

}  // namespace holter::heartbeat
