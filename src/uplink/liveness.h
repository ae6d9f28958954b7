// Liveness of a connection: says when to send a ping and when a silent peer is taken for gone. Pure.
#pragma once

#include <algorithm>

#include "base/time.h"

namespace holter::uplink {

struct LivenessOptions {
  base::Duration ping_after = base::Duration::seconds(5);   // without anything sent
  base::Duration lost_after = base::Duration::seconds(15);  // without anything heard
};

class Liveness {
 public:
  Liveness(LivenessOptions options, base::Instant now) : options_(options), sent_(now), heard_(now) {}

  void sent(base::Instant now) { sent_ = now; }
  void heard(base::Instant now) { heard_ = now; }
  bool is_ping_due(base::Instant now) const { return now >= sent_ + options_.ping_after; }
  bool is_lost(base::Instant now) const { return now >= heard_ + options_.lost_after; }
  base::Instant next_deadline() const { return std::min(sent_ + options_.ping_after, heard_ + options_.lost_after); }

 private:
  LivenessOptions options_;
  base::Instant sent_;
  base::Instant heard_;
};

}  // namespace holter::uplink
