// Filters on fields of a full decode against a reading of the list written a second time: every value becomes a text or
// a number, and is compared as such.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "base/seed_test.h"
#include "filter/frame_match.h"
#include "wire/dispatch.h"
#include "wire/test_frames.h"

namespace holter::filter {
namespace {

using base::below;
using wire::FieldEntry;
using wire::FieldType;
using wire::test::FrameBytes;

struct Naive {
  std::string text;  // as the language writes the value
  std::optional<std::uint64_t> number = {};
};

std::string hex(base::Bytes bytes, std::string_view between) {
  std::string out;
  for (const std::uint8_t byte : bytes) out += fmt::format("{}{:02x}", out.empty() ? "" : between, byte);
  return out;
}

Naive value_of(const FieldEntry& entry) {
  if (entry.mark == FieldEntry::Mark::open) return {"true"};
  switch (entry.field->type) {
    case FieldType::flag:
    case FieldType::group: return {entry.number != 0 ? "true" : "false"};
    case FieldType::number: return {std::to_string(entry.number), entry.number};
    case FieldType::signed_number: return {std::to_string(entry.signed_number())};
    case FieldType::decimal: return {fmt::format("{}", entry.decimal())};
    case FieldType::mac: return {hex(entry.data(), ":")};
    case FieldType::bytes: return {hex(entry.data(), "")};
    case FieldType::address: {
      if (entry.length == 4) return {fmt::format("{}", fmt::join(entry.data(), "."))};
      std::array<std::uint8_t, 16> bytes{};
      std::ranges::copy(entry.data(), bytes.begin());
      return {to_string(base::IpAddress::v6(bytes))};
    }
    case FieldType::text:
    case FieldType::word: break;
  }
  return {std::string(entry.word())};
}

// The values of each field by its full name, without those of packets that are quoted.
std::vector<std::pair<std::string, Naive>> values_in(const wire::FieldList& list) {
  std::vector<std::pair<std::string, Naive>> out;
  std::vector<std::size_t> open;  // where groups began in `out`
  std::string layer;
  std::size_t quoting = 0;
  for (const FieldEntry& entry : list.entries()) {
    if (entry.mark == FieldEntry::Mark::layer && open.empty()) layer = to_string(entry.layer);
    if (entry.mark == FieldEntry::Mark::layer && !open.empty() && quoting == 0) quoting = open.size();
    const bool value = entry.mark == FieldEntry::Mark::value || entry.mark == FieldEntry::Mark::open;
    if (value && quoting == 0) out.emplace_back(layer + '.' + std::string(entry.field->name), value_of(entry));
    if (entry.mark == FieldEntry::Mark::open) open.push_back(out.size());
    if (entry.mark != FieldEntry::Mark::close) continue;
    if (quoting == open.size()) quoting = 0;
    open.pop_back();
  }
  return out;
}

std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += (c == '\'' || c == '\\' ? "\\" : "") + std::string(1, c);
  return out + '\'';
}

struct Question {
  std::string text;
  bool holds = false;
};

Question question(std::mt19937_64& random, const std::vector<std::pair<std::string, Naive>>& here,
                  const std::pair<std::string, Naive>& wanted) {
  const auto& [name, value] = wanted;
  const std::uint64_t kind = value.number ? below(random, 6) : below(random, 2);
  bool any = false;
  bool there = false;
  for (const auto& [other, own] : here) {
    if (other != name) continue;
    there = true;
    const std::uint64_t a = own.number.value_or(0);
    const std::uint64_t b = value.number.value_or(0);
    const bool one = kind < 2 ? own.text == value.text : kind == 2 ? a >= b : kind == 3 ? a <= b : a >= b / 2 && a <= b;
    any = any || one;
  }
  const bool negated = kind == 1 || kind == 5;
  // A field that is true or false is true when one of its values is.
  const bool is_truth = fields(Subject::packets)[*find_field(Subject::packets, name)].type == Type::boolean;
  if (is_truth) {
    const auto is_true = [&](const auto& own) { return own.first == name && own.second.text == "true"; };
    any = std::ranges::any_of(here, is_true) == (value.text == "true");
  }
  std::string text = name;
  switch (kind) {
    case 0: text += " == " + quoted(value.text); break;
    case 1: text += " != " + quoted(value.text); break;
    case 2: text += " >= " + value.text; break;
    case 3: text += " <= " + value.text; break;
    default: text += fmt::format("{} in {{{}..{}}}", negated ? " not" : "", *value.number / 2, *value.number);
  }
  return {text, there && any != negated};
}

FrameBytes random_frame(std::mt19937_64& random) {
  const auto address = [&] { return base::IpAddress::v4({10, 0, 0, static_cast<std::uint8_t>(below(random, 3))}); };
  const auto port = [&] { return static_cast<std::uint16_t>(1 + below(random, 3)); };
  FrameBytes frame =
      below(random, 2) == 0
          ? wire::test::tcp_frame({address(), port()}, {address(), port()}, static_cast<std::uint8_t>(random()))
          : wire::test::udp_frame({address(), port()}, {address(), port()}, "0123456789");
  if (below(random, 3) == 0) frame = wire::test::echo_frame(address(), address(), false, port(), port());
  for (std::uint64_t tags = below(random, 3); tags > 0; --tags) frame = wire::test::tagged(frame, 0x8100, port());
  for (std::uint64_t flips = below(random, 3); flips > 0; --flips) {
    frame[below(random, frame.size())] = static_cast<std::uint8_t>(random());
  }
  return frame;
}

TEST(RareFields, AgreeWithASecondReadingOfTheList) {
  auto random = base::seeded_random();
  wire::FieldList list;
  std::vector<std::pair<std::string, Naive>> before;
  std::size_t asked = 0;
  std::size_t held = 0;
  for (int round = 0; round < 3'000; ++round) {
    const FrameBytes bytes = random_frame(random);
    const auto length = static_cast<std::uint32_t>(bytes.size());
    list.clear();
    const auto packet = wire::decode(bytes, length, wire::LinkType::ethernet, {}, {.fields = &list});
    const auto here = values_in(list);
    if (packet.tunnels != 0 || here.empty()) continue;
    // A value of this frame, or of the one before, which this one may lack.
    const auto& from = before.empty() || below(random, 2) == 0 ? here : before;
    const auto& wanted = from[below(random, from.size())];
    const auto field = find_field(Subject::packets, wanted.first);
    ASSERT_TRUE(field) << wanted.first;
    if (live_fields()[*field].place == Place::value && wanted.second.text.find('\0') == std::string::npos) {
      const auto [text, holds] = question(random, here, wanted);
      const auto filter = PacketFilter::compile(text);
      ASSERT_TRUE(filter) << explain_mistake(text, filter.error());
      const Frame frame{bytes, length, wire::LinkType::ethernet, {}, {}, 0, {}};
      ASSERT_EQ(FrameMatch(*filter).matches(frame), holds) << text;
      ++asked;
      held += holds ? 1 : 0;
    }
    before = here;
  }
  EXPECT_GT(asked, 1'000u);
  EXPECT_GT(held, asked / 10);
  EXPECT_LT(held, asked * 9 / 10);
}

}  // namespace
}  // namespace holter::filter
