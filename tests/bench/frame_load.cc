// frame_load sends numbered frames into an interface, over and over through the same conversations, half of them UDP
// and half TCP in which nothing is ever sent again: the offer of make bench-capture. In network namespaces only; nobody
// has the address it sends to, so nobody answers.
//
//   frame_load INTERFACE FRAMES SIZE CONVERSATIONS RATE
//
// SIZE is in bytes without the frame check sequence, 64 to 1514; RATE in frames a second, 0 as fast as it can. At most
// 100 million frames, for at most 50 s. Prints one line of JSON. Needs CAP_NET_RAW.
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "tests/bench/bursts.h"

namespace {

constexpr std::size_t kBatch = 128;
constexpr std::int64_t kLongest = 50'000'000'000;  // ns
constexpr std::uint64_t kMostFrames = 100'000'000;
constexpr std::uint32_t kSource = 10U << 24U | 80U << 16U;       // 10.80.0.0/16
constexpr std::uint32_t kDestination = 10U << 24U | 81U << 16U;  // 10.81.0.0/16
constexpr std::size_t kTransport = sizeof(ethhdr) + sizeof(iphdr);

std::uint64_t number(const char* text) { return std::strtoull(text, nullptr, 10); }

// The internet checksum's sum, not folded.
std::uint64_t sum_of(const std::uint8_t* bytes, std::size_t n) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i + 1 < n; i += 2) {
    std::uint16_t word = 0;
    std::memcpy(&word, bytes + i, sizeof word);
    sum += word;
  }
  if (n % 2 != 0) sum += bytes[n - 1];
  return sum;
}

std::uint16_t folded(std::uint64_t sum) {
  while (sum >> 16U != 0) sum = (sum & 0xffffU) + (sum >> 16U);
  return static_cast<std::uint16_t>(~sum);
}

// What all frames of one conversation have in common.
struct Conversation {
  std::vector<std::uint8_t> frame;
  std::uint64_t sum = 0;  // of its transport, without what changes
  std::uint32_t sequence = 1;
  bool tcp = false;
};

Conversation conversation(std::uint32_t n, std::size_t size) {
  Conversation made;
  made.tcp = n % 2 != 0;
  made.frame.assign(size, 0);
  std::uint8_t* const at = made.frame.data();
  const ethhdr ethernet{{0x02, 0, 0, 0, 0x81, 0x01}, {0x02, 0, 0, 0, 0x80, 0x01}, htons(ETH_P_IP)};
  std::memcpy(at, &ethernet, sizeof ethernet);
  iphdr ip{};
  ip.version = 4;
  ip.ihl = 5;
  ip.ttl = 64;
  ip.protocol = made.tcp ? IPPROTO_TCP : IPPROTO_UDP;
  ip.tot_len = htons(static_cast<std::uint16_t>(size - sizeof ethernet));
  ip.saddr = htonl(kSource + 1 + n % 251);
  ip.daddr = htonl(kDestination + 1 + n % 241);
  ip.check = folded(sum_of(reinterpret_cast<const std::uint8_t*>(&ip), sizeof ip));
  std::memcpy(at + sizeof ethernet, &ip, sizeof ip);
  const auto port = htons(static_cast<std::uint16_t>(10'000 + n % 50'000));
  const std::size_t length = size - kTransport;
  if (made.tcp) {
    tcphdr tcp{};
    tcp.source = port;
    tcp.dest = htons(443);
    tcp.doff = 5;
    tcp.ack = 1;
    tcp.ack_seq = htonl(1);
    tcp.window = htons(0x2000);
    std::memcpy(at + kTransport, &tcp, sizeof tcp);
  } else {
    udphdr udp{};
    udp.source = port;
    udp.dest = htons(4'433);
    udp.len = htons(static_cast<std::uint16_t>(length));
    std::memcpy(at + kTransport, &udp, sizeof udp);
  }
  made.sum = sum_of(at + sizeof ethernet + 12, 8) + htons(ip.protocol) + htons(static_cast<std::uint16_t>(length)) +
             sum_of(at + kTransport, length);
  return made;
}

// The frame as it goes out the next time, with this number in its payload.
void renew(Conversation& of, std::uint64_t number) {
  std::uint8_t* const transport = of.frame.data() + kTransport;
  std::uint8_t* const payload = transport + (of.tcp ? sizeof(tcphdr) : sizeof(udphdr));
  std::memcpy(payload, &number, sizeof number);
  std::uint64_t sum = of.sum + sum_of(payload, sizeof number);
  if (of.tcp) {
    const std::uint32_t sequence = htonl(of.sequence);
    std::memcpy(transport + offsetof(tcphdr, seq), &sequence, sizeof sequence);
    sum += (sequence & 0xffffU) + (sequence >> 16U);
    of.sequence += static_cast<std::uint32_t>(of.frame.data() + of.frame.size() - payload);
  }
  const std::uint16_t check = folded(sum);
  std::memcpy(transport + (of.tcp ? offsetof(tcphdr, check) : offsetof(udphdr, check)), &check, sizeof check);
}

class Load {
 public:
  Load(int fd, std::size_t size, std::uint32_t conversations) : fd_(fd) {
    for (std::uint32_t n = 0; n < conversations; ++n) conversations_.push_back(conversation(n, size));
  }

  // How many of so many went out.
  std::size_t send(std::size_t count) {
    std::array<mmsghdr, kBatch> messages{};
    std::array<iovec, kBatch> parts{};
    count = std::min({count, kBatch, conversations_.size()});
    for (std::size_t i = 0; i < count; ++i) {
      Conversation& of = conversations_[(sent_ + i) % conversations_.size()];
      if (renewed_ <= sent_ + i) renew(of, renewed_++);
      parts[i] = {of.frame.data(), of.frame.size()};
      messages[i].msg_hdr.msg_iov = &parts[i];
      messages[i].msg_hdr.msg_iovlen = 1;
    }
    const int went = ::sendmmsg(fd_, messages.data(), static_cast<unsigned>(count), 0);
    if (went < 0 && errno != ENOBUFS && errno != EAGAIN) {
      std::perror("sendmmsg");
      std::exit(1);
    }
    sent_ += static_cast<std::uint64_t>(std::max(went, 0));
    return static_cast<std::size_t>(std::max(went, 0));
  }

 private:
  int fd_;
  std::vector<Conversation> conversations_;
  std::uint64_t sent_ = 0;
  std::uint64_t renewed_ = 0;  // frames below this number are made
};

int open_socket(const char* interface) {
  const int fd = ::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_ifindex = static_cast<int>(::if_nametoindex(interface));
  const int on = 1;
  const bool good = fd >= 0 && address.sll_ifindex != 0 &&
                    ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
                    ::setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof on) == 0;
  if (good) return fd;
  std::perror(interface);
  std::exit(1);
}

}  // namespace

int main(int count, char** words) {
  const std::size_t size = count == 6 ? number(words[3]) : 0;
  if (size < ETH_ZLEN + 4 || size > ETH_FRAME_LEN || number(words[4]) == 0 || number(words[4]) > 50'000) {
    std::fprintf(stderr, "frame_load INTERFACE FRAMES SIZE CONVERSATIONS RATE\n");
    return 2;
  }
  Load load(open_socket(words[1]), size, static_cast<std::uint32_t>(number(words[4])));
  const std::uint64_t frames = std::min(number(words[2]), kMostFrames);
  const std::uint64_t rate = number(words[5]);
  const std::int64_t begun = now();
  std::uint64_t sent = 0;
  for (std::int64_t wake = begun; sent < frames && now() - begun < kLongest;) {
    std::uint64_t until = frames;
    if (rate != 0) {
      wake += kSlice;
      until = std::min(frames, static_cast<std::uint64_t>(wake - begun) / 1'000 * rate / 1'000'000);
    }
    while (sent < until && now() - begun < kLongest) sent += load.send(until - sent);
    if (rate != 0) sleep_until(wake);
  }
  std::printf("{\"sent\": %llu, \"seconds\": %.6f, \"cpu_seconds\": %.6f}\n", static_cast<unsigned long long>(sent),
              static_cast<double>(now() - begun) / 1e9, static_cast<double>(now(CLOCK_PROCESS_CPUTIME_ID)) / 1e9);
}
