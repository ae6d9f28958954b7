// FileWriter writes a live capture as capture files: pcapng with the interfaces' names and the kernel's figures, or
// classic pcap. A tag that the device took out of a frame is put back, as it was on the wire. After so many bytes or so
// long it goes on with the next file of the series; each is whole by itself, and no file is larger than it may be
// unless a single frame is. When the disk is full it shortens the file to its last whole packet and says how many that
// are.
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

struct FileInterface {
  std::string name;
  std::uint32_t linktype = wire::kLinktypeEthernet;  // of classic pcap: the same for all
};

// When the next file begins; 0: never.
struct Rotation {
  std::uint64_t bytes = 0;
  base::Duration time = base::Duration::zero();  // by the frames' stamps, on a grid from the beginning
};

struct FileWriterOptions {
  FileFormat format = FileFormat::pcapng;
  std::vector<FileInterface> interfaces = {FileInterface()};
  std::uint32_t snaplen = 65'535;
  std::string application;  // that writes: "holter 0.1.0"
  std::string os;
  Rotation rotation = {};
  base::WallTime begun = {};
};

class FileWriter final : public FrameSink {
 public:
  // What stands in front of the first packet is the first that is written. `files` outlives it.
  FileWriter(env::OutputSeries& files, FileWriterOptions options);

  void take(std::size_t source, std::span<const env::Frame> frames) override;
  void learn(std::span<const RecordingFigures> figures) override;
  void finish(std::span<const RecordingFigures> figures) override;
  std::size_t waiting() const override;
  void hand_over() override;
  base::Result<void> write() override;
  std::uint64_t lost(std::size_t source) const override { return lost_[source]; }

 private:
  struct End {
    std::size_t at = 0;  // in the piece's bytes
    std::size_t source = 0;
  };
  // Of one file.
  struct Piece {
    bool opens = false;
    base::WallTime first;  // of the file, when it opens one
    base::ByteWriter bytes;
    std::vector<End> ends;  // of each frame
  };

  void begin_file(base::WallTime first);
  bool is_due(const env::Frame& frame) const;
  void rotate(const env::Frame& frame);
  void put_frame(std::size_t source, const env::Frame& frame);
  void put_statistics();
  base::Bytes with_tag(const env::Frame& frame);
  base::Result<void> write(const Piece& piece);
  void count_lost(const Piece& piece, std::uint64_t went_out);

  env::OutputSeries& files_;
  FileWriterOptions options_;
  // The loop's.
  std::vector<Piece> pieces_;
  std::vector<RecordingFigures> figures_;
  std::size_t statistics_bytes_ = 0;  // what a file ends with
  std::uint64_t file_bytes_ = 0;
  std::uint64_t file_frames_ = 0;
  base::WallTime period_;
  std::vector<std::uint8_t> retagged_;
  // write()'s.
  std::vector<Piece> writing_;
  env::OutputStream* output_ = nullptr;
  std::uint64_t flushed_ = 0;        // bytes of the file
  std::vector<std::uint64_t> lost_;  // frames of each source
  bool failed_ = false;
};

}  // namespace holter::capture
