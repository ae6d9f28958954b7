#include "env/linux/packet_ring.h"

#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if_arp.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cerrno>

#include "env/linux/os_error.h"
#include "env/linux/packet_socket.h"

namespace holter::env_linux {
namespace {

constexpr unsigned kFrameBytes = 2'048;  // the kernel wants one although V3 packs frames by their own size
constexpr std::size_t kBlocksAimedAt = 16;

std::size_t block_bytes_of(std::size_t ring_bytes) {
  return std::clamp(std::bit_floor(ring_bytes / kBlocksAimedAt), kMinBlockBytes, kMaxBlockBytes);
}

env::FrameDirection direction_of(unsigned char packet_type) {
  switch (packet_type) {
    case PACKET_HOST: return env::FrameDirection::host;
    case PACKET_BROADCAST: return env::FrameDirection::broadcast;
    case PACKET_MULTICAST: return env::FrameDirection::multicast;
    case PACKET_OUTGOING: return env::FrameDirection::outgoing;
    default: return env::FrameDirection::other_host;
  }
}

env::Frame frame_at(const std::uint8_t* start) {
  const auto& header = *reinterpret_cast<const tpacket3_hdr*>(start);
  const auto& address = *reinterpret_cast<const sockaddr_ll*>(start + TPACKET_ALIGN(sizeof(tpacket3_hdr)));
  env::Frame frame;
  frame.captured_at = base::PacketTime::from_nanoseconds(std::int64_t{header.tp_sec} * 1'000'000'000 + header.tp_nsec);
  frame.bytes = base::Bytes(start + header.tp_mac, header.tp_snaplen);
  frame.original_length = header.tp_len;
  // The kernel (or the card) takes the outermost tag out of the bytes and keeps it beside them.
  frame.has_vlan = (header.tp_status & TP_STATUS_VLAN_VALID) != 0;
  if (frame.has_vlan) {
    frame.vlan_tci = static_cast<std::uint16_t>(header.hv1.tp_vlan_tci);
    frame.vlan_ether_type =
        (header.tp_status & TP_STATUS_VLAN_TPID_VALID) != 0 ? header.hv1.tp_vlan_tpid : std::uint16_t{ETH_P_8021Q};
  }
  frame.checksum_not_ready = (header.tp_status & TP_STATUS_CSUMNOTREADY) != 0;
  frame.direction = direction_of(address.sll_pkttype);
  return frame;
}

// What is looked at of nearly every frame: the kernel's header and those of the packet. The kernel wrote them on
// another CPU, and each header says where the next one is: without this every frame is waited for, one after another.
// Where those ahead lie is a guess, that frames are as long as this one; a wrong one costs next to nothing.
void fetch_ahead(const std::uint8_t* start, std::uint32_t length) {
  constexpr std::size_t kLine = 64, kLooked = 4 * kLine, kAhead = 24;
  const std::uint8_t* const guess = start + kAhead * length;
  const std::size_t n = std::min<std::size_t>(length, kLooked);
  for (std::size_t at = 0; at < n; at += kLine) __builtin_prefetch(guess + at, 0, 2);
}

base::Result<void> check(const env::FrameOptions& options) {
  if (options.ring_bytes < kMinRingBytes || options.ring_bytes > kMaxRingBytes) {
    return base::Error{base::ErrorKind::invalid, "a ring of " + std::to_string(options.ring_bytes) +
                                                     " bytes is not between " + std::to_string(kMinRingBytes) +
                                                     " and " + std::to_string(kMaxRingBytes)};
  }
  if (options.snaplen == 0 || options.snaplen > kMaxSnaplen) {
    return base::Error{base::ErrorKind::invalid, "a snaplen of " + std::to_string(options.snaplen) +
                                                     " bytes is not between 1 and " + std::to_string(kMaxSnaplen)};
  }
  return {};
}

}  // namespace

PacketRing::PacketRing(PacketRing&& other) noexcept
    : socket_(std::move(other.socket_)),
      memory_(std::exchange(other.memory_, nullptr)),
      bytes_(other.bytes_),
      block_bytes_(other.block_bytes_),
      blocks_(other.blocks_),
      turn_(other.turn_),
      taken_(other.taken_),
      hardware_type_(other.hardware_type_),
      interface_index_(other.interface_index_),
      fanout_group_(other.fanout_group_),
      follows_(other.follows_),
      interface_(std::move(other.interface_)),
      snaplen_(other.snaplen_),
      filter_(std::move(other.filter_)),
      filters_(other.filters_),
      refused_(std::move(other.refused_)),
      frames_(std::move(other.frames_)) {}

PacketRing::~PacketRing() {
  if (memory_ != nullptr) ::munmap(memory_, bytes_);
}

base::Result<PacketRing> PacketRing::open(UniqueFd socket, const env::FrameOptions& options) {
  if (auto fine = check(options); !fine) return fine.error();
  PacketRing ring(std::move(socket));
  if (auto mapped = ring.map(options.ring_bytes); !mapped) return mapped.error();
  if (auto attached = ring.attach(options); !attached) return attached.error();
  // A frame in a block is a header, an address and at least a byte, each aligned.
  ring.frames_.reserve(ring.block_bytes_ / TPACKET3_HDRLEN);
  return ring;
}

base::Result<void> PacketRing::map(std::size_t bytes) {
  const int version = TPACKET_V3;
  if (::setsockopt(fd(), SOL_PACKET, PACKET_VERSION, &version, sizeof(version)) != 0) {
    return os_error("cannot ask for a TPACKET_V3 ring", errno);
  }
  tpacket_req3 request{};
  block_bytes_ = block_bytes_of(bytes);
  request.tp_block_size = static_cast<unsigned>(block_bytes_);
  request.tp_block_nr = static_cast<unsigned>(bytes / block_bytes_);
  request.tp_frame_size = kFrameBytes;
  request.tp_frame_nr = request.tp_block_nr * (request.tp_block_size / kFrameBytes);
  request.tp_retire_blk_tov = kBlockRetireTimeMs;
  if (::setsockopt(fd(), SOL_PACKET, PACKET_RX_RING, &request, sizeof(request)) != 0) {
    return os_error("cannot make a packet ring of " + std::to_string(bytes) + " bytes", errno);
  }
  blocks_ = request.tp_block_nr;
  bytes_ = blocks_ * block_bytes_;
  void* memory = ::mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_SHARED, fd(), 0);
  if (memory == MAP_FAILED) return os_error("cannot map a packet ring of " + std::to_string(bytes_) + " bytes", errno);
  memory_ = static_cast<std::uint8_t*>(memory);
  return {};
}

base::Result<void> PacketRing::attach(const env::FrameOptions& options) {
  const auto index = env_linux::interface_index(options.interface);
  if (!index) return index.error();
  interface_ = options.interface;
  snaplen_ = options.snaplen;
  follows_ = options.fanout && options.fanout->group;
  // Before it is bound: no frame slips past it, and none comes twice to who joins others that have it already.
  if (auto filtered = follows_ ? refuse_all(fd()) : attach_filter(options); !filtered) return filtered.error();
  if (auto once = ignore_outgoing_on_loopback(fd(), options.interface); !once) return once.error();
  const auto type = bind_to_interface(fd(), *index, options.interface);
  if (!type) return type.error();
  hardware_type_ = *type;
  interface_index_ = static_cast<std::uint32_t>(*index);
  if (options.promiscuous) {
    if (auto joined = join_promiscuous(fd(), *index, options.interface); !joined) return joined.error();
  }
  // A group would see each frame of the loopback twice.
  const bool shares = options.fanout && hardware_type_ != ARPHRD_LOOPBACK;
  return shares ? join(options) : base::Result<void>();
}

// Until the steering is set the group's frames go to the members before.
base::Result<void> PacketRing::join(const env::FrameOptions& options) {
  const auto group = join_fanout(fd(), options.fanout->group);
  if (!group) return group.error();
  fanout_group_ = *group;
  if (!follows_) return {};
  if (auto filtered = attach_filter(options); !filtered) return filtered.error();
  return set_steering(fd(), options.fanout->steering);
}

base::Result<void> PacketRing::attach_filter(const env::FrameOptions& options) {
  filters_ = options.tcp_port != 0;
  if (filters_) return set_tcp_filter(fd(), options.tcp_port, snaplen_);
  const auto type = hardware_type_of(fd(), interface_);
  if (!type) return type.error();
  hardware_type_ = *type;
  return set_kernel_filter(options.kernel_filter);
}

bool PacketRing::is_ethernet() const { return hardware_type_ == ARPHRD_ETHER || hardware_type_ == ARPHRD_LOOPBACK; }

base::Result<void> PacketRing::set_kernel_filter(const env::KernelProgram& filter) {
  const env::KernelProgram attached = is_ethernet() ? filter : env::KernelProgram();
  if (auto set = set_filter(fd(), attached, snaplen_); !set) return set.error();
  filter_ = attached;
  filters_ = !filter_.empty();
  return refused_ ? refused_->set_filter(filter_) : base::Result<void>();
}

base::Result<void> PacketRing::count_refused(UniqueFd socket) {
  auto refused = RefusedFrames::open(std::move(socket), static_cast<int>(interface_index_), interface_, filter_);
  if (!refused) return refused.error();
  refused_ = std::move(*refused);
  return {};
}

tpacket_block_desc* PacketRing::block() const {
  return reinterpret_cast<tpacket_block_desc*>(memory_ + turn_ * block_bytes_);
}

bool PacketRing::has_block() const {
  const std::atomic_ref<std::uint32_t> status(block()->hdr.bh1.block_status);
  return (status.load(std::memory_order_acquire) & TP_STATUS_USER) != 0;
}

bool PacketRing::has_frames_on_the_way() const {
  const std::atomic_ref<std::uint32_t> frames(block()->hdr.bh1.num_pkts);
  return has_block() || frames.load(std::memory_order_relaxed) != 0;
}

std::span<const env::Frame> PacketRing::take_block() {
  const auto& header = block()->hdr.bh1;
  const std::uint8_t* start = reinterpret_cast<const std::uint8_t*>(block()) + header.offset_to_first_pkt;
  frames_.clear();
  for (std::uint32_t i = 0; i < header.num_pkts; ++i) {
    const std::uint32_t length = reinterpret_cast<const tpacket3_hdr*>(start)->tp_next_offset;
    fetch_ahead(start, length);
    frames_.push_back(frame_at(start));
    start += length;
  }
  taken_ = true;
  return frames_;
}

void PacketRing::release_block() {
  if (!taken_) return;
  taken_ = false;
  const std::atomic_ref<std::uint32_t> frames(block()->hdr.bh1.num_pkts);
  frames.store(0, std::memory_order_relaxed);  // so that has_frames_on_the_way() never sees an old count
  const std::atomic_ref<std::uint32_t> status(block()->hdr.bh1.block_status);
  status.store(TP_STATUS_KERNEL, std::memory_order_release);
  turn_ = (turn_ + 1) % blocks_;
}

base::Result<env::FrameCounters> PacketRing::read_counters() {
  tpacket_stats_v3 counters{};
  socklen_t size = sizeof(counters);
  if (::getsockopt(fd(), SOL_PACKET, PACKET_STATISTICS, &counters, &size) != 0) {
    return os_error("cannot read the counters of a packet ring", errno);
  }
  env::FrameCounters read{counters.tp_packets, counters.tp_drops};
  if (refuses_uncounted()) read.refused.reset();
  if (refused_) {
    const auto refused = refused_->read();
    read.refused = refused ? std::optional(*refused) : std::nullopt;
  }
  return read;
}

int PacketRing::take_error() {
  int error = 0;
  socklen_t size = sizeof(error);
  return ::getsockopt(fd(), SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

}  // namespace holter::env_linux
