#include "filter/field.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "base/nearest.h"
#include "filter/live_field.h"
#include "filter/mistake.h"
#include "filter/record_field.h"

namespace holter::filter {
namespace {

// What other programs, and other parts of holter, call our fields.
struct Elsewhere {
  std::string_view theirs;
  std::string_view ours;
};
constexpr auto kElsewhere = std::to_array<Elsewhere>({
    {"eth", "ethernet"},
    {"eth.src", "ethernet.src"},
    {"eth.dst", "ethernet.dst"},
    {"eth.addr", "ethernet.addr"},
    {"eth.type", "ethernet.type"},
    {"frame.len", "length"},
    {"frame.cap_len", "captured_length"},
    {"src", "ip.src"},
    {"dst", "ip.dst"},
    {"source", "ip.src"},
    {"destination", "ip.dst"},
    {"source_port", "src_port"},
    {"destination_port", "dst_port"},
    {"tcp.source_port", "tcp.src_port"},
    {"tcp.destination_port", "tcp.dst_port"},
    {"udp.source_port", "udp.src_port"},
    {"udp.destination_port", "udp.dst_port"},
    {"ip.proto", "ip.protocol"},
    {"ip.ttl", "ipv4.ttl"},
    {"tcp.flags.syn", "tcp.syn"},
    {"tcp.flags.reset", "tcp.rst"},
    {"tcp.flags.fin", "tcp.fin"},
    {"tcp.flags.ack", "tcp.ack"},
    {"tcp.seq", "tcp.sequence"},
    {"tcp.window_size", "tcp.window"},
    {"failed_in", "phase"},
});

template <class Row>
std::vector<FieldInfo> infos(std::span<const Row> rows) {
  std::vector<FieldInfo> out;
  for (const auto& row : rows) out.push_back(row.info);
  return out;
}

std::vector<FieldInfo> make(Subject subject) {
  switch (subject) {
    case Subject::packets: return infos(live_fields());
    case Subject::conversations: return infos(conversation_fields());
    case Subject::results: return infos(result_fields());
    case Subject::sessions: return infos(session_fields());
    case Subject::network: return infos(network_fields());
  }
  return {};
}

// Who wrote `tcp.dst_prot` knows of `tcp` already.
bool is_longer_than(std::string_view known, std::string_view name) {
  return name.size() > known.size() && name.starts_with(known) &&
         (name[known.size()] == '.' || name[known.size()] == '_');
}

std::vector<std::string> candidates(Subject subject, std::string_view name) {
  std::vector<std::string> out;
  for (const auto& field : fields(subject)) {
    if (!is_longer_than(field.name, name)) out.emplace_back(field.name);
  }
  return out;
}

std::string did_you_mean(Subject subject, std::string_view name) {
  const auto* const known = std::ranges::find(kElsewhere, name, &Elsewhere::theirs);
  if (known != kElsewhere.end() && find_field(subject, known->ours)) {
    return fmt::format("; did you mean '{}'?", known->ours);
  }
  return base::did_you_mean(name, candidates(subject, name));
}

}  // namespace

std::string_view to_string(Subject subject) {
  constexpr std::array<std::string_view, kSubjectCount> words = {"packets", "conversations", "results", "sessions",
                                                                 "network changes"};
  return words.at(static_cast<std::size_t>(subject));
}

std::string_view to_string(Type type) {
  constexpr std::array<std::string_view, 12> words = {
      "true or false", "a number",          "an IP address",  "a MAC address", "a text", "a duration",
      "a size",        "one of some words", "a whole number", "a number",      "bytes",  "an expression of tcpdump"};
  return words.at(static_cast<std::size_t>(type));
}

std::span<const FieldInfo> fields(Subject subject) {
  static const std::array<std::vector<FieldInfo>, kSubjectCount> tables = {
      make(Subject::packets), make(Subject::conversations), make(Subject::results), make(Subject::sessions),
      make(Subject::network)};
  return tables.at(static_cast<std::size_t>(subject));
}

std::optional<std::size_t> find_field(Subject subject, std::string_view name) {
  const auto table = fields(subject);
  const auto found = std::ranges::find(table, name, &FieldInfo::name);
  if (found == table.end()) return std::nullopt;
  return static_cast<std::size_t>(found - table.begin());
}

std::string why_no_field(Subject subject, std::string_view name) {
  for (std::size_t i = 0; i < kSubjectCount; ++i) {
    const auto other = static_cast<Subject>(i);
    if (find_field(other, name)) {
      return fmt::format("'{}' is a field of {}, not of {}", name, to_string(other), to_string(subject));
    }
  }
  return fmt::format("there is no field {}{}", in_quotes(name), did_you_mean(subject, name));
}

}  // namespace holter::filter
