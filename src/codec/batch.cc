#include "codec/batch.h"

#include <algorithm>
#include <functional>

#include "base/assert.h"
#include "base/byte_writer.h"
#include "codec/column.h"
#include "codec/header.h"
#include "codec/packed_path.h"
#include "codec/record_pointers.h"

namespace holter::codec {
namespace {

using record::NamedRecord;

// What fitting() counts for a record besides its texts: more than all numbers of any type can take.
constexpr std::size_t kFixedBytes = 256;
constexpr std::size_t kMaxRawBytes = kMaxBatchBytes / 2;

template <class Record, class Field>
using FieldOf = std::remove_cvref_t<std::invoke_result_t<Field, Record&>>;

bool follows(const NamedRecord& before, const NamedRecord& next) {
  return before.id.agent == next.id.agent && before.id.epoch == next.id.epoch && before.id.lane == next.id.lane &&
         before.body.index() == next.body.index() && before.id.sequence < next.id.sequence;
}

std::size_t text_bytes(const std::string& value) { return std::min(value.size(), kMaxTextBytes); }
std::size_t text_bytes(const base::UntrustedText& value) { return std::min(value.size(), kMaxTextBytes); }
std::size_t text_bytes(const record::Path& value) { return most_packed_bytes(value); }
template <class Value>
std::size_t text_bytes(const Value&) {
  return 0;
}

std::size_t most_bytes(const record::Record& body) {
  return std::visit(
      []<class R>(const R& record) {
        std::size_t bytes = kFixedBytes;
        fields(std::type_identity<R>(), [&](unsigned, auto field) { bytes += text_bytes(std::invoke(field, record)); });
        return bytes;
      },
      body);
}

void put_column(std::uint64_t id, ColumnType type, base::Bytes values, base::ByteWriter& to) {
  to.varint(id);
  to.u8(static_cast<std::uint8_t>(type));
  to.varint(values.size());
  to.bytes(values);
}

// Only when there are holes: numbers that follow one another need no column.
void put_sequences(RecordPointers records, base::ByteWriter& to) {
  if (records.back()->id.sequence - records.front()->id.sequence == records.size() - 1) return;
  base::ByteWriter column;
  for (std::size_t i = 1; i < records.size(); ++i) {
    column.varint(records[i]->id.sequence - records[i - 1]->id.sequence - 1);
  }
  put_column(kSequenceColumn, ColumnType::varint, column.view(), to);
}

template <class R>
void put_fields(RecordPointers records, base::ByteWriter& to) {
  const R plain{};
  fields(std::type_identity<R>(), [&](unsigned id, auto field) {
    using Value = FieldOf<R, decltype(field)>;
    std::vector<const Value*> values;
    values.reserve(records.size());
    for (const NamedRecord* record : records) values.push_back(&std::invoke(field, std::get<R>(record->body)));
    const Value& fallback = std::invoke(field, plain);
    if (std::ranges::all_of(values, [&](const Value* value) { return *value == fallback; })) return;
    base::ByteWriter column;
    Codec<Value>::put(values, column);
    put_column(id, Codec<Value>::kType, column.view(), to);
  });
}

struct Column {
  std::uint64_t id = 0;
  ColumnType type = ColumnType::byte;
  base::Bytes bytes;
};

base::Result<std::vector<Column>> read_columns(base::Bytes raw) {
  std::vector<Column> columns;
  base::ByteReader reader(raw);
  while (reader.captured_left() > 0) {
    Column column;
    column.id = reader.varint();
    column.type = static_cast<ColumnType>(reader.u8());
    column.bytes = reader.bytes(reader.varint());
    if (reader.failed()) return wrong_column("fewer bytes than it says");
    if (!columns.empty() && columns.back().id >= column.id) return wrong_column("a place out of order");
    if (columns.size() == kMaxColumns) return base::Error{base::ErrorKind::too_large, "a batch has too many columns"};
    columns.push_back(column);
  }
  return columns;
}

const Column* find(std::span<const Column> columns, std::uint64_t id) {
  const auto at = std::ranges::lower_bound(columns, id, {}, &Column::id);
  return at != columns.end() && at->id == id ? &*at : nullptr;
}

base::Result<void> read_whole(const Column& column, ColumnType expected, auto read) {
  if (column.type != expected) return wrong_column("values of another type than its field");
  base::ByteReader reader(column.bytes);
  if (auto good = read(reader); !good) return good;
  if (reader.failed()) return wrong_column("fewer values than records");
  if (reader.captured_left() > 0) return wrong_column("more bytes than its values need");
  return {};
}

base::Result<void> get_sequences(const BatchHeader& header, const Column* column, std::span<NamedRecord> records) {
  std::uint64_t sequence = header.first;
  const auto read = [&](base::ByteReader& from) -> base::Result<void> {
    for (std::size_t i = 1; i < records.size(); ++i) {
      const std::uint64_t skipped = from.varint();
      if (skipped >= header.last - sequence) return wrong_column("record numbers beyond the last");
      sequence += skipped + 1;
      records[i].id.sequence = sequence;
    }
    return {};
  };
  if (column != nullptr) {
    if (auto good = read_whole(*column, ColumnType::varint, read); !good) return good;
  } else {
    for (std::size_t i = 1; i < records.size(); ++i) records[i].id.sequence = ++sequence;
  }
  if (sequence != header.last) return wrong_column("record numbers that do not end at the last");
  return {};
}

template <class R>
base::Result<void> get_fields(std::span<const Column> columns, std::span<NamedRecord> records) {
  TextBudget budget{kMaxDecodedBytes};
  base::Result<void> outcome;
  fields(std::type_identity<R>(), [&](unsigned id, auto field) {
    using Value = FieldOf<R, decltype(field)>;
    const Column* column = find(columns, id);
    if (!outcome || column == nullptr) return;
    std::vector<Value*> values;
    values.reserve(records.size());
    for (NamedRecord& record : records) values.push_back(&std::invoke(field, std::get<R>(record.body)));
    outcome = read_whole(*column, Codec<Value>::kType,
                         [&](base::ByteReader& from) { return Codec<Value>::get(from, values, budget); });
    if (!outcome) outcome = base::with_context("column " + std::to_string(id), outcome.error());
  });
  return outcome;
}

// Calls with<R>() for the type of that index.
template <std::size_t index = 0>
auto dispatch(std::size_t type, auto with) {
  if constexpr (index + 1 < record::kTypeCount) {
    if (type != index) return dispatch<index + 1>(type, with);
  }
  HOLTER_ASSERT(type == index);
  return with(std::type_identity<std::variant_alternative_t<index, record::Record>>());
}

}  // namespace

std::vector<const NamedRecord*> pointers_to(std::span<const NamedRecord> records) {
  std::vector<const NamedRecord*> pointers;
  pointers.reserve(records.size());
  for (const NamedRecord& record : records) pointers.push_back(&record);
  return pointers;
}

std::size_t fitting(std::span<const NamedRecord> records) {
  return fitting(pointers_to(records.first(std::min(records.size(), kMaxBatchRecords))));
}

std::size_t fitting(RecordPointers records) {
  std::size_t bytes = 0;
  std::size_t count = 0;
  for (const NamedRecord* record : records) {
    if (count == kMaxBatchRecords || (count > 0 && !follows(*records[count - 1], *record))) break;
    bytes += most_bytes(record->body);
    if (count > 0 && bytes > kMaxRawBytes) break;
    ++count;
  }
  return count;
}

std::vector<std::uint8_t> encode_batch(std::span<const NamedRecord> records) {
  return encode_batch(pointers_to(records));
}

std::vector<std::uint8_t> encode_batch(RecordPointers records) {
  HOLTER_ASSERT(!records.empty() && fitting(records) == records.size());
  const NamedRecord& first = *records.front();
  BatchHeader header;
  header.agent = first.id.agent;
  header.epoch = first.id.epoch;
  header.lane = first.id.lane;
  header.type = first.body.index();
  header.count = static_cast<std::uint32_t>(records.size());
  header.first = first.id.sequence;
  header.last = records.back()->id.sequence;
  base::ByteWriter raw;
  put_sequences(records, raw);
  dispatch(header.type, [&]<class R>(std::type_identity<R>) { put_fields<R>(records, raw); });
  return seal(header, raw.view());
}

base::Result<std::vector<NamedRecord>> decode_batch(base::Bytes bytes) {
  const auto header = read_batch_header(bytes);
  if (!header) return header.error();
  const auto raw = unpack(bytes);
  if (!raw) return raw.error();
  const auto columns = read_columns(*raw);
  if (!columns) return columns.error();
  return dispatch(header->type, [&]<class R>(std::type_identity<R>) -> base::Result<std::vector<NamedRecord>> {
    const record::RecordId id{header->agent, header->epoch, header->lane, header->first};
    std::vector<NamedRecord> records(header->count, NamedRecord{id, R{}});
    if (auto good = get_sequences(*header, find(*columns, kSequenceColumn), records); !good) return good.error();
    if (auto good = get_fields<R>(*columns, records); !good) return good.error();
    return records;
  });
}

}  // namespace holter::codec
