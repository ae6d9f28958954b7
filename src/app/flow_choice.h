// FlowChoice holds the conversations that `holter flows --sort` will show: the first N of an order, however many come.
// Equal ones keep the order in which they ended. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "record/traffic.h"

namespace holter::app {

inline constexpr std::size_t kMostSorted = 100'000;

enum class FlowOrder : std::uint8_t { bytes, packets, first, duration };

class FlowChoice {
 public:
  // `limit` is at least 1.
  FlowChoice(FlowOrder order, std::size_t limit) : order_(order), limit_(limit) {}

  void add(std::span<const record::FlowRecord> flows);
  // In their order; what was added before is gone then.
  std::vector<record::FlowRecord> take();

 private:
  struct Held {
    std::int64_t rank = 0;     // the least first
    std::uint64_t number = 0;  // in the order in which they came
    record::FlowRecord flow;
  };
  void cut();

  FlowOrder order_;
  std::size_t limit_;
  std::vector<Held> held_;
  std::uint64_t added_ = 0;
};

}  // namespace holter::app
