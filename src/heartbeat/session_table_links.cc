// The side of a SessionTable that the observer works on: which sessions depend on a link, who is due over it, and
// judgement withheld.
#include <algorithm>

#include "heartbeat/session_table.h"

namespace holter::heartbeat {

using base::Duration;

namespace {

// What a session that announced nothing is not missed by before it is due.
Duration interval_of(const Detector& detector, Duration detection_time) {
  const Duration announced = detector.announced().interval;
  return announced > Duration::zero() ? announced : detection_time;
}

}  // namespace

std::optional<std::uint8_t> SessionTable::known_number_of(LinkIndex link) const {
  const auto found = std::ranges::find(links_, link, &LinkState::index);
  if (link == 0 || found == links_.end()) return std::nullopt;
  return static_cast<std::uint8_t>(found - links_.begin());
}

std::uint8_t SessionTable::number_of(LinkIndex link) {
  if (const auto known = known_number_of(link)) return *known;
  if (link == 0 || links_.size() > kCaptureNumber + Observer::kMaxLinks) return 0;
  links_.push_back({link, false, false});
  return static_cast<std::uint8_t>(links_.size() - 1);
}

bool SessionTable::open_over(Row row, std::uint8_t link) const {
  return depends_on(row, link) && !sessions_[row].detector.closed();
}

void SessionTable::locate(const std::function<LinkIndex(const base::IpAddress&)>& link_to) {
  for (Row row = 0; row < sessions_.size(); ++row) {
    if (open_over(row, 0)) sessions_[row].link = number_of(link_to(sessions_[row].address));
  }
}

std::vector<Due> SessionTable::due(Moment now) {
  wheel_.advance(now.instant, due_);
  std::vector<std::optional<Due>> by_link(links_.size());
  for (const Row row : due_) {
    if (is_deaf_to(row)) continue;
    const Detector& detector = sessions_[row].detector;
    const Duration detection_time = detector.detection_time(judged_by(row));
    const Duration interval = interval_of(detector, detection_time);
    auto& due = by_link[sessions_[row].link];
    if (!due) due = Due{links_[sessions_[row].link].index, detection_time, interval};
    due->detection_time = std::min(due->detection_time, detection_time);
    due->interval = std::min(due->interval, interval);
  }
  std::vector<Due> all;
  for (const auto& due : by_link) {
    if (due) all.push_back(*due);
  }
  return all;
}

void SessionTable::defer(base::Instant until) {
  for (const Row row : due_) wheel_.schedule(row, until);
  due_.clear();
}

void SessionTable::hold(LinkIndex link, bool blind) {
  LinkState& state = links_[number_of(link)];
  if (state.index != link) return;
  state.held = true;
  state.blind = blind;
}

void SessionTable::release(LinkIndex link, Moment now) {
  const auto number = known_number_of(link);
  if (!number) return;
  links_[*number].held = links_[*number].blind = false;
  for (Row row = 0; row < sessions_.size(); ++row) {
    const auto deadline = sessions_[row].detector.next_deadline();
    if (open_over(row, *number) && deadline && *deadline <= now.instant) reschedule(row);
  }
}

void SessionTable::renew(LinkIndex link, Duration blind_for, Moment now) {
  const auto number = known_number_of(link);
  if (!number) return;
  links_[*number].held = links_[*number].blind = false;
  for (Row row = 0; row < sessions_.size(); ++row) {
    if (!open_over(row, *number)) continue;
    if (Rhythm* rhythm = rhythms_.find(row)) rhythm->pause();
    sessions_[row].detector.on_observer_gap(now.instant, options_after_gap(row, blind_for, now));
    reschedule(row);
  }
}

// Late is who missed more than half of its detection time, and one interval at least.
Hush SessionTable::hush(LinkIndex link, Moment now) const {
  Hush hush;
  const auto number = known_number_of(link);
  if (!number) return hush;
  for (Row row = 0; row < sessions_.size(); ++row) {
    if (!open_over(row, *number) || is_deaf_to(row) || never_heard(row)) continue;
    const Session& session = sessions_[row];
    const Duration detection_time = session.detector.detection_time(judged_by(row));
    const Duration enough = std::max(interval_of(session.detector, detection_time), detection_time / 2);
    if (now.instant - session.detector.last_heard() < enough) continue;
    ++hush.late;
    const bool known = std::ranges::find(hush.hosts, session.address) != hush.hosts.end();
    if (!known && hush.hosts.size() < Observer::kMaxHosts) hush.hosts.push_back(session.address);
  }
  return hush;
}

std::size_t SessionTable::open_over(LinkIndex link) const {
  const auto number = known_number_of(link);
  if (!number) return 0;
  std::size_t open = 0;
  for (Row row = 0; row < sessions_.size(); ++row) open += open_over(row, *number) ? 1 : 0;
  return open;
}

}  // namespace holter::heartbeat
