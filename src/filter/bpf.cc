#include "filter/bpf.h"

#include <array>
#include <optional>

namespace holter::filter {
namespace {

// The parts of a code.
enum Class : std::uint16_t { kLd, kLdx, kSt, kStx, kAlu, kJmp, kRet, kRegisterMove };
constexpr std::uint16_t kClassMask = 0x07;
constexpr std::uint16_t kSizeMask = 0x18;
constexpr std::uint16_t kModeMask = 0xe0;
constexpr std::uint16_t kOperationMask = 0xf0;
constexpr std::uint16_t kByX = 0x08;
enum Mode : std::uint16_t { kImm = 0x00, kAbs = 0x20, kInd = 0x40, kMem = 0x60, kLen = 0x80, kMsh = 0xa0 };
enum Alu : std::uint16_t {
  kAdd = 0x00,
  kSub = 0x10,
  kMul = 0x20,
  kDiv = 0x30,
  kOr = 0x40,
  kAnd = 0x50,
  kLsh = 0x60,
  kRsh = 0x70,
  kNeg = 0x80,
  kMod = 0x90,
  kXor = 0xa0
};
enum Jump : std::uint16_t { kJa = 0x00, kJeq = 0x10, kJgt = 0x20, kJge = 0x30, kJset = 0x40 };
constexpr std::uint16_t kReturnA = 0x10;
constexpr std::uint16_t kTxa = 0x80;
constexpr std::size_t kMemoryWords = 16;
constexpr std::size_t kTagAt = 12;
constexpr std::size_t kTagBytes = 4;
constexpr std::uint32_t kEthertypeVlan = 0x8100;
constexpr std::uint32_t kBeside = 0xffff'f000;  // loads from here on are not of the bytes

std::size_t size_of(std::uint16_t code) {
  constexpr std::array<std::size_t, 4> sizes = {4, 2, 1, 0};
  return sizes[(code & kSizeMask) >> 3];
}

class Machine {
 public:
  explicit Machine(const BpfFrame& frame) : frame_(frame), inserted_(frame.has_vlan && frame.tag_in_bytes) {}

  std::uint32_t run(const BpfProgram& program) {
    for (std::size_t at = 0; at < program.size(); ++at) {
      const BpfInstruction& i = program[at];
      switch (i.code & kClassMask) {
        case kLd:
        case kLdx:
          if (!load(i)) return 0;
          break;
        case kSt: memory_[i.k] = a_; break;
        case kStx: memory_[i.k] = x_; break;
        case kAlu:
          if (!calculate(i)) return 0;
          break;
        case kJmp: at += jump(i); break;
        case kRet: return (i.code & kReturnA) != 0 ? a_ : i.k;
        case kRegisterMove: ((i.code & kTxa) != 0 ? a_ : x_) = (i.code & kTxa) != 0 ? x_ : a_; break;
        default: return 0;
      }
    }
    return 0;
  }

 private:
  std::uint8_t byte(std::size_t at) const {
    if (!inserted_ || at < kTagAt) return frame_.bytes[at];
    if (at >= kTagAt + kTagBytes) return frame_.bytes[at - kTagBytes];
    const std::uint32_t tag = kEthertypeVlan << 16 | frame_.vlan_tci;
    return static_cast<std::uint8_t>(tag >> 8 * (kTagBytes - 1 - (at - kTagAt)));
  }

  std::optional<std::uint32_t> bytes_at(std::uint64_t at, std::size_t size) const {
    const std::size_t captured = frame_.bytes.size() + (inserted_ ? kTagBytes : 0);
    const bool tag_has_a_place = !inserted_ || frame_.bytes.size() >= kTagAt;
    if (at + size > captured || !tag_has_a_place) return std::nullopt;
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < size; ++i) value = value << 8 | byte(static_cast<std::size_t>(at) + i);
    return value;
  }

  std::optional<std::uint32_t> absolute(std::uint32_t at, std::size_t size) const {
    if (at < kBeside) return bytes_at(at, size);
    if (at == kBpfVlanTag) return frame_.has_vlan ? frame_.vlan_tci : 0;
    if (at == kBpfVlanTagPresent) return frame_.has_vlan ? 1 : 0;
    return std::nullopt;
  }

  bool load(const BpfInstruction& i) {
    std::optional<std::uint32_t> value;
    switch (i.code & kModeMask) {
      case kImm: value = i.k; break;
      case kAbs: value = absolute(i.k, size_of(i.code)); break;
      case kInd: value = bytes_at(std::uint64_t{x_} + i.k, size_of(i.code)); break;
      case kMem: value = memory_[i.k]; break;
      case kLen: value = frame_.length + (inserted_ ? kTagBytes : 0); break;
      case kMsh:
        value = bytes_at(i.k, 1);
        if (value) value = (*value & 0xf) << 2;
        break;
      default: break;
    }
    if (value) ((i.code & kClassMask) == kLd ? a_ : x_) = *value;
    return value.has_value();
  }

  bool calculate(const BpfInstruction& i) {
    const std::uint32_t operand = (i.code & kByX) != 0 ? x_ : i.k;
    switch (i.code & kOperationMask) {
      case kAdd: a_ += operand; break;
      case kSub: a_ -= operand; break;
      case kMul: a_ *= operand; break;
      case kDiv:
        if (operand == 0) return false;
        a_ /= operand;
        break;
      case kMod:
        if (operand == 0) return false;
        a_ %= operand;
        break;
      case kOr: a_ |= operand; break;
      case kAnd: a_ &= operand; break;
      case kXor: a_ ^= operand; break;
      case kLsh: a_ = operand < 32 ? a_ << operand : 0; break;
      case kRsh: a_ = operand < 32 ? a_ >> operand : 0; break;
      case kNeg: a_ = 0 - a_; break;
      default: return false;
    }
    return true;
  }

  std::size_t jump(const BpfInstruction& i) const {
    const std::uint32_t operand = (i.code & kByX) != 0 ? x_ : i.k;
    bool holds = false;
    switch (i.code & kOperationMask) {
      case kJa: return i.k;
      case kJeq: holds = a_ == operand; break;
      case kJgt: holds = a_ > operand; break;
      case kJge: holds = a_ >= operand; break;
      default: holds = (a_ & operand) != 0;
    }
    return holds ? i.if_true : i.if_false;
  }

  const BpfFrame& frame_;
  bool inserted_;
  std::uint32_t a_ = 0;
  std::uint32_t x_ = 0;
  std::array<std::uint32_t, kMemoryWords> memory_{};
};

bool is_known_load(std::uint16_t code) {
  const bool to_x = (code & kClassMask) == kLdx;
  const std::uint16_t mode = code & kModeMask;
  const std::size_t size = size_of(code);
  if (mode == kMsh) return to_x && size == 1;
  if (mode == kAbs || mode == kInd) return !to_x && size != 0;
  return (mode == kImm || mode == kMem || mode == kLen) && size == 4;
}

bool is_known(const BpfInstruction& i, std::size_t behind) {
  switch (i.code & kClassMask) {
    case kLd:
    case kLdx: return is_known_load(i.code) && ((i.code & kModeMask) != kMem || i.k < kMemoryWords);
    case kSt:
    case kStx: return i.code <= kStx && i.k < kMemoryWords;
    case kAlu: {
      const std::uint16_t operation = i.code & kOperationMask;
      const bool by_zero = (operation == kDiv || operation == kMod) && (i.code & kByX) == 0 && i.k == 0;
      return i.code <= 0xff && operation <= kXor && !by_zero;
    }
    case kJmp:
      if ((i.code & kOperationMask) == kJa) return i.code == kJmp && i.k < behind;
      return (i.code & kOperationMask) <= kJset && i.code <= 0xff && i.if_true < behind && i.if_false < behind;
    case kRet: return i.code == kRet || i.code == (kRet | kReturnA);
    default: return i.code == kRegisterMove || i.code == (kRegisterMove | kTxa);
  }
}

}  // namespace

bool is_valid(const BpfProgram& program) {
  if (program.empty() || program.size() > kMaxBpfInstructions) return false;
  for (std::size_t at = 0; at < program.size(); ++at) {
    if (!is_known(program[at], program.size() - at - 1)) return false;
  }
  return (program.back().code & kClassMask) == kRet;
}

std::uint32_t run(const BpfProgram& program, const BpfFrame& frame) { return Machine(frame).run(program); }

}  // namespace holter::filter
