// A bare GET, each over a connection of its own, one after another: what the kernel alone takes for an http probe.
//
//   bare_http ADDRESS TARGETS PORT SECONDS
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string_view>

#include "tests/bench/bare.h"

int main(int count, char** words) {
  holter::bench::BareRun run(count, words);
  constexpr std::string_view kQuestion = "GET / HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n";
  std::array<char, 16 * 1024> answer;
  for (; run.goes_on(); run.count(1)) {
    const int fd = run.dial();
    run.must(::send(fd, kQuestion.data(), kQuestion.size(), 0) > 0, "send");
    run.must(::recv(fd, answer.data(), answer.size(), 0) > 0, "recv");
    ::close(fd);
  }
  run.print();
}
