#include "wire/application/stream_prefix.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "base/seed_test.h"
#include "wire/application/hello_test.h"
#include "wire/application/listed_test.h"

namespace holter::wire {
namespace {

using test::FrameBytes;
using test::Listed;
using test::Values;

constexpr std::uint32_t kFirst = 0xffffff00;  // so that numbers wrap

// One direction of a stream, as segments of any order.
class Sender {
 public:
  explicit Sender(std::uint16_t from = 40'000, std::uint16_t to = 443) : from_(from), to_(to) {}

  Listed send(Bytes payload, std::uint32_t at, std::uint8_t flags = kTcpAck, std::size_t cut = 0) {
    base::ByteWriter out;
    TcpHeader{from_, to_, kFirst + at, 1, flags}.emit(out, {}, payload, test::kA4, test::kB4);
    frame_ = test::ip_frame(test::kA4, test::kB4, kIpprotoTcp, out.view());
    const std::size_t captured = frame_.size() - cut;
    const Packet packet = test::decode_into(fields_, frame_, captured, false);
    streams_.observe(packet, Bytes(frame_).first(captured), now_, fields_);
    return test::listed(fields_);
  }
  Listed send(std::string_view payload, std::uint32_t at) { return send(test::bytes_of(payload), at); }
  void pass(base::Duration time) { now_ = now_ + time; }
  const StreamCounts& counts() const { return streams_.counts(); }

 private:
  std::uint16_t from_, to_;
  StreamPrefixes streams_;
  FieldList fields_;
  FrameBytes frame_;
  base::PacketTime now_;
};

const FrameBytes kHello = test::record(22, test::example_hello().view()).take();

TEST(StreamPrefixes, AHelloOverThreeSegmentsIsListedWithTheLast) {
  Sender sender;
  sender.send(Bytes(), 0, kTcpSyn);
  const Bytes hello(kHello);
  EXPECT_FALSE(sender.send(hello.first(3), 1).contains("tls"));
  EXPECT_FALSE(sender.send(hello.subspan(3, 100), 4).contains("tls"));
  EXPECT_EQ(sender.send(hello.subspan(103), 104)["tls.sni"], Values{"example.com"});
}

TEST(StreamPrefixes, SentAgainItIsListedOnce) {
  Sender sender;
  const Bytes hello(kHello);
  sender.send(hello.first(150), 0);
  EXPECT_FALSE(sender.send(hello.first(150), 0).contains("tls"));
  EXPECT_EQ(sender.send(hello.subspan(100), 100)["tls.sni"], Values{"example.com"});  // overlaps
  EXPECT_FALSE(sender.send(hello.subspan(100), 100).contains("tls"));
}

TEST(StreamPrefixes, OutOfOrderItIsListedWithTheOneThatWasMissing) {
  Sender sender;
  sender.send(Bytes(), 0, kTcpSyn);
  const Bytes hello(kHello);
  EXPECT_FALSE(sender.send(hello.subspan(200), 201).contains("tls"));
  EXPECT_FALSE(sender.send(hello.subspan(50, 150), 51).contains("tls"));
  EXPECT_EQ(sender.send(hello.first(50), 1)["tls.sni"], Values{"example.com"});
  EXPECT_EQ(sender.counts().given_up, 0u);
}

TEST(StreamPrefixes, InAnyOrderAndAnyPiecesTheSame) {
  std::mt19937_64 random = base::seeded_random();
  const auto tail = test::record(23, std::array<std::uint8_t, 30>{});
  FrameBytes stream = kHello;
  stream.insert(stream.end(), tail.view().begin(), tail.view().end());
  for (int round = 0; round < 500; ++round) {
    Sender sender;
    sender.send(Bytes(), 0, kTcpSyn);
    struct Piece {
      std::size_t from, size;
    };
    std::vector<Piece> pieces;
    for (std::size_t at = 0; at < stream.size();) {
      const std::size_t size = std::min<std::size_t>(stream.size() - at, 60 + base::below(random, 200));
      pieces.push_back({at, std::min(stream.size() - at, size + base::below(random, 20))});
      at += size;
    }
    std::shuffle(pieces.begin(), pieces.end(), random);
    pieces.insert(pieces.end(), pieces.begin(), pieces.begin() + 1);
    Listed all;
    for (const Piece& piece : pieces) {
      for (const auto& [name, values] :
           sender.send(Bytes(stream).subspan(piece.from, piece.size), static_cast<std::uint32_t>(piece.from + 1))) {
        all[name].insert(all[name].end(), values.begin(), values.end());
      }
    }
    EXPECT_EQ(all["tls.sni"], Values{"example.com"});
    // What comes behind the end of a record need not wait for it.
    std::ranges::sort(all["tls.record.type"]);
    EXPECT_EQ(all["tls.record.type"], (Values{"22", "23"}));
  }
}

TEST(StreamPrefixes, WhatBeginsBehindARecordThatIsNotWholeDoesNotWait) {
  Sender sender;
  const Bytes hello(kHello);
  const auto tail = test::record(23, std::array<std::uint8_t, 30>{});
  FrameBytes end(hello.begin() + 200, hello.end());
  end.insert(end.end(), tail.view().begin(), tail.view().end());
  sender.send(hello.first(50), 0);
  const auto data = static_cast<std::uint32_t>(hello.size() + tail.size());
  EXPECT_EQ(sender.send(end, 200)["tls.record.type"], Values{"23"});
  EXPECT_EQ(sender.send(tail.view(), data)["tls.record.type"], Values{"23"});
  EXPECT_FALSE(sender.send(hello.subspan(100, 100), 100).contains("tls"));
  Listed late = sender.send(hello.subspan(40, 70), 40);
  EXPECT_EQ(late["tls.sni"], Values{"example.com"});
  EXPECT_EQ(late["tls.record.type"], Values{"22"});
  EXPECT_EQ(sender.counts().given_up, 0u);
}

TEST(StreamPrefixes, AGapThatStaysIsGivenUp) {
  Sender sender;
  const Bytes hello(kHello);
  sender.send(hello.first(50), 0);
  std::uint32_t at = 10'000;
  for (std::size_t i = 0; i <= kMaxEarlySegments; ++i) {
    sender.send(std::array<std::uint8_t, 10>{}, at);
    at += 10;
  }
  EXPECT_EQ(sender.counts().given_up, 1u);
  EXPECT_EQ(sender.send(hello, at)["tls.sni"], Values{"example.com"});
}

TEST(StreamPrefixes, OfEncryptedDataOnlyTheLengthIsCounted) {
  Sender sender;
  const auto data = test::record(23, std::vector<std::uint8_t>(10'000));
  Listed got;
  for (std::size_t at = 0; at < data.size(); at += 1'000) {
    EXPECT_FALSE(got.contains("tls"));
    got = sender.send(data.view().subspan(at, std::min<std::size_t>(1'000, data.size() - at)),
                      static_cast<std::uint32_t>(at));
  }
  EXPECT_EQ(got["tls.record.length"], Values{"10000"});
}

TEST(StreamPrefixes, HttpHeadsAndBodies) {
  Sender sender(80, 40'000);
  EXPECT_FALSE(sender.send("HTTP/1.1 200 OK\r\nContent-Le", 0).contains("http"));
  EXPECT_EQ(sender.send("ngth: 30\r\n\r\nten bytes.", 27)["http.content_length"], Values{"30"});
  EXPECT_FALSE(sender.send("GET / HTTP", 49).contains("http"));
  EXPECT_EQ(sender.send("ten bytes.HTTP/1.1 204 No\r\n\r\n", 59)["http.status"], Values{"204"});
  EXPECT_EQ(sender.send("HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n", 88)["http.status"], Values{"200"});
  EXPECT_EQ(sender.send("HTTP/1.1 201 OK\r\n\r\n", 129)["http.status"], Values{"201"});  // that was a HEAD
}

TEST(StreamPrefixes, ADnsAnswerOverTcp) {
  Sender sender(53, 40'000);
  std::array<std::uint8_t, 14> message{0, 12, 0xbe, 0xef, 0x80};
  EXPECT_FALSE(sender.send(Bytes(message).first(7), 0).contains("dns"));
  EXPECT_EQ(sender.send(Bytes(message).subspan(7), 7)["dns.id"], Values{"48879"});
}

TEST(StreamPrefixes, CutByTheCaptureItIsListedAsFarAsItGoes) {
  Sender sender;
  EXPECT_EQ(sender.send(kHello, 0, kTcpAck, 20)["tls.sni"], Values{"example.com"});
  EXPECT_EQ(sender.send(kHello, static_cast<std::uint32_t>(kHello.size()))["tls.sni"], Values{"example.com"});
}

TEST(StreamPrefixes, AHeadWithoutEndIsGivenUp) {
  Sender sender(40'000, 80);
  std::string head = "GET / HTTP/1.1\r\n" + std::string(1'000, 'x');
  std::uint32_t at = 0;
  for (int i = 0; i < 40; ++i) {
    EXPECT_FALSE(sender.send(head, at).contains("http"));
    at += static_cast<std::uint32_t>(head.size());
    head = std::string(1'000, 'x');
  }
  EXPECT_EQ(sender.counts().given_up, 1u);
}

TEST(StreamPrefixes, AfterALongSilenceItBeginsAnew) {
  Sender sender;
  sender.send(Bytes(kHello).first(50), 0);
  sender.pass(base::Duration::minutes(6));
  EXPECT_EQ(sender.send(kHello, 77'000)["tls.sni"], Values{"example.com"});
}

}  // namespace
}  // namespace holter::wire
