#include "app/capture_text.h"

#include <gtest/gtest.h>

namespace holter::app {
namespace {

TEST(CaptureText, OnlyWhatWasWrongIsSaid) {
  capture::ReadFigures figures;
  figures.packets = 1;
  EXPECT_EQ(read_text(figures), "1 packet read\n");
  figures.packets = 119;
  figures.bad_checksums = 4;
  EXPECT_EQ(read_text(figures), "119 packets read; 4 with a bad checksum\n");
  figures.filtered = 100;
  EXPECT_EQ(read_text(figures), "119 packets read; 100 left out by the filter, 4 with a bad checksum\n");
}

TEST(CaptureText, UnknownLinksAreNamedUpToALimit) {
  capture::ReadFigures figures;
  wire::Packet packet;
  packet.end = wire::DecodeEnd::unknown_link;
  wire::CapturedFrame frame;
  for (const std::uint32_t link : {200, 201, 202, 203, 204, 205, 206, 207, 208, 209, 200}) {
    frame.linktype = link;
    figures.count(packet, frame);
  }
  figures.dropped = 7;
  EXPECT_EQ(read_text(figures),
            "11 packets read; 11 not decoded (link type 200: 2, link type 201: 1, link type 202: 1, link type 203: 1, "
            "link type 204: 1, link type 205: 1, link type 206: 1, link type 207: 1, others: 2), 7 dropped when they "
            "were captured, says the file\n");
}

TEST(CaptureText, FiguresAndStatus) {
  capture::RecordingFigures figures;
  figures.kernel_packets = 12;
  figures.recorded = 10;
  figures.recorded_bytes = 2048;
  figures.kernel_drops = 2;
  EXPECT_EQ(figures_text(figures, "eth0", "a.pcapng"),
            "        12 received by the kernel on eth0\n"
            "        10 recorded in a.pcapng (2 KiB on the wire)\n"
            "         2 dropped by the kernel for want of room in its ring\n");
  EXPECT_EQ(figures_text(figures, "eth0", ""),
            "        12 received by the kernel on eth0\n"
            "        10 shown\n"
            "         2 dropped by the kernel for want of room in its ring\n");
  figures.kernel_refused = 30;
  figures.filtered = 3;
  figures.cut = 1;
  EXPECT_EQ(figures_text(figures, "eth0", ""),
            "        42 received by the kernel on eth0\n"
            "        10 shown\n"
            "         1 of them in part, because they were longer than the snaplen\n"
            "        33 left out by the filter, 30 in the kernel\n"
            "         2 dropped by the kernel for want of room in its ring\n");
  figures.kernel_refused.reset();
  figures.filtered = figures.cut = 0;
  EXPECT_EQ(figures_text(figures, "eth0", ""),
            "        12 received by the kernel on eth0\n"
            "        10 shown\n"
            "           more left out by the filter in the kernel: not counted\n"
            "         2 dropped by the kernel for want of room in its ring\n");
  figures.to = base::WallTime::from_nanoseconds(2'000'000'000);
  EXPECT_EQ(status_text(figures, {}, "eth0"), "eth0: 10 packets, 5 a second, 2 KiB, 2 dropped by the kernel");
}

}  // namespace
}  // namespace holter::app
