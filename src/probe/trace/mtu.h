// PathMtu finds the largest packet that passes to the target unfragmented (RFC 1191, 8201, 8899): a whole packet of the
// size to try is sent, until one is answered. A router that says what would fit is believed; where nobody says anything
// (a black hole of RFC 2923) the usual sizes are tried downwards. Sizes count the IP header. At most kMaxTries packets.
// Pure.
#pragma once

#include <cstdint>
#include <optional>

namespace holter::probe {

class PathMtu {
 public:
  static constexpr std::uint32_t kFirstSize = 1'500;
  static constexpr int kMaxTries = 12;

  // `least` is what every path of the family bears: IPv4 68, IPv6 1280.
  explicit PathMtu(std::uint32_t least) : least_(least) {}

  // The size to try now; empty when it is over.
  std::optional<std::uint32_t> next();
  void on_passed() { found_ = size_; }
  // A router, or the own host, said that only `mtu` bytes fit; 0: it did not say how many.
  void on_too_big(std::uint32_t mtu);
  void on_silence();
  std::optional<std::uint32_t> found() const { return found_; }

 private:
  void go_below(std::uint32_t size);

  std::uint32_t least_;
  std::uint32_t size_ = kFirstSize;
  int tries_ = 0;
  int silences_ = 0;
  bool over_ = false;
  std::optional<std::uint32_t> found_;
};

}  // namespace holter::probe
