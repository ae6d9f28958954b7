// A bare TCP connect and close, one after another: what the kernel alone takes for a tcp probe.
//
//   bare_tcp ADDRESS TARGETS PORT SECONDS
#include <unistd.h>

#include "tests/bench/bare.h"

int main(int count, char** words) {
  holter::bench::BareRun run(count, words);
  for (; run.goes_on(); run.count(1)) {
    ::close(run.dial());
  }
  run.print();
}
