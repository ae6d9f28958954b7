// FileCopy writes packets of one capture file into another: pcapng with the interfaces that they came from, or classic
// pcap, which can hold one link type only. Bytes and lengths stay as they are, stamps to the nanosecond; a packet
// without a stamp gets 1970. The output outlives it; one thread.
#pragma once

#include <string>
#include <vector>

#include "base/byte_writer.h"
#include "capture/file_writer.h"
#include "capture/packet_sink.h"

namespace holter::capture {

class FileCopy final : public PacketSink {
 public:
  // `application` is what writes: "holter 0.1.0".
  FileCopy(env::OutputStream& output, FileFormat format, std::string application);

  bool wants_fields() const override { return false; }
  void take(const ReadPackets& several) override;
  std::size_t waiting() const override { return waiting_.size(); }
  // Besides what the output says: unsupported when classic pcap cannot hold what was taken.
  base::Result<void> flush() override;
  base::Result<void> finish() override;

  std::uint64_t packets() const { return packets_; }

 private:
  struct Interface {
    base::UntrustedText name;
    std::uint32_t linktype = 0;
  };

  void copy(const wire::CapturedFrame& frame, const base::UntrustedText& interface);
  // Its number in the copy, made known there when it is new.
  std::uint32_t number_of(const base::UntrustedText& interface, std::uint32_t linktype);
  bool begin_classic(std::uint32_t linktype);

  env::OutputStream& output_;
  FileFormat format_;
  base::ByteWriter waiting_;
  std::vector<Interface> interfaces_;
  std::uint32_t newest_ = 0;  // of interfaces_, of the packet before
  std::uint64_t packets_ = 0;
  std::string trouble_;
};

}  // namespace holter::capture
