#include "describe/value_text.h"

#include <algorithm>
#include <cmath>

#include "base/ip.h"
#include "base/untrusted_text.h"
#include "describe/digits.h"

namespace holter::describe {
namespace {

using wire::FieldEntry;
using wire::FieldType;

constexpr std::size_t kMostDecimal = 32;
constexpr std::size_t kMostAddress = 48;

std::string_view text_of(base::Bytes bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

char* put_word(char* at, std::string_view word) {
  std::memcpy(at, word.data(), word.size());
  return at + word.size();
}

void put_bytes(TextBuffer& out, base::Bytes bytes) {
  char* at = out.room(bytes.size() * 2);
  for (const std::uint8_t byte : bytes) at = put_hex(at, byte);
  out.wrote(at);
}

void put_address(TextBuffer& out, base::Bytes bytes) {
  if (bytes.size() == 4) {
    out.wrote(put_ipv4(out.room(kMostAddress), bytes));
  } else if (bytes.size() == 16) {
    std::array<std::uint8_t, 16> address{};
    std::ranges::copy(bytes, address.begin());
    out.append(to_string(base::IpAddress::v6(address)));
  } else {
    put_bytes(out, bytes);
  }
}

// Shortest digits that read back as the same number; JSON has no infinity.
char* put_decimal(char* at, double value) {
  if (!std::isfinite(value)) return put_word(at, "null");
  return std::to_chars(at, at + kMostDecimal, value).ptr;
}

// Of the types that look the same in JSON and in a column; false for the others.
bool put_simple(TextBuffer& out, const FieldEntry& value) {
  char* const at = out.room(kMostDecimal);
  switch (value.field->type) {
    case FieldType::flag: out.wrote(put_word(at, value.number != 0 ? "true" : "false")); return true;
    case FieldType::number: out.wrote(put_number(at, value.number)); return true;
    case FieldType::signed_number:
      out.wrote(std::to_chars(at, at + kMostDecimal, value.signed_number()).ptr);
      return true;
    case FieldType::decimal: out.wrote(put_decimal(at, value.decimal())); return true;
    default: return false;
  }
}

// Of the types that JSON puts into quotes but need no escaping.
void put_quotable(TextBuffer& out, const FieldEntry& value) {
  switch (value.field->type) {
    case FieldType::address: put_address(out, value.data()); break;
    case FieldType::mac: out.wrote(put_mac(out.room(value.length * std::size_t{3}), value.data())); break;
    case FieldType::word: out.append(value.word()); break;
    default: put_bytes(out, value.data());
  }
}

bool is_plain(base::Bytes text) {
  return std::ranges::all_of(text, [](std::uint8_t c) { return c >= ' ' && c < 0x7f && c != '"' && c != '\\'; });
}

}  // namespace

void put_json_text(TextBuffer& out, base::Bytes text) {
  out.append('"');
  if (is_plain(text)) {
    out.append(text_of(text));
  } else {
    out.append(base::UntrustedText(text_of(text)).for_json());
  }
  out.append('"');
}

void put_json_value(TextBuffer& out, const FieldEntry& value) {
  if (put_simple(out, value)) return;
  if (value.field->type == FieldType::text) {
    put_json_text(out, value.data());
    return;
  }
  out.append('"');
  put_quotable(out, value);
  out.append('"');
}

void put_plain_value(TextBuffer& out, const FieldEntry& value) {
  if (put_simple(out, value)) return;
  if (value.field->type == FieldType::text) {
    out.append(base::UntrustedText(text_of(value.data())).for_terminal());
  } else {
    put_quotable(out, value);
  }
}

}  // namespace holter::describe
