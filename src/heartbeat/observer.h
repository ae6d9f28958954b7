// Observer suspects itself before it suspects others: is it this host that is cut off? It keeps, for every link (a
// local interface) over which sessions are heard, what speaks for and against it (its state, what it received, when
// anybody was last heard over it, whether the gateway answers), and says before a session is judged whether it sees,
// doubts (judgement waits while somebody is asked, kAnswerWithin or so at most) or is blind. The rules stand in
// docs/blind.md. Pure: evidence and `now` go in, steps to carry out come out. At most kMaxLinks links; over others, and
// over the loopback, it is never blind. One thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/ip.h"
#include "base/time.h"
#include "heartbeat/sign.h"

namespace holter::heartbeat {

struct LinkFacts {
  std::string name;
  bool enabled = false;
  bool carrier = false;
  bool loopback = false;
  bool wired = false;  // whoever is on it answers for a hardware address; not so on a tunnel
  std::uint32_t carrier_losses = 0;
  std::uint64_t received_frames = 0;
};

// Who is about to be judged on a link: the shortest times of them.
struct Due {
  LinkIndex link = 0;
  base::Duration detection_time;
  base::Duration interval;
};

// The sessions of a link that should have been heard since anybody was.
struct Hush {
  std::size_t late = 0;
  std::vector<base::IpAddress> hosts;  // of some of them, Observer::kMaxHosts at most
};

enum class BlindCause : std::uint8_t { link, gateway, silence };
enum class Verdict : std::uint8_t { sees, doubts, blind };

struct Blindness {
  LinkIndex link = 0;
  BlindCause cause = BlindCause::link;
  base::Instant since;
  std::string interface;
  std::string why;  // "eth0 has no carrier"
};

// What follows for the sessions of a link.
struct Step {
  enum class Kind : std::uint8_t {
    hold,     // nobody is judged for now
    release,  // it was a doubt without ground: who is due is judged
    blind,    // nobody is judged: say so
    sees,     // it is over: say so, and give everybody a whole detection time
  };
  Kind kind = Kind::hold;
  Blindness what;
};

class Observer {
 public:
  static constexpr std::size_t kMaxLinks = 64;
  static constexpr std::size_t kTogether = 3;  // so many late sessions are a reason to doubt
  static constexpr std::size_t kMaxHosts = 3;
  static constexpr base::Duration kAnswerWithin = base::Duration::milliseconds(100);
  static constexpr int kAnswerRtts = 4;  // a far gateway has as many of its usual round trips
  // A gateway that has answered within this time is expected to.
  static constexpr base::Duration kGatewayMemory = base::Duration::minutes(5);
  // Asked for so long in vain, and twice at least, it is silent.
  static constexpr base::Duration kGatewayPatience = base::Duration::seconds(1);
  // How long a link that is up again may stay quiet (spanning tree), and how long one host's silence may be ours.
  static constexpr base::Duration kQuiet = base::Duration::seconds(30);
  static constexpr base::Duration kTrust = base::Duration::seconds(1);  // after an answer, at most

  // Somebody was heard over it.
  void on_heard(LinkIndex link, base::Instant now);
  // What the link is now; empty: there is none of this number any more. Unknown links are passed over.
  void on_link(LinkIndex link, const std::optional<LinkFacts>& facts, base::Instant now);
  // Its default gateway, if it has one. One that is no longer there is forgotten when the link sees.
  void on_gateway(LinkIndex link, const std::optional<base::IpAddress>& gateway);
  // One of witnesses() was asked, or has answered after `rtt`.
  void on_asked(LinkIndex link, const base::IpAddress& whom, base::Instant now);
  void on_answered(LinkIndex link, const base::IpAddress& who, base::Duration rtt, base::Instant now);

  // Sessions of a link are about to be judged. `hush` is asked for only when the link itself has fallen silent.
  Verdict judge(const Due& due, base::Instant now, const std::function<Hush()>& hush);
  // Now and then, for every link: begins what on_link() showed, where open sessions depend on it, and ends what is
  // over.
  void watch(LinkIndex link, base::Instant now, const std::function<bool()>& has_open);

  std::vector<Step> take_steps() { return std::exchange(steps_, {}); }
  std::vector<LinkIndex> links() const;
  std::vector<Blindness> blind() const;
  // When the first doubt ends.
  std::optional<base::Instant> doubts_until() const;
  // Who would show that the link works: its gateway; in doubt without one, the hosts of who is silent.
  std::vector<base::IpAddress> witnesses(LinkIndex link) const;

 private:
  struct Doubt {
    base::Instant until;
    std::vector<base::IpAddress> hosts;
    bool of_gateway = false;
    bool asked = false;
  };
  struct Link {
    LinkIndex index = 0;
    std::optional<LinkFacts> facts;
    bool shaken = false;  // it was down between two looks
    base::Instant heard;
    base::Instant trusted_until;
    std::optional<base::IpAddress> gateway;
    std::optional<base::Instant> answered;
    base::Duration rtt;
    std::optional<base::Instant> asked_in_vain;  // since when
    std::uint32_t asks_in_vain = 0;
    std::optional<Doubt> doubt;
    std::optional<Blindness> blind;
    // Since the doubt or the blindness began, or the link came up again:
    std::uint64_t received_before = 0;
    bool heard_since = false;
    bool answered_since = false;
    std::optional<base::Instant> up_since;  // in blindness by the link
    bool one_host = false;                  // in blindness by silence
    bool silence_accepted = false;          // until somebody is heard
  };

  Link* find(LinkIndex index);
  const Link* find(LinkIndex index) const;
  static bool up(const Link& link);
  static bool gateway_counts(const Link& link, base::Instant now);
  static bool gateway_silent(const Link& link, base::Instant now);
  static bool received(const Link& link);
  static void start_over(Link& link);
  static bool is_over(Link& link, base::Instant now);
  static std::string why(const Link& link, BlindCause cause);
  Verdict begin_doubt(Link& link, const Due& due, base::Instant now, Hush hush);
  Verdict weigh_doubt(Link& link, base::Instant now);
  void begin_blind(Link& link, BlindCause cause, base::Instant now);
  void end_blind(Link& link);

  std::vector<Link> links_;
  std::size_t last_found_ = 0;
  std::vector<Step> steps_;
};

}  // namespace holter::heartbeat
