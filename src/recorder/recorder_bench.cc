// What the recorder costs: a frame in the hot path, short and long ones, with and without monitored hosts; and a freeze
// of 30 s out of a full ring of 256 MiB that covers 60 s, of one host among a thousand and of all.
#include <benchmark/benchmark.h>

#include "recorder/freeze.h"
#include "recorder/writer.h"
#include "wire/test_frames.h"

namespace holter::recorder {
namespace {

constexpr std::size_t kHosts = 1'000;

struct Traffic {
  explicit Traffic(std::size_t payload) {
    for (std::size_t i = 0; i < kHosts; ++i) {
      const auto host = base::IpAddress::v4(0x0a00'0000 + static_cast<std::uint32_t>(i));
      frames.push_back(wire::test::udp_frame({host, 1'000}, {wire::test::kB4, 2'000}, std::string(payload, 'x')));
      packets.push_back(
          wire::decode(frames.back(), static_cast<std::uint32_t>(frames.back().size()), wire::LinkType::ethernet));
    }
  }
  void record(Writer& writer, std::size_t i, base::PacketTime at) const {
    const auto& bytes = frames[i % kHosts];
    writer.record({at, bytes, static_cast<std::uint32_t>(bytes.size())}, packets[i % kHosts]);
  }

  std::vector<wire::test::FrameBytes> frames;
  std::vector<wire::Packet> packets;
};

base::PacketTime at(std::int64_t nanoseconds) { return base::PacketTime::from_nanoseconds(nanoseconds); }

void record_frames(benchmark::State& state, std::size_t payload, std::size_t monitored) {
  const Traffic traffic(payload);
  const Options options;
  const Layout layout = *layout_of(options);
  std::vector<std::uint64_t> words(layout.words());
  Writer writer(Ring::make(words, layout, options.horizon, at(0)));
  writer.begin_source("eth0", wire::LinkType::ethernet, at(0));
  std::vector<base::IpAddress> hosts;
  for (std::size_t i = 0; i < monitored; ++i) hosts.push_back(base::IpAddress::v4(static_cast<std::uint32_t>(i)));
  writer.set_monitored(hosts);
  std::size_t i = 0;
  for (auto _ : state) {
    traffic.record(writer, i, at(static_cast<std::int64_t>(i) * 1'000));
    ++i;
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(i));
}

void short_frame(benchmark::State& state) { record_frames(state, 22, 0); }
void long_frame(benchmark::State& state) { record_frames(state, 1'358, 0); }
void among_monitored(benchmark::State& state) { record_frames(state, 22, 100); }
BENCHMARK(short_frame);
BENCHMARK(long_frame);
BENCHMARK(among_monitored);

void freeze_half(benchmark::State& state, const std::vector<base::IpAddress>& hosts) {
  const Traffic traffic(200);
  Options options;
  options.bytes = 256ULL << 20;
  const Layout layout = *layout_of(options);
  std::vector<std::uint64_t> words(layout.words());
  const Ring ring = Ring::make(words, layout, options.horizon, at(0));
  Writer writer(ring);
  writer.begin_source("eth0", wire::LinkType::ethernet, at(0));
  const std::size_t frames = layout.bytes() / 144;
  const std::int64_t spacing = options.horizon.in_nanoseconds() / static_cast<std::int64_t>(frames);
  for (std::size_t i = 0; i < frames; ++i) {
    traffic.record(writer, i, at(static_cast<std::int64_t>(i) * spacing));
  }
  const base::PacketTime now = at(options.horizon.in_nanoseconds());
  std::uint64_t frozen = 0;
  for (auto _ : state) {
    Freeze freeze({hosts, now - base::Duration::seconds(30), now});
    base::ByteWriter out;
    freeze.begin(out, "bench", "");
    freeze.collect({&ring, 1}, now);
    while (freeze.write(now, out)) out.clear();
    freeze.end(out);
    frozen = freeze.frames();
  }
  state.counters["frames"] = static_cast<double>(frozen);
}

void freeze_everything(benchmark::State& state) { freeze_half(state, {}); }
void freeze_one_host(benchmark::State& state) { freeze_half(state, {base::IpAddress::v4(0x0a00'0007)}); }
void freeze_an_absent_host(benchmark::State& state) { freeze_half(state, {base::IpAddress::v4(0x0b00'0007)}); }
BENCHMARK(freeze_everything)->Unit(benchmark::kMillisecond);
BENCHMARK(freeze_one_host)->Unit(benchmark::kMillisecond);
BENCHMARK(freeze_an_absent_host)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace holter::recorder
