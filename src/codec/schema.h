// Which columns a record type has: one description a type, walked by the encoder and the decoder alike, so that the two
// cannot disagree. visit(id, accessor): the id is for ever (docs/formats/codec.md lists them), the accessor a pointer
// to member or a callable that returns a reference. Ids rise within a type. A new field takes a new id at the end; an
// id is never reused.
#pragma once

#include <type_traits>

#include "record/record.h"

namespace holter::codec {

template <class Visit>
void fields(std::type_identity<record::ProbeResult>, Visit visit) {
  using R = record::ProbeResult;
  visit(1, &R::probe);
  visit(2, &R::kind);
  visit(3, &R::target);
  visit(4, &R::address);
  visit(5, &R::started);
  visit(6, &R::started_instant);
  visit(7, &R::outcome);
  visit(8, &R::failed_in);
  visit(9, &R::rtt);
  visit(10, &R::kernel_stamped);
  visit(11, [](auto& r) -> auto& { return r.phases[0]; });
  visit(12, [](auto& r) -> auto& { return r.phases[1]; });
  visit(13, [](auto& r) -> auto& { return r.phases[2]; });
  visit(14, [](auto& r) -> auto& { return r.phases[3]; });
  visit(15, [](auto& r) -> auto& { return r.phases[4]; });
  visit(16, &R::detail);
  visit(17, &R::facts);
  visit(18, &R::transcript);
  visit(19, &R::path);
  visit(20, &R::path_before);
}
static_assert(record::kPhaseCount == 5, "a new phase needs a column of its own");

template <class Visit>
void fields(std::type_identity<record::PulseChange>, Visit visit) {
  using R = record::PulseChange;
  visit(1, &R::session);
  visit(2, &R::peer);
  visit(3, &R::at);
  visit(4, &R::at_instant);
  visit(5, &R::from);
  visit(6, &R::to);
  visit(7, &R::diagnostic);
  visit(8, &R::asked);
  visit(9, &R::interval);
  visit(10, &R::silent_for);
  visit(11, &R::way);
  visit(12, &R::authentication);
  visit(13, &R::detect_multiplier);
  visit(14, &R::asks);
  visit(15, &R::reason);
}

template <class Visit>
void fields(std::type_identity<record::PulseMessage>, Visit visit) {
  using R = record::PulseMessage;
  visit(1, &R::session);
  visit(2, &R::peer);
  visit(3, &R::at);
  visit(4, &R::at_instant);
  visit(5, &R::text);
  visit(6, &R::way);
  visit(7, &R::authentication);
}

// One side's eight columns from id `first` on.
template <class Visit>
void tcp_side_fields(std::size_t side, unsigned first, Visit& visit) {
  visit(first, [side](auto& r) -> auto& { return r.tcp[side].retransmissions; });
  visit(first + 1, [side](auto& r) -> auto& { return r.tcp[side].spurious_retransmissions; });
  visit(first + 2, [side](auto& r) -> auto& { return r.tcp[side].out_of_order; });
  visit(first + 3, [side](auto& r) -> auto& { return r.tcp[side].duplicate_acks; });
  visit(first + 4, [side](auto& r) -> auto& { return r.tcp[side].keep_alives; });
  visit(first + 5, [side](auto& r) -> auto& { return r.tcp[side].zero_windows; });
  visit(first + 6, [side](auto& r) -> auto& { return r.tcp[side].zero_window_time; });
  visit(first + 7, [side](auto& r) -> auto& { return r.tcp[side].missing_bytes; });
}

template <class Visit>
void fields(std::type_identity<record::FlowRecord>, Visit visit) {
  using R = record::FlowRecord;
  visit(1, &R::interface);
  visit(2, &R::ip_protocol);
  visit(3, &R::vlan);
  visit(4, &R::initiator);
  visit(5, &R::responder);
  visit(6, &R::initiator_port);
  visit(7, &R::responder_port);
  visit(8, &R::first);
  visit(9, &R::last);
  visit(10, &R::initiator_packets);
  visit(11, &R::responder_packets);
  visit(12, &R::initiator_bytes);
  visit(13, &R::responder_bytes);
  visit(14, &R::initiator_tcp_flags);
  visit(15, &R::responder_tcp_flags);
  visit(16, &R::end_reason);
  visit(17, &R::inner_vlan);
  visit(18, &R::tunnel);
  visit(19, &R::tunnel_id);
  visit(20, &R::initiator_payload_bytes);
  visit(21, &R::responder_payload_bytes);
  visit(22, &R::tcp_state);
  visit(23, &R::closed_by);
  visit(24, &R::responder_rtt);
  visit(25, &R::initiator_rtt);
  visit(26, &R::history);
  tcp_side_fields(0, 27, visit);
  tcp_side_fields(1, 35, visit);
  visit(43, &R::initiator_ip_bytes);
  visit(44, &R::responder_ip_bytes);
}

template <class Visit>
void fields(std::type_identity<record::PacketRecord>, Visit visit) {
  using R = record::PacketRecord;
  visit(1, &R::interface);
  visit(2, &R::captured_at);
  visit(3, &R::captured_length);
  visit(4, &R::original_length);
  visit(5, &R::ether_type);
  visit(6, &R::vlan);
  visit(7, &R::ip_protocol);
  visit(8, &R::tcp_flags);
  visit(9, &R::source);
  visit(10, &R::destination);
  visit(11, &R::source_port);
  visit(12, &R::destination_port);
  visit(13, &R::anomalies);
  visit(14, &R::head);
  visit(15, &R::linktype);
  visit(16, &R::direction);
  visit(17, &R::checksum_not_ready);
  visit(18, &R::taken_tag);
}

template <class Visit>
void fields(std::type_identity<record::CaptureStats>, Visit visit) {
  using R = record::CaptureStats;
  visit(1, &R::interface);
  visit(2, &R::from);
  visit(3, &R::to);
  visit(4, &R::kernel_packets);
  visit(5, &R::kernel_drops);
  visit(6, &R::received);
  visit(7, &R::received_bytes);
  visit(8, &R::filtered);
  visit(9, &R::own);
  visit(10, &R::undecoded);
  visit(11, &R::truncated);
  visit(12, &R::flows);
  visit(13, &R::flows_evicted);
  visit(14, &R::kernel_refused);
  visit(15, &R::refused_uncounted);
  visit(16, &R::worker);
}

template <class Visit>
void fields(std::type_identity<record::NetworkChange>, Visit visit) {
  using R = record::NetworkChange;
  visit(1, &R::at);
  visit(2, &R::what);
  visit(3, &R::subject);
  visit(4, &R::before);
  visit(5, &R::after);
  visit(6, &R::interface);
}

template <class Visit>
void fields(std::type_identity<record::Gap>, Visit visit) {
  using R = record::Gap;
  visit(1, &R::cause);
  visit(2, &R::lane);
  visit(3, &R::epoch);
  visit(4, &R::first);
  visit(5, &R::last);
  visit(6, &R::count);
  visit(7, &R::from);
  visit(8, &R::to);
  visit(9, &R::where);
}

// How many values an enum has: what the decoder refuses to go beyond.
template <class Enum>
inline constexpr std::uint8_t kValues = 0;
template <>
inline constexpr std::uint8_t kValues<record::ProbeKind> = 8;
template <>
inline constexpr std::uint8_t kValues<record::Phase> = record::kPhaseCount;
template <>
inline constexpr std::uint8_t kValues<record::Outcome> = 9;
template <>
inline constexpr std::uint8_t kValues<record::Direction> = 3;
template <>
inline constexpr std::uint8_t kValues<record::PathEnd> = 7;
template <>
inline constexpr std::uint8_t kValues<record::SessionState> = 6;
template <>
inline constexpr std::uint8_t kValues<record::Diagnostic> = 13;
template <>
inline constexpr std::uint8_t kValues<record::Way> = 5;
template <>
inline constexpr std::uint8_t kValues<record::Authentication> = 3;
template <>
inline constexpr std::uint8_t kValues<record::EndReason> = 7;
template <>
inline constexpr std::uint8_t kValues<record::TcpState> = 7;
template <>
inline constexpr std::uint8_t kValues<record::ClosedBy> = 4;
template <>
inline constexpr std::uint8_t kValues<record::GapCause> = 7;
template <>
inline constexpr std::uint8_t kValues<record::Lane> = record::kLaneCount;

}  // namespace holter::codec
