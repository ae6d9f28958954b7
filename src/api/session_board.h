// SessionBoard holds what the page shows of heartbeat sessions: their present state as the listener reports it every
// second, and their newest changes and messages from the records. Sessions that a remote agent listens to are known by
// their records alone. Of more than kMaxSessions the quiet ones make room for those in trouble. Pure; one thread.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "api/record_json.h"
#include "base/id.h"
#include "record/probe_plan.h"
#include "store/page.h"

namespace holter::api {

inline constexpr std::size_t kMaxSessions = 20'000;
inline constexpr std::size_t kSessionChanges = 10;

// A session as its listener sees it now.
struct SessionStatus {
  base::UntrustedText name;
  record::Authentication authentication = record::Authentication::loopback;
  record::Way way = record::Way::datagram;
  std::string peer;
  record::SessionState state = record::SessionState::init;
  std::optional<base::Duration> interval;  // absent: the client announced none
  std::uint32_t detect_multiplier = 0;     // this, asks and detection_time are 0 while only records told of the session
  base::Duration detection_time;           // of an adaptive one: as it is now
  std::optional<double> suspicion = {};    // absent: not an open adaptive one
  base::WallTime last_heard;               // or since when it is waited for
  bool heard = true;                       // false: not since its listener started
  record::Labels labels = {};
  std::uint32_t asked = 0;
  std::uint32_t asks = 0;
  std::uint64_t pulses = 0;
  std::string schedule = {};  // of a job, in words; empty: none
  base::Duration grace;
  std::optional<base::WallTime> due = {};
  std::optional<base::WallTime> running_since = {};
  std::optional<base::Duration> last_run = {};  // how long it took
};

class SessionBoard {
 public:
  // Whose listener, the name, and what proves it: another proof is another session.
  using Key = std::tuple<base::AgentId, std::string, record::Authentication>;
  struct Session {
    struct Step {
      base::WallTime at;
      record::SessionState from;
      record::SessionState to;
      record::Diagnostic diagnostic;
    };
    struct Message {
      base::WallTime at;
      base::UntrustedText text;
    };
    SessionStatus status;
    std::uint64_t messages = 0;
    std::unique_ptr<Message> last_message;
    std::vector<Step> steps;  // newest last
  };

  void apply(const base::AgentId& agent, const record::PulseChange& change);
  void apply(const base::AgentId& agent, const record::PulseMessage& message);
  // The listener's view of its sessions; those it does not name keep what is known of them.
  void update(const base::AgentId& agent, const std::vector<SessionStatus>& sessions);
  // Who was expected and never came is not shown any more, unless awaited in this way.
  void forget_awaited(const base::AgentId& agent, const base::UntrustedText& name,
                      std::optional<record::Way> but = {});
  const std::map<Key, Session>& sessions() const { return sessions_; }
  bool empty() const { return sessions_.empty(); }
  // Whether all are here; the others are watched all the same.
  bool complete() const { return complete_; }

  // All, or those of one agent and those whose present state a filter for the records of sessions wants.
  struct Selection {
    std::optional<base::AgentId> agent = {};
    store::Predicate wanted = {};
  };
  void write_json(base::JsonWriter& json, base::WallTime now, const Selection& selection, const NameOf& name_of) const;
  // The same, each object for itself.
  std::vector<std::string> lines(base::WallTime now, const Selection& selection, const NameOf& name_of) const;

 private:
  using Entry = std::pair<const Key, Session>;
  std::vector<const Entry*> in_order(base::WallTime now, const Selection& selection) const;
  Session* find_or_make(const base::AgentId& agent, const base::UntrustedText& name,
                        record::Authentication authentication, record::SessionState state);
  bool make_room();

  std::map<Key, Session> sessions_;
  Key swept_;  // where the search for a quiet one goes on
  bool complete_ = true;
};

}  // namespace holter::api
