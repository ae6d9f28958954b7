// pulse_beacons is many beacons with keys in one process, each with its own phase: tests/e2e/beacons.py for paces that
// Python cannot hold. For make bench-heartbeat.
//
//   pulse_beacons HUB PORT COUNT INTERVAL_MS MULTIPLIER SECRET
//
// The sessions are b0, b1 ...; their keys are derived from SECRET, the hub's own in 64 hexadecimal digits. All share
// one socket and one incarnation, so one cookie is good for all. On standard input: `kill N` silences beacon N at once
// and answers `killed N LAST NOW` (nanoseconds since 1970: of its last pulse and of now); `revive N` lets it pulse
// again; `late` answers `late US`, how late a burst of pulses was at most since it was asked last; the end of the input
// ends all.
#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "heartbeat/key_ring.h"
#include "heartbeat/pulse.h"
#include "heartbeat/seal.h"
#include "tests/bench/bursts.h"

namespace {

using holter::base::Duration;
using namespace holter::heartbeat;

constexpr std::size_t kBatch = 64;
constexpr std::size_t kMostCount = 100'000;

struct Beacon {
  std::string name;
  ClientKey key;
  bool alive = true;
  std::int64_t last = 0;  // ns since 1970
};

class Beacons {
 public:
  Beacons(const sockaddr_in& hub, std::size_t count, std::int64_t interval_ms, int multiplier, const Secret& secret)
      : fd_(::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0)), interval_(interval_ms * 1'000'000) {
    if (fd_ < 0 || ::connect(fd_, reinterpret_cast<const sockaddr*>(&hub), sizeof hub) != 0) std::exit(1);
    pulse_.incarnation = static_cast<std::uint64_t>(now(CLOCK_REALTIME));
    pulse_.interval = Duration::milliseconds(interval_ms);
    pulse_.detect_multiplier = static_cast<std::uint8_t>(multiplier);
    KeyRing ring(Keys{secret, {}});
    for (std::size_t n = 0; n < count; ++n) {
      const std::string name = "b" + std::to_string(n);
      beacons_.push_back({name, ring.key(name, 1)});
    }
  }

  void run() {
    start_ = now(CLOCK_MONOTONIC);
    for (std::int64_t wake = start_; !ended_; wake += kSlice) {
      const std::int64_t at = now(CLOCK_MONOTONIC);
      late_ = std::max(late_, at - wake);
      send_due(at);
      take_challenges();
      wait_until(wake + kSlice);
    }
  }

 private:
  // Beacon n's pulse of round r is due at start + (r + n / count) intervals.
  std::int64_t due(std::size_t n, std::int64_t round) const {
    return start_ + round * interval_ + interval_ * static_cast<std::int64_t>(n) / std::ssize(beacons_);
  }

  void send_due(std::int64_t at) {
    while (due(next_, round_) <= at) {
      if (beacons_[next_].alive) put(next_);
      if (filled_ == kBatch) send();
      if (++next_ < beacons_.size()) continue;
      next_ = 0;
      ++round_;
    }
    send();
  }

  void put(std::size_t n) {
    const Beacon& beacon = beacons_[n];
    pulse_.sequence = static_cast<std::uint64_t>(round_) + 1;
    pulse_.name = beacon.name;
    pulse_.sent = holter::base::WallTime::from_nanoseconds(now(CLOCK_REALTIME));
    auto& datagram = datagrams_[filled_];
    datagram = pulse_.emit(smallest_bytes(beacon.name.size()));
    std::ranges::copy(cookie_, datagram.begin() + static_cast<std::ptrdiff_t>(kHeaderBytes + beacon.name.size()));
    seal(hmac_, beacon.key, datagram);
    who_[filled_++] = n;
  }

  void send() {
    std::array<mmsghdr, kBatch> messages{};
    std::array<iovec, kBatch> parts{};
    for (std::size_t i = 0; i < filled_; ++i) {
      parts[i] = {datagrams_[i].data(), datagrams_[i].size()};
      messages[i].msg_hdr.msg_iov = &parts[i];
      messages[i].msg_hdr.msg_iovlen = 1;
      beacons_[who_[i]].last = now(CLOCK_REALTIME);
    }
    for (std::size_t done = 0; done < filled_;) {
      const int sent = ::sendmmsg(fd_, &messages[done], static_cast<unsigned>(filled_ - done), 0);
      done += sent > 0 ? static_cast<std::size_t>(sent) : 1;  // what is refused is lost
    }
    filled_ = 0;
  }

  void take_challenges() {
    std::array<std::uint8_t, 2048> bytes{};
    for (ssize_t got = 0; (got = ::recv(fd_, bytes.data(), bytes.size(), 0)) > 0;) {
      const auto view = PulseView::parse({bytes.data(), static_cast<std::size_t>(got)});
      if (!view || view->type() != PulseType::challenge) continue;
      std::ranges::copy(view->fields().cookie, cookie_.begin());
    }
  }

  void wait_until(std::int64_t wake) {
    pollfd input{STDIN_FILENO, POLLIN, 0};
    for (std::int64_t left = 0; (left = wake - now(CLOCK_MONOTONIC)) > 0 && !ended_;) {
      const timespec wait{0, left};
      if (::ppoll(&input, 1, &wait, nullptr) > 0) read_words();
    }
  }

  void read_words() {
    std::array<char, 4096> bytes{};
    const ssize_t got = ::read(STDIN_FILENO, bytes.data(), bytes.size());
    ended_ = got <= 0;
    if (ended_) return;
    said_.append(bytes.data(), static_cast<std::size_t>(got));
    for (std::size_t end = 0; (end = said_.find('\n')) != std::string::npos; said_.erase(0, end + 1)) {
      obey(std::string_view(said_).substr(0, end));
    }
  }

  void obey(std::string_view line) {
    const std::size_t blank = std::min(line.find(' '), line.size());
    const std::string_view word = line.substr(0, blank);
    if (word == "late") {
      std::printf("late %lld\n", static_cast<long long>(std::exchange(late_, 0) / 1'000));
    } else if (const std::size_t n = std::strtoull(line.data() + blank, nullptr, 10); n < beacons_.size()) {
      beacons_[n].alive = word == "revive";
      if (word == "kill") {
        std::printf("killed %zu %lld %lld\n", n, static_cast<long long>(beacons_[n].last),
                    static_cast<long long>(now(CLOCK_REALTIME)));
      }
    }
    std::fflush(stdout);
  }

  int fd_;
  std::int64_t interval_;
  std::int64_t start_ = 0;
  std::int64_t late_ = 0;
  std::int64_t round_ = 0;
  std::size_t next_ = 0;
  Pulse pulse_;
  Hmac hmac_;
  std::array<std::uint8_t, kCookieBytes> cookie_{};
  std::vector<Beacon> beacons_;
  std::array<std::vector<std::uint8_t>, kBatch> datagrams_;
  std::array<std::size_t, kBatch> who_{};
  std::size_t filled_ = 0;
  std::string said_;
  bool ended_ = false;
};

long number(const char* text) { return std::strtol(text, nullptr, 10); }

bool read_secret(std::string_view text, Secret& secret) {
  if (text.size() != 2 * secret.size()) return false;
  for (std::size_t i = 0; i < secret.size(); ++i) {
    const char* digits = text.data() + 2 * i;
    if (std::from_chars(digits, digits + 2, secret[i], 16).ptr != digits + 2) return false;
  }
  return true;
}

}  // namespace

int main(int count, char** words) {
  sockaddr_in hub{};
  hub.sin_family = AF_INET;
  Secret secret{};
  const bool understood = count == 7 && ::inet_pton(AF_INET, words[1], &hub.sin_addr) == 1 && number(words[3]) > 0 &&
                          number(words[3]) <= static_cast<long>(kMostCount) && number(words[4]) > 0 &&
                          read_secret(words[6], secret);
  if (!understood) {
    std::fprintf(stderr, "pulse_beacons HUB PORT COUNT INTERVAL_MS MULTIPLIER SECRET\n");
    return 2;
  }
  hub.sin_port = htons(static_cast<std::uint16_t>(number(words[2])));
  Beacons(hub, static_cast<std::size_t>(number(words[3])), number(words[4]), static_cast<int>(number(words[5])), secret)
      .run();
  return 0;
}
