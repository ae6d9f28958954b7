// What a filter has become: the expression in one spelling, its program of typed questions, what it needs beside the
// headers, and what a kernel can do of it. For `holter filter explain`. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "filter/kernel_filter.h"

namespace holter::filter {

// One question; the first one is asked first.
struct ExplainedStep {
  // Where an answer leads: the number of a step, or the end.
  struct Way {
    std::optional<std::size_t> step = {};
    bool accepts = false;  // at the end
  };

  std::string question;  // as an expression
  std::string_view field;
  std::string_view type;  // for people
  std::string_view source;
  Way if_true;
  Way if_false;
};

struct Explanation {
  std::string expression;
  std::vector<ExplainedStep> program;
  Needs needs;          // of packets
  KernelFilter kernel;  // of packets
};

Compiled<Explanation> explain(Subject subject, std::string_view text);

// "accept", "refuse", "step 3".
std::string to_string(const ExplainedStep::Way& way);

}  // namespace holter::filter
