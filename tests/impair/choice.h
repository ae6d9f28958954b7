// Choice says which frames something happens to: a share of them ("10%"), or those with these numbers ("1", "2,5-7",
// "3-"), counted from 1 among the frames of a fault that go the same way. Pure.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "tests/impair/dice.h"

namespace holter::impair {

class Choice {
 public:
  Choice() = default;  // none
  static base::Result<Choice> parse(std::string_view text);

  // Throws the dice exactly once where it is a share.
  bool takes(std::uint64_t number, Dice& dice) const;

 private:
  struct Range {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
  };

  double share_ = 0;
  std::vector<Range> numbers_;
};

}  // namespace holter::impair
