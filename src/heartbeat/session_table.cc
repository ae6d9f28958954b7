#include "heartbeat/session_table.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <set>

namespace holter::heartbeat {
namespace {

using record::SessionState;

template <class Number>
void add_saturating(Number& number, std::size_t n) {
  constexpr std::size_t most = std::numeric_limits<Number>::max();
  number = static_cast<Number>(std::min(most, number + n));
}

// Empty for a session that was never heard of.
std::string peer_text(const base::Endpoint& peer) { return peer.port == 0 ? "" : base::to_string(peer); }

// "192.0.2.1:53" or "[2001:db8::1]:53", as base::to_string(Endpoint) wrote it; an unusable text has port 0.
base::Endpoint parse_peer(std::string_view text) {
  base::Endpoint peer;
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return peer;
  std::string_view address = text.substr(0, colon);
  if (address.size() >= 2 && address.front() == '[' && address.back() == ']') {
    address = address.substr(1, address.size() - 2);
  }
  const auto parsed = base::IpAddress::parse(address);
  if (!parsed) return peer;
  peer.address = *parsed;
  std::from_chars(text.data() + colon + 1, text.data() + text.size(), peer.port);
  return peer;
}

}  // namespace

SessionTable::SessionTable(SessionTableOptions options, base::Instant start)
    : options_(options), wheel_(options.limit, start) {}

void SessionTable::set_expected(const std::vector<ExpectedSession>& expected, Moment now) {
  std::set<std::string> kept;
  for (const ExpectedSession& session : expected) kept.insert(session.name);
  std::vector<std::string> gone;
  for (const auto& [index, options] : expected_) {
    if (!kept.contains(*sessions_[index].name)) gone.push_back(*sessions_[index].name);
  }
  for (const std::string& name : gone) {
    Session& session = *find(name);
    const auto own = expected_.extract(index_of(session));
    if (!session.heard && session.peer.port == 0) {
      forget(session);
      continue;
    }
    session.detector.on_options(now.instant, own.mapped(), options_.detector);
    reschedule(session);
  }
  for (const ExpectedSession& wanted : expected) {
    Session* session = find(wanted.name);
    const bool is_new = session == nullptr;
    if (is_new) session = open(wanted.name, now);
    if (session == nullptr) continue;
    const DetectorOptions before = options_of(*session);
    DetectorOptions options = options_.detector;
    options.asks = wanted.asks.value_or(options.asks);
    options.ask_spacing = wanted.ask_spacing.value_or(options.ask_spacing);
    if (wanted.interval) options.unannounced_silence = *wanted.interval * wanted.detect_multiplier;
    options.comes_again = wanted.interval.has_value();
    expected_[index_of(*session)] = options;
    if (is_new) {
      session->detector = Detector::restored(now.instant, SessionState::init, {}, options);
    } else {
      session->detector.on_options(now.instant, before, options);
    }
    reschedule(*session);
  }
}

std::uint8_t SessionTable::asks_of(std::string_view name) const {
  const auto found = by_name_.find(std::string(name));
  return found == by_name_.end() ? options_.detector.asks : options_of(sessions_[found->second]).asks;
}

const DetectorOptions& SessionTable::options_of(const Session& session) const {
  if (expected_.empty()) return options_.detector;
  const auto found = expected_.find(index_of(session));
  return found == expected_.end() ? options_.detector : found->second;
}

// The last session takes its place.
void SessionTable::forget(Session& session) {
  const Index index = index_of(session);
  const Index last = static_cast<Index>(sessions_.size() - 1);
  wheel_.cancel(index);
  wheel_.cancel(last);
  by_name_.erase(*session.name);
  if (index != last) {
    session = std::move(sessions_[last]);
    by_name_[*session.name] = index;
    if (const auto options = expected_.extract(last); !options.empty()) expected_[index] = options.mapped();
  }
  sessions_.pop_back();
  if (index != last) reschedule(session);
}

void SessionTable::on_datagram(const PulseView& view, Path from, Moment now, Outcome& out) {
  if (from_hub(view.type())) {
    ++counters_.misdirected;
    return;
  }
  Session* session = find(view.name());
  const Pulse& pulse = view.fields();
  if (session == nullptr && view.type() == PulseType::terminate) {
    ++counters_.unknown_terminated;
    Pulse ack{PulseType::ack, pulse.number, pulse.incarnation, pulse.sequence, now.wall, {}, 0, view.name(), {}};
    out.outgoing.push_back({from, ack.emit(), true});
    return;
  }
  if (session == nullptr) session = open(view.name(), now);
  if (session == nullptr) return;

  const Freshness freshness = session->window.accept(pulse.incarnation, pulse.sequence);
  if (freshness == Freshness::newest && (session->peer != from.peer || session->via != from.via)) {
    if (session->peer.port != 0 && session->peer != from.peer) ++counters_.peer_moves;
    session->peer = from.peer;
    session->via = from.via;
    session->credit = 0;
  }
  if (session->peer == from.peer) add_saturating(session->credit, view.size());
  if (freshness == Freshness::seen) {
    ++counters_.seen_before;
    const bool known = pulse.number != 0 && session->window.number_seen(pulse.incarnation, pulse.number);
    if (known && session->peer == from.peer) reply(*session, PulseType::ack, pulse.number, now, out);
    return;
  }
  take(*session, view, freshness, now, out);
}

void SessionTable::take(Session& session, const PulseView& view, Freshness freshness, Moment now, Outcome& out) {
  ++counters_.pulses;
  add_saturating(session.pulses, 1);
  if (freshness == Freshness::reordered) ++counters_.reordered;
  const Pulse& pulse = view.fields();
  const bool new_number = pulse.number != 0 && session.window.accept_number(pulse.number);
  // What was overtaken by the terminate, or by what closed the session, does not open it again.
  const bool overtaken = freshness == Freshness::reordered && session.detector.closed();
  if (!overtaken) judge(session, pulse, now, out);
  if (view.type() == PulseType::message) {
    if (new_number) {
      record_message(session, view.text(), now, out);
    } else {
      ++counters_.repeated_messages;
    }
  }
  if (pulse.number != 0) reply(session, PulseType::ack, pulse.number, now, out);
}

// The beacon that announced an interval keeps the session: another of its name (a job that says something and ends)
// neither changes what is announced nor, by leaving, closes it. Nor does one that leaves end what the settings expect.
void SessionTable::judge(Session& session, const Pulse& pulse, Moment now, Outcome& out) {
  session.heard = true;
  if (session.detector.closed()) session.keeper = 0;
  const bool announces = pulse.interval > base::Duration::zero();
  const bool kept_by_other = session.keeper != 0 && session.keeper != pulse.incarnation;
  if (pulse.type == PulseType::terminate) {
    const bool goes_on = kept_by_other || (!announces && options_of(session).comes_again);
    if (pulse.leaves && goes_on) return;
    apply(session, session.detector.on_terminate(now.instant), now, out);
    return;
  }
  if (announces) session.keeper = pulse.incarnation;
  const Announced announced =
      kept_by_other && !announces ? session.detector.announced() : Announced{pulse.interval, pulse.detect_multiplier};
  apply(session, session.detector.on_heard(now.instant, announced, options_of(session)), now, out);
}

void SessionTable::record_message(Session& session, std::string_view text, Moment now, Outcome& out) {
  ++counters_.messages;
  add_saturating(session.messages, 1);
  session.last_message = std::make_unique<LastMessage>(LastMessage{std::string(text), now.wall});
  out.records.push_back(record::PulseMessage{base::UntrustedText(*session.name), peer_text(session.peer), now.wall,
                                             now.instant, base::UntrustedText(text)});
}

void SessionTable::advance(Moment now, Outcome& out) {
  due_.clear();
  wheel_.advance(now.instant, due_);
  for (const auto key : due_) {
    Session& session = sessions_[key];
    DetectorOptions options = options_of(session);
    if (session.peer.port == 0) options.asks = 0;  // it was never heard of: there is no way to ask
    apply(session, session.detector.on_deadline(now.instant, options), now, out);
  }
}

void SessionTable::on_observer_gap(base::Duration length, Moment now, Outcome& out) {
  for (Session& session : sessions_) {
    session.detector.on_observer_gap(now.instant, options_of(session));
    reschedule(session);
  }
  record::Gap gap;
  gap.cause = record::GapCause::suspended;
  gap.from = now.wall - length;
  gap.to = now.wall;
  gap.where = "heartbeat";
  out.records.push_back(std::move(gap));
}

void SessionTable::restore(const std::vector<record::PulseChange>& changes, std::uint8_t via_v4, std::uint8_t via_v6,
                           Moment now, Outcome& out) {
  for (const record::PulseChange& change : changes) {
    const std::string& name = change.session.raw();
    if (name.empty() || name.size() > kMaxNameBytes) continue;
    Session* session = find(name);
    // It was expected, never came, and is not expected any more.
    if (session == nullptr && parse_peer(change.peer).port == 0) continue;
    if (session == nullptr) session = open(name, {now.instant, change.at});
    if (session == nullptr) continue;
    // The multiplier is not recorded; RFC 5880's usual one stands in until the session is heard.
    const Announced announced{change.interval, 3};
    session->detector = Detector::restored(now.instant, change.to, announced, options_of(*session));
    session->peer = parse_peer(change.peer);
    session->via = session->peer.address.is_v4() ? via_v4 : via_v6;
    // It was heard from this address before the restart, so one round of asks is paid for.
    session->credit = static_cast<std::uint16_t>(paying_bytes(name.size()));
    reschedule(*session);
    if (session->detector.state() == change.to) continue;
    Effects effects;
    effects.change = Change{change.to, session->detector.state(), record::Diagnostic::restored, {}};
    apply(*session, effects, now, out);
  }
}

std::vector<SessionStatus> SessionTable::snapshot(Moment now) const {
  std::vector<SessionStatus> all;
  all.reserve(sessions_.size());
  for (const Session& session : sessions_) all.push_back(status(session, now));
  return all;
}

SessionStatus SessionTable::status(const Session& session, Moment now) const {
  const Detector& detector = session.detector;
  SessionStatus status;
  status.name = base::UntrustedText(*session.name);
  status.peer = peer_text(session.peer);
  status.state = detector.state();
  if (detector.announced().interval > base::Duration::zero()) status.interval = detector.announced().interval;
  status.detect_multiplier = detector.announced().detect_multiplier;
  status.detection_time = detector.detection_time(options_of(session));
  status.silent_for = std::max(now.instant - detector.last_heard(), base::Duration::zero());
  if (session.heard) {
    status.last_heard_instant = detector.last_heard();
    status.last_heard = now.wall - status.silent_for;
  }
  status.asked = detector.asked();
  status.asks = options_of(session).asks;
  if (session.last_message) {
    status.last_message = {session.last_message->at, base::UntrustedText(session.last_message->text)};
  }
  status.messages = session.messages;
  status.pulses = session.pulses;
  status.opened_at = session.opened_at;
  return status;
}

SessionTable::Session* SessionTable::find(std::string_view name) {
  const auto found = by_name_.find(std::string(name));
  return found == by_name_.end() ? nullptr : &sessions_[found->second];
}

SessionTable::Session* SessionTable::open(std::string_view name, Moment now) {
  if (sessions_.size() >= options_.limit) {
    ++counters_.refused_full;
    return nullptr;
  }
  const auto place = by_name_.emplace(std::string(name), static_cast<std::uint32_t>(sessions_.size())).first;
  Session& session = sessions_.emplace_back(now);
  session.name = &place->first;
  return &session;
}

void SessionTable::apply(Session& session, const Effects& effects, Moment now, Outcome& out) {
  if (effects.change) {
    const Change& change = *effects.change;
    out.records.push_back(record::PulseChange{
        base::UntrustedText(*session.name), peer_text(session.peer), now.wall, now.instant, change.from, change.to,
        change.diagnostic, session.detector.asked(), session.detector.announced().interval, change.silent_for});
  }
  if (effects.ask) {
    ++counters_.asks;
    reply(session, PulseType::ask, session.detector.asked(), now, out);
  }
  reschedule(session);
}

void SessionTable::reply(Session& session, PulseType type, std::uint32_t number, Moment now, Outcome& out) {
  const std::size_t size = reply_bytes(session.name->size());
  if (session.peer.port == 0 || session.credit < size) {
    ++counters_.replies_withheld;
    return;
  }
  session.credit = static_cast<std::uint16_t>(session.credit - size);
  const Pulse pulse{type,          number, session.window.incarnation(), session.window.newest(), now.wall, {}, 0,
                    *session.name, {}};
  out.outgoing.push_back({{session.peer, session.via}, pulse.emit(), type == PulseType::ack});
}

void SessionTable::reschedule(const Session& session) {
  const base::TimerWheel::Key key = index_of(session);
  const auto deadline = session.detector.next_deadline();
  if (deadline) {
    wheel_.schedule(key, *deadline);
  } else {
    wheel_.cancel(key);
  }
}

}  // namespace holter::heartbeat
