#include "heartbeat/observer.h"

#include <algorithm>

namespace holter::heartbeat {

using base::Duration;
using base::Instant;

Observer::Link* Observer::find(LinkIndex index) {
  if (last_found_ < links_.size() && links_[last_found_].index == index) return &links_[last_found_];
  const auto found = std::ranges::find(links_, index, &Link::index);
  if (found == links_.end()) return nullptr;
  last_found_ = static_cast<std::size_t>(found - links_.begin());
  return &*found;
}

const Observer::Link* Observer::find(LinkIndex index) const {
  const auto found = std::ranges::find(links_, index, &Link::index);
  return found == links_.end() ? nullptr : &*found;
}

bool Observer::up(const Link& link) { return link.facts && link.facts->enabled && link.facts->carrier; }

bool Observer::gateway_counts(const Link& link, Instant now) {
  return link.answered && now - *link.answered <= kGatewayMemory;
}

bool Observer::gateway_silent(const Link& link, Instant now) {
  return gateway_counts(link, now) && link.asked_in_vain && link.asks_in_vain >= 2 &&
         now - *link.asked_in_vain >= kGatewayPatience && link.heard <= *link.asked_in_vain;
}

bool Observer::received(const Link& link) { return link.facts && link.facts->received_frames > link.received_before; }

void Observer::start_over(Link& link) {
  link.received_before = link.facts ? link.facts->received_frames : 0;
  link.heard_since = false;
  link.answered_since = false;
}

void Observer::on_heard(LinkIndex index, Instant now) {
  Link* link = find(index);
  if (link == nullptr) {
    if (index == 0 || links_.size() >= kMaxLinks) return;
    link = &links_.emplace_back();
    link->index = index;
  }
  link->heard = now;
  link->heard_since = true;
  link->silence_accepted = false;
}

void Observer::on_link(LinkIndex index, const std::optional<LinkFacts>& facts, Instant now) {
  Link* link = find(index);
  if (link == nullptr || (!facts && !link->facts)) return;
  if (facts && up(*link) && facts->carrier_losses != link->facts->carrier_losses) link->shaken = true;
  if (facts) {
    link->facts = facts;
  } else {
    link->facts->enabled = link->facts->carrier = false;
  }
  if (!link->blind || link->blind->cause != BlindCause::link) return;
  if (!up(*link)) {
    link->up_since.reset();
  } else if (!link->up_since) {
    link->up_since = now;
    start_over(*link);
  }
}

void Observer::on_gateway(LinkIndex index, const std::optional<base::IpAddress>& gateway) {
  Link* link = find(index);
  if (link == nullptr || link->gateway == gateway || (link->blind && !gateway)) return;
  link->gateway = gateway;
  link->answered.reset();
  link->asked_in_vain.reset();
  link->asks_in_vain = 0;
}

void Observer::on_asked(LinkIndex index, const base::IpAddress& whom, Instant now) {
  Link* link = find(index);
  if (link == nullptr) return;
  if (link->doubt) link->doubt->asked = true;
  if (link->gateway != whom) return;
  if (!link->asked_in_vain) link->asked_in_vain = now;
  ++link->asks_in_vain;
}

void Observer::on_answered(LinkIndex index, const base::IpAddress& who, Duration rtt, Instant now) {
  Link* link = find(index);
  if (link == nullptr) return;
  link->answered_since = true;
  if (link->gateway != who) return;
  link->asked_in_vain.reset();
  link->asks_in_vain = 0;
  link->answered = now;
  link->rtt = rtt;
}

Verdict Observer::judge(const Due& due, Instant now, const std::function<Hush()>& hush) {
  Link* link = find(due.link);
  if (link == nullptr || !link->facts || link->facts->loopback) return Verdict::sees;
  if (link->blind) return Verdict::blind;
  if (!up(*link) || link->shaken) {
    begin_blind(*link, BlindCause::link, now);
    return Verdict::blind;
  }
  if (gateway_silent(*link, now)) {
    begin_blind(*link, BlindCause::gateway, now);
    return Verdict::blind;
  }
  if (link->doubt) return weigh_doubt(*link, now);
  if (now - link->heard < due.interval || now < link->trusted_until || link->silence_accepted) return Verdict::sees;
  return begin_doubt(*link, due, now, hush());
}

Verdict Observer::begin_doubt(Link& link, const Due& due, Instant now, Hush hush) {
  const bool of_gateway = gateway_counts(link, now);
  const bool counters_tell = link.facts->wired && !hush.hosts.empty();
  if (hush.late < kTogether || !(of_gateway || counters_tell)) {
    link.trusted_until = now + std::min(due.interval, kTrust);
    return Verdict::sees;
  }
  const Duration within = std::max(kAnswerWithin, of_gateway ? link.rtt * kAnswerRtts : Duration::zero());
  link.one_host = hush.hosts.size() == 1;
  link.doubt = Doubt{now + std::min(within, due.detection_time), std::move(hush.hosts), of_gateway, false};
  start_over(link);
  steps_.push_back({Step::Kind::hold, {link.index, BlindCause::silence, now, {}, {}}});
  return Verdict::doubts;
}

Verdict Observer::weigh_doubt(Link& link, Instant now) {
  const Doubt& doubt = *link.doubt;
  const bool shown = link.heard_since || link.answered_since || (!doubt.of_gateway && received(link));
  if (!shown && now < doubt.until) return Verdict::doubts;
  const bool of_gateway = doubt.of_gateway;
  // Who could not even be asked is no witness.
  if (!shown && doubt.asked) {
    begin_blind(link, of_gateway ? BlindCause::gateway : BlindCause::silence, now);
    return Verdict::blind;
  }
  link.doubt.reset();
  link.trusted_until = now + kAnswerWithin;
  steps_.push_back({Step::Kind::release, {link.index, BlindCause::silence, now, {}, {}}});
  return Verdict::sees;
}

void Observer::begin_blind(Link& link, BlindCause cause, Instant now) {
  // In doubt, what was received since it began still counts.
  if (!link.doubt) start_over(link);
  link.blind = Blindness{link.index, cause, now, link.facts->name, why(link, cause)};
  link.doubt.reset();
  link.shaken = false;
  link.up_since.reset();
  if (cause == BlindCause::link && up(link)) link.up_since = now;
  steps_.push_back({Step::Kind::blind, *link.blind});
}

void Observer::end_blind(Link& link) {
  link.silence_accepted = link.blind->cause == BlindCause::silence && !link.heard_since && !received(link);
  steps_.push_back({Step::Kind::sees, *link.blind});
  link.blind.reset();
  link.shaken = false;
}

bool Observer::is_over(Link& link, Instant now) {
  switch (link.blind->cause) {
    case BlindCause::link: {
      if (!link.up_since) return false;
      if (link.heard_since || link.answered_since) return true;
      if (gateway_counts(link, link.blind->since)) return false;
      return received(link) || !link.facts->wired || now - *link.up_since >= kQuiet;
    }
    case BlindCause::gateway: return link.heard_since || link.answered_since;
    case BlindCause::silence:
      return link.heard_since || link.answered_since || received(link) ||
             (link.one_host && now - link.blind->since >= kQuiet);
  }
  return true;
}

void Observer::watch(LinkIndex index, Instant now, const std::function<bool()>& has_open) {
  Link* link = find(index);
  if (link == nullptr || !link->facts || link->facts->loopback) return;
  if (link->blind) {
    if (is_over(*link, now)) end_blind(*link);
    return;
  }
  if (link->doubt) {
    weigh_doubt(*link, now);
    return;
  }
  if (up(*link) && !link->shaken) return;
  if (has_open()) begin_blind(*link, BlindCause::link, now);
  link->shaken = false;
}

std::string Observer::why(const Link& link, BlindCause cause) {
  const std::string& name = link.facts->name;
  switch (cause) {
    case BlindCause::link:
      if (up(link)) return name + " was without carrier for a moment";
      return link.facts->enabled ? name + " has no carrier" : "the interface " + name + " is down";
    case BlindCause::gateway:
      return "the gateway " + (link.gateway ? base::to_string(*link.gateway) + ' ' : std::string()) + "on " + name +
             " does not answer";
    case BlindCause::silence: return "nothing is received on " + name + ", and nobody answers there";
  }
  return name;
}

std::vector<LinkIndex> Observer::links() const {
  std::vector<LinkIndex> all;
  for (const Link& link : links_) all.push_back(link.index);
  return all;
}

std::vector<Blindness> Observer::blind() const {
  std::vector<Blindness> all;
  for (const Link& link : links_) {
    if (link.blind) all.push_back(*link.blind);
  }
  return all;
}

std::optional<Instant> Observer::doubts_until() const {
  std::optional<Instant> first;
  for (const Link& link : links_) {
    if (link.doubt && (!first || link.doubt->until < *first)) first = link.doubt->until;
  }
  return first;
}

std::vector<base::IpAddress> Observer::witnesses(LinkIndex index) const {
  const Link* link = find(index);
  if (link == nullptr) return {};
  if (link->doubt && !link->doubt->of_gateway) return link->doubt->hosts;
  if (link->gateway) return {*link->gateway};
  return {};
}

}  // namespace holter::heartbeat
