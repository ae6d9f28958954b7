#include "heartbeat/session_table.h"

#include <algorithm>
#include <limits>

#include "heartbeat/peer_text.h"

namespace holter::heartbeat {
namespace {

using record::Authentication;
using record::Diagnostic;

template <class Number>
void add_saturating(Number& number, std::size_t n) {
  constexpr std::size_t most = std::numeric_limits<Number>::max();
  number = static_cast<Number>(std::min(most, number + n));
}

Sign sign_of(const Pulse& pulse, Authentication authentication) {
  Sign sign;
  if (pulse.type == PulseType::message) sign.kind = Sign::Kind::message;
  if (pulse.type == PulseType::start) sign.kind = Sign::Kind::start;
  if (pulse.type == PulseType::failure) sign.kind = Sign::Kind::failure;
  if (pulse.type == PulseType::terminate) sign.kind = Sign::Kind::terminate;
  sign.authentication = authentication;
  sign.announced = {pulse.interval, pulse.detect_multiplier};
  sign.text = pulse.text;
  sign.number = pulse.number;
  return sign;
}

bool is_open(record::SessionState state) {
  return state == record::SessionState::up || state == record::SessionState::pulsing;
}

}  // namespace

SessionTable::SessionTable(SessionTableOptions options, base::Instant start)
    : options_(options),
      wheel_(options.limit, start),
      index_(options.limit, options.hash_key,
             [this](Row row) -> SessionIndex::Name { return {sessions_[row].name(), sessions_[row].authentication}; }),
      strangers_(options.strangers) {}

void SessionTable::on_datagram(const PulseView& view, Authentication authentication, const Path& from, Moment now,
                               Outcome& out) {
  if (from_hub(view.type())) {
    ++counters_.misdirected;
    return;
  }
  const Pulse& pulse = view.fields();
  if (view.type() == PulseType::terminate && !find(view.name(), authentication)) {
    ++counters_.unknown_terminated;
    out.replies.push_back({Reply::Kind::ack, from, std::string(view.name()), authentication, pulse.number, 0,
                           pulse.incarnation, pulse.sequence, pulse.key_id});
    return;
  }
  const auto row = find_or_open(view.name(), authentication, from.peer.address, now, out);
  if (!row) return;
  Session& session = sessions_[*row];
  const Freshness freshness = session.window.accept(pulse.incarnation, pulse.sequence);
  if (freshness == Freshness::newest) follow(*row, from, now, out);
  const bool same_peer = session.peer() == from.peer;
  if (same_peer) add_saturating(session.credit, view.size());
  if (freshness == Freshness::seen) {
    ++counters_.seen_before;
    const bool known = pulse.number != 0 && session.window.number_seen(pulse.incarnation, pulse.number);
    if (known && same_peer) reply(*row, Reply::Kind::ack, pulse.number, pulse.key_id, out);
    return;
  }
  if (freshness == Freshness::reordered) ++counters_.reordered;
  const bool repeated = pulse.number != 0 && !session.window.accept_number(pulse.number);
  const bool answers = view.type() == PulseType::answer;
  take(*row, sign_of(pulse, authentication), {true, freshness, pulse.leaves, answers, repeated, pulse.key_id}, now,
       out);
}

bool SessionTable::on_sign(std::string_view name, const Sign& sign, const Path& from, Moment now, Outcome& out) {
  const bool ends = sign.kind == Sign::Kind::terminate;
  if (ends && !find(name, sign.authentication)) {
    ++counters_.unknown_terminated;
    if (sign.number != 0) {
      out.replies.push_back({Reply::Kind::ack, from, std::string(name), sign.authentication, sign.number});
    }
    return true;
  }
  const auto row = find_or_open(name, sign.authentication, from.peer.address, now, out);
  if (!row) return false;
  const bool open = is_open(sessions_[*row].detector.state());
  if (sign.kind == Sign::Kind::knock && open) return true;
  follow(*row, from, now, out);
  take(*row, sign, {}, now, out);
  return true;
}

// The way back leads where the session was heard last; a way that has none does not replace one that has.
void SessionTable::follow(Row row, const Path& from, Moment now, Outcome& out) {
  Session& session = sessions_[row];
  if (from.link != 0) session.link = number_of(from.link);
  const Path before = session.path();
  if (before == from || (session.heard && has_way_back(before) && !has_way_back(from))) return;
  session.set_path(from);
  session.credit = 0;
  const bool was_known = session.heard || before.peer != base::Endpoint();
  // One whose traffic is awaited has all of its addresses at once.
  const bool by_traffic = from.way == record::Way::traffic || before.way == record::Way::traffic;
  if (!was_known || by_traffic || before.peer.address == from.peer.address) return;
  ++counters_.peer_moves;
  const auto [last, first_time] = moves_.try_emplace(row, now.instant);
  if (!first_time && now.instant - last->second < kMoveSpacing) return;
  last->second = now.instant;
  const record::SessionState state = session.detector.state();
  const base::Duration silent = std::max(now.instant - session.detector.last_heard(), base::Duration::zero());
  record_change(row, {state, state, Diagnostic::moved, silent}, peer_text(before.peer), now, out);
}

void SessionTable::take(Row row, const Sign& sign, const Sequenced& sequenced, Moment now, Outcome& out) {
  Session& session = sessions_[row];
  ++counters_.pulses;
  add_saturating(session.pulses, 1);
  // What was overtaken by the terminate, or by what closed the session, does not open it again.
  const bool overtaken = sequenced.freshness == Freshness::reordered && session.detector.closed();
  if (!overtaken && sign.kind != Sign::Kind::note) judge(row, sign, sequenced, now, out);
  if (sequenced.repeated && sign.kind != Sign::Kind::terminate) {
    ++counters_.repeated_messages;
  } else if (!sign.text.empty()) {
    record_message(row, sign.text, now, out);
  }
  if (sign.number != 0) reply(row, Reply::Kind::ack, sign.number, sequenced.key_id, out);
}

// The beacon that announced an interval keeps the session: another of its name (a job that says something and ends)
// neither changes what is announced nor, by leaving, closes it. Nor does one that leaves end what the settings expect.
void SessionTable::judge(Row row, const Sign& sign, const Sequenced& sequenced, Moment now, Outcome& out) {
  Session& session = sessions_[row];
  session.heard = true;
  if (session.detector.closed()) session.window.release();
  note_run(row, sign, now);
  const bool announces = sign.announced.interval > base::Duration::zero();
  const bool kept_by_other = sequenced.is_datagram ? session.window.kept_by_other() : session.window.kept();
  if (sign.kind == Sign::Kind::terminate) {
    const bool goes_on = kept_by_other || (!announces && options_of(row).comes_again);
    if (sequenced.leaves && goes_on) return;
    learn(row, sign, sequenced, now);
    apply(row, session.detector.on_terminate(now.instant), {}, now, out);
    return;
  }
  if (sign.kind == Sign::Kind::failure) {
    learn(row, sign, sequenced, now);
    const std::string_view reason = sign.reason.empty() ? sign.text : sign.reason;
    apply(row, session.detector.on_failure(now.instant), reason, now, out);
    return;
  }
  const DetectorOptions options = options_at(row, now);
  if (sign.kind == Sign::Kind::start && options.scheduled) {
    apply(row, session.detector.on_start(now.instant, options), {}, now, out);
    return;
  }
  if (announces && sequenced.is_datagram) session.window.keep();
  const bool keeps = kept_by_other || sign.way == record::Way::traffic;
  const Announced announced = keeps && !announces ? session.detector.announced() : sign.announced;
  learn(row, sign, sequenced, now);
  apply(row, session.detector.on_heard(now.instant, announced, options), {}, now, out);
}

// Pulses come regularly; messages and answers do not. Another interval is another rhythm.
void SessionTable::learn(Row row, const Sign& sign, const Sequenced& sequenced, Moment now) {
  if (!options_of(row).adaptive) return;
  if (sign.kind == Sign::Kind::terminate || sign.kind == Sign::Kind::failure) {
    if (Rhythm* rhythm = rhythms_.find(row)) rhythm->pause();
    return;
  }
  const Announced announced = Detector::within_limits(sign.announced);
  if (announced.interval == base::Duration::zero()) return;
  if (announced.interval != sessions_[row].detector.announced().interval) rhythms_.forget(row);
  if (sign.kind != Sign::Kind::life || sequenced.answers) return;
  const std::uint64_t beacon = sequenced.is_datagram ? sessions_[row].window.incarnation() : 0;
  rhythms_.at(row).on_pulse(now.instant, beacon, {announced.interval, announced.detect_multiplier});
}

void SessionTable::record_message(Row row, std::string_view text, Moment now, Outcome& out) {
  const Session& session = sessions_[row];
  ++counters_.messages;
  Messages& messages = messages_[row];
  messages.last = text.substr(0, record::kShownMessageBytes);
  messages.last_at = now.wall;
  ++messages.count;
  out.records.push_back(record::PulseMessage{base::UntrustedText(session.name()), peer_text(session.peer()), now.wall,
                                             now.instant, base::UntrustedText(text), session.way,
                                             session.authentication});
}

void SessionTable::record_change(Row row, const Change& change, std::string_view reason, Moment now,
                                 Outcome& out) const {
  const Session& session = sessions_[row];
  record::PulseChange record;
  record.session = base::UntrustedText(session.name());
  record.peer = peer_text(session.peer());
  record.at = now.wall;
  record.at_instant = now.instant;
  record.from = change.from;
  record.to = change.to;
  record.diagnostic = change.diagnostic;
  record.asked = session.detector.asked();
  record.asks = options_of(row).asks;
  record.interval = session.detector.announced().interval;
  record.detect_multiplier = session.detector.announced().detect_multiplier;
  record.silent_for = change.silent_for;
  record.way = session.way;
  record.authentication = session.authentication;
  record.reason = base::UntrustedText(reason);
  out.records.push_back(std::move(record));
}

void SessionTable::apply(Row row, const Effects& effects, std::string_view reason, Moment now, Outcome& out) {
  if (effects.change) {
    count(effects.change->from, effects.change->to);
    record_change(row, *effects.change, reason, now, out);
  }
  if (effects.ask) {
    ++counters_.asks;
    reply(row, Reply::Kind::ask, sessions_[row].detector.asked(), 0, out);
  }
  reschedule(row);
}

// Nobody can be flooded through a hub: to a datagram's sender go no more bytes than it has sent.
void SessionTable::reply(Row row, Reply::Kind kind, std::uint32_t number, std::uint32_t key_id, Outcome& out) {
  Session& session = sessions_[row];
  if (!has_way_back(session.path())) {
    ++counters_.replies_withheld;
    return;
  }
  if (session.way == record::Way::datagram) {
    const std::size_t size = reply_bytes(session.name_length);
    if (session.credit < size) {
      ++counters_.replies_withheld;
      return;
    }
    session.credit = static_cast<std::uint16_t>(session.credit - size);
  }
  out.replies.push_back({kind, session.path(), std::string(session.name()), session.authentication, number,
                         options_of(row).asks, session.window.incarnation(), session.window.newest(), key_id});
}

void SessionTable::advance(Moment now, Outcome& out) {
  wheel_.advance(now.instant, due_);
  for (const auto row : due_) {
    if (is_held(row)) continue;
    DetectorOptions options = judged_by(row);
    const auto deadline = sessions_[row].detector.next_deadline();
    if (deadline) counters_.lateness.add(now.instant - *deadline);
    options.scheduled = schedule_of(row) != nullptr;
    if (!has_way_back(sessions_[row].path())) options.asks = 0;
    const Effects effects = sessions_[row].detector.on_deadline(now.instant, options);
    const bool late = effects.change && effects.change->diagnostic == Diagnostic::late;
    apply(row, effects, late ? lateness(row, now) : "", now, out);
  }
  due_.clear();
}

void SessionTable::on_observer_gap(base::Duration length, Moment now, Outcome& out) {
  rhythms_.pause_all();
  for (Row row = 0; row < sessions_.size(); ++row) {
    sessions_[row].detector.on_observer_gap(now.instant, options_after_gap(row, length, now));
    reschedule(row);
  }
  record::Gap gap;
  gap.cause = record::GapCause::suspended;
  gap.from = now.wall - length;
  gap.to = now.wall;
  gap.where = "heartbeat";
  out.records.push_back(std::move(gap));
}

void SessionTable::count(record::SessionState from, record::SessionState to) {
  --counters_.by_state[static_cast<std::size_t>(from)];
  ++counters_.by_state[static_cast<std::size_t>(to)];
}

void SessionTable::replace(Row row, const Detector& detector) {
  count(sessions_[row].detector.state(), detector.state());
  sessions_[row].detector = detector;
}

void SessionTable::reschedule(Row row) {
  const auto deadline = sessions_[row].detector.next_deadline();
  strangers_.set_awaited(row, deadline.has_value());
  if (deadline) {
    wheel_.schedule(row, *deadline);
  } else {
    wheel_.cancel(row);
  }
}

std::optional<SessionTable::Row> SessionTable::find(std::string_view name, Authentication authentication) const {
  return index_.find({name, authentication});
}

// A session that is expected and was never heard is whoever comes first with proof, but for one whose traffic is
// awaited: an address proves nothing, and must not speak for a key.
std::optional<SessionTable::Row> SessionTable::find_or_open(std::string_view name, Authentication authentication,
                                                            const base::IpAddress& from, Moment now, Outcome& out) {
  if (const auto row = find(name, authentication)) return row;
  if (authentication == Authentication::key) {
    const auto awaited = find(name, Authentication::loopback);
    if (awaited && never_heard(*awaited) && !sessions_[*awaited].awaited) {
      Session& session = sessions_[*awaited];
      index_.remove({session.name(), Authentication::loopback});
      session.authentication = authentication;
      session.name_bytes = index_.add({name, authentication}, *awaited);
      return awaited;
    }
  }
  if (!make_room(authentication, from, now, out)) {
    ++counters_.refused_full;
    return std::nullopt;
  }
  const Row row = static_cast<Row>(sessions_.size());
  Session& session = sessions_.emplace_back(now.instant);
  session.authentication = authentication;
  session.name_bytes = index_.add({name, authentication}, row);
  session.name_length = static_cast<std::uint8_t>(name.size());
  if (authentication == Authentication::none) strangers_.opened(row, from);
  ++counters_.by_state[static_cast<std::size_t>(session.detector.state())];
  return row;
}

// No newcomer is refused because of those that nothing proves and that are over.
bool SessionTable::make_room(Authentication authentication, const base::IpAddress& from, Moment now, Outcome& out) {
  if (authentication == Authentication::none) {
    if (!strangers_.has_room(from)) return false;
    if (const auto first = strangers_.first_to_go(from)) give_way(*first, now, out);
  }
  if (sessions_.size() < options_.limit) return true;
  const auto first = strangers_.longest_over();
  if (first) give_way(*first, now, out);
  return first.has_value();
}

void SessionTable::give_way(Row row, Moment now, Outcome& out) {
  ++counters_.gave_way;
  const Detector& detector = sessions_[row].detector;
  const base::Duration silent = std::max(now.instant - detector.last_heard(), base::Duration::zero());
  record_change(row, {detector.state(), detector.state(), Diagnostic::gave_way, silent}, {}, now, out);
  forget(row);
}

bool SessionTable::never_heard(Row row) const {
  return !sessions_[row].heard && sessions_[row].peer() == base::Endpoint();
}

}  // namespace holter::heartbeat
