// What a SessionTable knows of sessions without hearing them: expected ones, those from before a restart, and what it
// tells about all of them.
#include <algorithm>
#include <map>

#include "heartbeat/peer_text.h"
#include "heartbeat/session_table.h"

namespace holter::heartbeat {

using record::Authentication;
using record::SessionState;

namespace {

// Older records have no multiplier; RFC 5880's usual one stands in until the session is heard.
Announced announced_in(const record::PulseChange& change) {
  const auto multiplier = change.detect_multiplier == 0 ? 3 : std::min(change.detect_multiplier, 255U);
  return {change.interval, static_cast<std::uint8_t>(multiplier)};
}

}  // namespace

Outcome SessionTable::set_expected(const std::vector<ExpectedSession>& expected, Moment now) {
  Outcome out;
  std::map<std::string_view, const ExpectedSession*> kept;
  for (const ExpectedSession& session : expected) kept[session.name] = &session;
  std::vector<SessionIndex::Name> gone;
  for (const auto& [row, options] : expected_) {
    const Session& session = sessions_[row];
    const auto wanted = kept.find(session.name());
    const bool stays = wanted != kept.end() && find_expected(*wanted->second) == row;
    if (!stays) gone.push_back({session.name(), session.authentication});
  }
  for (const SessionIndex::Name& name : gone) {
    const Row row = *index_.find(name);
    const DetectorOptions before = options_at(row, now);
    expected_.erase(row);
    schedules_.erase(row);
    await_traffic(row, false);
    if (never_heard(row)) {
      // One that went down is in the records, and stays what it was.
      if (sessions_[row].detector.state() == SessionState::init) out.gone.emplace_back(name.text);
      forget(row);
      continue;
    }
    adopt(row, before, now);
  }
  for (const ExpectedSession& wanted : expected) {
    if (!wanted.name.empty() && wanted.name.size() <= kMaxNameBytes) expect(wanted, now, out);
  }
  return out;
}

void SessionTable::expect(const ExpectedSession& wanted, Moment now, Outcome& out) {
  auto row = find_expected(wanted);
  const bool is_new = !row;
  if (is_new) row = find_or_open(wanted.name, kAwaited, {}, now, out);
  if (!row) return;
  const DetectorOptions before = options_at(*row, now);
  expected_[*row] = merged(wanted);
  schedules_.erase(*row);
  await_traffic(*row, !wanted.traffic.empty());
  if (wanted.schedule) schedules_.emplace(*row, *wanted.schedule);
  if (is_new) replace(*row, Detector::restored(now.instant, SessionState::init, {}, options_at(*row, now)));
  adopt(*row, before, now);
}

// The options of a session are others than `before`.
void SessionTable::adopt(Row row, const DetectorOptions& before, Moment now) {
  sessions_[row].detector.on_options(now.instant, before, options_at(row, now));
  if (!options_of(row).adaptive) rhythms_.forget(row);
  reschedule(row);
}

// What is known of that name, the better proven first, but for one whose traffic is awaited. One that nothing proves is
// never taken for it.
std::optional<SessionTable::Row> SessionTable::find_expected(const ExpectedSession& wanted) const {
  const auto keyed = wanted.traffic.empty() ? find(wanted.name, Authentication::key) : std::nullopt;
  return keyed ? keyed : find(wanted.name, kAwaited);
}

DetectorOptions SessionTable::merged(const ExpectedSession& wanted) const {
  DetectorOptions options = options_.detector;
  options.asks = wanted.asks.value_or(options.asks);
  options.ask_spacing = wanted.ask_spacing.value_or(options.ask_spacing);
  if (wanted.interval) options.unannounced_silence = *wanted.interval * wanted.detect_multiplier;
  options.adaptive = wanted.adaptive.value_or(options.adaptive);
  options.comes_again = wanted.interval.has_value() || wanted.schedule.has_value();
  return options;
}

const DetectorOptions& SessionTable::options_of(Row row) const {
  const bool by_segments = options_.segments && sessions_[row].way == record::Way::segment;
  const DetectorOptions& common = by_segments ? *options_.segments : options_.detector;
  if (expected_.empty()) return common;
  const auto found = expected_.find(row);
  return found == expected_.end() ? common : found->second;
}

DetectorOptions SessionTable::judged_by(Row row) const {
  DetectorOptions options = options_of(row);
  const Rhythm* rhythm = options.adaptive ? rhythms_.find(row) : nullptr;
  if (rhythm != nullptr) options.silence = &rhythm->silence;
  return options;
}

// The last session takes its place.
void SessionTable::forget(Row row) {
  const Row last = static_cast<Row>(sessions_.size() - 1);
  wheel_.cancel(row);
  wheel_.cancel(last);
  index_.remove({sessions_[row].name(), sessions_[row].authentication});
  --counters_.by_state[static_cast<std::size_t>(sessions_[row].detector.state())];
  const auto move_along = [row, last](auto& table) {
    table.erase(row);
    auto node = table.extract(last);
    if (!node) return;
    node.key() = row;
    table.insert(std::move(node));
  };
  move_along(expected_);
  move_along(schedules_);
  move_along(runs_);
  move_along(messages_);
  move_along(moves_);
  rhythms_.move(last, row);
  strangers_.forget(row);
  strangers_.move(last, row);
  std::erase(due_, row);
  std::ranges::replace(due_, last, row);
  if (row != last) {
    index_.renumber({sessions_[last].name(), sessions_[last].authentication}, row);
    sessions_[row] = std::move(sessions_[last]);
  }
  sessions_.pop_back();
  if (row != last) reschedule(row);
}

void SessionTable::restore(const std::vector<record::PulseChange>& changes, std::uint32_t via_v4, std::uint32_t via_v6,
                           Moment now, Outcome& out) {
  for (const record::PulseChange& change : changes) {
    const std::string& name = change.session.raw();
    if (name.empty() || name.size() > kMaxNameBytes || change.diagnostic == record::Diagnostic::gave_way) continue;
    const base::Endpoint peer = peer_of(change.peer);
    // It was expected, never came, and is not expected any more.
    if (peer == base::Endpoint() && !find(name, change.authentication)) continue;
    const auto row = find_or_open(name, change.authentication, peer.address, now, out);
    if (!row) continue;
    Session& session = sessions_[*row];
    session.set_path({peer, change.way, 0});
    replace(*row, Detector::restored(now.instant, change.to, announced_in(change), options_at(*row, now)));
    if (change.way == record::Way::datagram) session.via = peer.address.is_v4() ? via_v4 : via_v6;
    // It was heard from this address before the restart, so one round of asks is paid for.
    session.credit = static_cast<std::uint16_t>(paying_bytes(name.size()));
    reschedule(*row);
    if (session.detector.state() == change.to) continue;
    record_change(*row, {change.to, session.detector.state(), record::Diagnostic::restored, {}}, {}, now, out);
  }
}

Acquaintance SessionTable::acquaintance(const Pulse& pulse, Authentication authentication,
                                        const base::Endpoint& peer) const {
  const auto row = find(pulse.name, authentication);
  if (!row) return {.room = authentication != Authentication::none || strangers_.has_room(peer.address)};
  const Session& session = sessions_[*row];
  return {true, session.window.knows(pulse.incarnation), session.peer() == peer, true};
}

bool SessionTable::is_up(std::string_view name, Authentication authentication) const {
  const auto row = find(name, authentication);
  return row && sessions_[*row].detector.state() == SessionState::up;
}

std::vector<SessionStatus> SessionTable::snapshot(Moment now, std::size_t first, std::size_t count) const {
  std::vector<SessionStatus> some;
  if (first >= sessions_.size()) return some;
  const std::size_t end = first + std::min(count, sessions_.size() - first);
  some.reserve(end - first);
  for (std::size_t row = first; row < end; ++row) some.push_back(status(static_cast<Row>(row), now));
  return some;
}

SessionStatus SessionTable::status(Row row, Moment now) const {
  const Session& session = sessions_[row];
  const Detector& detector = session.detector;
  SessionStatus status;
  status.name = base::UntrustedText(session.name());
  status.peer = peer_text(session.peer());
  status.way = session.way;
  status.authentication = session.authentication;
  status.state = is_blind(row) ? SessionState::blind : detector.state();
  if (detector.announced().interval > base::Duration::zero()) status.interval = detector.announced().interval;
  status.detect_multiplier = detector.announced().detect_multiplier;
  if (schedule_of(row) == nullptr || status.interval) {
    status.detection_time = detector.detection_time(judged_by(row));
  }
  tell_schedule(row, now, status);
  status.silent_for = std::max(now.instant - detector.last_heard(), base::Duration::zero());
  status.suspicion = suspicion(row, status.silent_for);
  if (session.heard) {
    status.last_heard_instant = detector.last_heard();
    status.last_heard = now.wall - status.silent_for;
  }
  status.asked = detector.asked();
  status.asks = options_of(row).asks;
  if (const auto messages = messages_.find(row); messages != messages_.end()) {
    status.last_message = {messages->second.last_at, base::UntrustedText(messages->second.last)};
    status.messages = messages->second.count;
  }
  status.pulses = session.pulses;
  return status;
}

std::optional<double> SessionTable::suspicion(Row row, base::Duration silent) const {
  const Detector& detector = sessions_[row].detector;
  const suspicion::Silence* const silence = judged_by(row).silence;
  const Announced announced = detector.announced();
  if (silence == nullptr || detector.closed() || announced.interval == base::Duration::zero()) return std::nullopt;
  return silence->level(silent, {announced.interval, announced.detect_multiplier});
}

}  // namespace holter::heartbeat
