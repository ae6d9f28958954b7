// impair is a wire with faults, for tests: it relays frames between two interfaces of its network namespace, loses,
// delays, overtakes, doubles and corrupts as it was told, and knows the truth about all of it.
//
//   impair A B SEED
//
// Lines on its input, each answered by one line once it is so:
//
//   fault LINE   a further fault (tests/impair/fault.h): "ok" or "wrong: why"
//   clear        no more faults, counts from 0; what is on its way comes out now: "ok"
//   counts       the counts so far, as JSON
//
// It says "ready" first and the counts once more at the end of its input.
#include <poll.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "tests/impair/on_its_way.h"
#include "tests/impair/wire_end.h"

namespace holter::impair {
namespace {

constexpr std::size_t kBatch = 64;
constexpr std::size_t kMaxLineBytes = 4'096;

base::Instant now() {
  timespec t{};
  ::clock_gettime(CLOCK_MONOTONIC, &t);
  return base::Instant::from_nanoseconds(t.tv_sec * 1'000'000'000 + t.tv_nsec);
}

class Wire {
 public:
  Wire(WireEnd a, WireEnd b, std::uint64_t seed) : ends_{std::move(a), std::move(b)}, impairment_(seed) {}

  void run() {
    say("ready");
    while (open_) {
      release(now());
      wait();
      for (const Direction towards : {Direction::a_to_b, Direction::b_to_a}) hear(towards);
    }
    say(counts());
  }

 private:
  static void say(const std::string& line) {
    std::puts(line.c_str());
    std::fflush(stdout);
  }

  std::string counts() { return impairment_.counts_json(unsent_ + ends_[0].missed() + ends_[1].missed()); }

  void wait() {
    std::array<pollfd, 3> files{
        {{STDIN_FILENO, POLLIN, 0}, {ends_[0].descriptor(), POLLIN, 0}, {ends_[1].descriptor(), POLLIN, 0}}};
    timespec left{};
    const auto next = on_their_way_.next_deadline();
    if (next) {
      const std::int64_t ns = std::max<std::int64_t>(0, (*next - now()).in_nanoseconds());
      left = {ns / 1'000'000'000, ns % 1'000'000'000};
    }
    if (::ppoll(files.data(), files.size(), next ? &left : nullptr, nullptr) > 0 && files[0].revents != 0) read_input();
  }

  void hear(Direction towards) {
    for (std::size_t i = 0; i < kBatch; ++i) {
      const base::Bytes frame = ends_[static_cast<std::size_t>(towards)].receive(room_);
      if (frame.empty()) return;
      const base::Instant at = now();
      const Verdict verdict = impairment_.decide(towards, frame);
      if (verdict.copies == 0) continue;
      if (verdict.corrupted_bit) room_[*verdict.corrupted_bit / 8] ^= std::uint8_t(1 << *verdict.corrupted_bit % 8);
      if (verdict.later == base::Duration::zero()) {
        send({verdict, {frame.begin(), frame.end()}});
      } else if (!on_their_way_.put(at + verdict.later, {verdict, {frame.begin(), frame.end()}})) {
        ++unsent_;
      }
    }
  }

  void release(base::Instant until) {
    while (const auto frame = on_their_way_.take(until)) send(*frame);
  }

  void send(const OnItsWay::Frame& frame) {
    WireEnd& end = ends_[1 - static_cast<std::size_t>(frame.verdict.towards)];
    impairment_.went_out(frame.verdict);
    for (std::uint32_t i = 0; i < frame.verdict.copies; ++i) unsent_ += end.send(frame.bytes) ? 0 : 1;
  }

  void read_input() {
    std::array<char, kMaxLineBytes> some{};
    const ssize_t size = ::read(STDIN_FILENO, some.data(), some.size());
    if (size <= 0) open_ = false;
    if (size > 0) input_.append(some.data(), static_cast<std::size_t>(size));
    for (std::size_t end = input_.find('\n'); end != input_.npos; end = input_.find('\n')) {
      say(answer(input_.substr(0, end)));
      input_.erase(0, end + 1);
    }
    if (input_.size() > kMaxLineBytes) open_ = false;
  }

  std::string answer(const std::string& line) {
    if (line == "counts") return counts();
    if (line == "clear") {
      release(base::Instant::max());
      impairment_.clear();
      return "ok";
    }
    if (!line.starts_with("fault ")) return "wrong: give fault LINE, clear or counts";
    const auto added = impairment_.add(line.substr(6));
    return added ? "ok" : "wrong: " + added.error().message;
  }

  std::array<WireEnd, 2> ends_;
  Impairment impairment_;
  OnItsWay on_their_way_;
  std::array<std::uint8_t, kMaxFrameBytes> room_{};
  std::string input_;
  std::uint64_t unsent_ = 0;
  bool open_ = true;
};

int run(const std::string& a, const std::string& b, std::uint64_t seed) {
  auto end_a = WireEnd::open(a);
  auto end_b = WireEnd::open(b);
  for (const auto* end : {&end_a, &end_b}) {
    if (*end) continue;
    std::fprintf(stderr, "impair: %s\n", end->error().message.c_str());
    return 1;
  }
  ::prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);  // a delay is late by a wake-up, not by 50 us more
  Wire(std::move(*end_a), std::move(*end_b), seed).run();
  return 0;
}

}  // namespace
}  // namespace holter::impair

int main(int count, char** words) {
  if (count == 4) return holter::impair::run(words[1], words[2], std::strtoull(words[3], nullptr, 10));
  std::fprintf(stderr, "usage: impair INTERFACE INTERFACE SEED\n");
  return 2;
}
