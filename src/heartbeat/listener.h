// HeartbeatListener is the shell around SessionTable: it opens the UDP sockets, feeds datagrams in batches, takes the
// signs of the other ways in, sends asks and acks, hands records to a record::Sink and says each change in the log.
//
// It suspects itself first. Before a deadline is judged the sockets have moments (kSettle) to give up what already
// waits in them, so that what arrived while the loop was late counts as heard, and the Lookout says whether this host
// was awake and is not cut off itself.
// An ack says that what it confirms is durable: with ListenerOptions::ask_durable it is held until durable() is called.
// One loop. The listener outlives run(); the sink outlives the listener.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "env/env.h"
#include "heartbeat/gate.h"
#include "heartbeat/lookout.h"
#include "heartbeat/presence.h"
#include "heartbeat/session_table.h"

namespace holter::heartbeat {

struct ListenerOptions {
  std::vector<base::Endpoint> endpoints = {{base::IpAddress::loopback(base::IpAddress::Family::v4), kPort},
                                           {base::IpAddress::loopback(base::IpAddress::Family::v6), kPort}};
  SessionTableOptions table;
  GateOptions gate;
  Keys keys;
  bool reuse_port = false;
  std::size_t receive_buffer_bytes = 4 * 1024 * 1024;
  // Called when acks wait for all records given to the sink before; durable() with the same number sends them. One
  // number is out at a time. Empty: acks go out at once.
  std::function<void(std::uint64_t number)> ask_durable;
};

struct ListenerCounters {
  std::uint64_t datagrams = 0;
  std::array<std::uint64_t, kPulseFaultCount> faults{};  // by PulseFault: what was not a pulse
  std::array<std::uint64_t, kGateFaultCount> refused{};  // by GateFault: pulses that were not taken
  std::uint64_t dropped = 0;                             // by the kernel, its buffer being full
  std::uint64_t send_failures = 0;
  std::uint64_t receive_failures = 0;
  std::uint64_t observer_gaps = 0;
  std::size_t unauthenticated = 0;  // sessions without a key from elsewhere than loopback
  std::uint64_t blind_times = 0;
  std::uint64_t blind_now = 0;  // interfaces
  TableCounters table;
};

class HeartbeatListener final : public Presence {
 public:
  static constexpr std::size_t kBatch = 64;
  static constexpr std::size_t kMaxSockets = 16;
  static constexpr std::size_t kMaxHeldAcks = 4'096;  // more are not sent: their beacons repeat
  static constexpr base::Duration kSettle = base::Duration::milliseconds(1);
  static constexpr int kMaxSettles = 100;
  static constexpr base::Duration kOverslept = base::Duration::milliseconds(5);
  // While there are sessions the loop looks at the clock this often, to notice its own absence.
  static constexpr base::Duration kWatch = base::Duration::milliseconds(250);
  // At level debug every session's silence is said this often, of so many sessions at most.
  static constexpr base::Duration kSayEvery = base::Duration::seconds(1);
  static constexpr std::size_t kMaxSilentSaid = 100;
  static constexpr std::uint32_t kRefusalsSaid = 5;  // a second; all are counted
  static constexpr std::uint32_t kStrangersSaid = 1;

  // Fails when an endpoint is taken by another program, or none can be opened; one of several that this host does not
  // have (no IPv6, say) is a warning. Without endpoints it hears by other ways alone.
  static base::Result<std::unique_ptr<HeartbeatListener>> open(env::Env env, ListenerOptions options,
                                                               record::Sink& sink);

  // The keys that hold from now on.
  void set_keys(KeyRing keys) { gate_.set_keys(std::move(keys)); }
  // Replaces the sessions that are expected; before restore(), or while it runs.
  // Returns who was expected, is not any more, and of whom nothing was ever recorded.
  std::vector<std::string> set_expected(const std::vector<ExpectedSession>& expected);
  // Whether frames of other hosts are heard; until it is called no session whose traffic is awaited is judged.
  void set_hearing(const Hearing& hearing);
  // Sessions known from before a restart; call it before run().
  void restore(const std::vector<record::PulseChange>& changes);
  // What was given to the sink before ask_durable() called with this number is on the disk.
  void durable(std::uint64_t number);
  // Whether this is the key of the name, as a person carries it.
  KeyVerdict verify_key(std::string_view name, std::string_view key_text) { return gate_.verify_text(name, key_text); }
  bool on_sign(std::string_view name, const Sign& sign, const Path& from) override;
  void set_way(record::Way way, std::function<void(const Reply&)> send) override;
  // Returns after shutdown().
  env::Task<void> run();
  void shutdown();

  std::vector<base::Endpoint> endpoints() const;
  // At most `count` sessions from the number `first` on.
  std::vector<SessionStatus> snapshot(std::size_t first = 0, std::size_t count = SIZE_MAX) const;
  std::size_t size() const { return table_.size(); }
  // The blind times that last.
  std::vector<BlindStatus> blind() const { return lookout_.blind(); }
  ListenerCounters counters() const;

 private:
  struct Socket {
    std::shared_ptr<env::DatagramSocket> socket;
    bool more = false;  // the last batch was full
  };

  HeartbeatListener(env::Env env, const ListenerOptions& options, record::Sink& sink);

  env::Task<void> receive(std::size_t number);
  env::Task<void> judge();
  std::optional<base::Instant> next_look() const;
  void judge_due(base::Duration lag);
  // Gives the sockets time to be emptied. Returns how long the loop was stopped meanwhile.
  env::Task<base::Duration> settle();
  void on_arrival(const env::Arrival& arrival, std::uint32_t via);
  // Whether what this says may be stored, should anything of it be.
  bool may_store(std::string_view name, record::Authentication authentication, bool only_lives, std::size_t text_bytes);
  void refuse(const Pulse& pulse, GateFault fault, const base::Endpoint& peer);
  void carry_out(Outcome& outcome);
  void send(const Reply& reply);
  void send_reply(const Reply& reply);
  void send_datagram(const base::Endpoint& peer, std::uint32_t via, base::Bytes datagram);
  void ask_for_acks();
  void say(const record::Record& record) const;
  void say_datagram(std::string_view what, const base::Endpoint& peer, std::uint32_t via, base::Bytes datagram) const;
  env::Task<void> say_silence() const;
  Moment now() const { return {env_.clock.now(), env_.clock.wall_now()}; }

  env::Env env_;
  record::Sink& sink_;
  SessionTable table_;
  Gate gate_;
  RateBudget refusals_said_{kRefusalsSaid};
  RateBudget strangers_said_{kStrangersSaid};
  std::vector<Socket> sockets_;
  env::Signal stop_;
  env::Signal changed_;
  Lookout lookout_;
  bool stopping_ = false;
  ListenerCounters counters_;
  std::function<void(std::uint64_t)> ask_durable_;
  std::map<record::Way, std::function<void(const Reply&)>> ways_;
  std::uint64_t asked_number_ = 0;
  std::vector<Reply> asked_acks_;  // sent when asked_number_ is durable
  std::vector<Reply> held_acks_;   // for the number after it
};

}  // namespace holter::heartbeat
