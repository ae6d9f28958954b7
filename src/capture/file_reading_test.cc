#include "capture/file_reading.h"

#include <gtest/gtest.h>

#include "capture/packet_printer.h"
#include "capture/test_streams.h"
#include "wire/file/pcap_file.h"
#include "wire/test_frames.h"

namespace holter::capture {
namespace {

using wire::test::kA4, wire::test::kB4;

std::vector<std::uint8_t> four_frames() {
  base::ByteWriter out;
  wire::write_pcap_header(out, wire::kLinktypeEthernet);
  auto frame = wire::test::udp_frame({kA4, 1}, {kB4, 53}, "question");
  const auto put = [&out](const auto& bytes, std::size_t captured) {
    wire::write_pcap_frame(out, {{}, base::Bytes(bytes).first(captured), static_cast<std::uint32_t>(bytes.size())});
  };
  put(frame, frame.size());
  put(frame, 30);  // cut inside a header
  frame.back() ^= 1;
  put(frame, frame.size());
  put(wire::test::ethernet(0x88b5, {}), 14);
  return out.take();
}

std::size_t lines(const test::MemoryOutput& output) {
  return static_cast<std::size_t>(std::ranges::count(output.bytes, '\n'));
}

TEST(FileReading, ShowsEveryPacketAndCountsWhatIsWrong) {
  const auto file = four_frames();
  test::MemoryInput input(file);
  test::MemoryOutput output;
  PacketPrinter printer(output, {.form = PrintForm::words});
  const ReadOutcome outcome = read_capture(input, printer, {});
  EXPECT_TRUE(outcome.recognised && outcome.input && outcome.output);
  EXPECT_EQ(lines(output), 4u);
  EXPECT_EQ(outcome.figures.packets, 4u);
  EXPECT_EQ(outcome.figures.truncated, 1u);
  EXPECT_EQ(outcome.figures.bad_checksums, 1u);
  EXPECT_EQ(outcome.figures.unknown.packets(), 1u);
  EXPECT_EQ(outcome.figures.malformed, 0u);
}

TEST(FileReading, ReadsNoFurtherThanItIsAsked) {
  const auto file = four_frames();
  test::MemoryInput input(file);
  test::MemoryOutput output;
  PacketPrinter printer(output, {.form = PrintForm::json});
  const ReadOutcome outcome = read_capture(input, printer, {.limit = 1});
  EXPECT_TRUE(outcome.input);
  EXPECT_EQ(lines(output), 1u);
  EXPECT_LT(input.read(), file.size() / 2);
}

TEST(FileReading, ShowsAndLimitsWhatTheFilterMatchesAndCountsTheRest) {
  const auto file = four_frames();
  for (const std::uint64_t limit : {0u, 1u}) {
    test::MemoryInput input(file);
    test::MemoryOutput output;
    PacketPrinter printer(output, {.form = PrintForm::json});
    const auto filter = filter::PacketFilter::compile("ethernet.type == 0x88b5").value();
    const ReadOutcome outcome = read_capture(input, printer, {limit, filter});
    EXPECT_EQ(lines(output), 1u);
    EXPECT_EQ(outcome.figures.packets, 4u);
    EXPECT_EQ(outcome.figures.filtered, 3u);
    const std::string text(output.bytes.begin(), output.bytes.end());
    EXPECT_NE(text.find("\"number\":4"), std::string::npos) << "its number in the file: " << text;
  }
}

TEST(FileReading, StopsReadingWhenNobodyReadsWhatItShows) {
  base::ByteWriter file;
  wire::write_pcap_header(file, wire::kLinktypeEthernet);
  const auto frame = wire::test::udp_frame({kA4, 1}, {kB4, 53}, "question");
  for (int i = 0; i < 10'000; ++i) wire::write_pcap_frame(file, {{}, frame, 60});
  test::MemoryInput input(file.view(), 4'096);
  test::MemoryOutput output(100, base::ErrorKind::closed);
  PacketPrinter printer(output, {.form = PrintForm::words});
  const ReadOutcome outcome = read_capture(input, printer, {});
  EXPECT_EQ(outcome.output.error().kind, base::ErrorKind::closed);
  EXPECT_LT(input.read(), file.size() / 2);
}

TEST(FileReading, ACutFileIsShownAsFarAsItIsWhole) {
  const auto file = four_frames();
  test::MemoryInput input(base::Bytes(file).first(file.size() - 1));
  test::MemoryOutput output;
  PacketPrinter printer(output, {.form = PrintForm::words});
  const ReadOutcome outcome = read_capture(input, printer, {});
  EXPECT_TRUE(outcome.recognised);
  EXPECT_EQ(lines(output), 3u);
  EXPECT_EQ(outcome.input.error().message,
            "the capture stops inside packet 4 at byte " + std::to_string(file.size() - 1));
}

}  // namespace
}  // namespace holter::capture
