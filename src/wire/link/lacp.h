// Slow protocols (IEEE 802.3 annex 57A), told apart by their first byte: link aggregation control (LACP) and its marker
// protocol (IEEE 802.1AX), decoded, and Ethernet OAM (IEEE 802.3 clause 57), by its subtype only. Version 1 puts
// everything in fixed places; later versions add behind it.
#pragma once

#include "wire/decoder.h"

namespace holter::wire {

struct LacpFields {
  FieldInfo subtype{"subtype", FieldType::number, "1 LACP, 2 marker, 3 Ethernet OAM, 10 others"};
  FieldInfo version{"version", FieldType::number, "1"};
  FieldInfo actor{"actor", FieldType::group, "the sender's end of the link", Occurs::once};
  FieldInfo actor_system_priority{"actor.system_priority", FieldType::number, "of its system"};
  FieldInfo actor_system{"actor.system", FieldType::mac, "its system"};
  FieldInfo actor_key{"actor.key", FieldType::number, "ports of one key may be aggregated"};
  FieldInfo actor_port_priority{"actor.port_priority", FieldType::number, "of its port"};
  FieldInfo actor_port{"actor.port", FieldType::number, "its port"};
  FieldInfo actor_state{"actor.state", FieldType::number, "all eight flags"};
  FieldInfo actor_activity{"actor.activity", FieldType::flag, "speaks without being asked"};
  FieldInfo actor_timeout{"actor.timeout", FieldType::flag, "the short timeout"};
  FieldInfo actor_aggregation{"actor.aggregation", FieldType::flag, "may be aggregated"};
  FieldInfo actor_synchronization{"actor.synchronization", FieldType::flag, "is in the right aggregate"};
  FieldInfo actor_collecting{"actor.collecting", FieldType::flag, "takes frames"};
  FieldInfo actor_distributing{"actor.distributing", FieldType::flag, "sends frames"};
  FieldInfo actor_defaulted{"actor.defaulted", FieldType::flag, "has not heard of its partner"};
  FieldInfo actor_expired{"actor.expired", FieldType::flag, "has lost its partner"};
  FieldInfo partner{"partner", FieldType::group, "the other end, as the sender sees it", Occurs::once};
  FieldInfo partner_system_priority{"partner.system_priority", FieldType::number, "of its system"};
  FieldInfo partner_system{"partner.system", FieldType::mac, "its system"};
  FieldInfo partner_key{"partner.key", FieldType::number, "ports of one key may be aggregated"};
  FieldInfo partner_port_priority{"partner.port_priority", FieldType::number, "of its port"};
  FieldInfo partner_port{"partner.port", FieldType::number, "its port"};
  FieldInfo partner_state{"partner.state", FieldType::number, "all eight flags"};
  FieldInfo partner_activity{"partner.activity", FieldType::flag, "speaks without being asked"};
  FieldInfo partner_timeout{"partner.timeout", FieldType::flag, "the short timeout"};
  FieldInfo partner_aggregation{"partner.aggregation", FieldType::flag, "may be aggregated"};
  FieldInfo partner_synchronization{"partner.synchronization", FieldType::flag, "is in the right aggregate"};
  FieldInfo partner_collecting{"partner.collecting", FieldType::flag, "takes frames"};
  FieldInfo partner_distributing{"partner.distributing", FieldType::flag, "sends frames"};
  FieldInfo partner_defaulted{"partner.defaulted", FieldType::flag, "has not heard of its partner"};
  FieldInfo partner_expired{"partner.expired", FieldType::flag, "has lost its partner"};
  FieldInfo collector_max_delay{"collector_max_delay", FieldType::number, "in units of 10 microseconds"};
  FieldInfo marker_type{"marker_type", FieldType::number, "of a marker: 1 asks, 2 answers"};
  FieldInfo marker_port{"marker_port", FieldType::number, "of a marker: who asks"};
  FieldInfo marker_system{"marker_system", FieldType::mac, "of a marker: who asks"};
  FieldInfo marker_transaction{"marker_transaction", FieldType::number, "of a marker: which question"};
};
inline constexpr LacpFields kLacpFields;

inline constexpr std::uint8_t kSlowLacp = 1;
inline constexpr std::uint8_t kSlowMarker = 2;

class SlowView {
 public:
  static Parsed<SlowView> parse(Window window);

  std::uint8_t subtype() const { return bytes_[0]; }
  Bytes bytes() const { return bytes_; }
  std::size_t size() const { return bytes_.size(); }
  // The lengths within are those of the standard.
  bool sound() const;

  static constexpr std::size_t kLacpBytes = 58;    // to the collector's delay
  static constexpr std::size_t kMarkerBytes = 16;  // to the transaction

 private:
  explicit SlowView(Bytes bytes) : bytes_(bytes) {}
  Bytes bytes_;
};

Next decode_slow(Decoder& decoder);

}  // namespace holter::wire
