// What it costs to make a record of every packet and to store it: the frames of a capture file through the pipeline of
// a live capture into a store, on one thread. CPU is what this thread took from decoding to the durable block.
//
//   packet_records FILE DIRECTORY [PACKETS]
#include <sys/resource.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <vector>

#include "capture/pipeline.h"
#include "env/linux/files.h"
#include "env/linux/random.h"
#include "store/store.h"
#include "wire/file/capture_file.h"

namespace {

using namespace holter;

constexpr std::size_t kTogether = 256;  // frames of a block of the ring
constexpr std::size_t kBlock = 4'096;   // records of a transaction

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) { return double(t.tv_sec) + double(t.tv_usec) / 1e6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

class Load {
 public:
  Load(store::Store& store, std::uint64_t limit) : store_(store), limit_(limit), pipeline_(options()) {
    pipeline_.begin_source(wire::kArphrdEther, {});
  }

  // False: that is enough.
  bool take(const wire::CapturedFrame& frame) {
    frames_.push_back({.captured_at = frame.captured_at.value_or(base::PacketTime()),
                       .bytes = frame.bytes,
                       .original_length = frame.original_length});
    ++packets_;
    return packets_ < limit_;
  }
  bool has_block() const { return frames_.size() == kTogether; }
  void process() {
    pipeline_.process(frames_, records_);
    frames_.clear();
    if (records_.size() >= kBlock) store();
  }
  void store() {
    if (records_.empty()) return;
    const auto stored = store_.append_own(records_);
    if (!stored) {
      std::cerr << stored.error().message << '\n';
      std::exit(1);
    }
    stored_ += records_.size();
    records_.clear();
  }
  std::uint64_t packets() const { return packets_; }
  std::uint64_t stored() const { return stored_; }

 private:
  static capture::PipelineOptions options() {
    return {
        .interface = "bench0", .recorded = {.packets_per_second = 0xffff'ffff}, .flow_limit = 100'000, .flow_seed = 1};
  }

  store::Store& store_;
  std::uint64_t limit_;
  capture::Pipeline pipeline_;
  std::vector<env::Frame> frames_;
  std::vector<record::Record> records_;
  std::uint64_t packets_ = 0;
  std::uint64_t stored_ = 0;
};

void read_into(std::istream& file, Load& load) {
  wire::CaptureFileReader reader;
  std::vector<std::uint8_t> chunk(256 * 1024);
  for (bool more = true; more;) {
    file.read(reinterpret_cast<char*>(chunk.data()), static_cast<std::streamsize>(chunk.size()));
    if (file.gcount() == 0) break;
    reader.feed(base::Bytes(chunk).first(static_cast<std::size_t>(file.gcount())));
    for (auto frame = reader.next(); more && frame && *frame; frame = reader.next()) {
      more = load.take(**frame);
      if (load.has_block()) load.process();
    }
    load.process();
  }
  load.store();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  std::ifstream file(argv[1], std::ios::binary);
  env_linux::Files files;
  env_linux::Random random;
  auto store = store::Store::open(files, random, {.directory = argv[2], .budget_bytes = std::uint64_t{4} << 30}, {});
  if (!file || !store) return 2;
  Load load(**store, argc > 3 ? std::strtoull(argv[3], nullptr, 10) : ~std::uint64_t{0});
  const double before = cpu_seconds();
  read_into(file, load);
  const double taken = cpu_seconds() - before;
  std::cout << load.packets() << " packets, " << load.stored() << " records stored, "
            << static_cast<std::uint64_t>(double(load.packets()) / taken) << " a second of CPU, "
            << double((*store)->size_bytes()) / double(load.stored()) << " bytes each\n";
}
