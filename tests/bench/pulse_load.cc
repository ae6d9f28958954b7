// pulse_load pretends to be very many beacons: one process, one socket, a datagram for each session once an interval,
// evenly spread. For make bench-heartbeat and tests; it speaks to loopback addresses alone.
//
//   pulse_load PORT SESSIONS INTERVAL_MS SECONDS [DYING]
//
// The first round opens the sessions (at most 100,000 a second), then SECONDS follow at the interval. DYING of the
// sessions, evenly among the others, are heard in the first round alone. Prints one line: sent, and how late it was.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "heartbeat/pulse.h"
#include "tests/bench/bursts.h"

namespace {

using holter::base::Duration;

constexpr std::size_t kBatch = 64;
constexpr double kMostOpened = 100'000;  // a second
constexpr std::size_t kNameBytes = 8;

class Load {
 public:
  Load(std::uint16_t port, std::uint32_t interval_ms) : fd_(::socket(AF_INET, SOCK_DGRAM, 0)) {
    hub_.sin_family = AF_INET;
    hub_.sin_port = htons(port);
    hub_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd_ < 0 || ::connect(fd_, reinterpret_cast<sockaddr*>(&hub_), sizeof hub_) != 0) std::exit(1);
    holter::heartbeat::Pulse pulse;
    pulse.incarnation = static_cast<std::uint64_t>(now());
    pulse.sequence = 1;
    pulse.interval = Duration::milliseconds(interval_ms);
    pulse.detect_multiplier = 3;
    pulse.name = "s0000000";
    const auto one = pulse.emit(holter::heartbeat::smallest_bytes(kNameBytes));
    datagrams_.assign(kBatch, one);
  }

  // Each of the sessions once, but for every `silent_each`th (0: none), evenly over `seconds`, from `start` on.
  void round(std::uint64_t sequence, std::size_t sessions, std::size_t silent_each, double seconds,
             std::int64_t start) {
    const double per_slice = static_cast<double>(sessions) * (static_cast<double>(kSlice) / 1e9) / seconds;
    double due = 0;
    std::size_t next = 0;
    for (std::int64_t slice = 1; next < sessions; ++slice) {
      due += per_slice;
      const std::size_t until = std::min(sessions, static_cast<std::size_t>(due));
      while (next < until) {
        std::size_t count = 0;
        for (; next < until && count < kBatch; ++next) {
          if (silent_each == 0 || next % silent_each != 0) put(count++, sequence, next);
        }
        send(count);
      }
      const std::int64_t wake = start + slice * kSlice;
      late_ = std::max(late_, now() - wake);
      sleep_until(wake);
    }
  }

  std::uint64_t sent() const { return sent_; }
  double late_ms() const { return static_cast<double>(late_) / 1e6; }

 private:
  void put(std::size_t i, std::uint64_t sequence, std::size_t session) {
    auto& bytes = datagrams_[i];
    for (std::size_t b = 0; b < 8; ++b) bytes[24 + b] = static_cast<std::uint8_t>(sequence >> (8 * b));
    for (std::size_t digit = kNameBytes - 1; digit > 0; --digit, session /= 10) {
      bytes[holter::heartbeat::kHeaderBytes + digit] = static_cast<std::uint8_t>('0' + session % 10);
    }
  }

  void send(std::size_t count) {
    std::array<mmsghdr, kBatch> messages{};
    std::array<iovec, kBatch> parts{};
    for (std::size_t i = 0; i < count; ++i) {
      parts[i] = {datagrams_[i].data(), datagrams_[i].size()};
      messages[i].msg_hdr.msg_iov = &parts[i];
      messages[i].msg_hdr.msg_iovlen = 1;
    }
    for (std::size_t done = 0; done < count;) {
      const int n = ::sendmmsg(fd_, &messages[done], static_cast<unsigned>(count - done), 0);
      if (n < 0) continue;  // refused while the hub starts, or no room: again
      done += static_cast<std::size_t>(n);
    }
    sent_ += count;
  }

  int fd_;
  sockaddr_in hub_{};
  std::vector<std::vector<std::uint8_t>> datagrams_;
  std::uint64_t sent_ = 0;
  std::int64_t late_ = 0;
};

std::size_t number(const char* text) { return std::strtoull(text, nullptr, 10); }

}  // namespace

int main(int count, char** words) {
  if (count < 5) {
    std::fprintf(stderr, "pulse_load PORT SESSIONS INTERVAL_MS SECONDS [DYING]\n");
    return 2;
  }
  const std::size_t sessions = number(words[2]);
  const double interval = static_cast<double>(number(words[3])) / 1e3;
  const double seconds = static_cast<double>(number(words[4]));
  const std::size_t dying = count > 5 ? std::min(number(words[5]), sessions) : 0;
  Load load(static_cast<std::uint16_t>(number(words[1])), static_cast<std::uint32_t>(number(words[3])));
  const double opening = std::max(interval, static_cast<double>(sessions) / kMostOpened);
  std::uint64_t sequence = 0;
  load.round(++sequence, sessions, 0, opening, now());
  std::printf("opened\n");
  std::fflush(stdout);
  const std::int64_t start = now();
  const auto rounds = static_cast<std::size_t>(std::max(1.0, seconds / interval));
  for (std::size_t i = 0; i < rounds; ++i) {
    const auto at = start + static_cast<std::int64_t>(static_cast<double>(i) * interval * 1e9);
    load.round(++sequence, sessions, dying == 0 ? 0 : sessions / dying, interval, at);
  }
  std::printf("sent %llu late_ms %.3f\n", static_cast<unsigned long long>(load.sent()), load.late_ms());
  return 0;
}
