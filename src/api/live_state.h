// LiveState is what the page and `holter status` show, gathered from records as they happen and from what the parts say
// of themselves. It has no history beyond a few minutes; the store has. Pure: takes `now`; one loop.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "api/capture_board.h"
#include "api/conversation_board.h"
#include "api/figures.h"
#include "api/session_board.h"
#include "api/target_board.h"
#include "record/record.h"

namespace holter::api {

inline constexpr std::size_t kShownGaps = 20;
inline constexpr std::size_t kShownNetworkChanges = 20;

// What does not change while holter runs.
struct About {
  std::string version;
  std::string role;  // "run" or "hub"
  std::string name;
  base::AgentId agent;
  base::WallTime started;
  std::string page;
  std::string data_directory;
  std::vector<std::string> pulse_endpoints;
  std::uint64_t store_budget_bytes = 0;
};

struct StoreFigures {
  std::uint64_t bytes = 0;
  std::optional<base::WallTime> oldest;
  std::map<std::string, std::uint64_t> records;  // by record::type_name
  std::uint64_t lost = 0;                        // records that found the writer's queue full
};

// A time in which this host is cut off and judges no session over `interface`, while it lasts.
struct BlindTime {
  base::WallTime since;
  base::UntrustedText interface;
  base::UntrustedText why;
  std::size_t sessions = 0;
};

struct AgentStatus {
  std::string name;
  bool connected = false;
  base::WallTime last_seen;
  std::uint64_t spooled = 0;  // records it still holds, as it last said
};

// Somebody who is told of changes of sessions.
struct NotifierStatus {
  std::string name;
  std::uint64_t waiting = 0;
  // Changes since the start.
  std::uint64_t delivered = 0;
  std::uint64_t refused = 0;
  std::uint64_t given_up = 0;
  std::uint64_t left_out = 0;
  std::uint64_t failed_tries = 0;
  std::string trouble = {};  // why the newest try failed; empty: it did not
};

// What the event stream must send after a change.
enum class Topic : std::uint8_t { nothing, result, sessions, capture, conversations };

class LiveState {
 public:
  explicit LiveState(About about) : about_(std::move(about)) {}

  Topic apply(const record::NamedRecord& named);

  SessionBoard& sessions() { return sessions_; }
  CaptureBoard& captures() { return captures_; }
  const TargetBoard& targets() const { return targets_; }
  void set_addresses(std::vector<std::string> addresses) { addresses_ = std::move(addresses); }
  void set_figures(const std::string& part, std::vector<FigureFamily> families) {
    figures_[part] = std::move(families);
  }
  void set_store(StoreFigures figures) { store_ = std::move(figures); }
  void set_notifiers(std::vector<NotifierStatus> notifiers) { notifiers_ = std::move(notifiers); }
  void set_agent(const base::AgentId& agent, AgentStatus status) { agents_[agent] = std::move(status); }
  // A standing trouble under a name of its own; an empty text ends it.
  void set_problem(const std::string& name, const std::string& text);
  void set_blind(std::vector<BlindTime> blind) { blind_ = std::move(blind); }
  // What is to be measured: by this host in the role `run`, by every known agent in the role `hub`.
  void set_plan(record::Plan plan) { targets_.set_plan(std::move(plan)); }
  // Conversations as they are now, of which no record may have told yet.
  void show_conversations(const base::AgentId& agent, const std::vector<record::FlowRecord>& flows);
  void expire(base::WallTime now) { conversations_.expire(now); }

  std::optional<std::string> name_of(const base::AgentId& agent) const;
  // The agent of that name or id. ErrorKind::invalid says which there are.
  base::Result<base::AgentId> find_agent(const std::string& text) const;
  const ConversationBoard& conversations() const { return conversations_; }

  // The bodies of docs/api.md.
  std::string health_json(base::WallTime now) const;
  std::string targets_json(base::WallTime now) const;
  std::string sessions_json(base::WallTime now, const SessionBoard::Selection& selection = {}) const;
  std::vector<std::string> session_lines(base::WallTime now, const SessionBoard::Selection& selection) const;
  std::string conversations_json(std::size_t limit) const;
  std::string capture_json(bool with_history) const;
  std::string metrics_text() const;

 private:
  NameOf names() const {
    return [this](const base::AgentId& agent) { return name_of(agent); };
  }
  std::vector<base::AgentId> planned_agents() const;

  About about_;
  TargetBoard targets_;
  SessionBoard sessions_;
  ConversationBoard conversations_;
  CaptureBoard captures_;
  std::vector<std::string> addresses_;
  StoreFigures store_;
  Figures figures_;
  std::map<base::AgentId, AgentStatus> agents_;
  std::map<std::string, std::string> problems_;
  std::vector<NotifierStatus> notifiers_;
  std::vector<BlindTime> blind_;
  std::deque<record::Gap> gaps_;                       // newest first
  std::deque<record::NetworkChange> network_changes_;  // newest first
};

}  // namespace holter::api
