#include "heartbeat/pulse.h"

#include <gtest/gtest.h>

namespace holter::heartbeat {
namespace {

Pulse example() {
  Pulse pulse;
  pulse.incarnation = 0x0102030405060708;
  pulse.sequence = 1;
  pulse.sent = base::WallTime::from_nanoseconds(1'772'368'496'789'000'000);
  pulse.interval = base::Duration::seconds(1);
  pulse.detect_multiplier = 3;
  pulse.name = "db1";
  return pulse;
}

std::vector<std::uint8_t> bytes_of(Pulse pulse) { return pulse.emit(smallest_bytes(pulse.name.size())); }

PulseFault fault_of(const std::vector<std::uint8_t>& bytes) {
  const auto parsed = PulseView::parse(bytes);
  EXPECT_FALSE(parsed.has_value());
  return parsed.has_value() ? PulseFault::foreign : parsed.error();
}

// The worked example of docs/formats/pulse.md.
TEST(Pulse, IsTheDocumentedBytes) {
  std::vector<std::uint8_t> golden = {0x48, 0x4c, 0x54, 0x50, 1,    1,    0,    0,    0,    0,    0, 0, 0, 0, 0, 0,
                                      8,    7,    6,    5,    4,    3,    2,    1,    1,    0,    0, 0, 0, 0, 0, 0,
                                      0x40, 0x8f, 0x33, 0xe6, 0xc1, 0xb7, 0x98, 0x18, 0xe8, 0x03, 0, 0, 3, 3, 0, 0};
  golden.resize(80, 0);
  golden.insert(golden.end(), {0x64, 0x62, 0x31});
  golden.resize(115, 0);
  EXPECT_EQ(bytes_of(example()), golden);
}

TEST(Pulse, ComesBackAsItWasSent) {
  for (const auto type : {PulseType::pulse, PulseType::ask, PulseType::answer, PulseType::message, PulseType::terminate,
                          PulseType::ack, PulseType::challenge, PulseType::start, PulseType::failure}) {
    Pulse sent = example();
    sent.type = type;
    sent.number = 7;
    if (is_said(type)) sent.text = "backup done";
    const auto bytes = sent.emit(400);
    const auto view = PulseView::parse(bytes);
    ASSERT_TRUE(view.has_value());
    EXPECT_EQ(view->type(), type);
    EXPECT_EQ(view->name(), "db1");
    EXPECT_EQ(view->text(), sent.text);
    EXPECT_EQ(view->fields().number, 7U);
    EXPECT_EQ(view->fields().incarnation, sent.incarnation);
    EXPECT_EQ(view->fields().sequence, sent.sequence);
    EXPECT_EQ(view->fields().sent, sent.sent);
    EXPECT_EQ(view->fields().interval, sent.interval);
    EXPECT_EQ(view->size(), 400U);
  }
}

TEST(Pulse, OnlyATerminateLeaves) {
  Pulse sent = example();
  sent.number = 1;
  sent.leaves = true;
  auto bytes = bytes_of(sent);
  EXPECT_EQ(bytes[6], 0);
  bytes[6] = 1;
  EXPECT_FALSE(PulseView::parse(bytes)->fields().leaves) << "the flag means nothing in a pulse";
  sent.type = PulseType::terminate;
  bytes = bytes_of(sent);
  EXPECT_TRUE(PulseView::parse(bytes)->fields().leaves);
  EXPECT_EQ(bytes[6], 1);
  bytes[6] = 0xfe;
  bytes[7] = 0xff;
  const auto other_flags = PulseView::parse(bytes);
  ASSERT_TRUE(other_flags.has_value()) << "flags of later versions are ignored";
  EXPECT_FALSE(other_flags->fields().leaves);
}

TEST(Pulse, EveryPrefixIsRefused) {
  const auto bytes = bytes_of(example());
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    const auto parsed = PulseView::parse(base::Bytes(bytes).first(n));
    EXPECT_FALSE(parsed.has_value()) << n;
  }
}

TEST(Pulse, EachFaultHasItsName) {
  const auto with = [](std::size_t at, std::uint8_t value) {
    auto bytes = bytes_of(example());
    bytes[at] = value;
    return fault_of(bytes);
  };
  EXPECT_EQ(with(0, 'X'), PulseFault::foreign);
  EXPECT_EQ(with(4, 2), PulseFault::newer_version);
  EXPECT_EQ(with(4, 0), PulseFault::bad_field);
  EXPECT_EQ(with(5, 0), PulseFault::unknown_type);
  EXPECT_EQ(with(5, 10), PulseFault::unknown_type);
  EXPECT_EQ(with(50, 1), PulseFault::bad_field);  // a MAC without a key
  EXPECT_EQ(with(44, 0), PulseFault::bad_field);  // an interval without a multiplier
  EXPECT_EQ(with(45, 0), PulseFault::bad_field);  // no name
  EXPECT_EQ(with(45, 255), PulseFault::truncated);
  EXPECT_EQ(with(46, 1), PulseFault::bad_field);  // text in a pulse
  EXPECT_EQ(with(47, 5), PulseFault::bad_field);  // 1,280 bytes of it
  EXPECT_EQ(with(24, 0), PulseFault::bad_field);  // sequence 0
  EXPECT_EQ(with(5, 4), PulseFault::bad_field);   // a message without a number
  EXPECT_EQ(fault_of(example().emit(smallest_bytes(3) - 1)), PulseFault::too_small);
  EXPECT_EQ(fault_of({'H', 'L'}), PulseFault::truncated);
}

TEST(Pulse, ACookieStandsBehindNameAndText) {
  std::vector<std::uint8_t> cookie(kCookieBytes);
  for (std::size_t i = 0; i < cookie.size(); ++i) cookie[i] = static_cast<std::uint8_t>(i + 1);
  for (const auto type : {PulseType::pulse, PulseType::message, PulseType::challenge}) {
    Pulse sent = example();
    sent.type = type;
    sent.number = 7;
    if (type == PulseType::message) sent.text = "backup done";
    sent.cookie = cookie;
    const auto bytes = sent.emit();
    EXPECT_EQ(bytes.size(), smallest_bytes(3, sent.text.size()));
    const auto view = PulseView::parse(bytes);
    ASSERT_TRUE(view.has_value());
    const base::Bytes read = view->fields().cookie;
    EXPECT_EQ(std::vector<std::uint8_t>(read.begin(), read.end()), cookie);
  }
  EXPECT_TRUE(PulseView::parse(bytes_of(example()))->fields().cookie.empty()) << "zeros are none";
  Pulse challenge = example();
  challenge.type = PulseType::challenge;
  EXPECT_EQ(fault_of(challenge.emit(smallest_bytes(3) - 1)), PulseFault::too_small);
}

TEST(Pulse, NoReplyIsLargerThanWhatItAnswers) {
  for (std::size_t name = 1; name <= kMaxNameBytes; ++name) EXPECT_LT(reply_bytes(name), smallest_bytes(name));
}

}  // namespace
}  // namespace holter::heartbeat
