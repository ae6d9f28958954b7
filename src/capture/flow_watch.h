// FlowWatch counts the conversations of a live capture for whoever looks at them now: which of them move most, since
// the last look. It writes nothing. At most kMostWatched at once; what is more ends the one that was silent longest,
// counted by the table. Used from one loop.
#pragma once

#include <functional>
#include <unordered_map>

#include "capture/frame_sink.h"
#include "capture/live_printer.h"
#include "flow/flow_table.h"

namespace holter::capture {

inline constexpr std::size_t kMostWatched = 65'536;

struct BusyFlow {
  record::FlowRecord flow;
  double packets_per_second = 0;
  double bytes_per_second = 0;  // both ways
};

class FlowWatch final : public FrameSink {
 public:
  using Ended = std::function<void(std::span<const record::FlowRecord>)>;

  // `seed` is random; `ended` gets each conversation when it has ended.
  FlowWatch(std::vector<LiveInterface> interfaces, std::uint64_t seed, Ended ended);

  void take(std::size_t source, std::span<const env::Frame> frames) override;
  // Every conversation ends.
  void finish(std::span<const RecordingFigures>) override;
  std::size_t waiting() const override { return 0; }
  void hand_over() override {}
  base::Result<void> write() override { return {}; }
  std::uint64_t lost(std::size_t) const override { return 0; }

  // The `n` that moved most bytes since the last call, the most first. Those that moved nothing are left out.
  std::vector<BusyFlow> busiest(std::size_t n, base::WallTime now);
  std::size_t held() const;

 private:
  struct Before {
    std::uint64_t packets = 0;
    std::uint64_t bytes = 0;
  };
  struct Table {
    LiveInterface interface;
    flow::FlowTable flows;
  };
  void tell_ended();

  std::vector<Table> tables_;
  Ended ended_;
  std::vector<record::FlowRecord> records_;
  std::unordered_map<std::string, Before> before_;
  base::WallTime looked_at_;
};

}  // namespace holter::capture
