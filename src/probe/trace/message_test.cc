#include "probe/trace/message.h"

#include <gtest/gtest.h>

#include "base/byte_writer.h"
#include "wire/checksum.h"

namespace holter::probe {
namespace {

using Family = base::IpAddress::Family;

constexpr std::uint64_t kSecret = 0x1234'5678'9abc'def0U;
constexpr std::size_t kBefore = 28;  // IPv4 and UDP header

TEST(TraceMessage, ANumberComesBackToWhoHasTheSecret) {
  const auto payload = trace_payload(77, kSecret, 32);
  EXPECT_EQ(payload.size(), 32);
  EXPECT_EQ(trace_number(payload, kSecret), 77);
  EXPECT_EQ(trace_number(payload, kSecret + 1), std::nullopt);
  EXPECT_EQ(trace_number(base::Bytes(payload).first(4), kSecret + 1), 77) << "there is nothing to hold it against";
  EXPECT_EQ(trace_number(base::Bytes(payload).first(3), kSecret), std::nullopt);
}

TEST(TraceMessage, AFlowOfEchoesHasOneChecksum) {
  for (const auto family : {Family::v4, Family::v6}) {
    std::uint16_t first = 0;
    for (std::uint16_t sequence = 0; sequence < 1'000; ++sequence) {
      auto echo = trace_echo(family, sequence, 7, sequence * 77'777U, kSecret, 64);
      EXPECT_EQ(echo.size(), 72);
      echo[4] = 0xab;  // the kernel's identifier
      echo[5] = 0xcd;
      const std::uint16_t checksum = wire::internet_checksum(echo);
      if (sequence == 0) first = checksum;
      EXPECT_EQ(checksum, first) << sequence;
    }
    auto other = trace_echo(family, 0, 8, 0, kSecret, 64);
    other[4] = 0xab;
    other[5] = 0xcd;
    EXPECT_NE(wire::internet_checksum(other), first);
  }
}

TEST(TraceMessage, TheNumberOfAnEchoIsKnownAgain) {
  const auto echo = trace_echo(Family::v4, 5, 7, 99, kSecret, 16);
  EXPECT_EQ(trace_number(base::Bytes(echo).subspan(8), kSecret), 99);
}

TEST(TraceMessage, ASegmentThatAsksToConnect) {
  for (const char* text : {"192.0.2.1", "2001:db8::1"}) {
    const base::Endpoint from{base::IpAddress::parse(text).value(), 61'007};
    const base::Endpoint to{base::IpAddress::any(from.address.family()), 80};
    const auto syn = trace_syn(from, to, 0xdead'beefU);
    EXPECT_EQ(syn.size(), 24);
    wire::ChecksumSum sum;
    sum.add_pseudo_header(from.address.bytes(), to.address.bytes(), 6, static_cast<std::uint32_t>(syn.size()));
    sum.add(syn);
    EXPECT_EQ(sum.finish(), 0);
    for (const std::size_t quoted : {std::size_t{8}, std::size_t{14}, syn.size()}) {
      const auto segment = trace_segment(base::Bytes(syn).first(quoted));
      ASSERT_TRUE(segment);
      EXPECT_EQ(segment->source_port, 61'007);
      EXPECT_EQ(segment->destination_port, 80);
      EXPECT_EQ(segment->sequence, 0xdead'beefU);
      EXPECT_FALSE(segment->acknowledges);
      EXPECT_FALSE(segment->resets);
    }
    EXPECT_FALSE(trace_segment(base::Bytes(syn).first(7)));
  }
}

// What a router quotes of a UDP probe, and behind it labels 16001 and 24 of an MPLS stack.
std::vector<std::uint8_t> quote_with_labels(bool with_checksum = true) {
  base::ByteWriter out;
  out.bytes(trace_payload(1, kSecret, 32));
  out.zeros(128 - kBefore - out.size());
  base::ByteWriter extension;
  extension.u8(0x20);
  extension.u8(0);
  extension.u16(0);
  extension.u16(8);  // an object of another class
  extension.u8(3);
  extension.u8(1);
  extension.u32(0xffff'ffff);
  extension.u16(12);
  extension.u8(1);
  extension.u8(1);
  extension.u32(16'001U << 12 | 1);
  extension.u32(24U << 12 | 0x101);
  if (with_checksum) extension.patch_u16(2, wire::internet_checksum(extension.view()));
  out.bytes(extension.view());
  return out.take();
}

TEST(TraceMessage, LabelsAreReadFromTheExtension) {
  const std::vector<std::uint32_t> expected{16'001, 24};
  EXPECT_EQ(mpls_labels(quote_with_labels(), kBefore), expected);
  EXPECT_EQ(mpls_labels(quote_with_labels(false), kBefore), expected);
}

TEST(TraceMessage, WhatIsNoExtensionHasNoLabels) {
  auto quote = quote_with_labels();
  EXPECT_TRUE(mpls_labels(quote, kBefore + 1).empty());
  EXPECT_TRUE(mpls_labels(quote, 200).empty());
  EXPECT_TRUE(mpls_labels({}, kBefore).empty());
  EXPECT_TRUE(mpls_labels(base::Bytes(quote).first(100), kBefore).empty());
  quote.back() ^= 1;
  EXPECT_TRUE(mpls_labels(quote, kBefore).empty()) << "its checksum is wrong";
  for (std::size_t size = 0; size < quote.size(); ++size) mpls_labels(base::Bytes(quote).first(size), kBefore);
}

TEST(TraceMessage, LengthsThatLieEndTheReading) {
  auto quote = quote_with_labels(false);
  for (const std::uint8_t length : {std::uint8_t{0}, std::uint8_t{3}, std::uint8_t{255}}) {
    quote[128 - kBefore + 5] = length;
    EXPECT_TRUE(mpls_labels(quote, kBefore).empty()) << int{length};
  }
}

}  // namespace
}  // namespace holter::probe
