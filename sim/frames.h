// FrameTap is capture on a simulated host: the real bytes of the datagrams and ICMP messages that pass its one
// interface, in a bounded ring whose drops are counted, stamped with the host's own wall clock. Streams are not packets
// here.
#pragma once

#include <deque>
#include <memory>
#include <vector>

#include "env/frames.h"
#include "sim/stack.h"

namespace holter::sim {

inline constexpr const char* kInterfaceName = "eth0";

class FrameTap final : public env::FrameSource {
 public:
  FrameTap(Stack& stack, env::FrameOptions options, boost::asio::any_io_executor executor);
  ~FrameTap() override;
  FrameTap(const FrameTap&) = delete;
  FrameTap& operator=(const FrameTap&) = delete;

  const std::string& interface() const override { return options_.interface; }
  std::uint16_t hardware_type() const override { return 1; }
  env::Task<base::Result<std::span<const env::Frame>>> next_block() override;
  base::Result<env::FrameCounters> read_counters() override;

  void see(const std::vector<std::uint8_t>& frame, env::FrameDirection direction, base::PacketTime at);

 private:
  struct Kept {
    std::vector<std::uint8_t> bytes;
    env::Frame frame;
  };

  Stack& stack_;
  env::FrameOptions options_;
  std::shared_ptr<env::Signal> seen_;
  std::vector<Kept> waiting_;
  std::vector<Kept> block_;
  std::vector<env::Frame> frames_;
  std::size_t waiting_bytes_ = 0;
  env::FrameCounters counters_;
};

class HostFrames final : public env::Frames {
 public:
  HostFrames(Stack& stack, boost::asio::any_io_executor executor) : stack_(stack), executor_(std::move(executor)) {}

  base::Result<std::unique_ptr<env::FrameSource>> open(const env::FrameOptions& options) override;

 private:
  Stack& stack_;
  boost::asio::any_io_executor executor_;
};

}  // namespace holter::sim
