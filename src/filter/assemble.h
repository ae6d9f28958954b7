// Turns a Checked tree into flat instructions: each asks one question and says where to go when it holds and when it
// does not. Jumps lead forward only, so a program ends after at most as many steps as it has instructions.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "filter/check.h"

namespace holter::filter {

inline constexpr std::uint16_t kAccept = 0xffff;
inline constexpr std::uint16_t kReject = 0xfffe;

struct Jump {
  std::uint16_t if_true = kAccept;
  std::uint16_t if_false = kReject;
};

// Instruction derives from Jump; `make` makes the rest of it from a Condition.
template <class Instruction, class Make>
class Assembler {
 public:
  explicit Assembler(Make make) : make_(std::move(make)) {}

  std::vector<Instruction> assemble(const Checked& root) {
    put(root, kAccept, kReject);
    // Made from the end, so that each knew the place of what follows it.
    std::ranges::reverse(code_);
    const auto turned = [n = code_.size()](std::uint16_t at) {
      return at >= kReject ? at : static_cast<std::uint16_t>(n - 1 - at);
    };
    for (auto& instruction : code_) {
      instruction.if_true = turned(instruction.if_true);
      instruction.if_false = turned(instruction.if_false);
    }
    return std::move(code_);
  }

 private:
  // Returns where it begins.
  std::uint16_t put(const Checked& part, std::uint16_t if_true, std::uint16_t if_false) {
    switch (part.kind) {
      case Expression::Kind::negation: return put(part.operands.front(), if_false, if_true);
      case Expression::Kind::comparison: break;
      case Expression::Kind::all:
      case Expression::Kind::any: return put_list(part, if_true, if_false);
    }
    code_.push_back(make_(part.condition));
    code_.back().if_true = if_true;
    code_.back().if_false = if_false;
    return static_cast<std::uint16_t>(code_.size() - 1);
  }

  std::uint16_t put_list(const Checked& part, std::uint16_t if_true, std::uint16_t if_false) {
    std::uint16_t next = part.kind == Expression::Kind::all ? if_true : if_false;
    for (auto operand = part.operands.rbegin(); operand != part.operands.rend(); ++operand) {
      next = part.kind == Expression::Kind::all ? put(*operand, next, if_false) : put(*operand, if_true, next);
    }
    return next;
  }

  Make make_;
  std::vector<Instruction> code_;
};

}  // namespace holter::filter
