// FullDecode reads everything in the frames of one capture, in their order: the headers of each, and what only several
// frames say together. A datagram whose last fragment came is listed with that fragment, from the transport on; what an
// application said over several segments, with the segment that completes it. Fields stay until the next frame. One
// thread.
#pragma once

#include <optional>

#include "wire/application/stream_prefix.h"
#include "wire/decoder.h"
#include "wire/file/captured_frame.h"
#include "wire/network/reassembly.h"

namespace holter::capture {

class FullDecode {
 public:
  // `packet` becomes the frame's own, with what is wrong with the datagram that it completes.
  void decode(const wire::CapturedFrame& frame, wire::LinkType link, wire::Packet& packet);

  const wire::FieldList& fields() const { return fields_; }
  // The datagram that the last frame completed, as bare IP.
  std::optional<base::Bytes> datagram() const { return datagram_; }
  const wire::Packet& datagram_packet() const { return inner_; }

  const wire::Reassembler::Counters& fragments() const { return fragments_.counters(); }
  const wire::StreamCounts& streams() const { return streams_.counts(); }

 private:
  void list_datagram(base::PacketTime at, wire::Packet& packet);

  wire::FieldList fields_;
  wire::FieldList upper_;  // of the datagram, with the network header that the fragment has too
  wire::Packet inner_;
  wire::Reassembler fragments_;
  wire::StreamPrefixes streams_;
  std::optional<base::Bytes> datagram_;
};

}  // namespace holter::capture
