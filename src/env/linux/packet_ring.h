// PacketRing is a TPACKET_V3 ring: memory shared with the kernel, in blocks that change hands as a whole. The kernel
// fills a block and hands it over when it is full or kBlockRetireTime after its first look at it with frames in it; an
// empty block is never handed over, so an idle link wakes nobody. (Linux: Documentation/networking/packet_mmap.rst.)
//
// The pages are the kernel's: they are in no process's RssAnon. After open() nothing allocates. The socket comes from
// the broker and needs no capability from here on. One thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "env/frames.h"
#include "env/linux/refused_frames.h"
#include "env/linux/unique_fd.h"

struct tpacket_block_desc;

namespace holter::env_linux {

// A block is a sixteenth of the ring within these bounds: each costs the reader a wake-up, and room is only given back
// block by block.
inline constexpr std::size_t kMinBlockBytes = 256 * 1024;
inline constexpr std::size_t kMaxBlockBytes = 4 * 1024 * 1024;
inline constexpr std::size_t kMinRingBytes = 2 * kMinBlockBytes;
inline constexpr std::size_t kMaxRingBytes = std::size_t{1} << 30;
inline constexpr std::uint32_t kMaxSnaplen = 262'144;  // as in pcap files; a block holds less, and the kernel cuts
inline constexpr unsigned kBlockRetireTimeMs = 50;

class PacketRing {
 public:
  // Sets up and maps the ring, then binds `socket` (AF_PACKET, SOCK_RAW, protocol 0) to the interface: no frame of
  // another one is ever in it.
  static base::Result<PacketRing> open(UniqueFd socket, const env::FrameOptions& options);
  PacketRing(PacketRing&& other) noexcept;
  PacketRing& operator=(PacketRing&&) = delete;
  ~PacketRing();

  int fd() const { return socket_.get(); }
  std::uint16_t hardware_type() const { return hardware_type_; }
  std::uint32_t interface_index() const { return interface_index_; }
  std::optional<std::uint16_t> fanout_group() const { return fanout_group_; }

  // The kernel has handed over the block in turn.
  bool has_block() const;
  // The kernel is still filling the block in turn: it will hand it over within kBlockRetireTimeMs.
  bool has_frames_on_the_way() const;
  // The frames of the block in turn, valid until release_block(). Only when has_block().
  std::span<const env::Frame> take_block();
  // Gives the block taken last, if any, back to the kernel.
  void release_block();

  // Reads and resets PACKET_STATISTICS. What the filter refused is known from count_refused() on, or without a filter.
  base::Result<env::FrameCounters> read_counters();

  // Frames that the kernel filter refuses are counted from here on; `socket` as for open().
  base::Result<void> count_refused(UniqueFd socket);
  // A filter is there that may refuse something, and nothing counts what. Of a group the first one's socket counts.
  bool refuses_uncounted() const { return filters_ && !refused_ && !follows_; }
  // As env::FrameSource has it.
  base::Result<void> set_kernel_filter(const env::KernelProgram& filter);
  // Why the kernel ended the socket (ENETDOWN), and forgets it; 0 when it has not.
  int take_error();

 private:
  explicit PacketRing(UniqueFd socket) : socket_(std::move(socket)) {}
  base::Result<void> map(std::size_t bytes);
  base::Result<void> attach(const env::FrameOptions& options);
  base::Result<void> attach_filter(const env::FrameOptions& options);
  base::Result<void> join(const env::FrameOptions& options);
  bool is_ethernet() const;
  tpacket_block_desc* block() const;

  UniqueFd socket_;
  std::uint8_t* memory_ = nullptr;
  std::size_t bytes_ = 0;
  std::size_t block_bytes_ = 0;
  std::size_t blocks_ = 0;
  std::size_t turn_ = 0;
  bool taken_ = false;
  std::uint16_t hardware_type_ = 0;
  std::uint32_t interface_index_ = 0;
  std::optional<std::uint16_t> fanout_group_;
  bool follows_ = false;  // has joined a group that another one made
  std::string interface_;
  std::uint32_t snaplen_ = 0;
  env::KernelProgram filter_;  // on the socket
  bool filters_ = false;
  std::optional<RefusedFrames> refused_;
  std::vector<env::Frame> frames_;  // of the block taken; room for as many as fit into one
};

}  // namespace holter::env_linux
