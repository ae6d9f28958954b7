// CaptureFileReader reads a capture file of any kind that holter knows, in whatever chunks it comes: classic pcap
// (pcap_file.h) and pcapng (pcapng_file.h). It tells them apart by their first four bytes, and says of others what they
// look like. Pure; one thread.
//
//   for (Bytes chunk; ...;) {
//     reader.feed(chunk);
//     for (auto frame = reader.next(); ...)    // an error ends it
//   }
//   reader.finish();                           // does the file end where a packet ends?
#pragma once

#include <variant>

#include "wire/file/pcap_file.h"
#include "wire/file/pcapng_file.h"

namespace holter::wire {

class CaptureFileReader {
 public:
  // More bytes of the file. Frames returned before are no longer valid.
  void feed(base::Bytes chunk) { feed_.feed(chunk); }
  // The same without a copy: room for n bytes, and how many of them were then read.
  std::span<std::uint8_t> room(std::size_t n) { return feed_.room(n); }
  void added(std::size_t n) { feed_.added(n); }
  // The next frame, whose bytes are valid until the next feed(); nothing when more must be fed first. An error names
  // the byte and the packet or block, and is for good.
  base::Result<std::optional<CapturedFrame>> next();
  // As many as are there and fit, in one go: 0 when more must be fed first. All are of one section.
  base::Result<std::size_t> next_batch(std::span<CapturedFrame> frames);
  // Nothing follows: an error when the file is empty or stops inside something.
  base::Result<void> finish() const;

  // It is a capture file: its header was read.
  bool recognised() const;
  // Given out so far.
  std::uint64_t frames() const;
  // Of the frame that next() gave last; empty when the file does not say.
  const base::UntrustedText& interface_name(const CapturedFrame& frame) const;
  // What whoever captured says was dropped; nothing when the file does not say.
  std::optional<std::uint64_t> dropped() const;

 private:
  base::Result<bool> recognise();

  ByteFeed feed_;
  std::variant<std::monostate, PcapReader, PcapngReader> reader_;
};

}  // namespace holter::wire
