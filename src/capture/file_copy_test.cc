#include "capture/file_copy.h"

#include <gtest/gtest.h>

#include "capture/file_reading.h"
#include "capture/test_streams.h"
#include "wire/file/capture_file.h"
#include "wire/file/pcapng_writer.h"
#include "wire/test_frames.h"

namespace holter::capture {
namespace {

using wire::test::kA4, wire::test::kB4;

const auto kFrame = wire::test::udp_frame({kA4, 1}, {kB4, 53}, "question");

base::PacketTime at(std::int64_t nanoseconds) { return base::PacketTime::from_nanoseconds(nanoseconds); }

// Two interfaces, of which the second has another link type.
std::vector<std::uint8_t> two_interfaces() {
  base::ByteWriter out;
  wire::write_pcapng_section(out, "test", "");
  wire::write_pcapng_interface(out, {"eth0", wire::kLinktypeEthernet});
  wire::write_pcapng_interface(out, {"tun0", wire::kLinktypeRaw});
  wire::write_pcapng_frame(out, 0, {at(1'000'000'001), kFrame, 60});
  wire::write_pcapng_frame(out, 1, {at(1'000'000'002), base::Bytes(kFrame).subspan(14), 46});
  wire::write_pcapng_frame(out, 0, {at(1'000'000'003), base::Bytes(kFrame).first(30), 60});
  return out.take();
}

std::pair<ReadOutcome, std::vector<std::uint8_t>> copied(base::Bytes file, FileFormat format,
                                                         const ReadWish& wish = {}) {
  test::MemoryInput input(file, 50);
  test::MemoryOutput output;
  FileCopy copy(output, format, "holter");
  auto outcome = read_capture(input, copy, wish);
  return {std::move(outcome), output.bytes};
}

// "name/linktype/nanoseconds/captured/original" of each frame.
std::vector<std::string> frames_of(base::Bytes file) {
  wire::CaptureFileReader reader;
  reader.feed(file);
  std::vector<std::string> out;
  for (;;) {
    const auto frame = reader.next();
    if (!frame || !*frame) break;
    const wire::CapturedFrame& f = **frame;
    out.push_back(reader.interface_name(f).raw() + '/' + std::to_string(f.linktype) + '/' +
                  std::to_string(f.captured_at->in_nanoseconds()) + '/' + std::to_string(f.bytes.size()) + '/' +
                  std::to_string(f.original_length));
  }
  EXPECT_TRUE(reader.finish());
  return out;
}

TEST(FileCopy, KeepsInterfacesStampsAndLengths) {
  const auto file = two_interfaces();
  const auto [outcome, copy] = copied(file, FileFormat::pcapng);
  EXPECT_TRUE(outcome.output);
  EXPECT_EQ(frames_of(copy), frames_of(file));
  EXPECT_EQ(frames_of(copy).size(), 3u);
}

TEST(FileCopy, HasOnlyWhatTheFilterMatches) {
  const auto filter = filter::PacketFilter::compile("truncated").value();
  const auto copy = copied(two_interfaces(), FileFormat::pcapng, {.filter = filter}).second;
  EXPECT_EQ(frames_of(copy), std::vector<std::string>{"eth0/1/1000000003/30/60"});
}

TEST(FileCopy, ClassicFilesHoldOneLinkTypeAndSaySo) {
  const auto outcome = copied(two_interfaces(), FileFormat::pcap).first;
  ASSERT_FALSE(outcome.output);
  EXPECT_NE(outcome.output.error().message.find("link types 1 and 101"), std::string::npos);
  const auto filter = filter::PacketFilter::compile("ethernet").value();
  const auto [good, copy] = copied(two_interfaces(), FileFormat::pcap, {.filter = filter});
  EXPECT_TRUE(good.output);
  EXPECT_EQ(frames_of(copy), (std::vector<std::string>{"/1/1000000001/" + std::to_string(kFrame.size()) + "/60",
                                                       "/1/1000000003/30/60"}));
}

TEST(FileCopy, OfNothingIsACaptureFileToo) {
  const auto none = filter::PacketFilter::compile("icmp").value();
  for (const FileFormat format : {FileFormat::pcap, FileFormat::pcapng}) {
    const auto copy = copied(two_interfaces(), format, {.filter = none}).second;
    wire::CaptureFileReader reader;
    reader.feed(copy);
    EXPECT_TRUE(reader.next());
    EXPECT_TRUE(reader.finish());
  }
}

}  // namespace
}  // namespace holter::capture
