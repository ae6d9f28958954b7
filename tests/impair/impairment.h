// Impairment decides what becomes of each frame of a wire, and counts it: the ground truth of a test. The first fault
// that concerns a frame has it; others do not see it. Frames that no fault concerns pass at once. What is decided
// follows from the seed, the faults and the order of the frames of a direction alone, so a seed replays. Pure.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "tests/impair/fault.h"

namespace holter::impair {

inline constexpr std::size_t kMaxFaults = 64;

// Of the frames of one fault, or of all, that go one way. in + duplicated = lost + out, once none is on its way.
struct Counts {
  std::uint64_t in = 0;
  std::uint64_t lost = 0;
  std::uint64_t duplicated = 0;
  std::uint64_t held = 0;
  std::uint64_t corrupted = 0;
  std::uint64_t reordered = 0;  // came out after one that came in later (RFC 4737); copies do not count
  std::uint64_t out = 0;        // with copies
};

struct Verdict {
  static constexpr std::size_t kNoFault = kMaxFaults;

  Direction towards = Direction::a_to_b;
  std::size_t fault = kNoFault;
  std::uint64_t number = 0;  // among the frames of its fault, from 1
  std::uint32_t copies = 1;  // 0: it is lost
  base::Duration later;
  std::optional<std::size_t> corrupted_bit;
};

class Impairment {
 public:
  explicit Impairment(std::uint64_t seed) : seed_(seed) {}

  base::Result<void> add(std::string_view line);
  // No faults and no counts, as if it began now.
  void clear();

  Verdict decide(Direction towards, base::Bytes frame);
  // A frame with that verdict goes out now, with all its copies.
  void went_out(const Verdict& verdict);

  // `failed`: frames that the wire itself did not hear or could not send, for whoever wants exact truth: 0.
  std::string counts_json(std::uint64_t failed) const;

 private:
  struct Way {  // of one fault
    Counts counts;
    Dice lose{0}, repeat{0}, hold{0}, corrupt{0}, jitter{0};
    std::uint64_t still_to_lose = 0;
    std::uint64_t furthest = 0;  // the greatest number that went out
  };
  struct Entry {
    Fault fault;
    std::array<Way, 2> ways;
  };

  static bool is_lost(const Fault& fault, Way& way, std::uint64_t number);
  static base::Duration lateness(const Fault& fault, Way& way, std::uint64_t number);

  std::uint64_t seed_;
  std::vector<Entry> entries_;
  std::array<Counts, 2> all_;
};

}  // namespace holter::impair
