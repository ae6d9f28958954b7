// History is what happened in a conversation, each thing once for each side, in the order of its first time, in the
// letters of Zeek's conn.log (capitals are the initiator's). Twelve fit into its eight bytes; what comes after those is
// not kept, which ordinary conversations never reach. Value type.
#pragma once

#include <cstdint>
#include <string>

namespace holter::flow {

// In the order of kHistoryLetters.
enum class Happening : std::uint8_t {
  syn,
  syn_ack,
  pure_ack,
  data,
  fin,
  rst,
  gap,
  retransmission,
  zero_window,
  inconsistent,  // RST with SYN or FIN
  many_flags,    // SYN with FIN
};

inline constexpr char kHistoryLetters[] = "shadfrgtwiq";

class History {
 public:
  // The caller sees to it that each comes once.
  void add(unsigned side, Happening what) {
    if (entries_ >> (kEntryBits * kMost) != 0) return;
    entries_ = entries_ << kEntryBits | side << 4 | static_cast<unsigned>(what);
  }

  std::string text() const {
    std::string out;
    for (std::uint64_t rest = entries_; rest > 1; rest >>= kEntryBits) {
      const char letter = kHistoryLetters[rest & 15];
      const bool initiator = (rest >> 4 & 1) == 0;
      out.insert(out.begin(), initiator ? static_cast<char>(letter - 'a' + 'A') : letter);
    }
    return out;
  }

 private:
  static constexpr unsigned kEntryBits = 5;
  static constexpr unsigned kMost = 12;

  std::uint64_t entries_ = 1;  // the newest lowest; a bit above the oldest marks the end
};

}  // namespace holter::flow
