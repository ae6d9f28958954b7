#include "uplink/frames.h"

#include <gtest/gtest.h>

namespace holter::uplink {
namespace {

Agent agent() {
  Agent a;
  for (std::uint8_t i = 0; i < 16; ++i) a.id.bytes[i] = i;
  a.name = base::UntrustedText("attic");
  a.version = base::UntrustedText("0.1.0");
  return a;
}

AckState acks() {
  AckState state;
  state.lane(1, record::Lane::results).insert(1, 9);
  state.lane(1, record::Lane::results).insert(12, 12);
  return state;
}

Batch batch() {
  record::NamedRecord named{{agent().id, 1, record::Lane::results, 5}, record::ProbeResult{}};
  Batch b;
  b.bytes = codec::encode_batch({&named, 1});
  b.header = *codec::read_batch_header(b.bytes);
  return b;
}

std::vector<Message> one_of_each() {
  record::Plan plan;
  plan.version = 3;
  plan.probes.push_back({"gateway", record::ProbeKind::icmp, "192.0.2.1", "", base::Duration::seconds(1),
                         base::Duration::milliseconds(900), {{"site", "attic"}}});
  return {Hello{1, 1, agent(), 7},
          Welcome{1, base::UntrustedText("0.1.0"), acks(), 3},
          Refused{base::UntrustedText("no\xff")},
          plan,
          batch(),
          Ack{acks()},
          Bye{base::UntrustedText("later")},
          Ping{}};
}

// The worked examples of docs/formats/uplink.md.
TEST(Frames, AreAsTheDocumentShows) {
  const std::vector<std::uint8_t> hello{0x26, 0,   0,   0,   1,    0x08, 1,    0x10, 1,   0x1a, 0x10, 0,   1,    2, 3,
                                        4,    5,   6,   7,   8,    9,    10,   11,   12,  13,   14,   15,  0x22, 5, 'a',
                                        't',  't', 'i', 'c', 0x28, 7,    0x32, 5,    '0', '.',  '1',  '.', '0'};
  EXPECT_EQ(encode(Hello{1, 1, agent(), 7}), hello);
  const std::vector<std::uint8_t> ack{0x12, 0,    0, 0,    6, 0x0a, 0x10, 0x08, 1,  0x10, 1, 0x1a,
                                      4,    0x08, 1, 0x10, 9, 0x1a, 4,    0x08, 12, 0x10, 12};
  EXPECT_EQ(encode(Ack{acks()}), ack);
  EXPECT_EQ(encode(Ping{}), (std::vector<std::uint8_t>{0, 0, 0, 0, 8}));
}

TEST(Frames, EveryMessageComesBackWhateverThePiecesItArrivesIn) {
  const auto messages = one_of_each();
  std::vector<std::uint8_t> stream;
  for (const Message& message : messages) {
    const auto frame = encode(message);
    stream.insert(stream.end(), frame.begin(), frame.end());
  }
  for (const std::size_t piece : {1UL, 2UL, 7UL, 64UL, stream.size()}) {
    FrameReader reader;
    std::vector<Message> got;
    for (std::size_t at = 0; at < stream.size(); at += piece) {
      reader.feed(base::Bytes(stream).subspan(at, std::min(piece, stream.size() - at)));
      for (;;) {
        auto message = reader.next();
        ASSERT_TRUE(message) << message.error().message;
        if (!*message) break;
        got.push_back(**message);
      }
    }
    EXPECT_EQ(got, messages);
  }
}

TEST(Frames, HostileBytesAreErrorsAndNeverMore) {
  const auto refuses = [](std::vector<std::uint8_t> bytes) {
    FrameReader reader;
    reader.feed(bytes);
    return !reader.next();
  };
  EXPECT_TRUE(refuses({'G', 'E', 'T', ' ', '/'}));
  EXPECT_TRUE(refuses({0, 0, 0, 0, 0}));
  EXPECT_TRUE(refuses({0, 0, 0, 0, 9}));
  EXPECT_TRUE(refuses({1, 0, 0, 0, 8})) << "a ping with a payload";
  EXPECT_TRUE(refuses({0xff, 0xff, 0xff, 0xff, 5})) << "refused before anything is kept for it";
  EXPECT_TRUE(refuses({2, 0, 0, 0, 1, 0x08, 1})) << "a hello without an agent";
  for (const Message& message : one_of_each()) {
    const auto good = encode(message);
    for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
      auto damaged = good;
      damaged[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
      FrameReader reader;
      reader.feed(damaged);
      static_cast<void>(reader.next());
    }
  }
}

TEST(Frames, APlanOutsideItsLimitsIsRefused) {
  for (const bool too_fast : {true, false}) {
    record::Plan plan;
    plan.probes.push_back({"p", record::ProbeKind::icmp, too_fast ? "t" : std::string(2'000, 't'), "",
                           too_fast ? base::Duration::nanoseconds(1) : base::Duration::seconds(1),
                           base::Duration::seconds(1)});
    FrameReader reader;
    reader.feed(encode(plan));
    EXPECT_FALSE(reader.next());
  }
}

TEST(Frames, AnAckSaysTheLowestRangesWhenThereAreTooMany) {
  AckState many;
  for (std::uint64_t n = 1; n <= 1'000; ++n) many.lane(1, record::Lane::flows).insert(n * 2);
  FrameReader reader;
  reader.feed(encode(Ack{many}));
  const auto message = reader.next();
  ASSERT_TRUE(message);
  const auto& ranges = std::get<Ack>(**message).acks.lanes.at({1, record::Lane::flows}).ranges();
  ASSERT_EQ(ranges.size(), kMaxAckRanges);
  EXPECT_EQ(ranges.back().first, kMaxAckRanges * 2);
}

}  // namespace
}  // namespace holter::uplink
