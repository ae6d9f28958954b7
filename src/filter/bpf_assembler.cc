#include "filter/bpf_assembler.h"

#include <algorithm>

namespace holter::filter {
namespace {

constexpr std::size_t kFarthest = 255;  // of a conditional jump
constexpr std::uint32_t kWholeFrame = 262'144;

std::uint16_t load_of(std::uint16_t mode, std::uint8_t bytes) {
  const std::uint16_t size = bytes == 4 ? 0x00 : bytes == 2 ? 0x08 : 0x10;
  return mode | size;
}

}  // namespace

BpfAssembler::BpfAssembler() {
  put({0x06, 0, 0, 0});
  put({0x06, 0, 0, kWholeFrame});
}

void BpfAssembler::load(std::uint32_t offset, std::uint8_t bytes) { put({load_of(0x20, bytes), 0, 0, offset}); }

void BpfAssembler::load_behind_x(std::uint32_t offset, std::uint8_t bytes) {
  put({load_of(0x40, bytes), 0, 0, offset});
}

void BpfAssembler::go(Label to) {
  if (to != here()) put({0x05, 0, 0, static_cast<std::uint32_t>(here() - to)});
}

void BpfAssembler::branch(std::uint16_t code, std::uint32_t k, Label then, Label otherwise) {
  // Room for the other one's jump, which may come between.
  for (Label* label : {&then, &otherwise}) {
    if (here() - *label < kFarthest) continue;
    go(*label);
    *label = here();
  }
  put({code, static_cast<std::uint8_t>(here() - then), static_cast<std::uint8_t>(here() - otherwise), k});
}

void BpfAssembler::put(const BpfInstruction& instruction) {
  overflown_ = overflown_ || reversed_.size() == kMaxBpfInstructions;
  if (!overflown_) reversed_.push_back(instruction);
}

BpfProgram BpfAssembler::take() {
  std::ranges::reverse(reversed_);
  return std::move(reversed_);
}

}  // namespace holter::filter
