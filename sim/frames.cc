#include "sim/frames.h"

#include <algorithm>

namespace holter::sim {

FrameTap::FrameTap(Stack& stack, env::FrameOptions options, boost::asio::any_io_executor executor)
    : stack_(stack), options_(std::move(options)), seen_(std::make_shared<env::Signal>(std::move(executor))) {
  stack_.taps.push_back(this);
}

FrameTap::~FrameTap() { std::erase(stack_.taps, this); }

void FrameTap::see(const std::vector<std::uint8_t>& frame, env::FrameDirection direction, base::PacketTime at) {
  ++counters_.packets;
  const std::size_t captured = std::min<std::size_t>(frame.size(), options_.snaplen);
  if (waiting_bytes_ + captured > options_.ring_bytes) {
    ++counters_.drops;
    return;
  }
  waiting_bytes_ += captured;
  Kept kept{{frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(captured)}, {}};
  kept.frame.captured_at = at;
  kept.frame.original_length = static_cast<std::uint32_t>(frame.size());
  kept.frame.direction = direction;
  waiting_.push_back(std::move(kept));
  seen_->notify();
}

env::Task<base::Result<std::span<const env::Frame>>> FrameTap::next_block() {
  while (waiting_.empty()) co_await seen_->wait();
  block_ = std::exchange(waiting_, {});
  waiting_bytes_ = 0;
  frames_.clear();
  for (auto& kept : block_) {
    kept.frame.bytes = kept.bytes;
    frames_.push_back(kept.frame);
  }
  co_return std::span<const env::Frame>(frames_);
}

base::Result<env::FrameCounters> FrameTap::read_counters() { return std::exchange(counters_, {}); }

base::Result<std::unique_ptr<env::FrameSource>> HostFrames::open(const env::FrameOptions& options) {
  if (options.interface != kInterfaceName) {
    return base::Error{base::ErrorKind::not_found, "no interface " + options.interface + "; there is eth0"};
  }
  return std::unique_ptr<env::FrameSource>(new FrameTap(stack_, options, executor_));
}

}  // namespace holter::sim
