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
  // How many were added that are not among the chosen.
  std::uint64_t left_out() const { return left_out_; }

 private:
  void cut();

  FlowOrder order_;
  std::size_t limit_;
  std::vector<record::FlowRecord> flows_;
  std::uint64_t left_out_ = 0;
};

}  // namespace holter::app
