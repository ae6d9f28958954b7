// What the bare loops have in common: their words, their clock and their line of JSON. They ask one target after
// another, round and round until their time is over; nothing is kept of the answers. Yardsticks of make bench-probe.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdio>
#include <cstdlib>

#include "tests/bench/bursts.h"

namespace holter::bench {

class BareRun {
 public:
  // PROGRAM ADDRESS TARGETS PORT SECONDS [...]: the first target, and how many addresses there are from it on.
  BareRun(int count, char** words) {
    if (count < 5 || ::inet_pton(AF_INET, words[1], &to_.sin_addr) != 1 || std::atoi(words[2]) < 1) {
      std::fprintf(stderr, "%s ADDRESS TARGETS PORT SECONDS [...]\n", words[0]);
      std::exit(2);
    }
    first_ = ntohl(to_.sin_addr.s_addr);
    targets_ = static_cast<std::uint32_t>(std::atoi(words[2]));
    to_.sin_family = AF_INET;
    to_.sin_port = htons(static_cast<std::uint16_t>(std::atoi(words[3])));
    end_ = began_ + static_cast<std::int64_t>(std::atof(words[4]) * 1e9);
  }

  sockaddr_in next() {
    to_.sin_addr.s_addr = htonl(first_ + turn_++ % targets_);
    return to_;
  }
  bool goes_on() const { return now() < end_; }
  void count(std::uint64_t asked) { asked_ += asked; }
  // A connected socket to the next target.
  int dial() {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in to = next();
    must(::connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0, "connect");
    return fd;
  }
  // Ends the program when something that cannot fail on a sound bed did.
  static void must(bool good, const char* what) {
    if (good) return;
    std::perror(what);
    std::exit(1);
  }
  void print() const {
    std::printf("{\"results\": %llu, \"seconds\": %.6f, \"cpu_seconds\": %.6f}\n",
                static_cast<unsigned long long>(asked_), static_cast<double>(now() - began_) / 1e9,
                static_cast<double>(now(CLOCK_PROCESS_CPUTIME_ID) - cpu_began_) / 1e9);
  }

 private:
  sockaddr_in to_{};
  std::uint32_t first_ = 0;
  std::uint32_t targets_ = 1;
  std::uint32_t turn_ = 0;
  std::int64_t began_ = now();
  std::int64_t cpu_began_ = now(CLOCK_PROCESS_CPUTIME_ID);
  std::int64_t end_ = 0;
  std::uint64_t asked_ = 0;
};

}  // namespace holter::bench
