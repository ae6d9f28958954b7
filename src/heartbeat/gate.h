// Gate stands before the SessionTable and decides about each datagram: it is taken, its sender is challenged first, or
// it is refused. The order is that of cost and trust:
//
//   a key id           its MAC must be good, from wherever it comes
//   loopback           is taken; it needs neither a key nor a cookie
//   a known sender     the incarnation that the session knows (without a key: at the address it knows) is taken
//   anybody else       must repeat what it said with a cookie, so that nothing recorded or forged makes a session
//
// No state is made for anybody who has not shown a good MAC or a good cookie. What has no key and comes from elsewhere
// is limited: so many sessions in all and of one address, by the table, and so much that is stored of them all.
// Challenges have a budget of their own for those with a good MAC, so that a flood of strangers keeps no client out
// after a restart. Pure; one thread. docs/security.md.
#pragma once

#include <array>
#include <functional>
#include <vector>

#include "heartbeat/acquaintance.h"
#include "heartbeat/cookie.h"
#include "heartbeat/key_ring.h"
#include "heartbeat/pulse.h"
#include "heartbeat/rate_budget.h"
#include "record/pulse.h"

namespace holter::heartbeat {

// Why the gate does not take a datagram; one counter each.
enum class GateFault : std::uint8_t {
  no_keys,             // names a key, and there are none here
  wrong_key,           // its MAC is not by the key of its name
  revoked_key,         // by one that is refused
  challenged,          // told to come again with a cookie
  challenge_withheld,  // the same, over the budget: told nothing
  unauthenticated,     // without a key, and there are as many of those as may be
  unstored,            // would have something stored of a session without a key, over the budget
};
inline constexpr std::size_t kGateFaultCount = 7;

std::string_view to_string(GateFault fault);

struct GateOptions {
  // Stored of those without a key: their changes and messages. The store keeps within its budget, but forgets for it.
  std::uint32_t unauthenticated_bytes_per_second = 8 * 1024;
  std::uint32_t unauthenticated_bytes_at_once = 8 * 1024 * 1024;
  std::uint32_t challenges_per_second = 1'000;  // to senders without a key
  std::uint32_t keyed_challenges_per_second = 100'000;
};

struct Admission {
  enum class Kind : std::uint8_t { take, challenge, refuse };

  Kind kind = Kind::refuse;
  record::Authentication authentication = record::Authentication::none;
  GateFault fault = GateFault::wrong_key;  // unless it is taken
  std::vector<std::uint8_t> challenge;     // the datagram to answer with
};

class Gate {
 public:
  using Acquainted = std::function<Acquaintance(record::Authentication)>;

  // `boot` is drawn at each start.
  Gate(const GateOptions& options, const Secret& boot);

  void set_keys(KeyRing keys) { keys_ = std::move(keys); }
  // `view` is that of `datagram`, and of a beacon. `acquainted` is asked at most once.
  Admission judge(const PulseView& view, base::Bytes datagram, const base::Endpoint& peer, const Acquainted& acquainted,
                  base::Instant now);
  // Whether something that takes about so many bytes may be stored of a session; if so, it is counted.
  bool may_store(record::Authentication authentication, std::size_t bytes, base::Instant now);
  KeyVerdict verify_text(std::string_view name, std::string_view key_text) { return keys_.verify_text(name, key_text); }

  // Makes a datagram to a client one that it believes: sealed when the one it answers was.
  void seal_for(std::string_view name, std::uint32_t key_id, std::span<std::uint8_t> datagram);

 private:
  Admission challenge(const PulseView& view, record::Authentication authentication, const base::Endpoint& peer,
                      base::Instant now);

  GateOptions options_;
  KeyRing keys_;
  CookieJar cookies_;
  RateBudget strangers_;
  RateBudget keyed_;
  RateBudget stored_;  // bytes of sessions without a key
};

}  // namespace holter::heartbeat
