// WireEnd is one end of the relayed wire: a packet socket on one interface that hears whatever comes in there, for
// whomever it is, and sends past the queueing discipline. Checksums must be complete when a frame comes in (`tx` off
// at the far end of a veth): what comes without is heard like any other and fails at its receiver.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/byte_reader.h"
#include "base/result.h"

namespace holter::impair {

inline constexpr std::size_t kMaxFrameBytes = 65'550;

class WireEnd {
 public:
  static base::Result<WireEnd> open(const std::string& interface);
  WireEnd(WireEnd&& other) noexcept;
  WireEnd(const WireEnd&) = delete;
  WireEnd& operator=(const WireEnd&) = delete;
  ~WireEnd();

  int descriptor() const { return fd_; }
  // The next frame that is there, written into `room`; empty when there is none.
  base::Bytes receive(std::span<std::uint8_t> room);
  bool send(base::Bytes frame);
  // Frames that were not taken in time, since the start.
  std::uint64_t missed();

 private:
  explicit WireEnd(int fd) : fd_(fd) {}

  int fd_;
  std::uint64_t missed_ = 0;
};

}  // namespace holter::impair
