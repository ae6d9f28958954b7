// A program that asks more than the flat Packet: fields of a full decode, and what is known of the frame. Slower than
// a HotProgram, and asked only when that one has let a packet pass. Constant when made; any thread.
#pragma once

#include <optional>

#include "filter/hot_program.h"
#include "filter/own_fields.h"

namespace holter::filter {

// One packet of a frame.
struct Asked {
  const wire::Packet& packet;
  const OwnFields& fields;
  const Frame& frame;
};

class FullProgram {
 public:
  // There is at least one condition.
  explicit FullProgram(const Checked& checked);

  bool matches(const Asked& asked) const;

 private:
  struct Instruction : Jump {
    std::optional<HotProgram> hot;  // of one instruction
    const LiveField* field = nullptr;
    Condition condition;
  };

  static bool holds(const Instruction& instruction, const Asked& asked);

  std::vector<Instruction> code_;
};

}  // namespace holter::filter
