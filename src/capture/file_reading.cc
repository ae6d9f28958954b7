#include "capture/file_reading.h"

#include <algorithm>

#include "wire/application/stream_prefix.h"
#include "wire/dispatch.h"
#include "wire/file/capture_file.h"

namespace holter::capture {
namespace {

// Reads what the reader holds. False: enough was read, or something failed.
bool show_frames(wire::CaptureFileReader& reader, wire::StreamPrefixes& streams, PacketPrinter& printer,
                 const ReadWish& wish, ReadOutcome& outcome) {
  static thread_local wire::FieldList fields;
  for (;;) {
    if (wish.limit != 0 && outcome.figures.packets - outcome.figures.filtered == wish.limit) return false;
    const auto next = reader.next();
    if (!next) {
      outcome.input = next.error();
      return false;
    }
    if (!*next) return true;
    const wire::CapturedFrame& frame = **next;
    const auto link = wire::link_type_of_pcap(frame.linktype);
    fields.clear();
    const wire::Packet packet =
        wire::decode(frame.bytes, frame.original_length, link, {}, {.segments = false, .fields = &fields});
    streams.observe(packet, frame.bytes, frame.captured_at.value_or(base::PacketTime()), fields);
    outcome.figures.count(packet, frame.linktype);
    if (wish.filter && !wish.filter->matches(packet)) {
      ++outcome.figures.filtered;
      continue;
    }
    const describe::FrameFacts facts{frame.number, frame.captured_at, reader.interface_name(frame), frame.linktype};
    printer.show({frame.bytes, packet, fields, facts});
    if (printer.waiting() < kPrintChunkBytes) continue;
    outcome.output = printer.flush();
    if (!outcome.output) return false;
  }
}

void read_to_the_end(env::InputStream& input, wire::CaptureFileReader& reader, PacketPrinter& printer,
                     const ReadWish& wish, ReadOutcome& outcome) {
  std::vector<std::uint8_t> chunk(kReadChunkBytes);
  wire::StreamPrefixes streams;
  for (;;) {
    const auto got = input.read_some(chunk);
    if (!got) {
      outcome.input = got.error();
      return;
    }
    if (*got == 0) {
      outcome.input = reader.finish();
      return;
    }
    reader.feed(base::Bytes(chunk).first(*got));
    if (!show_frames(reader, streams, printer, wish, outcome)) return;
    // A pipe may pause here: what is known is shown.
    outcome.output = printer.flush();
    if (!outcome.output) return;
  }
}

}  // namespace

void ReadFigures::count(const wire::Packet& packet, std::uint32_t linktype) {
  ++packets;
  undecoded += packet.undecoded();
  truncated += packet.truncated;
  malformed += packet.has(wire::Anomaly::header_malformed);
  bad_checksums += packet.has(wire::Anomaly::bad_network_checksum) || packet.has(wire::Anomaly::bad_transport_checksum);
  if (packet.end != wire::DecodeEnd::unknown_link) return;
  std::size_t at = 0;
  while (at < unknown_link_count && unknown_links[at].linktype != linktype) ++at;
  if (at == unknown_link_count && at < unknown_links.size()) unknown_links[unknown_link_count++].linktype = linktype;
  ++unknown_links[std::min(at, unknown_links.size() - 1)].packets;
}

ReadOutcome read_capture(env::InputStream& input, PacketPrinter& printer, const ReadWish& wish) {
  ReadOutcome outcome;
  wire::CaptureFileReader reader;
  read_to_the_end(input, reader, printer, wish, outcome);
  if (outcome.output) outcome.output = printer.flush();
  outcome.recognised = reader.recognised();
  outcome.figures.dropped = reader.dropped();
  return outcome;
}

}  // namespace holter::capture
