#include "capture/file_writer.h"

#include <gtest/gtest.h>

#include <deque>

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
  options.interfaces = {{"eth0"}};
  return options;
}

base::Result<void> flush(FileWriter& writer) {
  writer.hand_over();
  return writer.write();
}

// Files in memory, one after the other.
class MemoryFiles final : public env::OutputSeries {
 public:
  base::Result<env::OutputStream*> next(base::WallTime first) override {
    begun.push_back(first.in_nanoseconds());
    return &files.emplace_back();
  }

  std::deque<test::MemoryOutput> files;
  std::vector<std::int64_t> begun;
};

TEST(FileWriter, BothFormatsReadBack) {
  for (const FileFormat format : {FileFormat::pcap, FileFormat::pcapng}) {
    test::MemoryOutput output;
    env::OneOutput file(output);
    FileWriter writer(file, options(format));
    const std::vector<env::Frame> frames{frame_of(kFrame, 7), frame_of(kFrame, 9)};
    writer.take(0, frames);
    EXPECT_TRUE(flush(writer));
    writer.take(0, frames);
    RecordingFigures figures;
    figures.kernel_packets = 9;
    figures.kernel_drops = 5;
    writer.finish({&figures, 1});
    EXPECT_TRUE(flush(writer));
    wire::CaptureFileReader reader;
    EXPECT_EQ(frames_in(output.bytes, reader), std::vector<FrameBytes>(4, kFrame));
    EXPECT_EQ(reader.dropped(), format == FileFormat::pcapng ? std::optional<std::uint64_t>(5) : std::nullopt);
    EXPECT_EQ(writer.lost(0), 0u);
  }
}

TEST(FileWriter, TheNameSaysTheFormat) {
  EXPECT_EQ(format_of("a.pcap"), FileFormat::pcap);
  EXPECT_EQ(format_of("a.pcapng"), FileFormat::pcapng);
  EXPECT_EQ(format_of("-"), FileFormat::pcapng);
}

TEST(FileWriter, ATagThatTheDeviceTookOutIsPutBack) {
  for (const FileFormat format : {FileFormat::pcap, FileFormat::pcapng}) {
    test::MemoryOutput output;
    env::OneOutput file(output);
    FileWriter writer(file, options(format));
    env::Frame frame = frame_of(kFrame);
    frame.has_vlan = true;
    frame.vlan_ether_type = wire::kEthertypeQinq;
    frame.vlan_tci = 0x2005;
    writer.take(0, {&frame, 1});
    EXPECT_TRUE(flush(writer));
    wire::CaptureFileReader reader;
    EXPECT_EQ(frames_in(output.bytes, reader),
              std::vector<FrameBytes>{wire::test::tagged(kFrame, wire::kEthertypeQinq, 0x2005)});
  }
}

TEST(FileWriter, GoesOnInTheNextFileBeforeOneIsTooLarge) {
  for (const FileFormat format : {FileFormat::pcap, FileFormat::pcapng}) {
    MemoryFiles output;
    FileWriterOptions wish = options(format);
    wish.rotation.bytes = 1'000;
    FileWriter writer(output, wish);
    std::vector<FrameBytes> all;
    for (int round = 0; round < 10; ++round) {
      const std::vector<env::Frame> frames(7, frame_of(kFrame));
      writer.take(0, frames);
      if (round % 3 == 0) EXPECT_TRUE(flush(writer));
    }
    RecordingFigures figures;
    figures.kernel_drops = 3;
    writer.finish({&figures, 1});
    EXPECT_TRUE(flush(writer));
    EXPECT_GT(output.files.size(), 4u);
    std::size_t frames = 0;
    for (const test::MemoryOutput& file : output.files) {
      EXPECT_LE(file.bytes.size(), 1'000u);
      wire::CaptureFileReader reader;
      const std::size_t in_it = frames_in(file.bytes, reader).size();
      EXPECT_GT(in_it, 0u);
      frames += in_it;
      EXPECT_EQ(reader.dropped().has_value(), format == FileFormat::pcapng) << "statistics end each file";
    }
    EXPECT_EQ(frames, 70u);
  }
}

TEST(FileWriter, AFrameLargerThanAFileMayBeIsAlone) {
  MemoryFiles output;
  FileWriterOptions wish = options(FileFormat::pcapng);
  wish.rotation.bytes = 1;
  FileWriter writer(output, wish);
  const std::vector<env::Frame> frames(3, frame_of(kFrame));
  writer.take(0, frames);
  EXPECT_TRUE(flush(writer));
  ASSERT_EQ(output.files.size(), 3u);
  for (const test::MemoryOutput& file : output.files) {
    wire::CaptureFileReader reader;
    EXPECT_EQ(frames_in(file.bytes, reader).size(), 1u);
  }
}

TEST(FileWriter, GoesOnInTheNextFileOnAGridOfTime) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  MemoryFiles output;
  FileWriterOptions wish = options(FileFormat::pcapng);
  wish.rotation.time = base::Duration::seconds(10);
  wish.begun = base::WallTime::from_nanoseconds(100 * kSecond);
  FileWriter writer(output, wish);
  std::vector<env::Frame> frames;
  for (const std::int64_t at : {101, 109, 95, 110, 119, 147, 150}) frames.push_back(frame_of(kFrame, at * kSecond));
  writer.take(0, frames);
  EXPECT_TRUE(flush(writer));
  EXPECT_EQ(output.begun,
            (std::vector<std::int64_t>{100 * kSecond, 110 * kSecond, 147 * kSecond, 150 * kSecond}));
  std::vector<std::size_t> counts;
  for (const test::MemoryOutput& file : output.files) {
    wire::CaptureFileReader reader;
    counts.push_back(frames_in(file.bytes, reader).size());
  }
  EXPECT_EQ(counts, (std::vector<std::size_t>{3, 2, 1, 1}));
}

TEST(FileWriter, FramesOfSeveralInterfacesKeepTheirOwn) {
  test::MemoryOutput output;
  env::OneOutput file(output);
  FileWriterOptions wish = options(FileFormat::pcapng);
  wish.interfaces = {{"eth0"}, {"eth1"}};
  FileWriter writer(file, wish);
  const env::Frame frame = frame_of(kFrame);
  writer.take(1, {&frame, 1});
  writer.take(0, {&frame, 1});
  EXPECT_TRUE(flush(writer));
  wire::CaptureFileReader reader;
  reader.feed(output.bytes);
  EXPECT_EQ((*reader.next().value()).interface, 1u);
  EXPECT_EQ((*reader.next().value()).interface, 0u);
}

TEST(FileWriter, AFullDiskLeavesWholePacketsAndAnExactCount) {
  test::MemoryOutput unlimited;
  env::OneOutput all(unlimited);
  FileWriter whole(all, options(FileFormat::pcapng));
  const std::vector<env::Frame> frames(5, frame_of(kFrame));
  whole.take(0, frames);
  ASSERT_TRUE(flush(whole));
  const std::size_t size = unlimited.bytes.size();
  for (std::size_t room = 0; room < size; ++room) {
    test::MemoryOutput output(room);
    env::OneOutput file(output);
    FileWriter writer(file, options(FileFormat::pcapng));
    bool failed = !flush(writer);
    writer.take(0, std::span(frames).first(2));
    failed = !flush(writer) || failed;
    writer.take(0, std::span(frames).subspan(2));
    failed = !flush(writer) || failed;
    EXPECT_TRUE(failed) << room;
    const RecordingFigures none;
    writer.finish({&none, 1});
    EXPECT_TRUE(flush(writer));
    if (output.bytes.empty()) {
      EXPECT_EQ(writer.lost(0), 5u);
      continue;
    }
    wire::CaptureFileReader reader;
    EXPECT_EQ(frames_in(output.bytes, reader).size() + writer.lost(0), 5u) << room;
  }
}

}  // namespace
}  // namespace holter::capture
