// Options of one notifier: whom it tells, and of what. Exactly one of `webhook` and `program` says how. Plain values;
// src/config fills and checks them.
#pragma once

#include <string>
#include <vector>

#include "base/time.h"
#include "record/pulse.h"

namespace holter::notify {

inline constexpr std::size_t kMaxNotifiers = 8;
inline constexpr base::Duration kLeastTimeout = base::Duration::milliseconds(100);
inline constexpr base::Duration kMostTimeout = base::Duration::minutes(1);

struct Options {
  std::string name;                       // known by it over restarts and reloads
  std::string webhook = {};               // an http or https URL
  std::vector<std::string> program = {};  // its path and arguments
  std::vector<record::SessionState> states = {record::SessionState::up, record::SessionState::down,
                                              record::SessionState::admin_down};
  std::vector<std::string> sessions = {};                // names, "db*"; none: all
  std::string secret_file = {};                          // what webhooks are signed with
  base::Duration timeout = base::Duration::seconds(10);  // of one try

  friend bool operator==(const Options&, const Options&) = default;
};

}  // namespace holter::notify
