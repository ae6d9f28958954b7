// Detector judges one session: is it alive? States, interval, detect multiplier and detection time are those of
// RFC 5880; past the detection time a session is first asked N times (pulsing) and only then down. Pure: takes `now`,
// returns what changed and whether to ask, and says when it wants to be called next. 24 bytes; the options are passed
// in, because a million sessions share them. One thread.
#pragma once

#include <cstdint>
#include <optional>

#include "base/time.h"
#include "heartbeat/sign.h"
#include "suspicion/silence.h"

namespace holter::heartbeat {

struct DetectorOptions {
  std::uint8_t asks = 3;  // N; 0: down at the detection time
  base::Duration ask_spacing = base::Duration::seconds(1);
  base::Duration unannounced_silence = base::Duration::seconds(60);  // for a session that announced no interval
  bool scheduled = false;                       // the silence is what its schedule allows from now on
  bool comes_again = false;                     // without an announced interval too: it has one in the settings
  bool adaptive = false;                        // the detection time follows what is learnt of the session
  const suspicion::Silence* silence = nullptr;  // what was learnt of an adaptive one
};

struct Change {
  record::SessionState from;
  record::SessionState to;
  record::Diagnostic diagnostic;
  base::Duration silent_for;
};

struct Effects {
  std::optional<Change> change;
  bool ask = false;  // send ask number asked()
};

class Detector {
 public:
  // A session that was just heard of; on_heard() follows.
  explicit Detector(base::Instant now) : last_heard_(now) {}
  // A session that is known from before a restart, in `state`: an open one is in init for one whole detection time.
  static Detector restored(base::Instant now, record::SessionState state, Announced announced,
                           const DetectorOptions& options);

  Effects on_heard(base::Instant now, Announced announced, const DetectorOptions& options);
  // What it is for begins: that it lives is no proof that it ends well, so the state stays, and it has the silence of
  // `options` for its end.
  Effects on_start(base::Instant now, const DetectorOptions& options);
  Effects on_terminate(base::Instant now);
  // It says itself that it failed: down at once, and heard.
  Effects on_failure(base::Instant now);
  Effects on_deadline(base::Instant now, const DetectorOptions& options);
  // Other options hold from now on: when they change the detection time, a whole new one begins now.
  void on_options(base::Instant now, const DetectorOptions& before, const DetectorOptions& after);
  // The observer did not look until `to`: nobody is judged by the time before.
  void on_observer_gap(base::Instant to, const DetectorOptions& options);

  std::optional<base::Instant> next_deadline() const;
  record::SessionState state() const { return state_; }
  bool closed() const;
  std::uint32_t asked() const { return asked_; }
  base::Instant last_heard() const { return last_heard_; }
  // What was announced, within the limits of a detector.
  static Announced within_limits(Announced announced);
  Announced announced() const { return {base::Duration::milliseconds(interval_ms_), detect_multiplier_}; }
  base::Duration detection_time(const DetectorOptions& options) const;

 private:
  void close(base::Instant now);
  Change move(base::Instant now, record::SessionState to, record::Diagnostic diagnostic);
  void announce(Announced announced);

  base::Instant last_heard_;
  base::Instant deadline_ = base::Instant::max();
  std::uint32_t interval_ms_ = 0;
  std::uint8_t detect_multiplier_ = 0;
  std::uint8_t asked_ = 0;
  record::SessionState state_ = record::SessionState::init;
};

}  // namespace holter::heartbeat
