// Programs of classic BPF (McCanne and Jacobson, 1993; the kernel's SO_ATTACH_FILTER): what tcpdump's expressions
// become, and what a kernel is given. They are run here by an interpreter that reads nothing beyond the frame and takes
// at most as many steps as a program has instructions. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/byte_reader.h"

namespace holter::filter {

// As struct sock_filter has it.
struct BpfInstruction {
  std::uint16_t code = 0;
  std::uint8_t if_true = 0;   // instructions to pass over
  std::uint8_t if_false = 0;  // likewise
  std::uint32_t k = 0;

  friend bool operator==(const BpfInstruction&, const BpfInstruction&) = default;
};
using BpfProgram = std::vector<BpfInstruction>;

inline constexpr std::size_t kMaxBpfInstructions = 4'096;  // the kernel's BPF_MAXINSNS

// What Linux knows of a frame beside its bytes (SKF_AD_OFF and on), as offsets of a load.
inline constexpr std::uint32_t kBpfVlanTag = 0xffff'f000 + 44;
inline constexpr std::uint32_t kBpfVlanTagPresent = 0xffff'f000 + 48;

struct BpfFrame {
  base::Bytes bytes;
  std::uint32_t length = 0;  // on the wire
  // A tag that the device took out of the bytes.
  bool has_vlan = false;
  std::uint16_t vlan_tci = 0;
  bool tag_in_bytes = false;  // the program looks for it where it was, and not beside the bytes
};

// Known instructions only, jumps that lead forward and not beyond the end, an end that returns. Others are not run.
bool is_valid(const BpfProgram& program);

// How many bytes the program wants of the frame; 0 refuses it, as a load beyond the frame does. Only when is_valid().
std::uint32_t run(const BpfProgram& program, const BpfFrame& frame);

// A line an instruction, as `tcpdump -d` prints them. One thread at a time.
std::string listing(const BpfProgram& program);

}  // namespace holter::filter
