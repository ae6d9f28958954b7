// Everything that can be asked of a packet as it passes, and where the answer is: in the flat Packet (cheap), in the
// list of a full decode, or in what is known of the frame beside its bytes. The rows of the Packet stand first; a field
// that both have is read from the Packet. Made once from packet_fields.h and wire's registry; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/byte_reader.h"
#include "filter/packet_fields.h"
#include "wire/decoder.h"
#include "wire/field_registry.h"
#include "wire/numbers.h"

namespace holter::filter {

// Which way a captured frame went; the words of the field `direction` in their order. unknown: of files.
enum class Direction : std::uint8_t { unknown, host, broadcast, multicast, other_host, outgoing };

// A frame as it was captured, with what is known beside its bytes. Nothing in it is copied.
struct Frame {
  base::Bytes bytes;
  std::uint32_t original_length = 0;
  wire::LinkType link = wire::LinkType::unknown;
  wire::DecodeHints hints = {};
  std::string_view interface = {};  // empty: unknown
  std::uint32_t linktype = 0;       // LINKTYPE of the file; 0: as `link` says
  Direction direction = Direction::unknown;
};

enum class Place : std::uint8_t {
  packet,     // `load`
  anomalies,  // `load`, or the same bits of what is wrong with what applications said
  layer,      // `listed` is a layer of the full decode
  value,      // `listed` is a field or a group of it
  interface,
  direction,
  link_type,
  bytes,  // the frame's, as an expression of tcpdump asks them
};

struct LiveField {
  FieldInfo info;
  Place place = Place::packet;
  PacketLoad load = {};
  wire::FieldOfLayer listed = {};

  bool needs_list() const { return place == Place::anomalies || place == Place::layer || place == Place::value; }
  bool needs_frame() const { return place > Place::value; }
  // Tells of sums over payloads, which a decode may leave out.
  bool needs_checksums() const;
};

// In the order of fields(Subject::packets).
std::span<const LiveField> live_fields();

}  // namespace holter::filter
