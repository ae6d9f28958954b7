// Sign is what was heard of a session, by whatever way it came: the one word that every way in (datagrams, lines, ping
// URLs, traffic, the ancestor's segments) says to the SessionTable, and Reply the one word that comes back. Plain
// values; nothing here knows bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/ip.h"
#include "base/time.h"
#include "record/record.h"

namespace holter::heartbeat {

// The same moment on both axes: one to judge by, one for people.
struct Moment {
  base::Instant instant;
  base::WallTime wall;
};

struct Announced {
  base::Duration interval;  // zero: none
  std::uint8_t detect_multiplier = 0;
};

// The kernel's number of an interface of this host; 0: not known.
using LinkIndex = std::uint32_t;

// Where a sign came from and how it is answered. `via` is the listener's socket for a datagram, the number of the
// connection (from 1) for a line; `link` is the interface it came over, which makes no other path.
struct Path {
  base::Endpoint peer;
  record::Way way = record::Way::datagram;
  std::uint32_t via = 0;
  LinkIndex link = 0;

  friend bool operator==(const Path& a, const Path& b) {
    return a.peer == b.peer && a.way == b.way && a.via == b.via;
  }
};

// Whether a session that was heard so can be asked. Not over a path that is known from before a restart alone, but for
// datagrams.
constexpr bool has_way_back(const Path& path) {
  switch (path.way) {
    case record::Way::datagram: return path.peer.port != 0;
    case record::Way::line: return path.via != 0;
    case record::Way::segment: return true;
    case record::Way::ping:
    case record::Way::traffic: return false;
  }
  return false;
}

struct Sign {
  enum class Kind : std::uint8_t {
    life,
    message,    // `text`
    terminate,  // it ends on purpose
    failure,    // it lives, and says that what it is for failed: `text`
    start,      // what it is for begins
    note,       // `text`, and nothing that its session is judged by
    knock,      // it is about to say something: opens a closed session, and is no sign of life in an open one
  };

  Kind kind = Kind::life;
  record::Way way = record::Way::datagram;
  record::Authentication authentication = record::Authentication::none;
  Announced announced = {};  // without an interval: it says nothing of one
  std::string_view text = {};
  std::uint32_t number = 0;      // repeated in the ack that says it is kept; 0: no ack is wanted
  std::string_view reason = {};  // of a failure; where it is empty, the text
  std::string_view run = {};     // which run of a job begins or ends; empty: they are not told apart
};

struct Reply {
  enum class Kind : std::uint8_t { ask, ack };

  Kind kind = Kind::ask;
  Path path;
  std::string name;  // of the session
  record::Authentication authentication = record::Authentication::none;
  std::uint32_t number = 0;  // ask: k of N; ack: what is confirmed
  std::uint32_t asks = 0;    // ask: N
  // Of the newest datagram; 0 for other ways.
  std::uint64_t incarnation = 0;
  std::uint64_t sequence = 0;
  std::uint32_t key_id = 0;  // ack: of the key that sealed what it confirms; 0: none
};

// What a call of the table led to, in order. An ack confirms what is in the records given out up to then.
struct Outcome {
  std::vector<record::Record> records;
  std::vector<Reply> replies;
  std::vector<std::string> gone = {};  // who was expected, is not any more, and of whom nothing was ever recorded
};

}  // namespace holter::heartbeat
