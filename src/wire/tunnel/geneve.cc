#include "wire/tunnel/geneve.h"

#include "wire/shown_bytes.h"

namespace holter::wire {
namespace {

constexpr std::size_t kOptionHeaderBytes = 4;

void list_option(Bytes option, FieldList& out) {
  const GeneveFields& f = kGeneveFields;
  const Bytes value = option.subspan(kOptionHeaderBytes);
  out.open(f.option);
  out.number(f.option_class, load_u16(option, 0));
  out.number(f.option_type, option[2]);
  out.number(f.option_length, value.size());
  if (!value.empty()) out.data(f.option_value, shown(value));
  out.close();
}

// False: one runs out of the list.
bool walk_options(Decoder& decoder, Bytes list, FieldList* out) {
  while (!list.empty() && decoder.steps.take()) {
    if (list.size() < kOptionHeaderBytes) return false;
    const std::size_t length = kOptionHeaderBytes + (list[3] & 0x1fU) * std::size_t{4};
    if (length > list.size()) return false;
    if (out != nullptr) list_option(list.first(length), *out);
    list = list.subspan(length);
  }
  return true;
}

void list_fields(const GeneveView& view, FieldList& out) {
  const GeneveFields& f = kGeneveFields;
  out.number(f.version, view.version());
  out.number(f.options_length, view.options().size());
  out.flag(f.control, view.control());
  out.flag(f.critical, view.critical());
  out.number(f.type, view.type());
  out.number(f.vni, view.vni());
}

bool carries_packets(std::uint16_t type) {
  return type == kEthertypeTransparentEthernet || type == kEthertypeIp || type == kEthertypeIpv6 ||
         type == kEthertypeMpls;
}

}  // namespace

Parsed<GeneveView> GeneveView::parse(Window window) {
  const Bytes bytes = window.captured;
  if (bytes.size() < kFixedBytes) return window.fault_of(kFixedBytes);
  const std::size_t length = kFixedBytes + (bytes[0] & 0x3fU) * std::size_t{4};
  if (bytes.size() < length) return window.fault_of(length);
  return GeneveView(bytes.first(length));
}

Next decode_geneve(Decoder& decoder) {
  const auto view = GeneveView::parse(decoder.window());
  if (!view) return decoder.fail(view.error());
  if (view->version() != 0) return decoder.fail(ParseFault::malformed);
  decoder.packet.add(Protocol::geneve);
  FieldList* const out = decoder.fields(Protocol::geneve);
  if (out != nullptr) list_fields(*view, *out);
  if (!walk_options(decoder, view->options(), out)) decoder.packet.add(Anomaly::bad_option);
  if (!carries_packets(view->type())) {
    decoder.advance(view->size());
    return {Space::ether_type, view->type()};
  }
  if (!decoder.enter_tunnel(Protocol::geneve, view->vni())) return {};
  decoder.advance(view->size());
  if (view->type() == kEthertypeTransparentEthernet) {
    return {Space::link, static_cast<std::uint16_t>(LinkType::ethernet)};
  }
  decoder.packet.ether_type = view->type();
  return {Space::ether_type, view->type()};
}

}  // namespace holter::wire
