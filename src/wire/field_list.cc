#include "wire/field_list.h"

#include <bit>
#include <cstring>

#include "base/assert.h"

namespace holter::wire {

double FieldEntry::decimal() const { return std::bit_cast<double>(number); }

FieldList::FieldList()
    : entries_(std::make_unique<FieldEntry[]>(kMaxFieldEntries)),
      text_(std::make_unique<std::uint8_t[]>(kMaxFieldText)) {}

void FieldList::clear() {
  size_ = text_size_ = unclosed_ = shut_out_ = 0;
  left_out_ = 0;
  anomalies_ = 0;
}

void FieldList::layer(Protocol protocol) {
  if (FieldEntry* const entry = add(nullptr, FieldEntry::Mark::layer)) entry->layer = protocol;
}

void FieldList::open(const FieldInfo& group) {
  // Room for the end is kept with the beginning, so that what is open can always be closed.
  if (shut_out_ != 0 || size_ + unclosed_ + 2 > kMaxFieldEntries) {
    ++shut_out_;
    ++left_out_;
    return;
  }
  add(&group, FieldEntry::Mark::open);
  ++unclosed_;
}

void FieldList::close() {
  if (shut_out_ != 0) {
    --shut_out_;
    return;
  }
  HOLTER_ASSERT(unclosed_ != 0);
  --unclosed_;
  add(nullptr, FieldEntry::Mark::close);
}

void FieldList::decimal(const FieldInfo& field, double value) { number(field, std::bit_cast<std::uint64_t>(value)); }

void FieldList::add_layers(const FieldList& other, std::size_t but_for) {
  std::size_t layers = 0;
  std::size_t open = 0;
  for (const FieldEntry& entry : other.entries()) {
    open += entry.mark == FieldEntry::Mark::open;
    open -= entry.mark == FieldEntry::Mark::close;
    if (entry.mark == FieldEntry::Mark::layer && open == 0) ++layers;
    if (layers <= but_for) continue;
    if (entry.mark == FieldEntry::Mark::open) this->open(*entry.field);
    if (entry.mark == FieldEntry::Mark::close) close();
    if (entry.mark == FieldEntry::Mark::layer) layer(entry.layer);
    if (entry.mark != FieldEntry::Mark::value) continue;
    if (FieldEntry* const copy = add(*entry.field)) *copy = entry;
  }
  left_out_ += other.left_out_;
  anomalies_ |= other.anomalies_;
}

void FieldList::word(const FieldInfo& field, std::string_view value) {
  data(field, {reinterpret_cast<const std::uint8_t*>(value.data()), value.size()});
}

void FieldList::made_text(const FieldInfo& field, std::string_view value) {
  made_data(field, {reinterpret_cast<const std::uint8_t*>(value.data()), value.size()});
}

void FieldList::made_data(const FieldInfo& field, base::Bytes value) {
  const base::Bytes kept = keep(value);
  if (kept.size() == value.size()) data(field, kept);
}

base::Bytes FieldList::keep(base::Bytes value) {
  if (value.size() > kMaxFieldText - text_size_) {
    ++left_out_;
    return {};
  }
  std::uint8_t* const place = text_.get() + text_size_;
  if (!value.empty()) std::memcpy(place, value.data(), value.size());
  text_size_ += value.size();
  return {place, value.size()};
}

}  // namespace holter::wire
