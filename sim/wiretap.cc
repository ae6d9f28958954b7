#include "sim/wiretap.h"

#include "base/byte_writer.h"

namespace holter::sim {

void Wiretap::record(base::WallTime at, std::vector<std::uint8_t> frame) {
  bytes_ += frame.size();
  frames_.push_back({at, std::move(frame)});
  while (bytes_ > kWiretapBytes) {
    bytes_ -= frames_.front().frame.size();
    frames_.pop_front();
  }
}

std::vector<std::uint8_t> Wiretap::pcap() const {
  base::ByteWriter out;
  out.u32_le(0xa1b2'3c4d);
  out.u16_le(2);
  out.u16_le(4);
  out.zeros(8);
  out.u32_le(262'144);
  out.u32_le(1);
  for (const auto& [at, frame] : frames_) {
    out.u32_le(static_cast<std::uint32_t>(at.in_nanoseconds() / 1'000'000'000));
    out.u32_le(static_cast<std::uint32_t>(at.in_nanoseconds() % 1'000'000'000));
    out.u32_le(static_cast<std::uint32_t>(frame.size()));
    out.u32_le(static_cast<std::uint32_t>(frame.size()));
    out.bytes(frame);
  }
  return out.take();
}

}  // namespace holter::sim
