// Trace is the fingerprint of a run: every step of the world feeds it, so two runs of one seed agree on the hash
// exactly when they took the same steps in the same order. FNV-1a over words; not cryptographic.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "base/byte_reader.h"

namespace holter::sim {

class Trace {
 public:
  void note(std::string_view what, std::initializer_list<std::uint64_t> numbers = {}) {
    for (const char c : what) mix(static_cast<unsigned char>(c));
    for (const std::uint64_t number : numbers) mix(number);
    ++steps_;
  }
  void note(std::string_view what, base::Bytes bytes) {
    note(what, {bytes.size()});
    for (const std::uint8_t byte : bytes) mix(byte);
  }

  std::uint64_t hash() const { return hash_; }
  std::uint64_t steps() const { return steps_; }

 private:
  void mix(std::uint64_t word) { hash_ = (hash_ ^ word) * 0x0000'0100'0000'01b3; }

  std::uint64_t hash_ = 0xcbf2'9ce4'8422'2325;
  std::uint64_t steps_ = 0;
};

}  // namespace holter::sim
