// What is no capture file, and both formats through one reader.
#include "wire/file/capture_file.h"

#include <gtest/gtest.h>

#include <random>

#include "base/seed_test.h"
#include "wire/file/file_kind.h"
#include "wire/file/pcapng_writer.h"

namespace holter::wire {
namespace {

base::Bytes bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

TEST(CaptureFile, SaysWhatAnotherFileLooksLike) {
  const std::vector<std::pair<std::string, std::string>> cases = {{"\x1f\x8b\x08\x00", "gzip"},
                                                                  {"\x28\xb5\x2f\xfd", "zstd"},
                                                                  {"\x7f"
                                                                   "ELF\x02",
                                                                   "program"},
                                                                  {"hello, this is text\n", "text"},
                                                                  {"{\"a\":1}", "JSON"},
                                                                  {std::string(10, '\0'), "zeros"},
                                                                  {"\x01\x02\x03\xff\x05", "01 02 03 ff"},
                                                                  {"snoop" + std::string(3, '\0'), "snoop"},
                                                                  {"<ht", "XML"}};
  for (const auto& [beginning, word] : cases) {
    CaptureFileReader reader;
    reader.feed(bytes_of(beginning));
    auto read = reader.next();
    const base::Error error = read ? reader.finish().error() : read.error();
    EXPECT_EQ(error.kind, base::ErrorKind::unsupported);
    EXPECT_NE(error.message.find(word), std::string::npos) << error.message;
    EXPECT_FALSE(reader.recognised());
  }
}

TEST(CaptureFile, AnEmptyFileIsEmpty) {
  const CaptureFileReader reader;
  EXPECT_EQ(reader.finish().error().message, "the file is empty");
}

struct Written {
  base::PacketTime at;
  std::vector<std::uint8_t> bytes;
  std::uint32_t original;
};

std::vector<Written> random_frames(std::mt19937_64& random) {
  std::vector<Written> frames(random() % 40);
  for (Written& frame : frames) {
    frame.at = base::PacketTime::from_nanoseconds(static_cast<std::int64_t>(random() % 4'000'000'000'000'000'000));
    frame.bytes.resize(random() % 300);
    for (auto& byte : frame.bytes) byte = static_cast<std::uint8_t>(random());
    frame.original = static_cast<std::uint32_t>(frame.bytes.size() + random() % 2'000);
  }
  return frames;
}

base::ByteWriter file_of(const std::vector<Written>& frames, bool pcapng, std::mt19937_64& random) {
  base::ByteWriter out;
  if (!pcapng) {
    write_pcap_header(out, kLinktypeEthernet);
    for (const Written& frame : frames) write_pcap_frame(out, {frame.at, frame.bytes, frame.original});
    return out;
  }
  write_pcapng_section(out, "holter test", "Linux");
  write_pcapng_interface(out, {"eth0"});
  for (const Written& frame : frames) {
    if (random() % 8 == 0) {  // a block that nobody knows, between the others
      const auto body = static_cast<std::uint32_t>(random() % 20 * 4);
      out.u32_le(0x0bad0000 + static_cast<std::uint32_t>(random() % 100));
      out.u32_le(12 + body);
      out.zeros(body);
      out.u32_le(12 + body);
    }
    write_pcapng_frame(out, 0, {frame.at, frame.bytes, frame.original});
  }
  write_pcapng_statistics(out, 0, {{}, {}, 100, 7});
  return out;
}

TEST(CaptureFile, RandomFramesComeBackWhateverTheFormatAndTheChunks) {
  std::mt19937_64 random = base::seeded_random();
  for (int round = 0; round < 300; ++round) {
    const auto frames = random_frames(random);
    const bool pcapng = random() % 2 == 0;
    const base::ByteWriter file = file_of(frames, pcapng, random);
    CaptureFileReader reader;
    std::size_t seen = 0;
    for (std::size_t at = 0; at < file.size();) {
      const std::size_t chunk = std::min<std::size_t>(1 + random() % 700, file.size() - at);
      reader.feed(file.view().subspan(at, chunk));
      at += chunk;
      for (auto frame = reader.next(); frame.value(); frame = reader.next(), ++seen) {
        ASSERT_LT(seen, frames.size());
        EXPECT_EQ((*frame)->captured_at, frames[seen].at);
        EXPECT_TRUE(std::ranges::equal((*frame)->bytes, frames[seen].bytes));
        EXPECT_EQ((*frame)->original_length, frames[seen].original);
        EXPECT_EQ(reader.interface_name(**frame).raw(), pcapng ? "eth0" : "");
      }
    }
    EXPECT_EQ(seen, frames.size());
    EXPECT_TRUE(reader.finish());
    EXPECT_EQ(reader.dropped(), pcapng ? std::optional<std::uint64_t>(7) : std::nullopt);
  }
}

}  // namespace
}  // namespace holter::wire
