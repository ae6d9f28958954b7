#include "describe/packet_json.h"

#include <array>

#include "base/assert.h"
#include "describe/packet_words.h"
#include "describe/value_text.h"

namespace holter::describe {
namespace {

using wire::FieldEntry;
using wire::FieldInfo;

constexpr std::size_t kMostKey = 128;  // characters of a key with its quotes and what stands around it
constexpr std::size_t kMaxNesting = 12;

// Objects within each other while a FieldList is written: the frame, a layer, a group, a layer that it quotes, ...
class Objects {
 public:
  explicit Objects(TextBuffer& out) : out_(out) {}

  void layer(wire::Protocol protocol) {
    if (top().is_layer) leave();
    separate();
    const unsigned times = ++seen_[quoted_ ? 1 : 0][static_cast<std::size_t>(protocol)];
    out_.reserve(kMostKey);
    out_.put('"');
    out_.put(to_string(protocol));
    if (times > 1) {
      out_.put('_');
      out_.number(times);
    }
    out_.put("\":{");
    enter(true);
  }

  void value(const FieldEntry& entry) {
    key(*entry.field);
    put_json_value(out_, entry);
  }

  void open(const FieldInfo& group) {
    key(group);
    out_.append("{");
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
    out_.append("}");
    --depth_;
  }

  void end_list() {
    if (top().list != nullptr) out_.append("]");
    top().list = nullptr;
  }

  void separate() {
    end_list();
    if (top().has_members) out_.append(",");
    top().has_members = true;
  }

  void key(const FieldInfo& field) {
    if (top().list == &field) {
      out_.append(",");
      return;
    }
    separate();
    out_.reserve(kMostKey);
    out_.put('"');
    out_.put(field.short_name);
    out_.put("\":");
    if (field.occurs == wire::Occurs::once) return;
    out_.put('[');
    top().list = &field;
  }

  TextBuffer& out_;
  std::array<Object, kMaxNesting> objects_{{{.has_members = true}}};
  std::size_t depth_ = 0;
  bool quoted_ = false;
  std::array<std::array<std::uint8_t, wire::kProtocolCount>, 2> seen_{};  // of the frame, and of what it quotes
};

void put_number(TextBuffer& out, std::string_view name, std::uint64_t value) {
  out.reserve(kMostKey);
  out.put(",\"");
  out.put(name);
  out.put("\":");
  out.number(value);
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
  out.reserve(kMostKey);
  out.put('"');
  out.put(second_text_);
  out.put('.');
  for (std::int64_t digit = kNanoseconds / 10; digit != 0; digit /= 10) {
    out.put(static_cast<char>('0' + fraction / digit % 10));
  }
  out.put("Z\"");
}

void PacketJson::put_frame(TextBuffer& out, const SeenFrame& frame) {
  const wire::Packet& packet = frame.packet;
  out.append("{\"frame\":{\"number\":");
  out.reserve(kMostKey);
  out.number(frame.facts.number);
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
  put_number(out, "link_type", frame.facts.linktype);
  put_number(out, "captured_length", packet.captured_length);
  put_number(out, "original_length", packet.original_length);
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
  if (frame.fields.left_out() != 0) put_number(out, "left_out", frame.fields.left_out());
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
