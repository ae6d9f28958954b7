#include "describe/value_text.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/untrusted_text.h"

namespace holter::describe {
namespace {

using wire::FieldEntry;
using wire::FieldType;

constexpr std::size_t kMostDecimal = 32;
static_assert(kMostShortValue >= kMostAddress + 2 && kMostShortValue >= kMostDecimal);

std::string_view text_of(base::Bytes bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

char* put_address(char* at, base::Bytes bytes) {
  if (bytes.size() == 4) return put_ipv4(at, bytes);
  if (bytes.size() == 16) return put_ipv6(at, bytes);
  return put_hex(at, bytes);
}

// Shortest digits that read back as the same number; JSON has no infinity.
char* put_decimal(char* at, double value) {
  if (!std::isfinite(value)) return put_text(at, "null");
  return std::to_chars(at, at + kMostDecimal, value).ptr;
}

// Room for what put_quotable() writes, and quotes.
char* room_for(TextBuffer& out, char* at, const FieldEntry& value) {
  return value.length <= 16 ? at : out.more(at, value.length * std::size_t{3} + 2);
}

// Of the types that JSON puts into quotes but need no escaping.
char* put_quotable(char* at, const FieldEntry& value) {
  switch (value.field->type) {
    case FieldType::address: return put_address(at, value.data());
    case FieldType::mac: return put_mac(at, value.data());
    case FieldType::word: return put_word(at, value.word());
    default: return put_hex(at, value.data());
  }
}

bool is_plain(base::Bytes text) {
  return std::ranges::all_of(text, [](std::uint8_t c) { return c >= ' ' && c < 0x7f && c != '"' && c != '\\'; });
}

}  // namespace

char* put_json_text(TextBuffer& out, char* at, base::Bytes text) {
  std::string escaped;
  std::string_view inside = text_of(text);
  if (!is_plain(text)) inside = escaped = base::UntrustedText(inside).for_json();
  at = out.more(at, inside.size() + 2);
  *at++ = '"';
  at = put_text(at, inside);
  *at++ = '"';
  return at;
}

char* put_long_json_value(TextBuffer& out, char* at, const FieldEntry& value) {
  switch (value.field->type) {
    case FieldType::number: return put_number(at, value.number);
    case FieldType::signed_number: return std::to_chars(at, at + kMostDecimal, value.signed_number()).ptr;
    case FieldType::decimal: return put_decimal(at, value.decimal());
    case FieldType::text: return put_json_text(out, at, value.data());
    default: break;
  }
  at = room_for(out, at, value);
  *at++ = '"';
  at = put_quotable(at, value);
  *at++ = '"';
  return at;
}

void put_plain_value(TextBuffer& out, const FieldEntry& value) {
  char* at = out.room(kMostShortValue);
  switch (value.field->type) {
    case FieldType::flag:
    case FieldType::number:
    case FieldType::signed_number:
    case FieldType::decimal: at = put_json_value(out, at, value); break;
    case FieldType::text: return out.append(base::UntrustedText(text_of(value.data())).for_terminal());
    default: at = put_quotable(room_for(out, at, value), value);
  }
  out.wrote(at);
}

}  // namespace holter::describe
