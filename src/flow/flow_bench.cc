// What a packet costs the table: key, hash and update, among 254,000 conversations in random order, one by one and in
// batches; and keys and hashes by themselves.
#include <benchmark/benchmark.h>

#include <random>

#include "flow/flow_table.h"
#include "flow/test_bed.h"

namespace holter::flow {
namespace {

constexpr std::size_t kConversations = 254'000;
constexpr std::size_t kPackets = 1'000'000;

struct Traffic {
  std::vector<wire::Packet> packets;
  std::vector<base::PacketTime> times;
};

const Traffic& traffic() {
  static const Traffic all = [] {
    Traffic out;
    std::mt19937_64 random(1);
    wire::Packet packet = test::tcp(test::kNear, test::kFar, wire::kTcpAck, "data");
    for (std::size_t i = 0; i < kPackets; ++i) {
      const std::uint64_t n = random() % kConversations;
      packet.source[1] = static_cast<std::uint8_t>(n >> 16);
      packet.source[2] = static_cast<std::uint8_t>(n >> 8);
      packet.source[3] = static_cast<std::uint8_t>(n);
      packet.tcp_sequence += packet.payload_length;
      out.packets.push_back(packet);
      out.times.push_back(test::kStart + base::Duration::microseconds(static_cast<std::int64_t>(i)));
    }
    return out;
  }();
  return all;
}

void count_packets(benchmark::State& state, std::size_t together) {
  const Traffic& all = traffic();
  FlowTable table({"", kMostFlows, 7, base::Duration::zero()});
  std::vector<record::FlowRecord> out;
  for (auto _ : state) {
    for (std::size_t at = 0; at + together <= kPackets; at += together) {
      if (together == 1) {
        table.observe(all.packets[at], all.times[at], out);
      } else {
        table.observe_batch(std::span(all.packets).subspan(at, together), std::span(all.times).subspan(at, together),
                            out);
      }
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kPackets));
}
BENCHMARK_CAPTURE(count_packets, one_by_one, 1)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(count_packets, in_batches_of_250, 250)->Unit(benchmark::kMillisecond);

void make_keys(benchmark::State& state) {
  const Traffic& all = traffic();
  for (auto _ : state) {
    std::uint64_t sum = 0;
    for (const wire::Packet& packet : all.packets) sum += hash_of(key_of(packet)->key, 7);
    benchmark::DoNotOptimize(sum);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kPackets));
}
BENCHMARK(make_keys)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace holter::flow
