// What the store costs: whole blocks as an agent's drain brings them, and small commits as a quiet host makes them.
#include <benchmark/benchmark.h>

#include "store/test_support.h"

namespace holter::store {
namespace {

record::PacketRecord packet(std::mt19937_64& engine, std::uint64_t n) {
  record::PacketRecord packet;
  packet.interface = "eth0";
  packet.captured_at = base::PacketTime::from_nanoseconds(kStart.in_nanoseconds() + std::int64_t(n) * 100'000);
  packet.captured_length = 64 + engine() % 1'400;
  packet.original_length = packet.captured_length;
  packet.ether_type = 0x0800;
  packet.ip_protocol = 6;
  packet.source = "10.0.0." + std::to_string(engine() % 50);
  packet.destination = "10.0.1." + std::to_string(engine() % 50);
  packet.source_port = static_cast<std::uint16_t>(40'000 + engine() % 2'000);
  packet.destination_port = 443;
  return packet;
}

void AppendBlocks(benchmark::State& state) {
  TemporaryDirectory directory;
  auto store = *open_real(directory);
  std::mt19937_64 engine(1);
  std::uint64_t next = 1;
  for (auto round : state) {
    state.PauseTiming();
    std::vector<record::NamedRecord> block;
    for (int i = 0; i < 4'096; ++i, ++next) {
      block.push_back({{agent_number(1), 1, record::Lane::packets, next}, packet(engine, next)});
    }
    state.ResumeTiming();
    if (!store->append(block)) return state.SkipWithError("append failed");
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(next) - 1);
  state.counters["bytes/record"] = static_cast<double>(store->size_bytes()) / static_cast<double>(next - 1);
}
BENCHMARK(AppendBlocks)->Iterations(200);

void AppendOneAtATime(benchmark::State& state) {
  TemporaryDirectory directory;
  auto store = *open_real(directory);
  std::uint64_t next = 1;
  for (auto round : state) {
    const auto record = result_number(next++);
    if (!store->append(std::span(&record, 1))) return state.SkipWithError("append failed");
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(next) - 1);
}
BENCHMARK(AppendOneAtATime)->Iterations(2'000);

void SealTail(benchmark::State& state) {
  TemporaryDirectory directory;
  auto store = *open_real(directory);
  std::uint64_t next = 1;
  for (auto round : state) {
    state.PauseTiming();
    for (int i = 0; i < 512; ++i, next += 8) {
      if (!store->append(results(next, next + 7))) return state.SkipWithError("append failed");
    }
    state.ResumeTiming();
    if (!store->maintain(kStart)) return state.SkipWithError("maintain failed");
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(next) - 1);
}
BENCHMARK(SealTail)->Iterations(5);

void ReadNewestThousand(benchmark::State& state) {
  TemporaryDirectory directory;
  auto store = *open_real(directory);
  for (std::uint64_t n = 1; n < 400'000; n += 4'096) {
    if (!store->append(results(n, n + 4'095))) return state.SkipWithError("append failed");
  }
  const auto reader = *Reader::open(directory.path());
  for (auto round : state) benchmark::DoNotOptimize(reader.read({.newest_first = true}));
}
BENCHMARK(ReadNewestThousand);

// With a store of 100 MB and more: what every start pays for checking its pages.
void OpenLarge(benchmark::State& state) {
  TemporaryDirectory directory;
  std::mt19937_64 engine(1);
  {
    auto store = *open_real(directory);
    for (std::uint64_t n = 0; n < 60; ++n) {
      std::vector<record::NamedRecord> batch;
      for (std::uint64_t i = 1; i <= 4'000; ++i) batch.push_back(result_number(n * 4'000 + i, 1, noise(engine, 500)));
      if (!store->append(batch)) return state.SkipWithError("append failed");
    }
  }
  for (auto round : state) {
    if (!open_real(directory)) return state.SkipWithError("open failed");
  }
  state.counters["megabytes"] = static_cast<double>(directory.bytes()) / 1e6;
}
BENCHMARK(OpenLarge);

}  // namespace
}  // namespace holter::store
