#include "describe/packet_json.h"

#include <array>
#include <bit>

#include "base/assert.h"
#include "describe/digits.h"
#include "describe/packet_words.h"
#include "describe/value_text.h"

namespace holter::describe {
namespace {

using wire::FieldEntry;
using wire::FieldInfo;

constexpr std::size_t kMostMember = FieldInfo::kMostKey + 8 + kMostShortValue;  // with what ends before it
constexpr std::size_t kMostFrame = 1'024;  // what is said of the frame itself, but its interface
constexpr std::size_t kMaxNesting = 12;

// Objects within each other while a FieldList is written: the frame, a layer, a group, a layer that it quotes, ... Each
// function writes where there is room for kMostMember.
class Objects {
 public:
  char* layer(char* at, wire::Protocol protocol) {
    if (top_.is_layer) at = leave(at);
    at = end_list(at);
    const unsigned times = ++seen_[depth_ < kQuoteDepth ? 0 : 1][static_cast<std::size_t>(protocol)];
    *at++ = separator_;
    *at++ = '"';
    at = put_word(at, to_string(protocol));
    if (times > 1) {
      *at++ = '_';
      at = put_number(at, times);
    }
    enter(true);
    return put_text(at, "\":");
  }

  // The key of a value.
  char* key(char* at, const FieldInfo& field) {
    if (top_.list == &field) {
      *at++ = ',';
      return at;
    }
    at = end_list(at);
    *at++ = separator_;
    separator_ = ',';
    // A copy of constant length is a few moves.
    std::memcpy(at, field.key.data(), FieldInfo::kMostKey);
    at += field.key_length;
    if (field.occurs == wire::Occurs::often) {
      *at++ = '[';
      top_.list = &field;
    }
    return at;
  }

  char* open(char* at, const FieldInfo& group) {
    at = key(at, group);
    enter(false);
    if (group.occurs == wire::Occurs::once && depth_ == kQuoteDepth) seen_[1] = {};
    return at;
  }

  char* close(char* at) {
    if (top_.is_layer) at = leave(at);
    return leave(at);
  }

  char* finish(char* at) {
    while (depth_ != 0) at = leave(at);
    return at;
  }

 private:
  struct Object {
    const FieldInfo* list = nullptr;  // the one that is open as an array
    bool is_layer = false;
  };
  static constexpr std::size_t kQuoteDepth = 2;  // frame, layer, group

  void enter(bool is_layer) {
    HOLTER_ASSERT(depth_ + 1 < kMaxNesting);
    outer_[depth_++] = top_;
    top_ = {.is_layer = is_layer};
    separator_ = '{';
  }

  char* leave(char* at) {
    at = end_list(at);
    if (separator_ == '{') *at++ = '{';
    *at++ = '}';
    top_ = outer_[--depth_];
    separator_ = ',';
    return at;
  }

  char* end_list(char* at) {
    if (top_.list == nullptr) return at;
    *at++ = ']';
    top_.list = nullptr;
    return at;
  }

  Object top_;
  char separator_ = ',';  // what stands before the next member: it begins an object, or goes on with one
  std::size_t depth_ = 0;
  std::array<Object, kMaxNesting> outer_;
  std::array<std::array<std::uint8_t, wire::kProtocolCount>, 2> seen_{};  // of the frame, and of what it quotes
};

char* put_anomalies(char* at, std::uint32_t anomalies) {
  char separator = '[';
  for (; anomalies != 0; anomalies &= anomalies - 1) {
    *at++ = separator;
    *at++ = '"';
    at = put_text(at, to_string(static_cast<wire::Anomaly>(std::countr_zero(anomalies))));
    *at++ = '"';
    separator = ',';
  }
  if (separator == '[') *at++ = '[';
  *at++ = ']';
  return at;
}

}  // namespace

char* PacketJson::put_time(char* at, base::PacketTime time) {
  const base::WallTime wall = base::as_wall_time(time);
  constexpr std::int64_t kNanoseconds = 1'000'000'000;
  std::int64_t second = wall.in_nanoseconds() / kNanoseconds;
  std::int64_t fraction = wall.in_nanoseconds() % kNanoseconds;
  if (fraction < 0) {
    fraction += kNanoseconds;
    --second;
  }
  if (second != second_) {
    second_ = second;
    std::memcpy(second_text_.data(), to_string(wall, 0).data(), second_text_.size());
  }
  *at++ = '"';
  at = put_text(at, {second_text_.data(), second_text_.size()});
  *at++ = '.';
  constexpr std::int64_t kEightDigits = 100'000'000;
  at = put_byte(at, static_cast<std::uint8_t>(fraction / kEightDigits));
  at = put_eight_digits(at, static_cast<std::uint32_t>(fraction % kEightDigits));
  return put_text(at, "Z\"");
}

char* PacketJson::put_frame(TextBuffer& out, const SeenFrame& frame) {
  const auto& [captured, packet, fields, facts] = frame;
  char* at = put_text(out.room(kMostFrame), "{\"frame\":{\"number\":");
  at = put_number(at, facts.number);
  at = put_text(at, ",\"time\":");
  at = facts.captured_at ? put_time(at, *facts.captured_at) : put_text(at, "null");
  at = put_text(at, ",\"interface\":");
  if (facts.interface.empty()) {
    at = put_text(at, "null");
  } else {
    const std::string& name = facts.interface.raw();
    at = put_json_text(out, at, {reinterpret_cast<const std::uint8_t*>(name.data()), name.size()});
    at = out.more(at, kMostFrame);
  }
  at = put_number(put_text(at, ",\"link_type\":"), facts.linktype);
  at = put_number(put_text(at, ",\"captured_length\":"), packet.captured_length);
  at = put_number(put_text(at, ",\"original_length\":"), packet.original_length);
  at = put_word(put_text(at, ",\"decode_end\":\""), to_string(packet.end));
  at = put_flag(put_text(at, "\",\"truncated\":"), packet.truncated);
  at = put_anomalies(put_text(at, ",\"anomalies\":"), frame.anomalies());
  if (fields.left_out() != 0) at = put_number(put_text(at, ",\"left_out\":"), fields.left_out());
  *at++ = '}';
  return at;
}

void PacketJson::append(TextBuffer& out, const SeenFrame& frame) {
  char* at = put_frame(out, frame);
  Objects objects;
  for (const FieldEntry& entry : frame.fields.entries()) {
    at = out.more(at, kMostMember);
    switch (entry.mark) {
      case FieldEntry::Mark::value: at = put_json_value(out, objects.key(at, *entry.field), entry); break;
      case FieldEntry::Mark::layer: at = objects.layer(at, entry.layer); break;
      case FieldEntry::Mark::open: at = objects.open(at, *entry.field); break;
      case FieldEntry::Mark::close: at = objects.close(at); break;
    }
  }
  at = objects.finish(out.more(at, kMostMember));
  *at++ = '}';
  out.wrote(at);
}

}  // namespace holter::describe
