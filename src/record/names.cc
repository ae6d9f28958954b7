// The word for each value, as it stands in JSON, in the terminal and in docs: one table an enum.
#include <array>

#include "base/assert.h"
#include "record/record.h"

namespace holter::record {
namespace {

template <std::size_t N, class Value>
std::string_view word(const std::array<std::string_view, N>& words, Value value) {
  const auto index = static_cast<std::size_t>(value);
  HOLTER_ASSERT(index < N);
  return words[index];
}

}  // namespace

std::string_view to_string(Lane lane) {
  return word(std::array<std::string_view, 4>{"incidents", "results", "flows", "packets"}, lane);
}

std::string_view to_string(ProbeKind kind) {
  return word(std::array<std::string_view, 8>{"icmp", "dns", "tcp", "http", "udp", "ntp", "trace", "https"}, kind);
}

std::string_view to_string(Phase phase) {
  return word(std::array<std::string_view, 5>{"resolve", "connect", "tls", "first_byte", "transfer"}, phase);
}

std::string_view to_string(Outcome outcome) {
  return word(std::array<std::string_view, 9>{"ok", "timeout", "refused", "unreachable", "resolve_failed", "bad_answer",
                                              "not_permitted", "skipped", "unexpected"},
              outcome);
}

std::string_view to_string(PathEnd end) {
  return word(
      std::array<std::string_view, 7>{"untraced", "reached", "unreachable", "silent", "loop", "too_long", "unfinished"},
      end);
}

std::string_view to_string(Direction direction) {
  return word(std::array<std::string_view, 3>{"sent", "came", "noted"}, direction);
}

std::string_view to_string(SessionState state) {
  return word(std::array<std::string_view, 6>{"init", "up", "pulsing", "down", "admin_down", "blind"}, state);
}

std::string_view to_string(Diagnostic diagnostic) {
  return word(std::array<std::string_view, 13>{"none", "first_message", "detection_time_expired", "gave_up", "answered",
                                               "terminated", "reopened", "restored", "observer_blind", "failed", "late",
                                               "moved", "gave_way"},
              diagnostic);
}

std::string_view to_string(Way way) {
  return word(std::array<std::string_view, 5>{"datagram", "line", "ping", "traffic", "segment"}, way);
}

std::string_view to_string(Authentication authentication) {
  return word(std::array<std::string_view, 3>{"none", "loopback", "key"}, authentication);
}

std::string_view to_string(EndReason reason) {
  return word(std::array<std::string_view, 7>{"active", "idle", "fin", "reset", "evicted", "shutdown", "reopened"},
              reason);
}

std::string_view to_string(TcpState state) {
  return word(std::array<std::string_view, 7>{"none", "syn_sent", "syn_received", "established", "half_closed",
                                              "closed", "reset"},
              state);
}

std::string_view to_string(ClosedBy who) {
  return word(std::array<std::string_view, 4>{"nobody", "initiator", "responder", "both"}, who);
}

std::string_view to_string(GapCause cause) {
  return word(std::array<std::string_view, 7>{"shed", "queue_full", "suspended", "capture_loss", "disk_fault", "budget",
                                              "blind"},
              cause);
}

std::string_view type_name(std::size_t type_index) {
  return word(std::array<std::string_view, kTypeCount>{"probe_result", "pulse_change", "pulse_message", "flow",
                                                       "packet", "capture_stats", "network_change", "gap"},
              type_index);
}

}  // namespace holter::record
