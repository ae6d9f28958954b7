// Lookout is the shell around Observer and Wakefulness: it reads links, gateways and clocks, asks witnesses, and
// carries out for the SessionTable what follows: judgement withheld, sessions shown as blind, whole detection times
// given back. A blind time is said once when it begins and once when it ends (a NetworkChange each, and a Gap at the
// end), and in the log also every kSayAgain while it lasts. The rules: docs/blind.md. One loop; the table outlives it.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <vector>

#include "env/env.h"
#include "heartbeat/blind_status.h"
#include "heartbeat/hearing.h"
#include "heartbeat/observer.h"
#include "heartbeat/session_table.h"
#include "heartbeat/wakefulness.h"
#include "heartbeat/witness_asker.h"

namespace holter::heartbeat {

class Lookout {
 public:
  static constexpr base::Duration kAskEvery = base::Duration::seconds(1);           // each gateway
  static constexpr base::Duration kAskInDoubt = base::Duration::milliseconds(25);   // each witness
  static constexpr base::Duration kLookInDoubt = base::Duration::milliseconds(10);  // at the counters
  static constexpr base::Duration kFindGateways = base::Duration::seconds(30);      // or longer, where that is work
  static constexpr base::Duration kLookEvery = base::Duration::milliseconds(250);   // at every link
  static constexpr std::size_t kMaxPeers = 4'096;                                   // whose link is remembered
  static constexpr base::Duration kSayAgain = base::Duration::minutes(10);

  // `wake` is called when there is something new to look at.
  Lookout(env::Env env, SessionTable& table, std::function<void()> wake);

  void on_heard(LinkIndex link);
  // The interface of an own address that `peer` is reached from; 0 when there is none.
  LinkIndex link_to(const base::IpAddress& peer);

  // Whether frames of other hosts are heard; until it is called the first time nobody is judged by them.
  void set_hearing(const Hearing& hearing, Outcome& out);
  // Other sessions are awaited by their traffic.
  void weigh_hearing(Outcome& out);
  // The interface that is captured; empty: not known.
  std::string captured() const { return hearing_ ? hearing_->interface : std::string(); }

  // The loop came round, `lag` late; `due` are about to be judged. Returns until when they have to wait, if they have.
  std::optional<base::Instant> look(base::Duration lag, const std::vector<Due>& due, Outcome& out);
  // Something to look at has come.
  bool has_news() const { return news_; }
  // There was nobody to look after.
  void idle();
  // When look() is wanted next for its own sake.
  std::optional<base::Instant> next_look() const;

  std::vector<BlindStatus> blind() const;
  std::uint64_t absences() const { return absences_; }
  std::uint64_t blind_times() const { return blind_times_; }
  std::size_t blind_now() const { return blind_since_.size(); }

 private:
  struct BlindSince {
    base::WallTime since;
    base::Instant said;
  };

  Moment moment() const { return {env_.clock.now(), env_.clock.wall_now()}; }
  Wakefulness::Reading reading() const;
  void read_link(LinkIndex link);
  void read_links();
  void find_gateways();
  bool in_doubt(LinkIndex link) const;
  void ask_witnesses(LinkIndex link);
  void take_steps(Outcome& out);
  void on_answer(const base::IpAddress& who, base::Duration rtt);
  void carry_out(const Step& step, Outcome& out);
  std::vector<Blindness> all_blind() const;
  void begin(const Blindness& what, Moment now, Outcome& out);
  void end(const Blindness& what, Moment now, Outcome& out);
  void was_away(const Wakefulness::Finding& finding, Outcome& out);
  void note_step(base::Duration step, Outcome& out) const;
  void say_again(Moment now);

  env::Env env_;
  SessionTable& table_;
  std::function<void()> wake_;
  Observer observer_;
  Wakefulness wakefulness_;
  WitnessAsker asker_;
  bool news_ = false;
  base::Instant looked_;  // at all links
  base::Instant find_gateways_at_;
  std::size_t links_with_gateways_ = 0;         // that were looked for
  std::map<base::IpAddress, LinkIndex> asked_;  // who is asked for which link
  std::map<LinkIndex, base::Instant> asked_at_;
  std::map<LinkIndex, BlindSince> blind_since_;
  std::set<LinkIndex> held_;
  std::optional<Hearing> hearing_;
  std::optional<Blindness> deaf_;                  // while it is said that nobody is heard
  std::map<base::IpAddress, LinkIndex> links_to_;  // what link_to() found lately
  std::uint64_t absences_ = 0;
  std::uint64_t blind_times_ = 0;
};

}  // namespace holter::heartbeat
