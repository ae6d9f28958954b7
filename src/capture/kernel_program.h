// The kernel's part of a filter, in the words of env. Pure.
#pragma once

#include "env/frames.h"
#include "filter/kernel_filter.h"

namespace holter::capture {

inline env::KernelProgram kernel_program(const filter::KernelFilter& filter) {
  env::KernelProgram program;
  for (const auto& [code, if_true, if_false, k] : filter.program) program.push_back({code, if_true, if_false, k});
  return program;
}

}  // namespace holter::capture
