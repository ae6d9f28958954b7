#include "codec/column.h"

#include <functional>
#include <unordered_map>

#include "codec/batch.h"

namespace holter::codec {
namespace {

Text text_of(const std::string& value) { return {std::string_view(value).substr(0, kMaxTextBytes), false}; }
Text text_of(const base::UntrustedText& value) {
  return {std::string_view(value.raw()).substr(0, kMaxTextBytes), value.was_cut() || value.size() > kMaxTextBytes};
}

struct TextHash {
  std::size_t operator()(const Text& text) const {
    return std::hash<std::string_view>()(text.bytes) ^ (text.cut ? 1 : 0);
  }
};

void assign(std::string& value, const Text& text) { value = text.bytes; }
void assign(base::UntrustedText& value, const Text& text) {
  if (!text.cut) {
    value = base::UntrustedText(text.bytes);
    return;
  }
  // One byte over the limit is what makes a text a cut one.
  const std::string longer = std::string(text.bytes) + '.';
  value = base::UntrustedText(longer, text.bytes.size());
}

void put_text(const Text& text, base::ByteWriter& to) {
  to.varint(text.bytes.size() << 1 | (text.cut ? 1 : 0));
  to.text(text.bytes);
}

base::Result<Text> get_text(base::ByteReader& from) {
  const std::uint64_t head = from.varint();
  if (head >> 1 > kMaxTextBytes) return wrong_column("a text longer than the limit");
  const base::Bytes bytes = from.bytes(head >> 1);
  return Text{{reinterpret_cast<const char*>(bytes.data()), bytes.size()}, (head & 1) != 0};
}

template <class Value>
void put_values(std::span<const Value* const> values, base::ByteWriter& to) {
  std::vector<Text> texts;
  texts.reserve(values.size());
  for (const Value* value : values) texts.push_back(text_of(*value));
  put_texts(texts, to);
}

template <class Value>
base::Result<void> get_values(base::ByteReader& from, std::span<Value* const> values, TextBudget& budget) {
  auto texts = get_texts(from, values.size(), budget);
  if (!texts) return texts.error();
  for (std::size_t i = 0; i < values.size(); ++i) assign(*values[i], (*texts)[i]);
  return {};
}

}  // namespace

base::Error wrong_column(const char* what) { return {base::ErrorKind::corrupt, std::string("a column holds ") + what}; }

void put_texts(std::span<const Text> texts, base::ByteWriter& to) {
  std::unordered_map<Text, std::uint8_t, TextHash> known;
  std::vector<Text> dictionary;
  std::vector<std::uint8_t> numbers;
  numbers.reserve(texts.size());
  for (const Text& text : texts) {
    if (dictionary.size() > kMaxDictionary) break;
    if (!numbers.empty() && text == dictionary[numbers.back()]) {
      numbers.push_back(numbers.back());
      continue;
    }
    const auto [entry, is_new] = known.try_emplace(text, static_cast<std::uint8_t>(dictionary.size()));
    if (is_new) dictionary.push_back(text);
    numbers.push_back(entry->second);
  }
  if (dictionary.size() > kMaxDictionary) {
    to.u8(0);
    for (const Text& text : texts) put_text(text, to);
    return;
  }
  to.u8(static_cast<std::uint8_t>(dictionary.size()));
  for (const Text& text : dictionary) put_text(text, to);
  if (dictionary.size() == 1) return;
  to.bytes(numbers);
}

base::Result<std::vector<Text>> get_texts(base::ByteReader& from, std::size_t count, TextBudget& budget) {
  std::vector<Text> dictionary(from.u8());
  for (Text& entry : dictionary) {
    auto text = get_text(from);
    if (!text) return text.error();
    entry = *text;
  }
  std::vector<Text> texts(count);
  for (Text& text : texts) {
    if (dictionary.empty()) {
      auto plain = get_text(from);
      if (!plain) return plain.error();
      text = *plain;
    } else {
      const std::size_t number = dictionary.size() == 1 ? 0 : from.u8();
      if (number >= dictionary.size()) return wrong_column("a dictionary number that was not defined");
      text = dictionary[number];
    }
    if (text.bytes.size() > budget.left) {
      return base::Error{base::ErrorKind::too_large, "the texts of a batch are larger than the limit"};
    }
    budget.left -= text.bytes.size();
  }
  return texts;
}

void Codec<base::Duration>::put(std::span<const base::Duration* const> values, base::ByteWriter& to) {
  for (const base::Duration* value : values) to.varint(zig_zag(value->in_nanoseconds()));
}

base::Result<void> Codec<base::Duration>::get(base::ByteReader& from, std::span<base::Duration* const> values,
                                              TextBudget&) {
  for (base::Duration* value : values) *value = base::Duration::nanoseconds(un_zig_zag(from.varint()));
  return {};
}

void Codec<std::optional<base::Duration>>::put(std::span<const Value* const> values, base::ByteWriter& to) {
  for (std::size_t i = 0; i < values.size(); i += 8) {
    unsigned bits = 0;
    for (std::size_t k = i; k < values.size() && k < i + 8; ++k) bits |= (*values[k] ? 1U : 0U) << (k - i);
    to.u8(static_cast<std::uint8_t>(bits));
  }
  for (const Value* value : values) {
    if (*value) to.varint(zig_zag((*value)->in_nanoseconds()));
  }
}

base::Result<void> Codec<std::optional<base::Duration>>::get(base::ByteReader& from, std::span<Value* const> values,
                                                             TextBudget&) {
  const base::Bytes bits = from.bytes((values.size() + 7) / 8);
  if (from.failed()) return wrong_column("fewer presence bits than records");
  for (std::size_t i = 0; i < values.size(); ++i) {
    if ((bits[i / 8] >> (i % 8) & 1) != 0) *values[i] = base::Duration::nanoseconds(un_zig_zag(from.varint()));
  }
  return {};
}

void Codec<std::string>::put(std::span<const std::string* const> values, base::ByteWriter& to) {
  put_values(values, to);
}
base::Result<void> Codec<std::string>::get(base::ByteReader& from, std::span<std::string* const> values,
                                           TextBudget& budget) {
  return get_values(from, values, budget);
}

void Codec<base::UntrustedText>::put(std::span<const base::UntrustedText* const> values, base::ByteWriter& to) {
  put_values(values, to);
}
base::Result<void> Codec<base::UntrustedText>::get(base::ByteReader& from, std::span<base::UntrustedText* const> values,
                                                   TextBudget& budget) {
  return get_values(from, values, budget);
}

}  // namespace holter::codec
