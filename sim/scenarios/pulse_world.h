// PulseWorld drives a bare SessionTable with thousands of beacons over lossy links: virtual time and an event queue, no
// coroutines, so that a day of a thousand sessions takes a minute. Beacons die, come back, move and are cut off; pulses
// are lost, late, doubled and overtaken; the observer is away, its wall clock steps, its hub restarts. A PulseJudge
// looks on from outside. Seeded: the same seed gives the same trace. One thread.
#pragma once

#include <memory>
#include <queue>
#include <string>
#include <vector>

#include "heartbeat/session_table.h"
#include "sim/scenarios/lossy_link.h"
#include "sim/scenarios/pulse_judge.h"
#include "sim/trace.h"

namespace holter::sim {

struct PulseWorldOptions {
  std::uint32_t sessions = 1'000;
  suspicion::Pace pace = {base::Duration::seconds(1), 5};
  LinkWeather weather = {};
  double duplicates = 0;  // the share of pulses that arrive twice
  bool adaptive = false;
  std::uint8_t asks = 0;
  std::uint64_t seed = 1;
};

class PulseWorld {
 public:
  using Number = std::uint32_t;  // of a beacon; the first ones have a session each

  explicit PulseWorld(const PulseWorldOptions& options);

  void run_for(base::Duration span);

  void kill(Number beacon);
  void restart(Number beacon);
  void cut(Number beacon, bool its_pulses, bool its_asks);
  void move(Number beacon);
  // Another beacon of the same name; its number.
  Number double_up(Number beacon);
  void set_weather(const LinkWeather& weather);

  void step_wall_clock(base::Duration by) { wall_ += by; }
  // The hub stands still for so long; what arrives meanwhile waits in its socket. Nothing while it does.
  void be_away(base::Duration span);
  void restart_hub();

  const PulseJudge& judge() const { return judge_; }
  const heartbeat::SessionTable& table() const { return *table_; }
  heartbeat::SessionStatus status(Number beacon) const;
  SeededRandom& random() { return random_; }
  std::uint64_t trace_hash() const { return trace_.hash(); }

 private:
  struct Beacon {
    std::string name;
    std::uint64_t incarnation = 0;  // 0: dead
    std::uint64_t sequence = 0;
    base::Endpoint address;
    LossyLink out;
    LossyLink back;
    bool pulses_cut = false;
    bool asks_cut = false;
  };
  struct Event {
    enum class Kind : std::uint8_t { pulse, arrival, ask, back };
    base::Instant at;
    std::uint64_t order = 0;
    Kind kind = Kind::pulse;
    bool answers = false;
    Number beacon = 0;
    std::uint64_t incarnation = 0;
    std::uint64_t sequence = 0;
    base::Endpoint from = {};

    bool operator>(const Event& other) const { return std::pair(at, order) > std::pair(other.at, other.order); }
  };

  heartbeat::Moment now() const {
    return {now_, base::WallTime::from_nanoseconds(0) + wall_ + (now_ - base::Instant())};
  }
  std::unique_ptr<heartbeat::SessionTable> new_table() const;
  bool living(const std::string& name) const;
  Number add(const std::string& name);
  void put(base::Instant at, Event event);
  void send(Number beacon, bool answers);
  void arrive(const Event& event);
  void handle(const Event& event);
  void judge_until(base::Instant end);
  void take(heartbeat::Outcome& outcome);
  void on_change(const record::PulseChange& change);
  void look();

  PulseWorldOptions options_;
  SeededRandom random_;
  base::Instant now_;
  base::Instant looked_;
  base::Duration wall_;
  base::Duration away_for_;  // zero: it is there
  base::Instant away_until_;
  std::uint64_t order_ = 0;
  std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
  std::vector<Beacon> beacons_;
  std::multimap<std::string, Number> beacons_of_;
  std::map<std::string, record::PulseChange> stored_;  // the last change of each session
  std::map<std::string, std::size_t> rows_;            // in the table
  std::unique_ptr<heartbeat::SessionTable> table_;
  PulseJudge judge_;
  Trace trace_;
};

}  // namespace holter::sim
