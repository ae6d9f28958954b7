// Marks say that a scenario really reached the situation it was written for: a test or the program under test sets one,
// and the scenario asserts on it at the end. Only scenarios use them; production code knows nothing of marks.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace holter::sim {

class Marks {
 public:
  void reach(const std::string& name) { ++reached_[name]; }
  std::uint64_t times(const std::string& name) const {
    const auto found = reached_.find(name);
    return found == reached_.end() ? 0 : found->second;
  }

 private:
  std::map<std::string, std::uint64_t> reached_;
};

}  // namespace holter::sim

#define SIM_REACHED(world, name) (world).marks().reach(name)
