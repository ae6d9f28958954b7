// What is left of an imported plan when this holter's probers have read it: an option or an expectation that they
// cannot take goes, and is told; the rest is run. Pure.
#pragma once

#include <string>
#include <vector>

#include "record/probe_plan.h"

namespace holter::app {

struct Runnable {
  std::vector<std::string> gone;  // a sentence each
  std::string fault;              // why nothing of it can be run; empty: it can
};

// A module is judged with some target.
Runnable make_runnable(record::ProbePlan& plan, bool is_module);

}  // namespace holter::app
