#include "wire/transport/sctp_chunk.h"

#include <algorithm>
#include <array>

#include "wire/known_option.h"
#include "wire/transport/sctp_fields.h"

namespace holter::wire {
namespace {

constexpr std::size_t kHead = 4;  // of chunks, parameters and causes alike

constexpr std::size_t padded(std::size_t length) { return (length + 3) & ~std::size_t{3}; }

// One type-length-value of a list. Empty value and 0 length when nothing more is there whole.
struct Part {
  std::uint16_t type = 0;
  std::size_t length = 0;
  Bytes value;
};

template <class Visit>
void for_each_part(Bytes list, Steps& steps, Visit visit) {
  while (list.size() >= kHead && steps.take()) {
    const std::size_t length = load_u16(list, 2);
    if (length < kHead || length > list.size()) return;
    visit(Part{load_u16(list, 0), length, list.subspan(kHead, length - kHead)});
    list = list.subspan(std::min(padded(length), list.size()));
  }
}

void list_parameters(Bytes list, Steps& steps, FieldList& out) {
  constexpr std::uint16_t kIpv4Address = 5, kIpv6Address = 6;
  for_each_part(list, steps, [&out](const Part& part) {
    out.open(kSctpFields.parameter);
    out.number(kSctpFields.parameter_type, part.type);
    out.number(kSctpFields.parameter_length, part.length);
    const bool address =
        (part.type == kIpv4Address && part.value.size() == 4) || (part.type == kIpv6Address && part.value.size() == 16);
    list_bytes(out, address ? kSctpFields.parameter_address : kSctpFields.parameter_bytes, part.value);
    out.close();
  });
}

void list_data(Bytes value, Steps&, FieldList& out) {
  out.number(kSctpFields.tsn, load_u32(value, 0));
  out.number(kSctpFields.stream, load_u16(value, 4));
  out.number(kSctpFields.stream_sequence, load_u16(value, 6));
  out.number(kSctpFields.payload_protocol, load_u32(value, 8));
}

void list_init(Bytes value, Steps& steps, FieldList& out) {
  out.number(kSctpFields.initiate_tag, load_u32(value, 0));
  out.number(kSctpFields.receiver_window, load_u32(value, 4));
  out.number(kSctpFields.outbound_streams, load_u16(value, 8));
  out.number(kSctpFields.inbound_streams, load_u16(value, 10));
  out.number(kSctpFields.initial_tsn, load_u32(value, 12));
  list_parameters(value.subspan(16), steps, out);
}

void list_sack(Bytes value, Steps& steps, FieldList& out) {
  out.number(kSctpFields.cumulative_tsn, load_u32(value, 0));
  out.number(kSctpFields.receiver_window, load_u32(value, 4));
  const Bytes entries = value.subspan(12);
  const std::size_t gaps = std::min<std::size_t>(load_u16(value, 8), entries.size() / 4);
  const std::size_t duplicates = std::min<std::size_t>(load_u16(value, 10), entries.size() / 4 - gaps);
  for (std::size_t i = 0; i < gaps && steps.take(); ++i) out.number(kSctpFields.gap_start, load_u16(entries, i * 4));
  for (std::size_t i = 0; i < gaps && steps.take(); ++i) out.number(kSctpFields.gap_end, load_u16(entries, i * 4 + 2));
  for (std::size_t i = gaps; i < gaps + duplicates && steps.take(); ++i) {
    out.number(kSctpFields.duplicate_tsn, load_u32(entries, i * 4));
  }
}

void list_causes(Bytes value, Steps& steps, FieldList& out) {
  for_each_part(value, steps, [&out](const Part& part) { out.number(kSctpFields.cause, part.type); });
}

void list_shutdown(Bytes value, Steps&, FieldList& out) { out.number(kSctpFields.cumulative_tsn, load_u32(value, 0)); }

struct KnownChunk {
  std::uint8_t type;
  std::string_view name;
  std::size_t least;  // bytes of the value, for it to be read
  void (*list)(Bytes value, Steps& steps, FieldList& out);
};

// The IANA registry "SCTP Chunk Types".
constexpr auto kKnown = std::to_array<KnownChunk>({
    {0, "data", 12, list_data},
    {1, "init", 16, list_init},
    {2, "init_ack", 16, list_init},
    {3, "sack", 12, list_sack},
    {4, "heartbeat", 0, list_parameters},
    {5, "heartbeat_ack", 0, list_parameters},
    {6, "abort", 0, list_causes},
    {7, "shutdown", 4, list_shutdown},
    {8, "shutdown_ack", 0, nullptr},
    {9, "error", 0, list_causes},
    {10, "cookie_echo", 0, nullptr},
    {11, "cookie_ack", 0, nullptr},
    {12, "ecne", 0, nullptr},
    {13, "cwr", 0, nullptr},
    {14, "shutdown_complete", 0, nullptr},
    {15, "auth", 0, nullptr},
    {16, "nr_sack", 0, nullptr},
    {64, "i_data", 0, nullptr},
    {128, "asconf_ack", 0, nullptr},
    {130, "re_config", 0, list_parameters},
    {132, "pad", 0, nullptr},
    {192, "forward_tsn", 4, list_shutdown},
    {193, "asconf", 0, nullptr},
    {194, "i_forward_tsn", 4, list_shutdown},
});

void list_chunk(Bytes chunk, std::size_t length, Steps& steps, FieldList& out) {
  const auto known = std::ranges::find(kKnown, chunk[0], &KnownChunk::type);
  out.open(kSctpFields.chunk);
  out.number(kSctpFields.type, chunk[0]);
  if (known != kKnown.end()) out.word(kSctpFields.name, known->name);
  out.number(kSctpFields.flags, chunk[1]);
  out.number(kSctpFields.length, length);
  const Bytes value = chunk.subspan(kHead);
  if (known != kKnown.end() && known->list != nullptr && value.size() >= known->least) known->list(value, steps, out);
  out.close();
}

}  // namespace

bool read_sctp_chunks(Window chunks, Steps& steps, FieldList* out) {
  while (chunks.claimed != 0 && steps.take()) {
    if (chunks.captured.size() < kHead) return chunks.fault_of(kHead) == ParseFault::truncated;
    const std::size_t length = load_u16(chunks.captured, 2);
    if (length < kHead) return false;
    const Bytes chunk = chunks.captured.first(std::min(length, chunks.captured.size()));
    if (out != nullptr) list_chunk(chunk, length, steps, *out);
    if (length > chunks.claimed) return false;
    const std::size_t whole = std::min(padded(length), chunks.claimed);
    chunks = {chunks.captured.subspan(std::min(whole, chunks.captured.size())), chunks.claimed - whole};
  }
  return true;
}

}  // namespace holter::wire
