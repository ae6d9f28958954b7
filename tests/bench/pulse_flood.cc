// pulse_flood is a stranger who lies: pulses from ever other source addresses, of which half have a name that is
// watched and half have none that is known, half have a MAC that no key made and half have none. For
// make bench-heartbeat, in a network namespace of its own: every source is in 10.128.0.0/9. Needs CAP_NET_RAW.
//
//   pulse_flood HUB PORT A_SECOND SECONDS WATCHED
//
// WATCHED names b0, b1 ... are watched. At most 200,000 a second for at most 60 s. Prints one line: what was sent.
#include <arpa/inet.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "heartbeat/pulse.h"
#include "tests/bench/bursts.h"

namespace {

using namespace holter::heartbeat;

constexpr std::size_t kBatch = 64;
constexpr std::size_t kHeaders = sizeof(iphdr) + sizeof(udphdr);
constexpr std::uint32_t kSources = 10U << 24U | 1U << 23U;  // 10.128.0.0/9

class Flood {
 public:
  Flood(const sockaddr_in& hub, std::size_t watched)
      : fd_(::socket(AF_INET, SOCK_RAW, IPPROTO_RAW)), hub_(hub), watched_(watched) {
    if (fd_ < 0) std::exit(1);
  }

  std::uint64_t run(std::uint64_t per_second, std::uint64_t seconds) {
    const std::int64_t start = now();
    const std::uint64_t all = per_second * seconds;
    std::uint64_t sent = 0;
    for (std::int64_t wake = start; sent < all && wake < start + static_cast<std::int64_t>(seconds) * 1'000'000'000;) {
      wake += kSlice;
      const auto passed = static_cast<std::uint64_t>(wake - start);
      const std::uint64_t until = std::min(all, passed / 1'000 * per_second / 1'000'000);
      while (sent < until) sent += send(std::min<std::size_t>(kBatch, until - sent));
      sleep_until(wake);
    }
    return sent;
  }

 private:
  std::vector<std::uint8_t> datagram() {
    const std::uint64_t dice = random_();
    const std::string name = (dice & 1U) != 0 ? "b" + std::to_string((dice >> 8U) % watched_) : std::to_string(dice);
    Pulse pulse;
    pulse.incarnation = random_() | 1U;
    pulse.sequence = 1;
    pulse.interval = holter::base::Duration::milliseconds(100);
    pulse.detect_multiplier = 3;
    pulse.name = name;
    auto bytes = pulse.emit(smallest_bytes(name.size()));
    if ((dice & 2U) != 0) {
      bytes[kKeyIdOffset] = 1;
      std::memcpy(&bytes[kMacOffset], &dice, sizeof dice);
    }
    return bytes;
  }

  std::vector<std::uint8_t> packet() {
    const auto payload = datagram();
    std::vector<std::uint8_t> bytes(kHeaders + payload.size());
    iphdr ip{};
    ip.version = 4;
    ip.ihl = 5;
    ip.ttl = 64;
    ip.protocol = IPPROTO_UDP;
    ip.saddr = htonl(kSources | static_cast<std::uint32_t>(random_() & 0x7f'ffffU));
    ip.daddr = hub_.sin_addr.s_addr;  // the kernel fills in length and checksum
    udphdr udp{};
    udp.source = htons(static_cast<std::uint16_t>(1'024 + random_() % 60'000));
    udp.dest = hub_.sin_port;
    udp.len = htons(static_cast<std::uint16_t>(sizeof udp + payload.size()));
    std::memcpy(bytes.data(), &ip, sizeof ip);
    std::memcpy(bytes.data() + sizeof ip, &udp, sizeof udp);
    std::ranges::copy(payload, bytes.begin() + kHeaders);
    return bytes;
  }

  std::size_t send(std::size_t count) {
    std::array<mmsghdr, kBatch> messages{};
    std::array<iovec, kBatch> parts{};
    std::array<std::vector<std::uint8_t>, kBatch> packets;
    sockaddr_in to = hub_;
    to.sin_port = 0;
    for (std::size_t i = 0; i < count; ++i) {
      packets[i] = packet();
      parts[i] = {packets[i].data(), packets[i].size()};
      messages[i].msg_hdr.msg_name = &to;
      messages[i].msg_hdr.msg_namelen = sizeof to;
      messages[i].msg_hdr.msg_iov = &parts[i];
      messages[i].msg_hdr.msg_iovlen = 1;
    }
    const int sent = ::sendmmsg(fd_, messages.data(), static_cast<unsigned>(count), 0);
    if (sent < 0 && errno != ENOBUFS) std::exit(1);
    return static_cast<std::size_t>(std::max(sent, 0));
  }

  int fd_;
  sockaddr_in hub_;
  std::size_t watched_;
  std::mt19937_64 random_{static_cast<std::uint64_t>(now())};
};

std::uint64_t number(const char* text) { return std::strtoull(text, nullptr, 10); }

}  // namespace

int main(int count, char** words) {
  sockaddr_in hub{};
  hub.sin_family = AF_INET;
  if (count != 6 || ::inet_pton(AF_INET, words[1], &hub.sin_addr) != 1 || number(words[5]) == 0) {
    std::fprintf(stderr, "pulse_flood HUB PORT A_SECOND SECONDS WATCHED\n");
    return 2;
  }
  hub.sin_port = htons(static_cast<std::uint16_t>(number(words[2])));
  Flood flood(hub, number(words[5]));
  const std::uint64_t per_second = std::min<std::uint64_t>(number(words[3]), 200'000);
  const std::uint64_t seconds = std::min<std::uint64_t>(number(words[4]), 60);
  std::printf("sent %llu\n", static_cast<unsigned long long>(flood.run(per_second, seconds)));
  return 0;
}
