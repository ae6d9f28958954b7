// What a decode lists, by the full names of fields, for tests: listed(frame)["dns.question.name"] is the list of their
// values as text. Tests only.
#pragma once

#include <fmt/format.h>

#include <map>
#include <string>
#include <vector>

#include "wire/application/stream_prefix.h"
#include "wire/dispatch.h"
#include "wire/test_frames.h"

namespace holter::wire::test {

using Values = std::vector<std::string>;
using Listed = std::map<std::string, Values>;

inline std::string hex(Bytes bytes) {
  std::string text;
  for (const std::uint8_t byte : bytes) text += fmt::format("{:02x}", byte);
  return text;
}

inline FrameBytes from_hex(std::string_view digits) {
  FrameBytes bytes;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    bytes.push_back(static_cast<std::uint8_t>(std::stoi(std::string(digits.substr(i, 2)), nullptr, 16)));
  }
  return bytes;
}

inline std::string text_of(const FieldEntry& entry) {
  switch (entry.field->type) {
    case FieldType::flag:
    case FieldType::number: return std::to_string(entry.number);
    case FieldType::signed_number: return std::to_string(entry.signed_number());
    case FieldType::decimal: return fmt::format("{}", entry.decimal());
    case FieldType::address:
    case FieldType::mac:
    case FieldType::bytes: return hex(entry.data());
    case FieldType::text:
    case FieldType::word:
    case FieldType::group: break;
  }
  return std::string(entry.word());
}

inline Listed listed(const FieldList& fields) {
  Listed out;
  std::string layer;
  for (const FieldEntry& entry : fields.entries()) {
    if (entry.mark == FieldEntry::Mark::layer) {
      layer = to_string(entry.layer);
      out[layer].emplace_back();
    } else if (entry.mark == FieldEntry::Mark::value) {
      out[layer + "." + std::string(entry.field->name)].push_back(text_of(entry));
    }
  }
  return out;
}

inline bool has(const FieldList& fields, Anomaly anomaly) {
  return (fields.anomalies() >> static_cast<unsigned>(anomaly) & 1U) != 0;
}

// Decodes a frame as it is, or as a capture that stopped after `captured` bytes.
inline Packet decode_into(FieldList& fields, Bytes frame, std::size_t captured, bool segments = true) {
  fields.clear();
  return decode(frame.first(captured), static_cast<std::uint32_t>(frame.size()), LinkType::ethernet, {},
                {.segments = segments, .fields = &fields});
}

inline Listed listed(Bytes frame) {
  FieldList fields;
  decode_into(fields, frame, frame.size());
  return listed(fields);
}

inline std::string_view view_of(Bytes bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

inline FrameBytes udp_of(std::uint16_t from, std::uint16_t to, Bytes payload) {
  return udp_frame({kA4, from}, {kB4, to}, view_of(payload));
}
inline FrameBytes tcp_of(std::uint16_t from, std::uint16_t to, Bytes payload) {
  return tcp_frame({kA4, from}, {kB4, to}, kTcpAck | kTcpPsh, view_of(payload));
}

// Cut by the capture anywhere, a frame is no less honest; the copies let a sanitizer see one byte too far.
inline void expect_no_flaw_in_any_prefix(const FrameBytes& frame) {
  FieldList fields;
  for (std::size_t n = 0; n <= frame.size(); ++n) {
    const FrameBytes prefix(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(n));
    fields.clear();
    decode(prefix, static_cast<std::uint32_t>(frame.size()), LinkType::ethernet, {}, {.fields = &fields});
    EXPECT_EQ(fields.anomalies(), 0u) << n << " of " << frame.size();
  }
}

}  // namespace holter::wire::test
