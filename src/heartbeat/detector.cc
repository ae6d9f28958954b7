#include "heartbeat/detector.h"

#include <algorithm>

#include "heartbeat/pulse_format.h"

namespace holter::heartbeat {

using record::Diagnostic;
using record::SessionState;

Detector Detector::restored(base::Instant now, SessionState state, Announced announced,
                            const DetectorOptions& options) {
  Detector detector(now);
  detector.announce(announced);
  detector.state_ = state;
  if (detector.closed()) return detector;
  detector.state_ = SessionState::init;
  detector.deadline_ = now + detector.detection_time(options);
  return detector;
}

Effects Detector::on_heard(base::Instant now, Announced announced, const DetectorOptions& options) {
  announce(announced);
  Effects effects;
  switch (state_) {
    case SessionState::up: break;
    case SessionState::init: effects.change = move(now, SessionState::up, Diagnostic::first_message); break;
    case SessionState::pulsing:
    case SessionState::blind: effects.change = move(now, SessionState::up, Diagnostic::answered); break;
    case SessionState::down:
    case SessionState::admin_down: effects.change = move(now, SessionState::up, Diagnostic::reopened); break;
  }
  last_heard_ = std::max(last_heard_, now);
  deadline_ = last_heard_ + detection_time(options);
  asked_ = 0;
  return effects;
}

Effects Detector::on_start(base::Instant now, const DetectorOptions& options) {
  if (state_ == SessionState::pulsing || state_ == SessionState::blind) return on_heard(now, announced(), options);
  last_heard_ = std::max(last_heard_, now);
  if (!closed()) deadline_ = std::min(deadline_, last_heard_ + detection_time(options));
  return {};
}

Effects Detector::on_terminate(base::Instant now) {
  Effects effects;
  if (state_ != SessionState::admin_down) {
    effects.change = move(now, SessionState::admin_down, Diagnostic::terminated);
  }
  close(now);
  return effects;
}

Effects Detector::on_failure(base::Instant now) {
  Effects effects;
  if (state_ != SessionState::down) effects.change = move(now, SessionState::down, Diagnostic::failed);
  close(now);
  return effects;
}

void Detector::close(base::Instant now) {
  last_heard_ = std::max(last_heard_, now);
  deadline_ = base::Instant::max();
  asked_ = 0;
}

Effects Detector::on_deadline(base::Instant now, const DetectorOptions& options) {
  Effects effects;
  if (closed() || now < deadline_) return effects;
  if (asked_ >= options.asks) {
    const bool late = options.scheduled && interval_ms_ == 0;
    effects.change = move(now, SessionState::down, late ? Diagnostic::late : Diagnostic::gave_up);
    deadline_ = base::Instant::max();
    return effects;
  }
  ++asked_;
  effects.change = move(now, SessionState::pulsing, Diagnostic::detection_time_expired);
  effects.ask = true;
  deadline_ = now + options.ask_spacing;
  return effects;
}

void Detector::on_options(base::Instant now, const DetectorOptions& before, const DetectorOptions& after) {
  const bool waits = deadline_ != base::Instant::max();
  if (!waits || state_ == SessionState::pulsing || detection_time(before) == detection_time(after)) return;
  deadline_ = now + detection_time(after);
}

void Detector::on_observer_gap(base::Instant to, const DetectorOptions& options) {
  if (deadline_ == base::Instant::max()) return;
  if (state_ == SessionState::pulsing) {
    asked_ = 0;  // the answers may be lost: every ask is asked again, the first at once
    deadline_ = to;
    return;
  }
  deadline_ = to + detection_time(options);
}

std::optional<base::Instant> Detector::next_deadline() const {
  if (deadline_ == base::Instant::max()) return std::nullopt;
  return deadline_;
}

bool Detector::closed() const { return state_ == SessionState::down || state_ == SessionState::admin_down; }

base::Duration Detector::detection_time(const DetectorOptions& options) const {
  if (interval_ms_ == 0) return options.unannounced_silence;
  const suspicion::Pace pace{announced().interval, detect_multiplier_};
  return options.silence == nullptr ? pace.detection_time() : options.silence->patience(pace);
}

Change Detector::move(base::Instant now, SessionState to, Diagnostic diagnostic) {
  const Change change{state_, to, diagnostic, std::max(now - last_heard_, base::Duration::zero())};
  state_ = to;
  return change;
}

Announced Detector::within_limits(Announced announced) {
  if (announced.interval <= base::Duration::zero()) return {};
  const base::Duration interval = std::max(announced.interval, kMinInterval);
  const auto milliseconds = std::min<std::int64_t>(interval.in_milliseconds(), UINT32_MAX);
  return {base::Duration::milliseconds(milliseconds), std::max<std::uint8_t>(announced.detect_multiplier, 1)};
}

void Detector::announce(Announced announced) {
  const Announced kept = within_limits(announced);
  interval_ms_ = static_cast<std::uint32_t>(kept.interval.in_milliseconds());
  detect_multiplier_ = kept.detect_multiplier;
}

}  // namespace holter::heartbeat
