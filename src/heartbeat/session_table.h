// SessionTable holds every heartbeat session and drives their detectors from one timing wheel. Pure: signs and time go
// in, records and replies come out; it sees no clock, socket or logger.
//
// Sessions are known by name and by what proves it, not by address, so that NAT merges nobody and nobody speaks for
// another; a moved address is recorded. Closed sessions stay listed. At most Options::limit sessions, and fewer that
// nothing proves; a new name beyond makes one go that nothing proves and that is over, or is refused and counted.
// Memory: 144 bytes a session with its timer and its place in the index, its name and last message apart, and 32 bytes
// more where it is adaptive. One thread.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/chunked_vector.h"
#include "base/timer_wheel.h"
#include "heartbeat/acquaintance.h"
#include "heartbeat/hearing.h"
#include "heartbeat/lateness.h"
#include "heartbeat/observer.h"
#include "heartbeat/pulse.h"
#include "heartbeat/rhythms.h"
#include "heartbeat/runs.h"
#include "heartbeat/schedule.h"
#include "heartbeat/session.h"
#include "heartbeat/session_index.h"
#include "heartbeat/session_status.h"
#include "heartbeat/strangers.h"

namespace holter::heartbeat {

struct SessionTableOptions {
  std::size_t limit = 1'000'000;
  DetectorOptions detector;
  base::HashKey hash_key = {};  // drawn at random
  // Of sessions that are heard by ping URLs and have none of their own.
  Schedule pinged = Schedule::every(Schedule::kDefaultPeriod, Schedule::kDefaultGrace);
  // For a session that was heard last by Way::segment, whose clients know neither an interval nor a number of asks.
  std::optional<DetectorOptions> segments = {};
  Strangers::Limits strangers = {};  // of those without a key from elsewhere than loopback
};

// A session that is known before it is heard of: listed from the start, down if it never comes. What it says here goes
// before the table's options; an interval that the client announces goes before both.
struct ExpectedSession {
  std::string name;
  std::optional<base::Duration> interval = {};
  std::uint32_t detect_multiplier = 3;
  std::optional<std::uint8_t> asks = {};
  std::optional<base::Duration> ask_spacing = {};
  std::optional<Schedule> schedule = {};  // instead of an interval
  std::optional<bool> adaptive = {};
  std::vector<base::IpAddress> traffic = {};  // frames from these are its signs of life
};

// A session that is expected stands under this until a key proves it; one whose traffic is awaited for good.
inline constexpr auto kAwaited = record::Authentication::loopback;

struct TableCounters {
  std::uint64_t pulses = 0;    // fresh datagrams of any type, and signs that came by other ways
  std::uint64_t messages = 0;  // recorded, each once
  std::uint64_t repeated_messages = 0;
  std::uint64_t seen_before = 0;  // duplicates, replays, too old
  std::uint64_t reordered = 0;
  std::uint64_t refused_full = 0;  // new sessions for which there was no room
  std::uint64_t gave_way = 0;      // unauthenticated ones that were over, for a new one
  std::uint64_t misdirected = 0;   // an ask or ack sent to a hub
  std::uint64_t unknown_terminated = 0;
  std::uint64_t peer_moves = 0;
  std::uint64_t asks = 0;
  std::uint64_t replies_withheld = 0;                            // would be more than the peer has sent
  std::array<std::uint64_t, record::kSessionStates> by_state{};  // sessions now
  Lateness lateness;                                             // of judgements, behind their deadlines
};

class SessionTable {
 public:
  // A session that moves all the time is recorded to have moved this often.
  static constexpr base::Duration kMoveSpacing = base::Duration::seconds(60);

  SessionTable(SessionTableOptions options, base::Instant start);

  // Replaces the sessions that are expected. One that no longer is keeps what is known of it, or is forgotten when it
  // was never heard of.
  Outcome set_expected(const std::vector<ExpectedSession>& expected, Moment now);

  void on_datagram(const PulseView& view, record::Authentication authentication, const Path& from, Moment now,
                   Outcome& out);
  // Of a datagram that is not taken yet.
  Acquaintance acquaintance(const Pulse& pulse, record::Authentication authentication,
                            const base::Endpoint& peer) const;
  // Whether a sign of life there is nothing to record.
  bool is_up(std::string_view name, record::Authentication authentication) const;
  // What came by a way without sequence numbers: it is new by itself. 1 to 255 bytes of name. False when there is no
  // room for a new session.
  bool on_sign(std::string_view name, const Sign& sign, const Path& from, Moment now, Outcome& out);
  // Judges every session whose deadline has passed, but for those whose link is held.
  void advance(Moment now, Outcome& out);
  // Whom advance() would judge now, by link.
  std::vector<Due> due(Moment now);
  // They are judged at `until` instead.
  void defer(base::Instant until);
  // While a link is held nobody who is heard over it is judged; a blind one's sessions are shown as blind.
  void hold(LinkIndex link, bool blind);
  void release(LinkIndex link, Moment now);
  // The same, and each open session has a whole detection time again.
  void renew(LinkIndex link, base::Duration blind_for, Moment now);
  // Those that were not heard yet belong to the link that leads to their peer.
  void locate(const std::function<LinkIndex(const base::IpAddress&)>& link_to);
  Hush hush(LinkIndex link, Moment now) const;
  std::size_t open_over(LinkIndex link) const;
  // Those whose traffic is awaited and that were not heard yet belong to the interface that is captured. They are held
  // by kCaptureLink until it is renewed the first time.
  void locate_awaited(LinkIndex link);
  // Who was heard by its traffic alone, which is not awaited any more, can never be heard again: it is closed.
  void close_unawaited(Moment now, Outcome& out);
  // The observer itself did not look between `from` and now (suspended, or its loop lagged): one Gap for all sessions,
  // and each open one has a whole detection time again.
  void on_observer_gap(base::Duration length, Moment now, Outcome& out);
  // The last known change of each session before a restart; a later one of the same name replaces an earlier.
  // `via_v4` and `via_v6` are the sockets to ask by.
  void restore(const std::vector<record::PulseChange>& changes, std::uint32_t via_v4, std::uint32_t via_v6, Moment now,
               Outcome& out);

  std::optional<base::Instant> next_deadline() const { return wheel_.next_deadline(); }
  // At most `count` sessions from the row `first` on.
  std::vector<SessionStatus> snapshot(Moment now, std::size_t first = 0, std::size_t count = SIZE_MAX) const;
  std::size_t size() const { return sessions_.size(); }
  std::size_t unauthenticated() const { return strangers_.size(); }
  const TableCounters& counters() const { return counters_; }

 private:
  using Row = SessionIndex::Row;  // into sessions_
  struct Messages {
    std::string last;
    base::WallTime last_at;
    std::uint64_t count = 0;
  };
  struct LinkState {
    LinkIndex index = 0;
    bool held = false;
    bool blind = false;
  };
  // What a datagram says beyond its sign.
  struct Sequenced {
    bool is_datagram = false;
    Freshness freshness = Freshness::newest;
    bool leaves = false;
    bool answers = false;   // an ask, and comes out of turn
    bool repeated = false;  // a message that was taken before
    std::uint32_t key_id = 0;
  };

  std::optional<Row> find(std::string_view name, record::Authentication authentication) const;
  std::optional<Row> find_or_open(std::string_view name, record::Authentication authentication,
                                  const base::IpAddress& from, Moment now, Outcome& out);
  bool make_room(record::Authentication authentication, const base::IpAddress& from, Moment now, Outcome& out);
  void give_way(Row row, Moment now, Outcome& out);
  std::optional<Row> find_expected(const ExpectedSession& wanted) const;
  bool never_heard(Row row) const;
  const DetectorOptions& options_of(Row row) const;
  const Schedule* schedule_of(Row row) const;
  // With the silence that its schedule allows from now on.
  DetectorOptions options_at(Row row, Moment now) const;
  // The same when the observer did not look for `length`.
  DetectorOptions options_after_gap(Row row, base::Duration length, Moment now) const;
  std::string lateness(Row row, Moment now) const;
  void note_run(Row row, const Sign& sign, Moment now);
  // These, with what was learnt of the session.
  DetectorOptions judged_by(Row row) const;
  DetectorOptions merged(const ExpectedSession& wanted) const;
  void expect(const ExpectedSession& wanted, Moment now, Outcome& out);
  void adopt(Row row, const DetectorOptions& before, Moment now);
  void await_traffic(Row row, bool awaited);
  void forget(Row row);
  // Puts another detector in its place.
  void replace(Row row, const Detector& detector);
  void count(record::SessionState from, record::SessionState to);

  void follow(Row row, const Path& from, Moment now, Outcome& out);
  void take(Row row, const Sign& sign, const Sequenced& sequenced, Moment now, Outcome& out);
  void judge(Row row, const Sign& sign, const Sequenced& sequenced, Moment now, Outcome& out);
  void learn(Row row, const Sign& sign, const Sequenced& sequenced, Moment now);
  void record_message(Row row, std::string_view text, Moment now, Outcome& out);
  void record_change(Row row, const Change& change, std::string_view reason, Moment now, Outcome& out) const;
  void apply(Row row, const Effects& effects, std::string_view reason, Moment now, Outcome& out);
  void reply(Row row, Reply::Kind kind, std::uint32_t number, std::uint32_t key_id, Outcome& out);
  void reschedule(Row row);
  std::uint8_t number_of(LinkIndex link);
  std::optional<std::uint8_t> known_number_of(LinkIndex link) const;
  bool depends_on(Row row, std::uint8_t link) const;
  bool is_deaf_to(Row row) const;
  bool is_held(Row row) const;
  bool is_blind(Row row) const;
  bool open_over(Row row, std::uint8_t link) const;
  SessionStatus status(Row row, Moment now) const;
  void tell_schedule(Row row, Moment now, SessionStatus& status) const;
  std::optional<double> suspicion(Row row, base::Duration silent) const;

  SessionTableOptions options_;
  base::TimerWheel wheel_;
  base::ChunkedVector<Session> sessions_;
  SessionIndex index_;
  std::unordered_map<Row, DetectorOptions> expected_;  // what differs from options_
  std::unordered_map<Row, Schedule> schedules_;        // of those that have one of their own
  std::unordered_map<Row, Runs> runs_;                 // of those that said that something began
  std::unordered_map<Row, Messages> messages_;         // of those that said something
  std::unordered_map<Row, base::Instant> moves_;       // when a move was last recorded
  Rhythms rhythms_;                                    // of adaptive ones
  Strangers strangers_;
  std::vector<base::TimerWheel::Key> due_;
  static constexpr std::uint8_t kCaptureNumber = 1;
  // By Session::link; the first stands for those not known.
  std::vector<LinkState> links_{{}, {kCaptureLink, true, true}};
  TableCounters counters_;
};

}  // namespace holter::heartbeat
