#include "describe/packet_json.h"

#include <array>

#include "base/assert.h"
#include "describe/digits.h"
#include "describe/packet_words.h"
#include "describe/value_text.h"

namespace holter::describe {
namespace {

using wire::FieldEntry;
using wire::FieldInfo;

constexpr std::size_t kMostName = 64;  // characters of a layer's name with its quotes and what stands around it
constexpr std::size_t kMaxNesting = 12;

// Objects within each other while a FieldList is written: the frame, a layer, a group, a layer that it quotes, ...
class Objects {
 public:
  explicit Objects(TextBuffer& out) : out_(out) {}

  void layer(wire::Protocol protocol) {
    if (top().is_layer) leave();
    end_list();
    const unsigned times = ++seen_[quoted_ ? 1 : 0][static_cast<std::size_t>(protocol)];
    const std::string_view name = to_string(protocol);
    char* at = out_.room(kMostName);
    if (top().has_members) *at++ = ',';
    top().has_members = true;
    *at++ = '"';
    std::memcpy(at, name.data(), name.size());
    at += name.size();
    if (times > 1) {
      *at++ = '_';
      at = put_number(at, times);
    }
    std::memcpy(at, "\":{", 3);
    out_.wrote(at + 3);
    enter(true);
  }

  void value(const FieldEntry& entry) {
    key(*entry.field);
    put_json_value(out_, entry);
  }

  void open(const FieldInfo& group) {
    key(group);
    out_.append('{');
    enter(false);
    if (group.occurs == wire::Occurs::once && depth_ == kQuoteDepth) seen_[1] = {};
    quoted_ = depth_ >= kQuoteDepth;
  }

  void close() {
    if (top().is_layer) leave();
    leave();
    quoted_ = depth_ >= kQuoteDepth;
  }

  void finish() {
    while (depth_ != 0) leave();
  }

 private:
  struct Object {
    const FieldInfo* list = nullptr;  // the one that is open as an array
    bool has_members = false;
    bool is_layer = false;
  };
  static constexpr std::size_t kQuoteDepth = 2;  // frame, layer, group

  Object& top() { return objects_[depth_]; }

  void enter(bool is_layer) {
    HOLTER_ASSERT(depth_ + 1 < kMaxNesting);
    objects_[++depth_] = {.is_layer = is_layer};
  }

  void leave() {
    end_list();
    out_.append('}');
    --depth_;
  }

  void end_list() {
    if (top().list == nullptr) return;
    out_.append(']');
    top().list = nullptr;
  }

  void key(const FieldInfo& field) {
    Object& object = top();
    if (object.list == &field) {
      out_.append(',');
      return;
    }
    end_list();
    const std::size_t comma = object.has_members ? 0 : 1;  // the first has none before it
    object.has_members = true;
    char* at = out_.room(FieldInfo::kMostKey + 1);
    // A copy of constant length is a few moves.
    std::memcpy(at, field.key.data() + comma, FieldInfo::kMostKey - 1);
    at += field.key_length - comma;
    if (field.occurs == wire::Occurs::often) {
      *at++ = '[';
      object.list = &field;
    }
    out_.wrote(at);
  }

  TextBuffer& out_;
  std::array<Object, kMaxNesting> objects_{{{.has_members = true}}};
  std::size_t depth_ = 0;
  bool quoted_ = false;
  std::array<std::array<std::uint8_t, wire::kProtocolCount>, 2> seen_{};  // of the frame, and of what it quotes
};

void put_member(TextBuffer& out, std::string_view name, std::uint64_t value) {
  out.append(",\"");
  out.append(name);
  out.append("\":");
  out.wrote(put_number(out.room(kMostDigits), value));
}

}  // namespace

void PacketJson::put_time(TextBuffer& out, base::PacketTime at) {
  const base::WallTime wall = base::as_wall_time(at);
  constexpr std::int64_t kNanoseconds = 1'000'000'000;
  std::int64_t second = wall.in_nanoseconds() / kNanoseconds;
  std::int64_t fraction = wall.in_nanoseconds() % kNanoseconds;
  if (fraction < 0) {
    fraction += kNanoseconds;
    --second;
  }
  if (second != second_ || second_text_.empty()) {
    second_ = second;
    second_text_ = to_string(wall, 0);
    second_text_.pop_back();  // the Z
  }
  out.append('"');
  out.append(second_text_);
  char* const text = out.room(kMostDigits);
  text[0] = '.';
  for (std::size_t digit = 9; digit != 0; --digit, fraction /= 10) text[digit] = static_cast<char>('0' + fraction % 10);
  std::memcpy(text + 10, "Z\"", 2);
  out.wrote(text + 12);
}

void PacketJson::put_frame(TextBuffer& out, const SeenFrame& frame) {
  const wire::Packet& packet = frame.packet;
  out.append("{\"frame\":{\"number\":");
  out.wrote(put_number(out.room(kMostDigits), frame.facts.number));
  out.append(",\"time\":");
  if (frame.facts.captured_at) {
    put_time(out, *frame.facts.captured_at);
  } else {
    out.append("null");
  }
  out.append(",\"interface\":");
  if (frame.facts.interface.empty()) {
    out.append("null");
  } else {
    const std::string& name = frame.facts.interface.raw();
    put_json_text(out, {reinterpret_cast<const std::uint8_t*>(name.data()), name.size()});
  }
  put_member(out, "link_type", frame.facts.linktype);
  put_member(out, "captured_length", packet.captured_length);
  put_member(out, "original_length", packet.original_length);
  out.append(",\"decode_end\":\"");
  out.append(to_string(packet.end));
  out.append(packet.truncated ? "\",\"truncated\":true" : "\",\"truncated\":false");
  out.append(",\"anomalies\":[");
  bool first = true;
  for (unsigned bit = 0; bit < wire::kAnomalyCount; ++bit) {
    if ((frame.anomalies() >> bit & 1) == 0) continue;
    out.append(first ? "\"" : ",\"");
    out.append(to_string(static_cast<wire::Anomaly>(bit)));
    out.append("\"");
    first = false;
  }
  out.append("]");
  if (frame.fields.left_out() != 0) put_member(out, "left_out", frame.fields.left_out());
  out.append("}");
}

void PacketJson::append(TextBuffer& out, const SeenFrame& frame) {
  put_frame(out, frame);
  Objects objects(out);
  for (const FieldEntry& entry : frame.fields.entries()) {
    switch (entry.mark) {
      case FieldEntry::Mark::layer: objects.layer(entry.layer); break;
      case FieldEntry::Mark::value: objects.value(entry); break;
      case FieldEntry::Mark::open: objects.open(*entry.field); break;
      case FieldEntry::Mark::close: objects.close(); break;
    }
  }
  objects.finish();
  out.append("}");
}

}  // namespace holter::describe
