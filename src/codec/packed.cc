#include "codec/packed.h"

#include "codec/column.h"

namespace holter::codec {
namespace {

using base::UntrustedText;

enum class Type : std::uint8_t { integer = 0, boolean = 1, duration = 2, text = 3, cut_text = 4 };

std::string as_string(base::Bytes bytes) { return {bytes.begin(), bytes.end()}; }

std::string as_string(const base::ByteWriter& writer) { return as_string(writer.view()); }

base::Bytes as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

void put_text(base::ByteWriter& to, std::string_view text) {
  to.varint(text.size());
  to.text(text);
}

std::string get_text(base::ByteReader& from, std::size_t limit) {
  const std::uint64_t size = from.varint();
  return size > limit ? (from.skip(SIZE_MAX), "") : as_string(from.bytes(size));
}

// UntrustedText marks as cut what is longer than its limit.
UntrustedText cut_text(std::string text) {
  const std::size_t size = text.size();
  text += ' ';
  return UntrustedText(text, size);
}

struct PutValue {
  base::ByteWriter& to;

  void type(Type value) const { to.u8(static_cast<std::uint8_t>(value)); }
  void operator()(std::int64_t value) const {
    type(Type::integer);
    to.varint(zig_zag(value));
  }
  void operator()(bool value) const {
    type(Type::boolean);
    to.u8(value ? 1 : 0);
  }
  void operator()(base::Duration value) const {
    type(Type::duration);
    to.varint(zig_zag(value.in_nanoseconds()));
  }
  // A text that nobody cut before must not make a batch that cannot be read again.
  void operator()(const UntrustedText& value) const {
    const UntrustedText kept(value.raw(), record::kMaxFactBytes);
    type(value.was_cut() || kept.was_cut() ? Type::cut_text : Type::text);
    put_text(to, kept.raw());
  }
};

// What cannot be read makes `from` fail.
record::FactValue get_value(base::ByteReader& from) {
  switch (static_cast<Type>(from.u8())) {
    case Type::integer: return un_zig_zag(from.varint());
    case Type::boolean: return from.u8() != 0;
    case Type::duration: return base::Duration::nanoseconds(un_zig_zag(from.varint()));
    case Type::text: return UntrustedText(get_text(from, record::kMaxFactBytes));
    case Type::cut_text: return cut_text(get_text(from, record::kMaxFactBytes));
  }
  from.skip(SIZE_MAX);
  return false;
}

// Each value becomes a text; then the texts are a column.
template <class Value>
void put_packed(std::span<const Value* const> values, base::ByteWriter& to) {
  std::vector<std::string> packs;
  packs.reserve(values.size());
  for (const Value* value : values) packs.push_back(packed(*value));
  std::vector<Text> texts;
  texts.reserve(packs.size());
  for (const std::string& pack : packs) texts.push_back({pack});
  put_texts(texts, to);
}

template <class Value, class Unpack>
base::Result<void> get_packed(base::ByteReader& from, std::span<Value* const> values, TextBudget& budget,
                              const Unpack& unpack) {
  const auto texts = get_texts(from, values.size(), budget);
  if (!texts) return texts.error();
  for (std::size_t i = 0; i < values.size(); ++i) {
    auto unpacked = unpack((*texts)[i].bytes);
    if (!unpacked) return unpacked.error();
    *values[i] = std::move(*unpacked);
  }
  return {};
}

}  // namespace

std::string packed(const record::Facts& facts) {
  if (facts.empty()) return {};
  base::ByteWriter to;
  to.varint(facts.size());
  for (const record::Fact& fact : facts) {
    put_text(to, fact.name);
    std::visit(PutValue{to}, fact.value);
  }
  return as_string(to);
}

base::Result<record::Facts> unpack_facts(std::string_view bytes) {
  record::Facts facts;
  if (bytes.empty()) return facts;
  base::ByteReader from(as_bytes(bytes));
  const std::uint64_t count = from.varint();
  if (count > record::kMaxFacts) return wrong_column("more facts than a result has");
  for (std::uint64_t i = 0; i < count && !from.failed(); ++i) {
    std::string name = get_text(from, record::kMaxFactNameBytes);
    record::FactValue value = get_value(from);
    facts.push_back({std::move(name), std::move(value)});
  }
  if (from.failed() || from.captured_left() > 0) return wrong_column("facts that are none");
  return facts;
}

std::string packed(const record::Transcript& transcript) {
  if (transcript.empty()) return {};
  base::ByteWriter to;
  to.varint(transcript.size());
  for (const record::TranscriptLine& line : transcript) {
    to.varint(zig_zag(line.at.in_nanoseconds()));
    to.u8(static_cast<std::uint8_t>(line.direction));
    PutValue{to}(line.text);
  }
  return as_string(to);
}

base::Result<record::Transcript> unpack_transcript(std::string_view bytes) {
  record::Transcript transcript;
  if (bytes.empty()) return transcript;
  base::ByteReader from(as_bytes(bytes));
  const std::uint64_t count = from.varint();
  if (count > record::kMaxTranscriptLines) return wrong_column("a transcript that is too long");
  for (std::uint64_t i = 0; i < count && !from.failed(); ++i) {
    record::TranscriptLine line;
    line.at = base::Duration::nanoseconds(un_zig_zag(from.varint()));
    const std::uint8_t direction = from.u8();
    if (direction >= kValues<record::Direction>) return wrong_column("a transcript with an unknown direction");
    line.direction = static_cast<record::Direction>(direction);
    record::FactValue text = get_value(from);
    if (auto* const words = std::get_if<UntrustedText>(&text)) line.text = std::move(*words);
    transcript.push_back(std::move(line));
  }
  if (from.failed() || from.captured_left() > 0) return wrong_column("a transcript that is none");
  return transcript;
}

void Codec<record::Facts>::put(std::span<const record::Facts* const> values, base::ByteWriter& to) {
  put_packed(values, to);
}
base::Result<void> Codec<record::Facts>::get(base::ByteReader& from, std::span<record::Facts* const> values,
                                             TextBudget& budget) {
  return get_packed(from, values, budget, unpack_facts);
}

void Codec<record::Transcript>::put(std::span<const record::Transcript* const> values, base::ByteWriter& to) {
  put_packed(values, to);
}
base::Result<void> Codec<record::Transcript>::get(base::ByteReader& from, std::span<record::Transcript* const> values,
                                                  TextBudget& budget) {
  return get_packed(from, values, budget, unpack_transcript);
}

}  // namespace holter::codec
