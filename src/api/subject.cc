#include "api/subject.h"

namespace holter::api {
namespace {

template <class Type>
constexpr std::size_t index_of() {
  return record::Record(std::in_place_type<Type>).index();
}

}  // namespace

std::string_view to_string(Subject subject) {
  switch (subject) {
    case Subject::results: return "results";
    case Subject::sessions: return "sessions";
    case Subject::packets: return "packets";
    case Subject::conversations: return "conversations";
    case Subject::network: return "network";
  }
  return "";
}

std::vector<std::size_t> types_of(Subject subject) {
  switch (subject) {
    case Subject::results: return {index_of<record::ProbeResult>()};
    case Subject::sessions: return {index_of<record::PulseChange>(), index_of<record::PulseMessage>()};
    case Subject::packets: return {index_of<record::PacketRecord>()};
    case Subject::conversations: return {index_of<record::FlowRecord>()};
    case Subject::network: return {index_of<record::NetworkChange>()};
  }
  return {};
}

record::Lane lane_of(Subject subject) {
  switch (subject) {
    case Subject::results: return record::Lane::results;
    case Subject::sessions: return record::Lane::incidents;
    case Subject::packets: return record::Lane::packets;
    case Subject::conversations: return record::Lane::flows;
    case Subject::network: return record::Lane::incidents;
  }
  return record::Lane::results;
}

std::optional<Subject> subject_of(const record::Record& record) {
  if (std::holds_alternative<record::ProbeResult>(record)) return Subject::results;
  if (std::holds_alternative<record::PacketRecord>(record)) return Subject::packets;
  if (std::holds_alternative<record::FlowRecord>(record)) return Subject::conversations;
  if (std::holds_alternative<record::NetworkChange>(record)) return Subject::network;
  const bool presence =
      std::holds_alternative<record::PulseChange>(record) || std::holds_alternative<record::PulseMessage>(record);
  return presence ? std::optional(Subject::sessions) : std::nullopt;
}

}  // namespace holter::api
