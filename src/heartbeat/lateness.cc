#include "heartbeat/lateness.h"

namespace holter::heartbeat {

void Lateness::add(base::Duration late) {
  ++total_;
  sum_ = sum_ + late;
  for (std::size_t i = 0; i < kBounds.size(); ++i) {
    if (late <= base::Duration::milliseconds(kBounds[i])) ++within_[i];
  }
}

}  // namespace holter::heartbeat
