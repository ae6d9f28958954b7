// FileWriter writes a live capture as a capture file: pcapng with the interface's name and the kernel's figures, or
// classic pcap. A tag that the device took out of a frame is put back, as it was on the wire. When the disk is full it
// shortens the file to its last whole packet and says how many that are. The output outlives it; one thread at a time.
#pragma once

#include <string>
#include <vector>

#include "base/byte_writer.h"
#include "capture/frame_sink.h"
#include "env/streams.h"
#include "wire/numbers.h"

namespace holter::capture {

enum class FileFormat : std::uint8_t { pcapng, pcap };

// pcap when the name ends in ".pcap", else pcapng.
FileFormat format_of(const std::string& path);

struct FileWriterOptions {
  FileFormat format = FileFormat::pcapng;
  std::string interface;
  std::uint32_t linktype = wire::kLinktypeEthernet;
  std::uint32_t snaplen = 65'535;
  std::string application;  // that writes: "holter 0.1.0"
  std::string os;
};

class FileWriter final : public FrameSink {
 public:
  // What stands in front of the first packet is written by the first flush().
  FileWriter(env::OutputStream& output, FileWriterOptions options);

  void take(std::span<const env::Frame> frames) override;
  base::Result<void> flush() override;
  base::Result<void> finish(const RecordingFigures& figures) override;
  std::uint64_t lost() const override { return lost_; }

 private:
  void put_frame(const env::Frame& frame);
  void count_lost();

  env::OutputStream& output_;
  FileWriterOptions options_;
  base::ByteWriter waiting_;
  std::vector<std::size_t> ends_;  // of each frame in `waiting_`
  std::vector<std::uint8_t> retagged_;
  std::uint64_t flushed_ = 0;  // bytes
  std::uint64_t lost_ = 0;     // frames
  bool failed_ = false;
};

}  // namespace holter::capture
