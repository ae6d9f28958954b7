// Seeds of randomised tests: as many fresh ones as asked for, or the one that HOLTER_SEED names, so that a failing run
// is repeated by its number. A seed whose body says false is printed with that number and leaves its packets as a pcap.
#pragma once

#include <cstdint>
#include <functional>

#include "sim/world.h"

namespace holter::sim {

// Runs `body` in a world of its own for each seed; false as soon as one was bad.
bool for_each_seed(std::uint64_t count, const std::function<bool(World&)>& body);

}  // namespace holter::sim
