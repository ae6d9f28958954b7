// Bare stamped echoes: one raw socket, SO_TIMESTAMPING both ways in software, batches by sendmmsg, replies and transmit
// stamps (the error queue) by recvmmsg. A window bounds what is under way. What an engine
// that sends in batches can at best come to.
//
//   bare_icmp ADDRESS TARGETS 0 SECONDS
#include <linux/net_tstamp.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cstring>

#include "tests/bench/bare.h"

namespace {

constexpr std::size_t kBatch = 64;
constexpr std::uint64_t kWindow = 512;
constexpr std::size_t kPayload = 56;
constexpr int kStamps = SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_TX_SOFTWARE |
                        SOF_TIMESTAMPING_OPT_ID | SOF_TIMESTAMPING_OPT_TSONLY;

struct Echo {
  icmphdr header{};
  std::array<std::uint8_t, kPayload> payload{};
};

std::uint16_t checksum(const Echo& echo) {
  std::array<std::uint16_t, sizeof echo / 2> words;
  std::memcpy(words.data(), &echo, sizeof echo);
  std::uint32_t sum = 0;
  for (const auto word : words) sum += word;
  sum = (sum >> 16) + (sum & 0xffff);
  return static_cast<std::uint16_t>(~(sum + (sum >> 16)));
}

// Room for a batch of messages, sent or received.
struct Batch {
  std::array<mmsghdr, kBatch> messages{};
  std::array<iovec, kBatch> parts{};
  std::array<sockaddr_in, kBatch> peers{};
  std::array<Echo, kBatch> echoes{};
  std::array<std::array<std::uint8_t, 256>, kBatch> bytes{};
  alignas(cmsghdr) std::array<std::array<std::uint8_t, 256>, kBatch> controls{};
};

void send_some(int fd, Batch& batch, holter::bench::BareRun& run, std::uint64_t sent) {
  for (std::size_t i = 0; i < kBatch; ++i) {
    Echo& echo = batch.echoes[i];
    echo.header.type = ICMP_ECHO;
    echo.header.un.echo.id = htons(4280);
    echo.header.un.echo.sequence = htons(static_cast<std::uint16_t>(sent + i));
    echo.header.checksum = 0;
    echo.header.checksum = checksum(echo);
    batch.peers[i] = run.next();
    batch.parts[i] = {&echo, sizeof echo};
    batch.messages[i].msg_hdr = {&batch.peers[i], sizeof batch.peers[i], &batch.parts[i], 1, nullptr, 0, 0};
  }
  holter::bench::BareRun::must(::sendmmsg(fd, batch.messages.data(), kBatch, 0) == int{kBatch}, "sendmmsg");
}

// How many there were: all that wait.
std::uint64_t receive_some(int fd, Batch& batch, int flags) {
  for (std::uint64_t all = 0;;) {
    for (std::size_t i = 0; i < kBatch; ++i) {
      batch.parts[i] = {batch.bytes[i].data(), batch.bytes[i].size()};
      batch.messages[i].msg_hdr = {&batch.peers[i],
                                   sizeof batch.peers[i],
                                   &batch.parts[i],
                                   1,
                                   batch.controls[i].data(),
                                   batch.controls[i].size(),
                                   0};
    }
    const int got = ::recvmmsg(fd, batch.messages.data(), kBatch, flags | MSG_DONTWAIT, nullptr);
    if (got <= 0) return all;
    all += static_cast<std::uint64_t>(got);
  }
}

}  // namespace

int main(int count, char** words) {
  using holter::bench::BareRun;
  BareRun run(count, words);
  const int fd = ::socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP);
  const int room = 8 * 1024 * 1024;
  BareRun::must(fd >= 0 && ::setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room) == 0, "a raw socket");
  BareRun::must(::setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &kStamps, sizeof kStamps) == 0, "stamps");
  Batch out;
  Batch in;
  std::uint64_t sent = 0;
  std::uint64_t answered = 0;
  while (run.goes_on()) {
    for (; sent < answered + kWindow; sent += kBatch) send_some(fd, out, run, sent);
    pollfd wait{fd, POLLIN, 0};
    ::poll(&wait, 1, 1'000);
    receive_some(fd, in, MSG_ERRQUEUE);
    answered += receive_some(fd, in, 0);
  }
  run.count(answered);
  run.print();
}
