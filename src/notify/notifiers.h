// Notifiers are all of a holter's notifiers and their memory over a restart: every stored record passes by, changes of
// sessions are told, and the ledger (ledger.h) says on the disk how far that has come. No change is told twice, except
// when holter crashes between a delivery and the writing of the ledger, at most kSaveEvery: then under the same id.
//
// At the start: load(), set(), know() of the sessions, then every stored change of the last kRecall that is untold()
// through recall(), oldest first; begin(). A notifier that the ledger does not know hears of nothing from before it.
//
// Loop's thread, but what untold() returns; close() before the loop ends.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "notify/channel.h"
#include "notify/ledger.h"

namespace holter::notify {

inline constexpr base::Duration kSaveEvery = base::Duration::milliseconds(500);
inline constexpr base::Duration kRecall = base::Duration::hours(24);  // what is older has been given up
inline constexpr base::Duration kEndWithin = base::Duration::seconds(2);

// One notifier as people see it.
struct Status {
  std::string name;
  std::uint64_t waiting = 0;  // what is under way included
  QueueCounts counts;         // since the start
  std::string trouble;        // why the newest try failed; empty: it did not
};

struct Tested {
  std::string name;
  Outcome outcome;
  base::Duration took;
};

class Notifiers {
 public:
  Notifiers(env::Env env, Surroundings around);
  ~Notifiers();
  Notifiers(const Notifiers&) = delete;
  Notifiers& operator=(const Notifiers&) = delete;

  env::Task<void> load();
  // Whom to tell from now on, known by their names: what waits for one that stays is told by its new options.
  void set(const std::vector<Options>& wanted);

  // Whether a stored change is still to be told to somebody; any thread. Empty: nothing can be.
  std::function<bool(const record::NamedRecord&)> untold() const;
  void recall(const record::NamedRecord& named);
  // A session's newest change, when it has been told: what state the session was in.
  void know(const record::NamedRecord& named);
  // `seen`: what the store had before recall() began. The ledger is written when it returns, and kept from here on: a
  // notifier that began to hear is known to the next start, however soon that comes.
  env::Task<void> begin(RecordSet seen);

  // Every record once it is durable; what has been seen already is passed over.
  void observe(std::span<const record::NamedRecord> stored);
  // What is under way may end, for kEndWithin; then the ledger is written.
  env::Task<void> close();

  const RecordSet& seen() const { return seen_; }
  std::vector<Status> status() const;
  // All, or one by its name (ErrorKind::not_found), beside one another.
  env::Task<base::Result<std::vector<Tested>>> test(std::optional<std::string> name);

 private:
  void note_unsaved();
  bool is_idle() const;
  env::Task<void> idle();
  env::Task<void> keep_ledger();
  env::Task<void> save();
  Ledger ledger() const;
  std::string path() const { return around_.directory + "/notify.json"; }

  env::Env env_;
  Surroundings around_;
  std::shared_ptr<const Ledger> before_;  // as the last process left it
  std::map<std::string, std::shared_ptr<Channel>> channels_;
  std::map<std::string, std::uint64_t> recalling_;  // of before the restart: how many that waited are not back yet
  RecordSet seen_;
  bool unsaved_ = false;
  bool keeps_ledger_ = false;  // there was one, or there is a notifier
  bool begun_ = false;
  env::Signal changed_;
  std::unique_ptr<env::TaskGroup> tasks_;
};

}  // namespace holter::notify
