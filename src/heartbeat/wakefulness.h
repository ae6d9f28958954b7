// Wakefulness knows whether the observer itself was awake: how late its loop came round, how long the machine slept
// (BOOTTIME ahead of MONOTONIC), and whether the wall clock was stepped, which is noted and judges nobody. Pure; one
// thread.
//
// A loop that is late by a little loses nothing: what came meanwhile waits in the sockets and is read first. But what
// made it late may have stopped the network too (a paused virtual machine) or the beacons (the same processors), so who
// is due then has as much longer as the loop was late. One that is late by much was away: nobody is judged by that
// time.
#pragma once

#include <optional>

#include "base/time.h"

namespace holter::heartbeat {

class Wakefulness {
 public:
  static constexpr base::Duration kAway = base::Duration::milliseconds(500);
  // Late is more than this part of the shortest detection time that is about to be judged.
  static constexpr int kLatePart = 4;
  // Late again and again for so long: that is away, too.
  static constexpr base::Duration kLateTogether = base::Duration::seconds(2);
  static constexpr base::Duration kSlept = base::Duration::milliseconds(50);
  static constexpr base::Duration kStep = base::Duration::milliseconds(500);

  struct Reading {
    base::Instant now;
    base::WallTime wall;
    base::Duration suspended;  // since the machine was started
  };
  struct Finding {
    bool away = false;
    bool suspended = false;             // away, because the machine slept
    base::Duration away_for;            // up to now
    std::optional<base::Instant> hold;  // late: who is due is judged then
    base::Duration stepped;             // how far the wall clock moved by itself; zero: it did not
  };

  explicit Wakefulness(const Reading& start) : last_(start) {}

  // The loop came round, `lag` after it wanted to. `shortest`: the shortest detection time of who is due, if any.
  Finding on_look(const Reading& reading, base::Duration lag, std::optional<base::Duration> shortest);
  // It waited for nothing in particular: the time until now is not looked at.
  void on_idle(const Reading& reading);

 private:
  base::Duration step_until(const Reading& reading) const;

  Reading last_;
  std::optional<base::Instant> late_since_;
};

}  // namespace holter::heartbeat
