#include "wire/transport/tcp_options.h"

#include <array>

#include "wire/known_option.h"
#include "wire/options.h"
#include "wire/transport/tcp_fields.h"

namespace holter::wire {
namespace {

constexpr std::size_t kLongest = 38;                   // a value's, of 40 bytes of options
constexpr std::uint16_t kExperimentFastOpen = 0xf989;  // RFC 7413, appendix A

// RFC 8684, 3.
constexpr auto kMptcpNames = std::to_array<std::string_view>(
    {"mp_capable", "mp_join", "dss", "add_addr", "remove_addr", "mp_prio", "mp_fail", "mp_fastclose", "mp_tcprst"});

void list_mss(Bytes value, FieldList& out) { out.number(kTcpFields.mss, load_u16(value, 0)); }

void list_window_scale(Bytes value, FieldList& out) { out.number(kTcpFields.window_scale, value[0]); }

void list_sack(Bytes value, FieldList& out) {
  for (std::size_t at = 0; at + 8 <= value.size(); at += 8) out.number(kTcpFields.sack_left, load_u32(value, at));
  for (std::size_t at = 0; at + 8 <= value.size(); at += 8) out.number(kTcpFields.sack_right, load_u32(value, at + 4));
}

void list_timestamps(Bytes value, FieldList& out) {
  out.number(kTcpFields.timestamp, load_u32(value, 0));
  out.number(kTcpFields.timestamp_echo, load_u32(value, 4));
}

void list_md5(Bytes value, FieldList& out) { out.data(kTcpFields.digest, value); }

// RFC 5482: the first bit says minutes.
void list_user_timeout(Bytes value, FieldList& out) {
  const std::uint64_t said = load_u16(value, 0);
  out.number(kTcpFields.user_timeout, (said & 0x8000) != 0 ? (said & 0x7fff) * 60 : said);
}

void list_authentication(Bytes value, FieldList& out) {
  out.number(kTcpFields.key_id, value[0]);
  out.number(kTcpFields.next_key_id, value[1]);
  out.data(kTcpFields.digest, value.subspan(2));
}

void list_mptcp(Bytes value, FieldList& out) {
  const unsigned subtype = value[0] >> 4;
  out.number(kTcpFields.mptcp_subtype, subtype);
  if (subtype < kMptcpNames.size()) out.word(kTcpFields.mptcp_name, kMptcpNames[subtype]);
  out.data(kTcpFields.option_bytes, value);
}

void list_cookie(Bytes value, FieldList& out) { out.data(kTcpFields.cookie, value); }

void list_experiment(Bytes value, FieldList& out) {
  const std::uint16_t experiment = load_u16(value, 0);
  out.number(kTcpFields.experiment, experiment);
  out.data(experiment == kExperimentFastOpen ? kTcpFields.cookie : kTcpFields.option_bytes, value.subspan(2));
}

// The IANA registry "TCP Option Kind Numbers".
constexpr auto kKnown = std::to_array<KnownOption>({
    {0, "end", 0, 0, nullptr},
    {1, "no_operation", 0, 0, nullptr},
    {2, "mss", 2, 2, list_mss},
    {3, "window_scale", 1, 1, list_window_scale},
    {4, "sack_permitted", 0, 0, nullptr},
    {5, "sack", 8, 32, list_sack},
    {8, "timestamps", 8, 8, list_timestamps},
    {19, "md5", 16, 16, list_md5},
    {28, "user_timeout", 2, 2, list_user_timeout},
    {29, "authentication", 2, kLongest, list_authentication},
    {30, "mptcp", 1, kLongest, list_mptcp},
    {34, "fast_open", 0, kLongest, list_cookie},
    {253, "experiment", 2, kLongest, list_experiment},
    {254, "experiment", 2, kLongest, list_experiment},
});

}  // namespace

void list_tcp_options(Bytes options, FieldList& out) {
  walk_options(options, [&out](const Option& option) {
    const KnownOption* const known = find_option(kKnown, option.kind);
    out.open(kTcpFields.option);
    out.number(kTcpFields.option_kind, option.kind);
    if (known != nullptr) out.word(kTcpFields.option_name, known->name);
    if (!option.is_padding()) {
      out.number(kTcpFields.option_length, option.value.size() + 2);
      list_value(known, option.value, kTcpFields.option_bytes, out);
    }
    out.close();
  });
}

}  // namespace holter::wire
