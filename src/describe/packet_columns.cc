#include "describe/packet_columns.h"

#include "describe/packet_words.h"
#include "describe/value_text.h"
#include "wire/frame_fields.h"

namespace holter::describe {
namespace {

using wire::FieldEntry;
using wire::FieldInfo;

// What is asked of the frame itself, which no decoder lists.
void put_frame_field(TextBuffer& out, const SeenFrame& frame, const FieldInfo* field) {
  const auto& [captured, packet, fields, facts] = frame;
  const wire::FrameFields& all = wire::kFrameFields;
  if (field == nullptr) out.append("true");
  if (field == &all.number) out.append(std::to_string(facts.number));
  if (field == &all.time && facts.captured_at) out.append(to_string(base::as_wall_time(*facts.captured_at), 9));
  if (field == &all.interface) out.append(facts.interface.for_terminal());
  if (field == &all.link_type) out.append(std::to_string(facts.linktype));
  if (field == &all.captured_length) out.append(std::to_string(packet.captured_length));
  if (field == &all.original_length) out.append(std::to_string(packet.original_length));
  if (field == &all.decode_end) out.append(to_string(packet.end));
  if (field == &all.truncated) out.append(packet.truncated ? "true" : "false");
  if (field == &all.left_out) out.append(std::to_string(fields.left_out()));
  if (field != &all.anomalies) return;
  bool first = true;
  for (unsigned bit = 0; bit < wire::kAnomalyCount; ++bit) {
    if ((frame.anomalies() >> bit & 1) == 0) continue;
    if (!first) out.append(",");
    out.append(to_string(static_cast<wire::Anomaly>(bit)));
    first = false;
  }
}

void put_field(TextBuffer& out, const wire::FieldList& fields, const wire::FieldOfLayer& column) {
  wire::Protocol layer = wire::Protocol::frame;
  bool first = true;
  unsigned open = 0;
  bool quoted = false;  // a layer within a group is of the packet that an error quotes
  for (const FieldEntry& entry : fields.entries()) {
    if (entry.mark == FieldEntry::Mark::open) ++open;
    if (entry.mark == FieldEntry::Mark::close) quoted = --open != 0 && quoted;
    if (entry.mark == FieldEntry::Mark::layer && open != 0) quoted = true;
    if (quoted) continue;
    if (entry.mark == FieldEntry::Mark::layer) layer = entry.layer;
    const bool is_layer = entry.mark == FieldEntry::Mark::layer && column.field == nullptr;
    const bool is_value = entry.mark == FieldEntry::Mark::value && entry.field == column.field;
    if (layer != column.layer || (!is_layer && !is_value)) continue;
    if (is_layer && !first) continue;
    if (!first) out.append(",");
    first = false;
    if (is_layer) {
      out.append("true");
    } else {
      put_plain_value(out, entry);
    }
  }
}

}  // namespace

void append_columns(TextBuffer& out, const SeenFrame& frame, std::span<const wire::FieldOfLayer> columns) {
  bool first = true;
  for (const wire::FieldOfLayer& column : columns) {
    if (!first) out.append("\t");
    first = false;
    if (column.layer == wire::Protocol::frame) {
      put_frame_field(out, frame, column.field);
    } else {
      put_field(out, frame.fields, column);
    }
  }
}

}  // namespace holter::describe
