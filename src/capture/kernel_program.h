// Programs for the kernel, in the words of env. Pure.
#pragma once

#include "env/frames.h"
#include "filter/bpf.h"

namespace holter::capture {

inline env::KernelProgram kernel_program(const filter::BpfProgram& made) {
  env::KernelProgram program;
  for (const auto& [code, if_true, if_false, k] : made) program.push_back({code, if_true, if_false, k});
  return program;
}

}  // namespace holter::capture
