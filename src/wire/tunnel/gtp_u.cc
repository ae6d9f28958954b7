#include "wire/tunnel/gtp_u.h"

#include "wire/shown_bytes.h"

namespace holter::wire {
namespace {

constexpr std::uint8_t kGPdu = 255;
constexpr std::uint8_t kPduSession = 0x85;

void list_fields(const GtpUView& view, FieldList& out) {
  const GtpUFields& f = kGtpUFields;
  out.number(f.flags, view.flags());
  out.number(f.version, view.version());
  out.number(f.type, view.type());
  out.number(f.length, view.length());
  out.number(f.teid, view.teid());
  if (view.has_sequence()) out.number(f.sequence, view.sequence());
  if (view.has_n_pdu()) out.number(f.n_pdu, view.n_pdu());
}

void list_extension(std::uint8_t type, Bytes header, FieldList& out) {
  const GtpUFields& f = kGtpUFields;
  const Bytes value = header.subspan(1, header.size() - 2);
  out.open(f.extension);
  out.number(f.extension_type, type);
  out.number(f.extension_length, header.size());
  if (type == kPduSession) {
    out.number(f.extension_pdu_type, value[0] >> 4);
    out.number(f.extension_qos_flow, value[1] & 0x3fU);
  } else {
    out.data(f.extension_value, shown(value));
  }
  out.close();
}

struct Extensions {
  std::size_t end = 0;  // where they end, from the header's beginning
  bool fit = true;
  ParseFault fault = ParseFault::truncated;
};

// Each is a length in units of 4 bytes, a value, and the type of the next.
Extensions walk_extensions(Decoder& decoder, const GtpUView& view, FieldList* out) {
  const Window window = decoder.window();
  Extensions walked{view.size()};
  for (std::uint8_t type = view.next_extension(); type != 0 && decoder.steps.take();) {
    const std::size_t at = walked.end;
    if (window.captured.size() <= at) return {at, false, window.fault_of(at + 1)};
    const std::size_t length = window.captured[at] * std::size_t{4};
    if (length == 0) return {at, false, ParseFault::malformed};
    if (window.captured.size() < at + length) return {at, false, window.fault_of(at + length)};
    if (out != nullptr) list_extension(type, window.captured.subspan(at, length), *out);
    type = window.captured[at + length - 1];
    walked.end = at + length;
  }
  return walked;
}

}  // namespace

Parsed<GtpUView> GtpUView::parse(Window window) {
  const Bytes bytes = window.captured;
  if (bytes.size() < kFixedBytes) return window.fault_of(kFixedBytes);
  const std::size_t length = (bytes[0] & 7U) != 0 ? kWithOptionsBytes : kFixedBytes;
  if (bytes.size() < length) return window.fault_of(length);
  return GtpUView(bytes.first(length));
}

Next decode_gtp_u(Decoder& decoder) {
  const auto view = GtpUView::parse(decoder.window());
  if (!view) return decoder.fail(view.error());
  if (!view->is_gtp()) return {};
  decoder.packet.add(Protocol::gtp_u);
  FieldList* const out = decoder.fields(Protocol::gtp_u);
  if (out != nullptr) list_fields(*view, *out);
  if (!decoder.packet.is_fragment()) decoder.limit(GtpUView::kFixedBytes + view->length());
  const Extensions extensions = walk_extensions(decoder, *view, out);
  if (!extensions.fit) return decoder.fail(extensions.fault);
  const Bytes captured = decoder.window().captured;
  if (view->type() != kGPdu || captured.size() <= extensions.end) {
    decoder.advance(extensions.end);
    return {};
  }
  const unsigned version = captured[extensions.end] >> 4;
  if ((version != 4 && version != 6) || !decoder.enter_tunnel(Protocol::gtp_u, view->teid(), Decoder::IdOf::one_way)) {
    return {};
  }
  decoder.advance(extensions.end);
  return {Space::link, static_cast<std::uint16_t>(LinkType::raw_ip)};
}

}  // namespace holter::wire
