// Frames is where packets come from: a TPACKET_V3 ring on an interface, or a simulated host's traffic. A source is read
// block by block by one loop; inside a block there is no suspension, no allocation and no virtual call per frame.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/byte_reader.h"
#include "base/result.h"
#include "base/time.h"
#include "env/task.h"

namespace holter::env {

enum class FrameDirection : std::uint8_t { host, broadcast, multicast, other_host, outgoing };

// One frame as the kernel stored it. Bytes point into the ring and are valid until the next call of next_block().
struct Frame {
  base::PacketTime captured_at;
  base::Bytes bytes;  // captured
  std::uint32_t original_length = 0;
  std::uint16_t vlan_tci = 0;         // restored from the auxiliary data; meaningful when has_vlan
  std::uint16_t vlan_ether_type = 0;  // 0x8100 or 0x88a8
  bool has_vlan = false;
  bool checksum_not_ready = false;  // outgoing, the device had still to fill it in
  FrameDirection direction = FrameDirection::host;
};

// Counters since the last reading, straight from the kernel.
struct FrameCounters {
  std::uint64_t packets = 0;                 // accepted by the kernel's filter, dropped ones included (tp_packets)
  std::uint64_t drops = 0;                   // no room in the ring (tp_drops)
  std::optional<std::uint64_t> refused = 0;  // by the kernel's filter; nothing: nobody counted them
};

// An instruction of classic BPF, as struct sock_filter has it.
struct KernelInstruction {
  std::uint16_t code = 0;
  std::uint8_t if_true = 0;
  std::uint8_t if_false = 0;
  std::uint32_t k = 0;
};
// Returns constants, 0 to refuse a frame, and reads no byte beyond the frame's length. Empty: it refuses nothing.
using KernelProgram = std::vector<KernelInstruction>;

// Sources of one interface that share its frames: each frame comes to one of them. The first makes the group and has
// all frames; each that joins says from then on who gets which.
struct Fanout {
  std::optional<std::uint16_t> group = {};  // to join; nothing: a new one
  KernelProgram steering = {};              // of who joins: returns the number of a member, the first is 0
};

struct FrameOptions {
  std::string interface;
  bool promiscuous = true;
  std::uint32_t snaplen = 65'535;
  std::size_t ring_bytes = 16 * 1024 * 1024;
  // Not 0: only IPv4 TCP segments from or to this port, chosen in the kernel; a simulated host gives all its frames.
  std::uint16_t tcp_port = 0;
  // Without tcp_port: run by the kernel on frames of Ethernet; other links give all their frames.
  KernelProgram kernel_filter = {};
  std::optional<Fanout> fanout = {};  // what the group's kernel filters refuse is counted by its first source
};

class FrameSource {
 public:
  virtual ~FrameSource() = default;

  virtual const std::string& interface() const = 0;
  // The kernel's link type as ARPHRD_* (1 Ethernet, 772 loopback with Ethernet headers).
  virtual std::uint16_t hardware_type() const = 0;
  // Of the interface on this host, by which it is known also when it is renamed (Host::interface_name); 0 for others.
  virtual std::uint32_t interface_index() const { return 0; }
  // The group that it is in; nothing: it has the interface's frames to itself, as on a loopback always.
  virtual std::optional<std::uint16_t> fanout_group() const { return {}; }
  // The next block of frames, in order; possibly empty (a timeout of the ring). An error ends the source: the interface
  // went away or down (ErrorKind::closed).
  virtual Task<base::Result<std::span<const Frame>>> next_block() = 0;
  // Reads and resets the kernel's counters.
  virtual base::Result<FrameCounters> read_counters() = 0;
  // Another FrameOptions::kernel_filter from here on; frames that the old one accepted may follow still. A simulated
  // source gives all its frames.
  virtual base::Result<void> set_kernel_filter(const KernelProgram&) { return {}; }
};

class Frames {
 public:
  virtual ~Frames() = default;

  virtual base::Result<std::unique_ptr<FrameSource>> open(const FrameOptions& options) = 0;
};

}  // namespace holter::env
