#include "heartbeat/lookout.h"

#include <algorithm>

namespace holter::heartbeat {

using base::Duration;
using base::Instant;

namespace {

constexpr std::string_view kComponent = "heartbeat";
constexpr const char* kSees = "sees";
constexpr std::int64_t kGatewayWork = 1'000;  // finding gateways takes so small a part of the time at most

LinkFacts facts_of(const env::Link& link) {
  return {link.name, link.enabled, link.carrier, link.loopback, link.wired, link.carrier_losses, link.received_frames};
}

record::NetworkChange change(base::WallTime at, std::string subject, std::string before, std::string after) {
  record::NetworkChange change;
  change.at = at;
  change.what = "observer";
  change.subject = base::UntrustedText(std::move(subject));
  change.before = base::UntrustedText(std::move(before));
  change.after = base::UntrustedText(std::move(after));
  return change;
}

std::string blind_words(const std::string& why) { return "blind: " + why; }
std::string sees_words(Duration lasted) { return "sees again after " + base::to_string(lasted); }

}  // namespace

Lookout::Lookout(env::Env env, SessionTable& table, std::function<void()> wake)
    : env_(env),
      table_(table),
      wake_(std::move(wake)),
      wakefulness_({env.clock.now(), env.clock.wall_now(), env.clock.suspended()}),
      asker_(env, [this](const base::IpAddress& who, Duration rtt) { on_answer(who, rtt); }) {}

Wakefulness::Reading Lookout::reading() const {
  return {env_.clock.now(), env_.clock.wall_now(), env_.clock.suspended()};
}

void Lookout::idle() { wakefulness_.on_idle(reading()); }

void Lookout::on_heard(LinkIndex link) {
  observer_.on_heard(link, env_.clock.now());
  if (held_.empty() || !held_.contains(link)) return;
  news_ = true;
  wake_();
}

LinkIndex Lookout::link_to(const base::IpAddress& peer) {
  if (peer.is_any() || peer.is_loopback()) return 0;
  if (const auto known = links_to_.find(peer); known != links_to_.end()) return known->second;
  if (links_to_.size() >= kMaxPeers) links_to_.clear();
  LinkIndex link = 0;
  const auto own = env_.network.source_for(peer);
  const auto interfaces = own ? env_.host.interfaces() : own.error();
  if (interfaces) {
    const auto found = std::ranges::find_if(*interfaces, [&own](const env::Interface& interface) {
      return std::ranges::find(interface.addresses, *own) != interface.addresses.end();
    });
    if (found != interfaces->end()) link = found->index;
  }
  links_to_.emplace(peer, link);
  return link;
}

void Lookout::set_hearing(const Hearing& hearing, Outcome& out) {
  const bool heard_before = hearing_ && hearing_->deaf.empty();
  hearing_ = hearing;
  if (!hearing.deaf.empty()) {
    table_.hold(kCaptureLink, true);
  } else if (deaf_) {
    const Blindness over = *std::exchange(deaf_, std::nullopt);
    carry_out({Step::Kind::sees, over}, out);
  } else if (!heard_before) {
    table_.renew(kCaptureLink, Duration::zero(), moment());
  }
  weigh_hearing(out);
}

// To be deaf is worth a word only where somebody is waited for.
void Lookout::weigh_hearing(Outcome& out) {
  if (!hearing_) return;
  const bool awaits = table_.open_over(kCaptureLink) > 0;
  if (hearing_->deaf.empty() && awaits) {
    observer_.on_heard(hearing_->link, env_.clock.now());
    table_.locate_awaited(hearing_->link);
  } else if (!hearing_->deaf.empty() && awaits && !deaf_) {
    deaf_ = Blindness{kCaptureLink, BlindCause::link, env_.clock.now(), "capture", hearing_->deaf};
    carry_out({Step::Kind::blind, *deaf_}, out);
  } else if (deaf_ && !awaits) {
    const Blindness over = *std::exchange(deaf_, std::nullopt);
    carry_out({Step::Kind::sees, over}, out);
    table_.hold(kCaptureLink, true);
  }
}

std::optional<Instant> Lookout::look(Duration lag, const std::vector<Due>& due, Outcome& out) {
  news_ = false;
  std::optional<Duration> shortest;
  for (const Due& one : due) shortest = std::min(shortest.value_or(one.detection_time), one.detection_time);
  const Wakefulness::Finding finding = wakefulness_.on_look(reading(), lag, shortest);
  if (finding.stepped != Duration::zero()) note_step(finding.stepped, out);
  if (finding.away) was_away(finding, out);
  for (const Due& one : due) {
    if (one.link == 0 || finding.away || finding.hold) continue;
    const Moment now = moment();
    read_link(one.link);
    observer_.judge(one, now.instant, [this, &one, now] { return table_.hush(one.link, now); });
    take_steps(out);
  }
  if (env_.clock.now() - looked_ >= kLookEvery || !held_.empty()) read_links();
  take_steps(out);
  say_again(moment());
  return finding.hold;
}

void Lookout::read_links() {
  const Instant now = env_.clock.now();
  looked_ = now;
  const std::vector<LinkIndex> links = observer_.links();
  if (now >= find_gateways_at_ || links.size() != links_with_gateways_) find_gateways();
  for (const LinkIndex link : links) {
    read_link(link);
    observer_.watch(link, now, [this, link] { return table_.open_over(link) > 0; });
    const auto asked = asked_at_.find(link);
    const Duration pace = in_doubt(link) ? kAskInDoubt : kAskEvery;
    if (asked == asked_at_.end() || now - asked->second >= pace) ask_witnesses(link);
  }
}

void Lookout::read_link(LinkIndex link) {
  const auto found = env_.host.link(link);
  const bool gone = !found && found.error().kind == base::ErrorKind::not_found;
  if (found) observer_.on_link(link, facts_of(*found), env_.clock.now());
  if (gone) observer_.on_link(link, std::nullopt, env_.clock.now());
}

void Lookout::find_gateways() {
  const Instant start = env_.clock.now();
  links_to_.clear();
  const auto gateways = env_.host.gateways();
  const std::vector<LinkIndex> links = observer_.links();
  links_with_gateways_ = links.size();
  for (const LinkIndex link : links) {
    const std::string name = env_.host.interface_name(link);
    if (!gateways || name.empty()) continue;
    const auto found = std::ranges::find(*gateways, name, &env::Gateway::interface);
    observer_.on_gateway(link, found == gateways->end() ? std::nullopt : std::optional(found->address));
  }
  const Instant now = env_.clock.now();
  find_gateways_at_ = now + std::max(kFindGateways, (now - start) * kGatewayWork);
}

bool Lookout::in_doubt(LinkIndex link) const { return held_.contains(link) && !blind_since_.contains(link); }

void Lookout::ask_witnesses(LinkIndex link) {
  const Instant now = env_.clock.now();
  asked_at_[link] = now;
  for (const base::IpAddress& whom : observer_.witnesses(link)) {
    if (asked_.size() >= kMaxPeers) asked_.clear();
    asked_[whom] = link;
    if (asker_.ask(whom)) observer_.on_asked(link, whom, now);
  }
}

void Lookout::on_answer(const base::IpAddress& who, Duration rtt) {
  const auto asked = asked_.find(who);
  if (asked == asked_.end()) return;
  observer_.on_answered(asked->second, who, rtt, env_.clock.now());
  if (!held_.contains(asked->second)) return;
  news_ = true;
  wake_();
}

void Lookout::take_steps(Outcome& out) {
  for (const Step& step : observer_.take_steps()) carry_out(step, out);
}

void Lookout::carry_out(const Step& step, Outcome& out) {
  const LinkIndex link = step.what.link;
  const Moment now = moment();
  switch (step.kind) {
    case Step::Kind::hold:
      table_.hold(link, false);
      held_.insert(link);
      ask_witnesses(link);
      return;
    case Step::Kind::release:
      table_.release(link, now);
      held_.erase(link);
      return;
    case Step::Kind::blind:
      table_.hold(link, true);
      held_.insert(link);
      begin(step.what, now, out);
      return;
    case Step::Kind::sees:
      end(step.what, now, out);
      table_.renew(link, now.instant - step.what.since, now);
      held_.erase(link);
      return;
  }
}

void Lookout::begin(const Blindness& what, Moment now, Outcome& out) {
  ++blind_times_;
  blind_since_[what.link] = {now.wall, now.instant};
  out.records.push_back(change(now.wall, what.interface, kSees, blind_words(what.why)));
  env_.log.warn(kComponent,
                what.link == kCaptureLink ? "holter is blind: no session whose traffic is awaited is judged"
                                          : "holter is blind: no session over this interface is judged",
                {{"interface", base::UntrustedText(what.interface)},
                 {"why", base::UntrustedText(what.why)},
                 {"sessions", table_.open_over(what.link)}});
}

void Lookout::end(const Blindness& what, Moment now, Outcome& out) {
  const Duration lasted = now.instant - what.since;
  const auto since = blind_since_.extract(what.link);
  out.records.push_back(change(now.wall, what.interface, blind_words(what.why), sees_words(lasted)));
  record::Gap gap;
  gap.cause = record::GapCause::blind;
  gap.from = now.wall - lasted;
  gap.to = now.wall;
  gap.where = "heartbeat " + what.interface;
  out.records.push_back(std::move(gap));
  env_.log.info(kComponent, "holter sees again: every session has a whole detection time",
                {{"interface", base::UntrustedText(what.interface)}, {"was_blind_for", lasted}});
}

void Lookout::was_away(const Wakefulness::Finding& finding, Outcome& out) {
  ++absences_;
  const Moment now = moment();
  const std::string why = finding.suspended ? "this machine was suspended" : "holter did not run";
  env_.log.warn(kComponent, "holter itself was away: no session is judged by that time",
                {{"why", why}, {"for", finding.away_for}});
  out.records.push_back(change(now.wall - finding.away_for, "holter", kSees, blind_words(why)));
  out.records.push_back(change(now.wall, "holter", blind_words(why), sees_words(finding.away_for)));
  table_.on_observer_gap(finding.away_for, now, out);
}

void Lookout::note_step(Duration step, Outcome& out) const {
  const base::WallTime now = env_.clock.wall_now();
  env_.log.warn(kComponent, "the wall clock was stepped: no session is judged by it", {{"by", step}});
  record::NetworkChange stepped = change(now, "wall clock", base::to_string(now - step), base::to_string(now));
  stepped.what = "clock";
  out.records.push_back(std::move(stepped));
}

void Lookout::say_again(Moment now) {
  for (const Blindness& what : all_blind()) {
    BlindSince& blind = blind_since_[what.link];
    if (now.instant - blind.said < kSayAgain) continue;
    blind.said = now.instant;
    env_.log.warn(kComponent, "holter is still blind",
                  {{"why", base::UntrustedText(what.why)},
                   {"for", now.instant - what.since},
                   {"sessions", table_.open_over(what.link)}});
  }
}

std::optional<Instant> Lookout::next_look() const {
  if (news_) return env_.clock.now();
  if (held_.empty()) return std::nullopt;
  const auto doubt = observer_.doubts_until();
  if (!doubt) return looked_ + kLookEvery;
  return std::min(*doubt, looked_ + kLookInDoubt);
}

std::vector<Blindness> Lookout::all_blind() const {
  std::vector<Blindness> all = observer_.blind();
  if (deaf_) all.push_back(*deaf_);
  return all;
}

std::vector<BlindStatus> Lookout::blind() const {
  std::vector<BlindStatus> all;
  for (const Blindness& what : all_blind()) {
    const auto since = blind_since_.find(what.link);
    if (since == blind_since_.end()) continue;
    all.push_back({what.interface, what.why, since->second.since, table_.open_over(what.link)});
  }
  return all;
}

}  // namespace holter::heartbeat
