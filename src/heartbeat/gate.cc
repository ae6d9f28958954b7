#include "heartbeat/gate.h"

#include "heartbeat/origin.h"
#include "heartbeat/seal.h"

namespace holter::heartbeat {
namespace {

using record::Authentication;

Admission refused(Authentication authentication, GateFault fault) {
  return {Admission::Kind::refuse, authentication, fault, {}};
}

Admission taken(Authentication authentication) {
  return {.kind = Admission::Kind::take, .authentication = authentication, .challenge = {}};
}

}  // namespace

std::string_view to_string(GateFault fault) {
  constexpr std::array<std::string_view, kGateFaultCount> words = {"no_keys",
                                                                   "wrong_key",
                                                                   "revoked_key",
                                                                   "challenged",
                                                                   "challenge_withheld",
                                                                   "unauthenticated_refused",
                                                                   "unauthenticated_withheld"};
  return words[static_cast<std::size_t>(fault)];
}

Gate::Gate(const GateOptions& options, const Secret& boot)
    : options_(options),
      cookies_(boot),
      strangers_(options.challenges_per_second),
      keyed_(options.keyed_challenges_per_second),
      stored_(options.unauthenticated_bytes_per_second, options.unauthenticated_bytes_at_once) {}

Admission Gate::judge(const PulseView& view, base::Bytes datagram, const base::Endpoint& peer,
                      const Acquainted& acquainted, base::Instant now) {
  const Pulse& pulse = view.fields();
  const bool keyed = pulse.key_id != 0;
  if (keyed) {
    switch (keys_.verify(pulse.name, pulse.key_id, datagram)) {
      case KeyVerdict::good: break;
      case KeyVerdict::none: return refused(Authentication::none, GateFault::no_keys);
      case KeyVerdict::wrong: return refused(Authentication::none, GateFault::wrong_key);
      case KeyVerdict::revoked: return refused(Authentication::none, GateFault::revoked_key);
    }
  }
  if (peer.address.is_loopback()) return taken(keyed ? Authentication::key : Authentication::loopback);
  const Authentication authentication = keyed ? Authentication::key : Authentication::none;
  const Acquaintance known = acquainted(authentication);
  if (known.incarnation && (keyed || known.address)) return taken(authentication);
  if (!keyed && !known.room) return refused(authentication, GateFault::unauthenticated);
  if (cookies_.is_good(pulse.cookie, peer, pulse.incarnation, now)) return taken(authentication);
  return challenge(view, authentication, peer, now);
}

Admission Gate::challenge(const PulseView& view, Authentication authentication, const base::Endpoint& peer,
                          base::Instant now) {
  RateBudget& budget = authentication == Authentication::key ? keyed_ : strangers_;
  if (!budget.take(now)) return refused(authentication, GateFault::challenge_withheld);
  const Pulse& heard = view.fields();
  const Cookie cookie = cookies_.bake(peer, heard.incarnation, now);
  Pulse pulse;
  pulse.type = PulseType::challenge;
  pulse.incarnation = heard.incarnation;
  pulse.sequence = heard.sequence;
  pulse.name = heard.name;
  pulse.cookie = cookie;
  auto datagram = pulse.emit();
  seal_for(heard.name, heard.key_id, datagram);
  return {Admission::Kind::challenge, authentication, GateFault::challenged, std::move(datagram)};
}

void Gate::seal_for(std::string_view name, std::uint32_t key_id, std::span<std::uint8_t> datagram) {
  if (key_id == 0 || !keys_.has_keys()) return;
  seal(keys_.hmac(), keys_.key(name, key_id), datagram);
}

bool Gate::may_store(Authentication authentication, std::size_t bytes, base::Instant now) {
  return authentication != Authentication::none || stored_.take(now, bytes);
}

}  // namespace holter::heartbeat
