#include "codec/batch.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>

#include "base/byte_writer.h"
#include "base/crc32c.h"
#include "codec/batch_format.h"
#include "codec/header.h"
#include "codec/random_records_test.h"

namespace holter::codec {
namespace {

using record::NamedRecord;

std::uint64_t seed() {
  const char* given = std::getenv("HOLTER_SEED");
  const std::uint64_t value = given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device()();
  std::cout << "HOLTER_SEED=" << value << '\n';
  return value;
}

void set_checksum(std::vector<std::uint8_t>& batch) {
  const std::uint32_t front = base::crc32c(base::Bytes(batch).first(kChecksumAt));
  const std::uint32_t whole = base::crc32c(base::Bytes(batch).subspan(kHeaderBytes), front);
  for (unsigned i = 0; i < 4; ++i) batch[kChecksumAt + i] = static_cast<std::uint8_t>(whole >> (8 * i));
}

// The worked example of docs/formats/codec.md.
std::vector<NamedRecord> example() {
  record::PulseMessage message;
  message.session = base::UntrustedText("db1");
  message.peer = "192.0.2.7:9";
  message.at = base::WallTime::from_nanoseconds(1'000);
  message.at_instant = base::Instant::from_nanoseconds(64);
  message.text = base::UntrustedText("hi");
  record::RecordId id;
  for (std::uint8_t i = 0; i < 16; ++i) id.agent.bytes[i] = i;
  id.epoch = 1;
  id.lane = record::Lane::incidents;
  id.sequence = 5;
  NamedRecord first{id, message};
  message.at += base::Duration::nanoseconds(10);
  message.at_instant += base::Duration::nanoseconds(10);
  message.text = base::UntrustedText("ho");
  id.sequence = 7;
  return {first, {id, message}};
}

const std::vector<std::uint8_t> kExampleBytes{
    'h',  'b',  'a',  't',  0x01, 0x02, 0x00, 0x00,  // mark, version 1, pulse_message, incidents, stored
    0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07,  // agent
    0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f,  //
    0x01, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00,  // epoch 1, 2 records
    0x05, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,  // first 5
    0x07, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,  // last 7
    0x34, 0x00, 0x00, 0x00, 0xdc, 0x31, 0xda, 0x2a,  // 52 bytes of columns, CRC32C
    0x00, 0x02, 0x01, 0x01,                          // numbers: one skipped
    0x01, 0x04, 0x05, 0x01, 0x06, 'd',  'b',  '1',   // session
    0x02, 0x04, 0x0d, 0x01, 0x16, '1',  '9',  '2',  '.', '0', '.',  '2',  '.', '7', ':', '9',  // peer
    0x03, 0x03, 0x03, 0xd0, 0x0f, 0x14,                                                        // at: +1000, +10
    0x04, 0x03, 0x03, 0x80, 0x01, 0x14,                                                        // at_instant: +64, +10
    0x05, 0x04, 0x09, 0x02, 0x04, 'h',  'i',  0x04, 'h', 'o', 0x00, 0x01,                      // text: two entries
};

TEST(Batch, TheWorkedExampleOfTheDocumentIsWhatIsWritten) {
  const auto bytes = encode_batch(example());
  EXPECT_EQ(bytes, kExampleBytes);
  const auto decoded = decode_batch(kExampleBytes);
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_EQ(*decoded, example());
}

TEST(Batch, TheHeaderIsReadableWithoutUnpacking) {
  const auto header = read_batch_header(kExampleBytes);
  ASSERT_TRUE(header);
  EXPECT_EQ(*header, (BatchHeader{example()[0].id.agent, 1, record::Lane::incidents, 2, 2, 5, 7}));
}

TEST(Batch, WhatIsDecodedIsWhatWasEncoded) {
  RandomRecords random(seed());
  for (std::size_t type = 0; type < record::kTypeCount; ++type) {
    for (const std::size_t count : {1UL, 2UL, 9UL, 300UL, kMaxBatchRecords}) {
      const auto records = random.batch(type, count);
      ASSERT_EQ(fitting(records), count);
      const auto decoded = decode_batch(encode_batch(records));
      ASSERT_TRUE(decoded) << record::type_name(type) << ": " << decoded.error().message;
      EXPECT_EQ(*decoded, records) << record::type_name(type);
    }
  }
}

TEST(Batch, TextsAreWhatTheyWereAtEachSizeOfADictionary) {
  for (const std::size_t kinds : {1UL, 2UL, 255UL, 256UL, 257UL}) {
    std::vector<NamedRecord> records;
    for (std::size_t i = 0; i < 600; ++i) {
      record::PacketRecord packet;
      packet.interface = "eth0";
      packet.source = std::to_string(i % kinds);
      packet.destination = std::to_string(i / 3 % kinds);  // some in a row
      records.push_back({{{}, 1, record::Lane::packets, i + 1}, packet});
    }
    const auto decoded = decode_batch(encode_batch(records));
    ASSERT_TRUE(decoded) << kinds;
    EXPECT_EQ(*decoded, records) << kinds;
  }
}

TEST(Batch, EveryPrefixAndEveryFlippedBitIsAnError) {
  RandomRecords random(seed());
  for (std::size_t type = 0; type < record::kTypeCount; ++type) {
    auto bytes = encode_batch(random.batch(type, 12));
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      EXPECT_FALSE(decode_batch(base::Bytes(bytes).first(size))) << "first " << size << " bytes";
    }
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
      bytes[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
      EXPECT_FALSE(decode_batch(bytes)) << "bit " << bit;
      bytes[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    }
  }
}

// With the checksum made right again, the damage reaches the inner parsers: any outcome but a crash is good.
TEST(Batch, DamageBehindARightChecksumDoesNotCrash) {
  RandomRecords random(seed());
  for (std::size_t type = 0; type < record::kTypeCount; ++type) {
    const auto records = random.batch(type, 12);
    const auto bytes = encode_batch(records);
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
      auto damaged = bytes;
      damaged[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
      set_checksum(damaged);
      const auto decoded = decode_batch(damaged);
      if (decoded) EXPECT_LE(decoded->size(), kMaxBatchRecords);
    }
  }
}

TEST(Batch, UnknownColumnsAreSkippedAndMissingOnesAreDefault) {
  base::ByteWriter raw;
  raw.bytes(base::Bytes(kExampleBytes).subspan(kHeaderBytes + 4, 8));  // session alone
  for (const std::uint8_t byte : {0x7f, 0x63, 0x02, 0xaa, 0xbb}) raw.u8(byte);
  BatchHeader header = *read_batch_header(kExampleBytes);
  header.last = 6;
  const auto decoded = decode_batch(seal(header, raw.view()));
  ASSERT_TRUE(decoded) << decoded.error().message;
  record::PulseMessage expected;
  expected.session = base::UntrustedText("db1");
  EXPECT_EQ(std::get<record::PulseMessage>((*decoded)[1].body), expected);
}

TEST(Batch, AnEnumOutsideItsRangeIsCorrupt) {
  base::ByteWriter raw;
  for (const std::uint8_t byte : {0x02, 0x01, 0x01, 0x08}) raw.u8(byte);  // kind = 8
  BatchHeader header{{}, 1, record::Lane::results, 0, 1, 1, 1};
  const auto decoded = decode_batch(seal(header, raw.view()));
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().kind, base::ErrorKind::corrupt);
  EXPECT_EQ(decoded.error().message, "column 2: a column holds a value outside its range");
}

TEST(Batch, ANewerVersionAndAnUnknownTypeAreSaidSo) {
  auto bytes = kExampleBytes;
  bytes[4] = 2;
  EXPECT_EQ(decode_batch(bytes).error().kind, base::ErrorKind::newer_version);
  bytes = kExampleBytes;
  bytes[5] = record::kTypeCount;
  set_checksum(bytes);
  EXPECT_EQ(decode_batch(bytes).error().kind, base::ErrorKind::newer_version);
}

TEST(Batch, ManyRecordsThatShareOneLongTextDoNotOutgrowTheLimit) {
  record::PulseMessage message;
  message.text = base::UntrustedText(std::string(kMaxTextBytes, 'x'));
  base::ByteWriter raw;
  base::ByteWriter column;
  column.u8(1);
  column.varint(kMaxTextBytes << 1);
  column.text(message.text.raw());
  raw.varint(5);
  raw.u8(static_cast<std::uint8_t>(ColumnType::text));
  raw.varint(column.size());
  raw.bytes(column.view());
  BatchHeader header{{}, 1, record::Lane::incidents, 2, kMaxBatchRecords, 1, kMaxBatchRecords};
  const auto decoded = decode_batch(seal(header, raw.view()));
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().kind, base::ErrorKind::too_large);
}

TEST(Batch, FittingStopsWhereABatchMustEnd) {
  auto records = example();
  EXPECT_EQ(fitting({}), 0U);
  EXPECT_EQ(fitting(records), 2U);
  records[1].id.sequence = 5;
  EXPECT_EQ(fitting(records), 1U);
  records[1].id.sequence = 6;
  records[1].body = record::NetworkChange{};
  EXPECT_EQ(fitting(records), 1U);

  record::PulseMessage large;
  large.text = base::UntrustedText(std::string(kMaxTextBytes, 'x'));
  std::vector<NamedRecord> many(200, NamedRecord{{}, large});
  for (std::size_t i = 0; i < many.size(); ++i) many[i].id.sequence = i + 1;
  const std::size_t fit = fitting(many);
  EXPECT_GT(fit, 30U);
  EXPECT_LT(fit, 70U);
  EXPECT_TRUE(decode_batch(encode_batch(std::span(many).first(fit))));
}

}  // namespace
}  // namespace holter::codec
