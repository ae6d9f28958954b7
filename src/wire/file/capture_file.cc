#include "wire/file/capture_file.h"

#include "wire/file/file_kind.h"

namespace holter::wire {
namespace {

constexpr std::size_t kMagicBytes = 4;

base::Error not_a_capture(base::Bytes beginning) {
  return {base::ErrorKind::unsupported, "this is no capture file (pcap or pcapng): " + looks_like(beginning)};
}

}  // namespace

base::Result<bool> CaptureFileReader::recognise() {
  if (!std::holds_alternative<std::monostate>(reader_)) return true;
  const base::Bytes held = feed_.held();
  if (held.size() < kMagicBytes) return false;
  if (is_pcap(held)) {
    reader_.emplace<PcapReader>();
  } else if (is_pcapng(held)) {
    reader_.emplace<PcapngReader>();
  } else {
    return not_a_capture(held);
  }
  return true;
}

base::Result<std::optional<CapturedFrame>> CaptureFileReader::next() {
  const auto known = recognise();
  if (!known) return known.error();
  if (auto* classic = std::get_if<PcapReader>(&reader_)) return classic->next(feed_);
  if (auto* pcapng = std::get_if<PcapngReader>(&reader_)) return pcapng->next(feed_);
  return std::optional<CapturedFrame>();
}

base::Result<std::size_t> CaptureFileReader::next_batch(std::span<CapturedFrame> frames) {
  if (auto* classic = std::get_if<PcapReader>(&reader_)) {
    if (const std::size_t n = classic->next_usual(feed_, frames); n != 0) return n;
  }
  const auto one = next();
  if (!one) return one.error();
  if (!*one) return std::size_t{0};
  frames.front() = **one;
  return std::size_t{1};
}

base::Result<void> CaptureFileReader::finish() const {
  if (feed_.fed() == 0) return base::Error{base::ErrorKind::invalid, "the file is empty"};
  if (const auto* classic = std::get_if<PcapReader>(&reader_)) return classic->finish(feed_);
  if (const auto* pcapng = std::get_if<PcapngReader>(&reader_)) return pcapng->finish(feed_);
  return not_a_capture(feed_.held());
}

bool CaptureFileReader::recognised() const {
  if (const auto* classic = std::get_if<PcapReader>(&reader_)) return classic->header_read();
  const auto* pcapng = std::get_if<PcapngReader>(&reader_);
  return pcapng != nullptr && pcapng->header_read();
}

std::uint64_t CaptureFileReader::frames() const {
  if (const auto* classic = std::get_if<PcapReader>(&reader_)) return classic->frames();
  const auto* pcapng = std::get_if<PcapngReader>(&reader_);
  return pcapng != nullptr ? pcapng->frames() : 0;
}

const base::UntrustedText& CaptureFileReader::interface_name(const CapturedFrame& frame) const {
  static const base::UntrustedText kNotTold;
  const auto* pcapng = std::get_if<PcapngReader>(&reader_);
  if (pcapng == nullptr || frame.interface >= pcapng->interfaces().size()) return kNotTold;
  return pcapng->interfaces()[frame.interface].name;
}

std::optional<std::uint64_t> CaptureFileReader::dropped() const {
  const auto* pcapng = std::get_if<PcapngReader>(&reader_);
  return pcapng != nullptr ? pcapng->dropped() : std::nullopt;
}

}  // namespace holter::wire
