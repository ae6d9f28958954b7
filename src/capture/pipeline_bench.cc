// What a frame of live capture costs once it is in memory: decoded, counted in one of 1,000 conversations and kept by
// the recorder, small and large; and what each of these adds. bench-capture measures the same with a kernel and a wire.
#include <benchmark/benchmark.h>

#include "capture/pipeline.h"
#include "wire/test_frames.h"

namespace holter::capture {
namespace {

constexpr std::size_t kConversations = 1'000;

std::vector<wire::test::FrameBytes> conversations(std::size_t payload) {
  std::vector<wire::test::FrameBytes> frames;
  for (std::size_t i = 0; i < kConversations; ++i) {
    const base::Endpoint from{base::IpAddress::v4(0x0a00'0000 + static_cast<std::uint32_t>(i)), 10'000};
    const base::Endpoint to{wire::test::kB4, 443};
    const std::string text(payload, 'x');
    frames.push_back(i % 2 == 0 ? wire::test::udp_frame(from, to, text)
                                : wire::test::tcp_frame(from, to, wire::kTcpAck, text));
  }
  return frames;
}

void process(benchmark::State& state, std::size_t payload, bool records) {
  const auto bytes = conversations(payload);
  std::vector<env::Frame> frames(kConversations);
  for (std::size_t i = 0; i < kConversations; ++i) {
    frames[i].bytes = bytes[i];
    frames[i].original_length = static_cast<std::uint32_t>(bytes[i].size());
  }
  const recorder::Options options;
  const recorder::Layout layout = *layout_of(options);
  std::vector<std::uint64_t> words(layout.words());
  PipelineOptions wished{.interface = "eth0", .recorded = {.packets_per_second = 0}};
  if (records) wished.recorder = recorder::Ring::make(words, layout, options.horizon, {});
  Pipeline pipeline(wished);
  pipeline.begin_source(wire::kArphrdEther, {});
  std::vector<record::Record> out;
  for (auto _ : state) {
    pipeline.process(frames, out);
    benchmark::DoNotOptimize(pipeline.totals());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kConversations));
}

BENCHMARK_CAPTURE(process, small, 10, true);
BENCHMARK_CAPTURE(process, large, 1'346, true);
BENCHMARK_CAPTURE(process, small_without_recorder, 10, false);

}  // namespace
}  // namespace holter::capture
