// What a full decode listed, as one line of text that a test can compare: "vlan priority=0 id=5 [tag type=1] stp ...".
// Also decodes a frame cut and both ways, as every protocol must stand it. Tests only.
#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "wire/dispatch.h"
#include "wire/test_frames.h"

namespace holter::wire::test {

inline std::string hexadecimal(Bytes bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (const std::uint8_t byte : bytes) (out += kDigits[byte >> 4]) += kDigits[byte & 15U];
  return out;
}

inline std::string value_of(const FieldEntry& entry) {
  switch (entry.field->type) {
    case FieldType::flag: return entry.number != 0 ? "yes" : "no";
    case FieldType::number: return std::to_string(entry.number);
    case FieldType::signed_number: return std::to_string(entry.signed_number());
    case FieldType::decimal: {
      std::string text = std::to_string(entry.decimal());
      text.erase(text.find_last_not_of('0') + 1);
      return text.ends_with('.') ? text + '0' : text;
    }
    case FieldType::address: {
      if (entry.length == 4)
        return to_string(base::IpAddress::v4({entry.bytes[0], entry.bytes[1], entry.bytes[2], entry.bytes[3]}));
      std::array<std::uint8_t, 16> v6{};
      std::memcpy(v6.data(), entry.bytes, std::min<std::size_t>(entry.length, v6.size()));
      return to_string(base::IpAddress::v6(v6));
    }
    case FieldType::text: return '"' + std::string(entry.word()) + '"';
    case FieldType::word: return std::string(entry.word());
    case FieldType::mac:
    case FieldType::bytes: return hexadecimal(entry.data());
    case FieldType::group: break;
  }
  return {};
}

// From the layer `from` on, to the end of the frame.
inline std::string listed(const FieldList& fields, Protocol from) {
  std::string out;
  bool begun = false;
  for (const FieldEntry& entry : fields.entries()) {
    begun |= entry.mark == FieldEntry::Mark::layer && entry.layer == from;
    if (!begun) continue;
    if (!out.empty() && entry.mark != FieldEntry::Mark::close) out += ' ';
    switch (entry.mark) {
      case FieldEntry::Mark::layer: out += to_string(entry.layer); break;
      case FieldEntry::Mark::open: (out += '[') += entry.field->short_name; break;
      case FieldEntry::Mark::close: out += ']'; break;
      case FieldEntry::Mark::value: ((out += entry.field->short_name) += '=') += value_of(entry); break;
    }
  }
  return out;
}

inline Packet decode_whole(const FrameBytes& frame, FieldList* fields = nullptr, LinkType link = LinkType::ethernet) {
  return decode(frame, static_cast<std::uint32_t>(frame.size()), link, {}, {.fields = fields});
}

inline std::string listed(const FrameBytes& frame, Protocol from, LinkType link = LinkType::ethernet) {
  FieldList fields;
  decode_whole(frame, &fields, link);
  return listed(fields, from);
}

inline void expect_same(const Packet& a, const Packet& b) {
  EXPECT_EQ(a.protocols, b.protocols);
  EXPECT_EQ(a.anomalies, b.anomalies);
  EXPECT_EQ(a.end, b.end);
  EXPECT_EQ(a.payload_offset, b.payload_offset);
  EXPECT_EQ(a.payload_length, b.payload_length);
  EXPECT_EQ(a.tunnels, b.tunnels);
  EXPECT_EQ(a.unknown, b.unknown);
}

// Every prefix, as a cut capture and as a frame that short, gives the same with fields and without; a cut one is never
// anomalous when the whole is not.
inline void expect_stands_cutting(const FrameBytes& frame, LinkType link = LinkType::ethernet) {
  const bool clean = decode_whole(frame, nullptr, link).anomalies == 0;
  FieldList fields;
  for (std::size_t n = 0; n <= frame.size(); ++n) {
    const FrameBytes prefix(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(n));
    for (const std::size_t original : {n, frame.size()}) {
      fields.clear();
      const auto length = static_cast<std::uint32_t>(original);
      const Packet full = decode(prefix, length, link, {}, {.fields = &fields});
      const Packet hot = decode(prefix, length, link);
      expect_same(full, hot);
      if (clean && original == frame.size()) EXPECT_EQ(hot.anomalies, 0u) << n << " of " << frame.size();
    }
  }
}

}  // namespace holter::wire::test
