#include "sim/seeds.h"

#include <cstdio>
#include <cstdlib>
#include <string>

namespace holter::sim {

bool for_each_seed(std::uint64_t count, const std::function<bool(World&)>& body) {
  const char* const chosen = std::getenv("HOLTER_SEED");
  const std::uint64_t first = chosen == nullptr ? 1 : std::strtoull(chosen, nullptr, 10);
  const std::uint64_t end = chosen == nullptr ? first + count : first + 1;
  for (std::uint64_t seed = first; seed < end; ++seed) {
    World world(seed);
    if (body(world)) continue;
    const std::string pcap = "holter_seed_" + std::to_string(seed) + ".pcap";
    const bool written = world.write_pcap(pcap).has_value();
    std::fprintf(stderr, "repeat with HOLTER_SEED=%llu; packets in %s\n", static_cast<unsigned long long>(seed),
                 written ? pcap.c_str() : "no file");
    return false;
  }
  return true;
}

}  // namespace holter::sim
