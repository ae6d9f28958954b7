// The kinds of frames that a kernel's program judges, and where each keeps what a Packet has. Pure.
#pragma once

#include <array>
#include <optional>
#include <span>

#include "filter/live_field.h"
#include "filter/relax.h"

namespace holter::filter {

// Frames with this network header, this transport header, and nothing that moves them.
struct KernelClass {
  wire::Protocol network = wire::Protocol::ipv4;
  std::optional<wire::Protocol> transport = {};  // none: ARP

  std::uint64_t protocols() const;
  std::uint32_t transport_offset() const { return network == wire::Protocol::ipv4 ? 34 : 54; }
};

inline constexpr std::uint32_t kEthernetBytes = 14;

// A number of a frame: `bytes` (1, 2 or 4) at `offset` and what is left of them, or a constant.
struct KernelLoad {
  std::uint32_t offset = 0;
  std::uint8_t bytes = 0;  // 0: the constant
  std::uint8_t shift = 0;
  std::uint32_t mask = 0xffff'ffff;
  std::uint64_t constant = 0;
};

// Where the member of a Packet that `slot` reads is in frames of the class; nothing when the kernel cannot say. Of an
// address or a MAC, the first word.
std::optional<KernelLoad> kernel_load(const KernelClass& of, const Slot& slot);

// What is known of a condition in frames of the class.
Known known_in(const KernelClass& of, const Condition& condition);

// An IPv6 range of the form of a prefix: words that are equal, then one in a range, then any.
bool is_prefix(const WideRange& range);
std::array<std::uint32_t, 4> words_of(const Wide& address);

}  // namespace holter::filter
