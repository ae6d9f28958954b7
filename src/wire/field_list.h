// FieldList is everything that a full decode found in one frame: layers in their order, and in each its fields with
// their values, some of them grouped. It is what JSON, --fields and filters on rare fields read. Made once and cleared
// for each frame: it has all its memory from the beginning, at most kMaxFieldBytes, and what finds no room is left out
// and counted. Values point into the frame, which must stay while they are read. One thread.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "base/byte_reader.h"
#include "wire/field.h"
#include "wire/packet.h"

namespace holter::wire {

struct FieldEntry {
  enum class Mark : std::uint8_t { layer, value, open, close };

  const FieldInfo* field = nullptr;  // of a layer: null
  union {
    std::uint64_t number = 0;   // flag, number; signed_number and decimal as their bits
    const std::uint8_t* bytes;  // address (4 or 16), mac (6), text, word, bytes
  };
  std::uint32_t length = 0;
  Mark mark = Mark::value;
  Protocol layer = Protocol::frame;  // of Mark::layer

  base::Bytes data() const { return {bytes, length}; }
  std::string_view word() const { return {reinterpret_cast<const char*>(bytes), length}; }
  std::int64_t signed_number() const { return static_cast<std::int64_t>(number); }
  double decimal() const;
};

inline constexpr std::size_t kMaxFieldEntries = 2'000;
inline constexpr std::size_t kMaxFieldText = 16 * 1024;  // bytes of texts that are nowhere in the frame as they are
inline constexpr std::size_t kMaxFieldBytes = kMaxFieldEntries * sizeof(FieldEntry) + kMaxFieldText;
static_assert(kMaxFieldBytes <= 64 * 1024, "a full decode may take 64 KiB");

class FieldList {
 public:
  FieldList();

  void clear();
  std::span<const FieldEntry> entries() const { return {entries_.get(), size_}; }
  std::uint64_t left_out() const { return left_out_; }  // values for which there was no room
  // What is wrong with what applications said: bits of Anomaly, of which a Packet knows nothing.
  std::uint32_t anomalies() const { return anomalies_; }

  // What follows belongs to this layer, until the next layer or the close() around it.
  void layer(Protocol protocol);
  void open(const FieldInfo& group);
  void close();

  void number(const FieldInfo& field, std::uint64_t value) {
    if (FieldEntry* const entry = add(field)) entry->number = value;
  }
  void flag(const FieldInfo& field, bool value) { number(field, value ? 1 : 0); }
  void signed_number(const FieldInfo& field, std::int64_t value) { number(field, static_cast<std::uint64_t>(value)); }
  void decimal(const FieldInfo& field, double value);
  // Of the frame: an address, a MAC, text or bytes as they lie there.
  void data(const FieldInfo& field, base::Bytes value) {
    if (FieldEntry* const entry = add(field)) point(*entry, value);
  }
  // A constant of the program.
  void word(const FieldInfo& field, std::string_view value);
  // Text put together while decoding, such as a name without its compression: kept here.
  void made_text(const FieldInfo& field, std::string_view value);
  // The same of bytes: an address without the bytes that its header left out.
  void made_data(const FieldInfo& field, base::Bytes value);
  // Bytes that are nowhere in the frame, such as decrypted ones, kept here to be pointed into; empty without room.
  base::Bytes keep(base::Bytes value);
  // The layers of another list but for its first ones. Their values stay where they are.
  void add_layers(const FieldList& other, std::size_t but_for);
  void flaw(Anomaly anomaly) { anomalies_ |= 1U << static_cast<unsigned>(anomaly); }

 private:
  FieldEntry* add(const FieldInfo& field) { return add(&field, FieldEntry::Mark::value); }
  FieldEntry* add(const FieldInfo* field, FieldEntry::Mark mark) {
    if (size_ + unclosed_ >= kMaxFieldEntries) {
      ++left_out_;
      return nullptr;
    }
    FieldEntry& entry = entries_[size_++];
    entry.field = field;
    entry.mark = mark;
    return &entry;
  }
  static void point(FieldEntry& entry, base::Bytes value) {
    entry.bytes = value.data();
    entry.length = static_cast<std::uint32_t>(value.size());
  }

  std::unique_ptr<FieldEntry[]> entries_;
  std::unique_ptr<std::uint8_t[]> text_;
  std::size_t size_ = 0;
  std::size_t text_size_ = 0;
  std::size_t unclosed_ = 0;  // groups that are open; each has room for its end
  std::size_t shut_out_ = 0;  // groups that were opened without room, and are open
  std::uint64_t left_out_ = 0;
  std::uint32_t anomalies_ = 0;
};

}  // namespace holter::wire
