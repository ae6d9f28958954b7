#include "describe/value_text.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/ip.h"
#include "base/untrusted_text.h"

namespace holter::describe {
namespace {

using wire::FieldEntry;
using wire::FieldType;

constexpr std::size_t kMostNumber = 32;  // characters of a number, a MAC or an IPv4 address
constexpr std::string_view kDigits = "0123456789abcdef";

std::string_view text_of(base::Bytes bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

void put_hex_byte(TextBuffer& out, std::uint8_t byte) {
  out.put(kDigits[byte >> 4]);
  out.put(kDigits[byte & 0xf]);
}

void put_bytes(TextBuffer& out, base::Bytes bytes) {
  out.reserve(bytes.size() * 2);
  for (const std::uint8_t byte : bytes) put_hex_byte(out, byte);
}

void put_mac(TextBuffer& out, base::Bytes bytes) {
  out.reserve(bytes.size() * 3);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i != 0) out.put(':');
    put_hex_byte(out, bytes[i]);
  }
}

void put_address(TextBuffer& out, base::Bytes bytes) {
  if (bytes.size() == 4) {
    out.reserve(kMostNumber);
    for (std::size_t i = 0; i < 4; ++i) {
      if (i != 0) out.put('.');
      out.number(unsigned{bytes[i]});
    }
  } else if (bytes.size() == 16) {
    std::array<std::uint8_t, 16> address{};
    std::ranges::copy(bytes, address.begin());
    out.append(to_string(base::IpAddress::v6(address)));
  } else {
    put_bytes(out, bytes);
  }
}

// Shortest digits that read back as the same number; JSON has no infinity.
void put_decimal(TextBuffer& out, double value) {
  out.reserve(kMostNumber);
  if (std::isfinite(value)) {
    out.number(value);
  } else {
    out.put("null");
  }
}

// Of the types that look the same in JSON and in a column; false for the others.
bool put_simple(TextBuffer& out, const FieldEntry& value) {
  out.reserve(kMostNumber);
  switch (value.field->type) {
    case FieldType::flag: out.put(value.number != 0 ? "true" : "false"); return true;
    case FieldType::number: out.number(value.number); return true;
    case FieldType::signed_number: out.number(value.signed_number()); return true;
    case FieldType::decimal: put_decimal(out, value.decimal()); return true;
    default: return false;
  }
}

// Of the types that JSON puts into quotes but need no escaping; false for text.
bool put_quotable(TextBuffer& out, const FieldEntry& value) {
  switch (value.field->type) {
    case FieldType::address: put_address(out, value.data()); return true;
    case FieldType::mac: put_mac(out, value.data()); return true;
    case FieldType::bytes: put_bytes(out, value.data()); return true;
    case FieldType::word: out.append(value.word()); return true;
    default: return false;
  }
}

bool is_plain(base::Bytes text) {
  return std::ranges::all_of(text, [](std::uint8_t c) { return c >= ' ' && c < 0x7f && c != '"' && c != '\\'; });
}

}  // namespace

void put_json_text(TextBuffer& out, base::Bytes text) {
  out.append("\"");
  if (is_plain(text)) {
    out.append(text_of(text));
  } else {
    out.append(base::UntrustedText(text_of(text)).for_json());
  }
  out.append("\"");
}

void put_json_value(TextBuffer& out, const FieldEntry& value) {
  if (put_simple(out, value)) return;
  if (value.field->type == FieldType::text) {
    put_json_text(out, value.data());
    return;
  }
  out.append("\"");
  put_quotable(out, value);
  out.append("\"");
}

void put_plain_value(TextBuffer& out, const FieldEntry& value) {
  if (put_simple(out, value) || put_quotable(out, value)) return;
  out.append(base::UntrustedText(text_of(value.data())).for_terminal());
}

}  // namespace holter::describe
