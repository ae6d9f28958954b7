// LossyLink decides for each pulse of one sender whether it is lost and how long it takes: losses by chance, in bursts
// (the two states of Gilbert 1960 and Elliott 1963, where the bad one loses all), in outages of a fixed length, and
// jitter with now and then a peak. Seeded: the same seed loses the same pulses.
#pragma once

#include <optional>

#include "base/time.h"
#include "sim/random.h"

namespace holter::sim {

struct LinkWeather {
  double loss = 0;   // the share of all pulses that is lost
  double burst = 1;  // mean length of a run of losses; 1: each by itself
  double peaks = 0;  // the share of pulses that is late by up to `peak`
  base::Duration delay = base::Duration::milliseconds(1);
  base::Duration jitter = {};  // uniform, on top of delay
  base::Duration peak = {};
};

class LossyLink {
 public:
  LossyLink(const LinkWeather& weather, SeededRandom random) : weather_(weather), random_(random) {}

  void set_weather(const LinkWeather& weather) { weather_ = weather; }
  // How long the next pulse takes; none: it is lost.
  std::optional<base::Duration> carry();

 private:
  bool lost();

  LinkWeather weather_;
  SeededRandom random_;
  bool bad_ = false;
};

}  // namespace holter::sim
