// Steps is what one frame may cost, counted: every header, option, record and label that is looked at takes one. It is
// what keeps a frame made of nothing but tiny options from costing more than an honest one. Value type.
#pragma once

#include "wire/limits.h"

namespace holter::wire {

class Steps {
 public:
  // False: all are taken, and the caller must end.
  bool take() { return taken_ < kMaxSteps && ++taken_ != 0; }
  unsigned taken() const { return taken_; }
  bool exhausted() const { return taken_ == kMaxSteps; }

 private:
  unsigned taken_ = 0;
};

}  // namespace holter::wire
