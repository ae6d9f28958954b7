// Fault is one line of what is wrong with the wire: which frames it is about, and what happens to them.
//
//   [a>b | b>a] [any | ip | icmp | echo | tcp | udp] [port N] [syn | data] EFFECT...
//
//   lose CHOICE [runs N]   they vanish; with `runs`, each time N in a row
//   double CHOICE          they come twice
//   hold CHOICE TIME       they come so much later, others overtake them
//   corrupt CHOICE         one bit behind the IP header is the other way round
//   delay TIME [jitter T]  all of them come so much later, more or less
//
// Without a direction it is about both, each with its own numbers. `icmp` and `ip` leave IPv6's neighbour discovery
// alone, and nothing but `any` touches ARP. CHOICE is that of tests/impair/choice.h. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "tests/impair/choice.h"
#include "tests/impair/frame_facts.h"

namespace holter::impair {

enum class Direction : std::uint8_t { a_to_b, b_to_a };

struct Fault {
  enum class Subject : std::uint8_t { any, ip, icmp, echo, tcp, udp };
  enum class Mark : std::uint8_t { none, syn, data };

  std::string text;

  std::optional<Direction> direction;
  Subject subject = Subject::any;
  std::optional<std::uint16_t> port;
  Mark mark = Mark::none;

  Choice lose;
  std::uint64_t lost_in_a_row = 1;
  Choice repeat;
  Choice hold;
  base::Duration held;
  Choice corrupt;
  base::Duration delay;
  base::Duration jitter;

  static base::Result<Fault> parse(std::string_view line);
  bool concerns(Direction towards, const FrameFacts& frame) const;
};

}  // namespace holter::impair
