// The floor of a live capture: a TPACKET_V3 ring as holter has it, each frame's header and its first bytes looked at,
// nothing else. Until SIGINT; prints one line of JSON: what it took, and what the kernel counted. Needs CAP_NET_RAW.
//
//   bare_ring INTERFACE
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

constexpr std::size_t kBlockBytes = 1024 * 1024;
constexpr unsigned kBlocks = 16;
constexpr unsigned kRetireTimeMs = 50;

void must(bool good, const char* what) {
  if (good) return;
  std::perror(what);
  std::exit(1);
}

std::uint8_t* map_ring(int fd, const char* interface) {
  const int version = TPACKET_V3;
  must(::setsockopt(fd, SOL_PACKET, PACKET_VERSION, &version, sizeof version) == 0, "TPACKET_V3");
  tpacket_req3 request{};
  request.tp_block_size = kBlockBytes;
  request.tp_block_nr = kBlocks;
  request.tp_frame_size = 2'048;
  request.tp_frame_nr = kBlocks * (kBlockBytes / request.tp_frame_size);
  request.tp_retire_blk_tov = kRetireTimeMs;
  must(::setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &request, sizeof request) == 0, "PACKET_RX_RING");
  void* const memory = ::mmap(nullptr, kBlocks * kBlockBytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  must(memory != MAP_FAILED, "mmap");
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ETH_P_ALL);
  address.sll_ifindex = static_cast<int>(::if_nametoindex(interface));
  must(address.sll_ifindex != 0, interface);
  must(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0, "bind");
  return static_cast<std::uint8_t*>(memory);
}

int interrupts() {
  sigset_t asked;
  sigemptyset(&asked);
  sigaddset(&asked, SIGINT);
  ::sigprocmask(SIG_BLOCK, &asked, nullptr);
  return ::signalfd(-1, &asked, 0);
}

struct Taken {
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
  std::uint64_t of_ip = 0;
};

void take(const tpacket_block_desc& block, Taken& taken) {
  const auto* start = reinterpret_cast<const std::uint8_t*>(&block) + block.hdr.bh1.offset_to_first_pkt;
  for (std::uint32_t i = 0; i < block.hdr.bh1.num_pkts; ++i) {
    const auto& header = *reinterpret_cast<const tpacket3_hdr*>(start);
    std::uint16_t type = 0;
    std::memcpy(&type, start + header.tp_mac + 12, sizeof type);
    ++taken.packets;
    taken.bytes += header.tp_len;
    taken.of_ip += type == htons(ETH_P_IP);
    start += header.tp_next_offset;
  }
}

}  // namespace

int main(int count, char** words) {
  if (count != 2) {
    std::fprintf(stderr, "bare_ring INTERFACE\n");
    return 2;
  }
  const int fd = ::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
  must(fd >= 0, "AF_PACKET");
  std::uint8_t* const memory = map_ring(fd, words[1]);
  std::array<pollfd, 2> waited{{{fd, POLLIN, 0}, {interrupts(), POLLIN, 0}}};
  std::fprintf(stderr, "capturing\n");
  Taken taken;
  for (std::size_t turn = 0;;) {
    auto& block = *reinterpret_cast<tpacket_block_desc*>(memory + turn * kBlockBytes);
    const std::atomic_ref<std::uint32_t> status(block.hdr.bh1.block_status);
    if ((status.load(std::memory_order_acquire) & TP_STATUS_USER) == 0) {
      if (waited[1].revents != 0) break;
      ::poll(waited.data(), waited.size(), -1);
      continue;
    }
    take(block, taken);
    status.store(TP_STATUS_KERNEL, std::memory_order_release);
    turn = (turn + 1) % kBlocks;
  }
  tpacket_stats_v3 counters{};
  socklen_t size = sizeof counters;
  must(::getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, &counters, &size) == 0, "PACKET_STATISTICS");
  std::printf("{\"packets\": %llu, \"bytes\": %llu, \"of_ip\": %llu, \"kernel_packets\": %u, \"kernel_drops\": %u}\n",
              static_cast<unsigned long long>(taken.packets), static_cast<unsigned long long>(taken.bytes),
              static_cast<unsigned long long>(taken.of_ip), counters.tp_packets, counters.tp_drops);
}
