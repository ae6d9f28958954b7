// Ledger is what a holter has to know after a restart so that nothing stored is left untold or told twice: which
// records the notifiers have seen, and for each notifier those of them that it has not settled yet. The changes
// themselves are in the store. Its text is a JSON object, `notify.json` of the data directory; version 1:
//
//   {"holter_notify":1,
//    "seen":[{"agent":"0123...","epoch":1,"ranges":[[1,20],[22,25]]}],
//    "notifiers":[{"name":"pager","left_out":0,"waiting":[{"agent":"0123...","epoch":1,"ranges":[[24,24]]}]}]}
//
// Pure.
#pragma once

#include <compare>
#include <map>
#include <string>
#include <string_view>

#include "base/id.h"
#include "base/range_set.h"
#include "base/result.h"
#include "record/record_id.h"

namespace holter::notify {

inline constexpr std::size_t kMaxLedgerBytes = 16 * 1024 * 1024;
inline constexpr std::size_t kMaxLedgerRanges = 65'536;  // of one agent and epoch

// Records of the lane that changes travel in, by their numbers.
class RecordSet {
 public:
  // False when there is no room for another hole.
  bool insert(const record::RecordId& id);
  bool contains(const record::RecordId& id) const;
  std::uint64_t size() const;

  using Source = std::pair<base::AgentId, std::uint32_t>;  // the agent and its epoch
  const std::map<Source, base::RangeSet>& sets() const { return sets_; }
  void add(const Source& source, const base::RangeSet& numbers);

 private:
  std::map<Source, base::RangeSet> sets_;
};

struct Ledger {
  struct Notifier {
    std::uint64_t left_out = 0;  // not said yet
    RecordSet waiting;
  };

  RecordSet seen;
  std::map<std::string, Notifier> notifiers;  // by name
};

std::string to_text(const Ledger& ledger);
// ErrorKind::corrupt, newer_version.
base::Result<Ledger> parse_ledger(std::string_view text);

}  // namespace holter::notify
