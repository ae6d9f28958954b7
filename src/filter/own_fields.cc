#include "filter/own_fields.h"

namespace holter::filter {
namespace {

using wire::Protocol;

bool is_ip(Protocol layer) { return layer == Protocol::ipv4 || layer == Protocol::ipv6; }

bool is_tunnel(Protocol layer) {
  return layer == Protocol::gre || layer == Protocol::ip_in_ip || layer == Protocol::vxlan ||
         layer == Protocol::geneve || layer == Protocol::gtp_u;
}

}  // namespace

OwnFields::OwnFields(const wire::FieldList& list, unsigned tunnels) : anomalies_(list.anomalies()) {
  const auto entries = list.entries();
  std::size_t link_end = entries.size();
  std::size_t begin = 0;
  std::size_t depth = 0;
  bool ip_seen = false;  // since `begin`
  for (std::size_t i = 0; i < entries.size() && tunnels > 0; ++i) {
    if (entries[i].mark == Mark::open) ++depth;
    if (entries[i].mark == Mark::close) --depth;
    if (entries[i].mark != Mark::layer || depth != 0) continue;
    const Protocol layer = entries[i].layer;
    if (is_ip(layer) || is_tunnel(layer)) link_end = std::min(link_end, i);
    // IP straight in IP may have no layer of its own.
    if (is_tunnel(layer) || (is_ip(layer) && ip_seen)) {
      begin = i;
      --tunnels;
      ip_seen = false;
    }
    ip_seen = ip_seen || is_ip(layer);
  }
  if (begin != 0) link_ = entries.first(link_end);
  inner_ = entries.subspan(begin);
}

}  // namespace holter::filter
