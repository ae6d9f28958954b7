// Real frames cut at every byte, and with bytes changed: whatever comes, decoding stays inside the frame, ends within
// its budget, and gives the same Packet at both depths. 150 captures chosen by a seed; HOLTER_SURVIVAL=all takes every
// one (`make fuzz` does, under sanitizers). A capture that takes longer than the watchdog allows ends the program.
#include <gtest/gtest.h>
#include <sys/time.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "base/captures_test.h"
#include "base/seed_test.h"
#include "wire/dispatch.h"
#include "wire/file/capture_file.h"

namespace holter::wire {
namespace {

constexpr std::size_t kCaptures = 150;
constexpr std::size_t kMutants = 1'000;      // of a capture
constexpr std::size_t kMostBytes = 400'000;  // of a capture: the prefixes of a frame cost its length squared
constexpr unsigned kWatchdogSeconds = 120;   // for one capture, under sanitizers too

struct Sample {
  std::vector<std::uint8_t> bytes;
  std::uint32_t original_length = 0;
  LinkType link = LinkType::unknown;
};

std::vector<Sample> frames_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::vector<char> bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  CaptureFileReader reader;
  reader.feed({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
  std::vector<Sample> out;
  std::size_t total = 0;
  for (auto frame = reader.next(); frame && *frame && total < kMostBytes; frame = reader.next()) {
    const CapturedFrame& f = **frame;
    out.push_back({{f.bytes.begin(), f.bytes.end()}, f.original_length, link_type_of_pcap(f.linktype)});
    total += f.bytes.size();
  }
  return out;
}

class Survivor {
 public:
  void decode_both(const std::vector<std::uint8_t>& bytes, std::size_t n, std::uint32_t original, LinkType link) {
    // A copy that ends where the frame ends, so that a sanitizer sees one byte too far.
    exact_.assign(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(n));
    exact_.shrink_to_fit();
    const Packet hot = decode(exact_, original, link);
    fields_.clear();
    const Packet full = decode(exact_, original, link, {}, {.fields = &fields_});
    ASSERT_TRUE(hot == full) << ::testing::PrintToString(exact_) << " of " << original;
    ASSERT_LE(hot.layers, kMaxLayers);
    ASSERT_LE(hot.payload(exact_).size(), exact_.size());
    std::size_t open = 0;
    for (const FieldEntry& entry : fields_.entries()) {
      open += entry.mark == FieldEntry::Mark::open;
      open -= entry.mark == FieldEntry::Mark::close;
    }
    ASSERT_EQ(open, 0u);
    ++decoded;
  }

  std::uint64_t decoded = 0;

 private:
  std::vector<std::uint8_t> exact_;
  FieldList fields_;
};

void cut_everywhere(const std::vector<Sample>& frames, Survivor& survivor) {
  for (const Sample& frame : frames) {
    for (std::size_t n = 0; n <= frame.bytes.size(); ++n) {
      survivor.decode_both(frame.bytes, n, frame.original_length, frame.link);
      survivor.decode_both(frame.bytes, n, static_cast<std::uint32_t>(n), frame.link);
      if (testing::Test::HasFatalFailure()) return;
    }
  }
}

void change(const std::vector<Sample>& frames, std::mt19937_64& random, Survivor& survivor) {
  for (std::size_t mutant = 0; mutant < kMutants; ++mutant) {
    Sample frame = frames[random() % frames.size()];
    for (std::uint64_t changes = 1 + random() % 8; changes > 0 && !frame.bytes.empty(); --changes) {
      // Where the headers are more often than anywhere.
      const std::size_t reach = random() % 4 == 0 ? frame.bytes.size() : std::min<std::size_t>(frame.bytes.size(), 96);
      frame.bytes[random() % reach] = random() % 2 == 0 ? static_cast<std::uint8_t>(random())
                                                        : static_cast<std::uint8_t>(random() % 2 == 0 ? 0 : 0xff);
    }
    const std::size_t n = random() % 4 == 0 ? random() % (frame.bytes.size() + 1) : frame.bytes.size();
    survivor.decode_both(frame.bytes, n, frame.original_length, frame.link);
    if (testing::Test::HasFatalFailure()) return;
  }
}

// Ends the program, by SIGVTALRM, when so much of its time has gone by; 0: no longer.
void watch(unsigned seconds) {
  const itimerval limit{{0, 0}, {seconds, 0}};
  ASSERT_EQ(::setitimer(ITIMER_VIRTUAL, &limit, nullptr), 0);
}

TEST(Survival, CapturesCutAtEveryByteAndChanged) {
  const std::filesystem::path captures = base::captures_beside(HOLTER_SOURCE_ROOT);
  HOLTER_NEEDS_CAPTURES(captures);
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(captures)) {
    if (entry.is_regular_file() && entry.path().extension() != ".md") paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  auto random = base::seeded_random();
  const char* const wanted = std::getenv("HOLTER_SURVIVAL");
  if (wanted == nullptr || std::string_view(wanted) != "all") {
    std::ranges::shuffle(paths, random);
    paths.resize(std::min(paths.size(), kCaptures));
  }
  Survivor survivor;
  for (const auto& path : paths) {
    const auto frames = frames_of(path);
    if (frames.empty()) continue;
    watch(kWatchdogSeconds);
    cut_everywhere(frames, survivor);
    if (!HasFatalFailure()) change(frames, random, survivor);
    watch(0);
    if (HasFatalFailure()) FAIL() << path;
  }
  std::cout << paths.size() << " captures, " << survivor.decoded << " frames decoded at both depths\n";
  EXPECT_GT(survivor.decoded, 100'000u);
}

}  // namespace
}  // namespace holter::wire
