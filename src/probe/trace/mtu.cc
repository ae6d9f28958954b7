#include "probe/trace/mtu.h"

#include <algorithm>
#include <array>

namespace holter::probe {
namespace {

// Ethernet; PPPoE; tunnels of several kinds; IPv6's least; and small ones of RFC 1191.
constexpr std::array<std::uint32_t, 11> kUsualSizes = {1'500, 1'492, 1'480, 1'460, 1'420, 1'400,
                                                       1'360, 1'280, 1'006, 576,   296};
constexpr int kSilencesToBelieve = 2;

}  // namespace

std::optional<std::uint32_t> PathMtu::next() {
  if (found_ || over_ || tries_ >= kMaxTries) return std::nullopt;
  ++tries_;
  return size_;
}

void PathMtu::go_below(std::uint32_t size) {
  const auto smaller = std::ranges::find_if(kUsualSizes, [size](std::uint32_t usual) { return usual < size; });
  over_ = smaller == kUsualSizes.end() || *smaller < least_;
  if (!over_) size_ = *smaller;
  silences_ = 0;
}

void PathMtu::on_too_big(std::uint32_t mtu) {
  if (mtu < least_ || mtu >= size_) return go_below(size_);
  size_ = mtu;
  silences_ = 0;
}

void PathMtu::on_silence() {
  if (++silences_ >= kSilencesToBelieve) go_below(size_);
}

}  // namespace holter::probe
