#include "capture/file_writer.h"

#include <gtest/gtest.h>

#include "capture/test_streams.h"
#include "wire/file/capture_file.h"
#include "wire/test_frames.h"

namespace holter::capture {
namespace {

using wire::test::FrameBytes;

const FrameBytes kFrame = wire::test::udp_frame({wire::test::kA4, 1}, {wire::test::kB4, 53}, "question");

env::Frame frame_of(const FrameBytes& bytes, std::int64_t at = 7) {
  env::Frame frame;
  frame.captured_at = base::PacketTime::from_nanoseconds(at);
  frame.bytes = bytes;
  frame.original_length = static_cast<std::uint32_t>(bytes.size());
  return frame;
}

std::vector<FrameBytes> frames_in(base::Bytes file, wire::CaptureFileReader& reader) {
  std::vector<FrameBytes> frames;
  reader.feed(file);
  for (auto frame = reader.next(); frame.value(); frame = reader.next()) {
    EXPECT_EQ((*frame)->original_length, (*frame)->bytes.size());
    frames.emplace_back((*frame)->bytes.begin(), (*frame)->bytes.end());
  }
  EXPECT_TRUE(reader.finish());
  return frames;
}

FileWriterOptions options(FileFormat format) {
  FileWriterOptions options;
  options.format = format;
  options.interface = "eth0";
  return options;
}

TEST(FileWriter, BothFormatsReadBack) {
  for (const FileFormat format : {FileFormat::pcap, FileFormat::pcapng}) {
    test::MemoryOutput output;
    FileWriter writer(output, options(format));
    const std::vector<env::Frame> frames{frame_of(kFrame, 7), frame_of(kFrame, 9)};
    writer.take(frames);
    EXPECT_TRUE(writer.flush());
    writer.take(frames);
    RecordingFigures figures;
    figures.kernel_packets = 9;
    figures.kernel_drops = 5;
    EXPECT_TRUE(writer.finish(figures));
    wire::CaptureFileReader reader;
    EXPECT_EQ(frames_in(output.bytes, reader), std::vector<FrameBytes>(4, kFrame));
    EXPECT_EQ(reader.dropped(), format == FileFormat::pcapng ? std::optional<std::uint64_t>(5) : std::nullopt);
    EXPECT_EQ(writer.lost(), 0u);
  }
}

TEST(FileWriter, TheNameSaysTheFormat) {
  EXPECT_EQ(format_of("a.pcap"), FileFormat::pcap);
  EXPECT_EQ(format_of("a.pcapng"), FileFormat::pcapng);
  EXPECT_EQ(format_of("-"), FileFormat::pcapng);
}

TEST(FileWriter, ATagThatTheDeviceTookOutIsPutBack) {
  test::MemoryOutput output;
  FileWriter writer(output, options(FileFormat::pcap));
  env::Frame frame = frame_of(kFrame);
  frame.has_vlan = true;
  frame.vlan_ether_type = wire::kEthertypeQinq;
  frame.vlan_tci = 0x2005;
  writer.take({&frame, 1});
  EXPECT_TRUE(writer.flush());
  wire::CaptureFileReader reader;
  EXPECT_EQ(frames_in(output.bytes, reader),
            std::vector<FrameBytes>{wire::test::tagged(kFrame, wire::kEthertypeQinq, 0x2005)});
}

TEST(FileWriter, AFullDiskLeavesWholePacketsAndAnExactCount) {
  test::MemoryOutput unlimited;
  FileWriter whole(unlimited, options(FileFormat::pcapng));
  const std::vector<env::Frame> frames(5, frame_of(kFrame));
  whole.take(frames);
  ASSERT_TRUE(whole.flush());
  const std::size_t size = unlimited.bytes.size();
  for (std::size_t room = 0; room < size; ++room) {
    test::MemoryOutput output(room);
    FileWriter writer(output, options(FileFormat::pcapng));
    bool failed = !writer.flush();
    writer.take(std::span(frames).first(2));
    failed = !writer.flush() || failed;
    writer.take(std::span(frames).subspan(2));
    failed = !writer.flush() || failed;
    EXPECT_TRUE(failed) << room;
    EXPECT_TRUE(writer.finish({}));
    if (output.bytes.empty()) {
      EXPECT_EQ(writer.lost(), 5u);
      continue;
    }
    wire::CaptureFileReader reader;
    EXPECT_EQ(frames_in(output.bytes, reader).size() + writer.lost(), 5u) << room;
  }
}

}  // namespace
}  // namespace holter::capture
