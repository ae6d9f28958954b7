// Interest decides of which changes a notifier tells: those into a state it asked for, of sessions whose names match.
// Up, down and admin_down are definite; pulsing, blind and init (restored after a restart) are on the way. Back to the
// same definite state is no news, unless the notifier asked for the state between: a session that was asked and
// answered was up all the time. A change that leaves the state as it is (a moved address) is none.
//
// Holds the sessions that are on the way, kMaxDetours at most; beyond it a return is told. Pure.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "notify/change.h"
#include "notify/options.h"

namespace holter::notify {

inline constexpr std::size_t kMaxDetours = 100'000;

class Interest {
 public:
  // What is known of sessions stays.
  void set(const Options& options);
  // In the order of each session's changes.
  bool wants(const Change& change);

 private:
  bool asked_for(record::SessionState state) const;
  bool matches(const std::string& session) const;

  std::vector<record::SessionState> states_;
  std::vector<std::string> patterns_;
  std::unordered_map<std::string, record::SessionState> detours_;  // the definite state before
};

// Whether `name` is like `pattern`, in which '*' is any bytes and '?' one. Linear in the name for each star.
bool is_like(std::string_view name, std::string_view pattern);

}  // namespace holter::notify
