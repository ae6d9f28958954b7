// SessionTable holds every heartbeat session by name and drives their detectors from one timing wheel. Pure: datagrams
// and time go in, records and datagrams to send come out; it sees no clock, socket or logger.
//
// Sessions are keyed by name, not by address, so that NAT merges nobody. Closed sessions stay listed. At most
// Options::limit sessions; a new name beyond it is refused and counted. Memory: at most 160 bytes a session, its name,
// last message and timer apart. One thread.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/ip.h"
#include "base/timer_wheel.h"
#include "heartbeat/detector.h"
#include "heartbeat/pulse.h"
#include "heartbeat/sequence_window.h"
#include "heartbeat/session_status.h"
#include "record/record.h"

namespace holter::heartbeat {

struct SessionTableOptions {
  std::size_t limit = 100'000;
  DetectorOptions detector;
};

// The same moment on both axes: one to judge by, one for people.
struct Moment {
  base::Instant instant;
  base::WallTime wall;
};

// A session that is known before it is heard of: listed from the start, down if it never comes. What it says here goes
// before the table's options; an interval that the client announces goes before both.
struct ExpectedSession {
  std::string name;
  std::optional<base::Duration> interval = {};
  std::uint32_t detect_multiplier = 3;
  std::optional<std::uint8_t> asks = {};
  std::optional<base::Duration> ask_spacing = {};
};

// Where a datagram came in and how it is answered: `via` is the listener's socket.
struct Path {
  base::Endpoint peer;
  std::uint8_t via = 0;
};

struct Outgoing {
  Path path;
  std::vector<std::uint8_t> datagram;
  bool confirms = false;  // an ack: what it confirms is in the records given out up to now
};

struct Outcome {
  std::vector<record::Record> records;
  std::vector<Outgoing> outgoing;
};

struct TableCounters {
  std::uint64_t pulses = 0;    // fresh datagrams of any type
  std::uint64_t messages = 0;  // recorded, each once
  std::uint64_t repeated_messages = 0;
  std::uint64_t seen_before = 0;  // duplicates, replays, too old
  std::uint64_t reordered = 0;
  std::uint64_t refused_full = 0;  // new sessions for which there was no room
  std::uint64_t misdirected = 0;   // an ask or ack sent to a hub
  std::uint64_t unknown_terminated = 0;
  std::uint64_t peer_moves = 0;
  std::uint64_t asks = 0;
  std::uint64_t replies_withheld = 0;  // would be more than the peer has sent
};

class SessionTable {
 public:
  SessionTable(SessionTableOptions options, base::Instant start);

  // Replaces the sessions that are expected. One that no longer is keeps what is known of it, or is forgotten when it
  // was never heard of.
  void set_expected(const std::vector<ExpectedSession>& expected, Moment now);
  // How often a silent client of this name is asked.
  std::uint8_t asks_of(std::string_view name) const;

  void on_datagram(const PulseView& view, Path from, Moment now, Outcome& out);
  // Judges every session whose deadline has passed.
  void advance(Moment now, Outcome& out);
  // The observer itself did not look between `from` and now (suspended, or its loop lagged): one Gap for all sessions,
  // and each open one has a whole detection time again.
  void on_observer_gap(base::Duration length, Moment now, Outcome& out);
  // The last known change of each session before a restart; a later one of the same name replaces an earlier.
  // `via_v4` and `via_v6` are the sockets to ask by.
  void restore(const std::vector<record::PulseChange>& changes, std::uint8_t via_v4, std::uint8_t via_v6, Moment now,
               Outcome& out);

  std::optional<base::Instant> next_deadline() const { return wheel_.next_deadline(); }
  std::vector<SessionStatus> snapshot(Moment now) const;
  std::size_t size() const { return sessions_.size(); }
  const TableCounters& counters() const { return counters_; }

 private:
  struct LastMessage {
    std::string text;
    base::WallTime at;
  };
  struct Session {
    explicit Session(Moment now) : detector(now.instant), opened_at(now.wall) {}
    Detector detector;
    SequenceWindow window;
    base::Endpoint peer;
    std::uint64_t keeper = 0;           // the incarnation that announced an interval; 0: none, or it is closed
    const std::string* name = nullptr;  // the key in by_name_, which never moves
    std::unique_ptr<LastMessage> last_message;
    base::WallTime opened_at;
    std::uint32_t pulses = 0;  // saturating, as are the next two
    std::uint32_t messages = 0;
    std::uint16_t credit = 0;  // bytes that may still be sent to the peer
    std::uint8_t via = 0;
    bool heard = false;  // since this process started
  };
  static_assert(sizeof(Session) <= 160);

  using Index = std::uint32_t;  // into sessions_

  Session* find(std::string_view name);
  Index index_of(const Session& session) const { return static_cast<Index>(&session - sessions_.data()); }
  const DetectorOptions& options_of(const Session& session) const;
  void forget(Session& session);
  Session* open(std::string_view name, Moment now);
  void take(Session& session, const PulseView& view, Freshness freshness, Moment now, Outcome& out);
  void judge(Session& session, const Pulse& pulse, Moment now, Outcome& out);
  void record_message(Session& session, std::string_view text, Moment now, Outcome& out);
  void apply(Session& session, const Effects& effects, Moment now, Outcome& out);
  void reply(Session& session, PulseType type, std::uint32_t number, Moment now, Outcome& out);
  void reschedule(const Session& session);
  SessionStatus status(const Session& session, Moment now) const;

  SessionTableOptions options_;
  base::TimerWheel wheel_;
  std::unordered_map<std::string, Index> by_name_;
  std::unordered_map<Index, DetectorOptions> expected_;  // what differs from options_
  std::vector<Session> sessions_;
  std::vector<base::TimerWheel::Key> due_;
  TableCounters counters_;
};

}  // namespace holter::heartbeat
