// What a full decode found, as one line of text that tests look into: "ipv4{ttl=64 src=192.0.2.1 option{kind=7 …}}".
// Numbers as numbers, bytes as hexadecimal digits, texts in quotes. Tests only.
#pragma once

#include <fmt/format.h>

#include <string>

#include "base/ip.h"
#include "wire/dispatch.h"

namespace holter::wire::test {

inline std::string digits_of(Bytes bytes) { return fmt::format("{:02x}", fmt::join(bytes, "")); }

inline std::string address_text(Bytes bytes) {
  std::array<std::uint8_t, 16> a{};
  std::copy_n(bytes.begin(), std::min<std::size_t>(bytes.size(), a.size()), a.begin());
  return to_string(bytes.size() == 4 ? base::IpAddress::v4({a[0], a[1], a[2], a[3]}) : base::IpAddress::v6(a));
}

inline std::string value_text(const FieldEntry& entry) {
  switch (entry.field->type) {
    case FieldType::flag:
    case FieldType::number: return fmt::format("{}", entry.number);
    case FieldType::signed_number: return fmt::format("{}", entry.signed_number());
    case FieldType::decimal: return fmt::format("{}", entry.decimal());
    case FieldType::address: return address_text(entry.data());
    case FieldType::word: return std::string(entry.word());
    case FieldType::text: return fmt::format("'{}'", entry.word());
    case FieldType::mac:
    case FieldType::bytes: return digits_of(entry.data());
    case FieldType::group: break;
  }
  return {};
}

inline std::string listing_of(const FieldList& fields) {
  std::string text;
  std::vector<bool> in_layer{false};  // of each group that is open, and of the whole
  const auto end_layer = [&] { text += in_layer.back() ? "} " : ""; };
  for (const FieldEntry& entry : fields.entries()) {
    switch (entry.mark) {
      case FieldEntry::Mark::layer:
        end_layer();
        in_layer.back() = true;
        text += fmt::format("{}{{ ", to_string(entry.layer));
        break;
      case FieldEntry::Mark::value: text += fmt::format("{}={} ", entry.field->short_name, value_text(entry)); break;
      case FieldEntry::Mark::open:
        in_layer.push_back(false);
        text += fmt::format("{}{{ ", entry.field->short_name);
        break;
      case FieldEntry::Mark::close:
        end_layer();
        in_layer.pop_back();
        text += "} ";
        break;
    }
  }
  end_layer();
  return text;
}

struct Listed {
  Packet packet;
  std::string text;
  std::uint32_t flaws = 0;  // bits of Anomaly that only the fields know of

  bool says(std::string_view part) const { return text.find(part) != std::string::npos; }
  bool has_flaw(Anomaly anomaly) const { return (flaws >> static_cast<unsigned>(anomaly) & 1U) != 0; }
};

inline Listed listed(Bytes frame, std::size_t original_length, LinkType link = LinkType::ethernet) {
  FieldList fields;
  Listed found;
  found.packet = decode(frame, static_cast<std::uint32_t>(original_length), link, {}, {.fields = &fields});
  found.text = listing_of(fields);
  found.flaws = fields.anomalies();
  return found;
}

inline Listed listed(Bytes frame) { return listed(frame, frame.size()); }

// Every prefix of a frame, cut by the capture or short on the wire, in memory of its own size so that a sanitizer sees
// one byte too far. The first may not be called a lie.
template <class Expect>
void for_every_prefix(Bytes frame, Expect expect_no_lie) {
  for (std::size_t n = 0; n < frame.size(); ++n) {
    const std::vector<std::uint8_t> prefix(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(n));
    expect_no_lie(listed(prefix, frame.size()), n);
    (void)listed(prefix);
  }
}

}  // namespace holter::wire::test
