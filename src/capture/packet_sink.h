// PacketSink takes the packets of a capture file that are wanted, in their order: a printer, or a copy of the file. It
// gathers what it makes of them until flush(). One thread; a capture that is live has FrameSink.
#pragma once

#include <span>

#include "base/result.h"
#include "base/untrusted_text.h"
#include "wire/field_list.h"
#include "wire/file/captured_frame.h"

namespace holter::capture {

// Several of one interface, each frame with its packet. Everything is valid during the call only.
struct ReadPackets {
  std::span<const wire::CapturedFrame> frames;
  std::span<const wire::Packet> packets;
  const base::UntrustedText& interface;     // empty when the file does not say
  const wire::FieldList* fields = nullptr;  // when the sink wants_fields(), of the one packet that comes then
};

class PacketSink {
 public:
  virtual ~PacketSink() = default;

  // Everything in the headers is wanted; else a packet is decoded no further than its filter needs.
  virtual bool wants_fields() const = 0;
  virtual void take(const ReadPackets& several) = 0;
  // Bytes gathered.
  virtual std::size_t waiting() const = 0;
  // ErrorKind::closed: nobody reads any more.
  virtual base::Result<void> flush() = 0;
  // Nothing follows. As flush().
  virtual base::Result<void> finish() { return flush(); }
};

}  // namespace holter::capture
