// PacketSink takes the packets of a capture file that are wanted, one by one in their order: a printer, or a copy of
// the file. It gathers what it makes of them until flush(). One thread; a capture that is live has FrameSink.
#pragma once

#include "base/result.h"
#include "base/untrusted_text.h"
#include "wire/field_list.h"
#include "wire/file/captured_frame.h"

namespace holter::capture {

struct ReadPacket {
  const wire::CapturedFrame& frame;
  const base::UntrustedText& interface;  // of the frame; empty when the file does not say
  const wire::Packet& packet;
  const wire::FieldList& fields;  // empty unless wants_fields()
};

class PacketSink {
 public:
  virtual ~PacketSink() = default;

  // Everything in the headers is wanted; else a packet is decoded no further than its filter needs.
  virtual bool wants_fields() const = 0;
  virtual void take(const ReadPacket& packet) = 0;
  // Bytes gathered.
  virtual std::size_t waiting() const = 0;
  // ErrorKind::closed: nobody reads any more.
  virtual base::Result<void> flush() = 0;
  // Nothing follows. As flush().
  virtual base::Result<void> finish() { return flush(); }
};

}  // namespace holter::capture
