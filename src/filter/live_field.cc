#include "filter/live_field.h"

#include <algorithm>
#include <array>
#include <deque>
#include <string>
#include <vector>

#include "filter/expression.h"

namespace holter::filter {
namespace {

using wire::Anomaly;
using wire::FieldType;
using wire::Protocol;

constexpr auto kDirections =
    std::to_array<std::string_view>({"unknown", "host", "broadcast", "multicast", "other_host", "outgoing"});
constexpr std::uint64_t kMostLinkType = 65'535;

constexpr std::uint64_t anomaly_bit(Anomaly anomaly) { return std::uint64_t{1} << static_cast<unsigned>(anomaly); }
// Of these a Packet knows nothing: they are found in what applications say.
constexpr std::uint64_t kOfApplications = anomaly_bit(Anomaly::name_loop) | anomaly_bit(Anomaly::malformed_payload);

Type type_of(FieldType type) {
  switch (type) {
    case FieldType::flag:
    case FieldType::group: return Type::boolean;
    case FieldType::number: return Type::number;
    case FieldType::signed_number: return Type::signed_number;
    case FieldType::decimal: return Type::decimal;
    case FieldType::address: return Type::address;
    case FieldType::mac: return Type::mac;
    case FieldType::bytes: return Type::bytes;
    case FieldType::text:
    case FieldType::word: break;
  }
  return Type::text;
}

class Table {
 public:
  Table() {
    for (const auto& row : packet_fields()) {
      if (row.info.name == "ethernet") add_frame_fields();
      rows_.push_back({row.info, place_of(row), row.load, {}});
    }
    for (const auto& layer : wire::all_fields()) {
      if (layer.layer != Protocol::frame) add_layer(layer);
    }
    for (unsigned i = 0; i < static_cast<unsigned>(Protocol::frame); ++i) {
      add_layer({static_cast<Protocol>(i), {}, "has such a header"});
    }
  }

  std::vector<LiveField> take() { return std::move(rows_); }

 private:
  void add_frame_fields() {
    for (const std::string_view name : {"interface", "frame.interface"}) {
      rows_.push_back({{name, Type::text, "where it was captured"}, Place::interface, {}, {}});
    }
    FieldInfo direction{"direction", Type::word, "of a live capture: which way it went, and for whom it was"};
    direction.words = kDirections;
    rows_.push_back({direction, Place::direction, {}, {}});
    FieldInfo link{"frame.link_type", Type::number, "LINKTYPE of tcpdump.org: 1 is Ethernet"};
    link.most = kMostLinkType;
    rows_.push_back({link, Place::link_type, {}, {}});
    rows_.push_back(
        {{kTcpdumpField, Type::tcpdump, "what tcpdump would match: `bpf:\"tcp port 80\"`"}, Place::bytes, {}, {}});
  }

  static Place place_of(const PacketField& row) {
    const bool anomalies = row.info.name.starts_with("anomaly");
    return anomalies && (row.load.a.mask & kOfApplications) != 0 ? Place::anomalies : Place::packet;
  }

  bool is_there(std::string_view name) const {
    return std::ranges::any_of(rows_, [&](const LiveField& row) { return row.info.name == name; });
  }

  void add_layer(const wire::LayerFields& layer) {
    if (!is_there(to_string(layer.layer))) {
      const bool flat = layer.layer < Protocol::frame;
      rows_.push_back({{to_string(layer.layer), Type::boolean, layer.meaning},
                       flat ? Place::packet : Place::layer,
                       flat ? has_any_of(filter::bit_of(layer.layer)) : PacketLoad{},
                       {layer.layer, nullptr}});
    }
    for (const auto& field : layer.fields) {
      const wire::FieldOfLayer what{layer.layer, &field};
      const std::string name = wire::full_name(what);
      if (is_there(name)) continue;
      rows_.push_back({{kept(name), type_of(field.type), field.meaning}, Place::value, {}, what});
    }
  }

  // Names live for ever, as the table does.
  static std::string_view kept(const std::string& name) {
    static std::deque<std::string> names;
    return names.emplace_back(name);
  }

  std::vector<LiveField> rows_;
};

}  // namespace

bool LiveField::needs_checksums() const {
  if (place == Place::value) return listed.field->short_name == "checksum_state";
  return info.name == "anomaly" || info.name == "anomaly.bad_transport_checksum";
}

std::span<const LiveField> live_fields() {
  static const std::vector<LiveField> table = Table().take();
  return table;
}

}  // namespace holter::filter
