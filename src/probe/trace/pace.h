// RouterPace says how fast each router may be asked. Routers limit the ICMP errors they send to one address (Linux: six
// at once and then one a second), so a fast trace, or many at once, would get silence and take it for loss. Until a
// router has been found to limit, it is asked with a window that each answer widens; from the first question that it
// left open on, once a second, and faster again only after a run of answers.
//
// 0.0.0.0 and :: stand for the routers that nobody knows yet: there is a window for all of them together.
//
// Shared by all traces of an agent. Holds kMaxRouters; beyond that it forgets all that are idle. Pure; one loop.
#pragma once

#include <cstdint>
#include <unordered_map>

#include "base/ip.h"
#include "base/time.h"

namespace holter::probe {

class RouterPace {
 public:
  static constexpr std::size_t kMaxRouters = 16'384;
  static constexpr std::uint32_t kFirstWindow = 6;
  static constexpr std::uint32_t kMaxWindow = 256;
  static constexpr std::uint32_t kUnknownWindow = 64;

  // When the router may be asked next; max(): when an answer or a loss has made room.
  base::Instant ready_at(const base::IpAddress& router, base::Instant now) const;
  bool ready(const base::IpAddress& router, base::Instant now) const { return ready_at(router, now) <= now; }
  bool limits(const base::IpAddress& router) const;
  // It limits, and has nothing to spare now.
  bool is_spent(const base::IpAddress& router, base::Instant now) const;

  void asked(const base::IpAddress& router, base::Instant now);
  // A question to it is not waited for any more; each that was asked ends once.
  void ended(const base::IpAddress& router);
  void answered(const base::IpAddress& router);
  // It answers as a rule, and left a question open.
  void left_open(const base::IpAddress& router, base::Instant now);

  std::size_t size() const { return routers_.size(); }

 private:
  struct Router {
    std::uint32_t out = 0;
    std::uint32_t window = kFirstWindow;
    std::uint32_t answers = 0;  // in a row
    bool limits = false;
    base::Duration every = {};  // between two questions, once it limits
    base::Instant next;
  };

  Router& at(const base::IpAddress& router);

  std::unordered_map<base::IpAddress, Router> routers_;
};

}  // namespace holter::probe
