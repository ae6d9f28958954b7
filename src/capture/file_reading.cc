#include "capture/file_reading.h"

#include <algorithm>
#include <span>

#include "capture/full_decode.h"
#include "filter/frame_match.h"
#include "wire/dispatch.h"
#include "wire/file/capture_file.h"

namespace holter::capture {
namespace {

constexpr std::size_t kBatch = 64;

class Reading {
 public:
  Reading(env::InputStream& input, PacketSink& sink, const ReadWish& wish) : input_(input), sink_(sink), wish_(wish) {
    if (wish.filter) filter_.emplace(*wish.filter);
  }

  ReadOutcome run() {
    read_to_the_end();
    if (outcome_.output) outcome_.output = sink_.finish();
    outcome_.recognised = reader_.recognised();
    outcome_.figures.dropped = reader_.dropped();
    return std::move(outcome_);
  }

 private:
  void read_to_the_end() {
    for (;;) {
      const auto got = input_.read_some(reader_.room(kReadChunkBytes));
      if (!got) {
        outcome_.input = got.error();
        return;
      }
      if (*got == 0) {
        outcome_.input = reader_.finish();
        return;
      }
      reader_.added(*got);
      if (!take_what_is_there()) return;
      // A pipe may pause here: what is known is shown.
      outcome_.output = sink_.flush();
      if (!outcome_.output) return;
    }
  }

  // False: enough was read, or something failed.
  bool take_what_is_there() {
    for (;;) {
      const auto n = reader_.next_batch(frames_);
      if (!n) {
        outcome_.input = n.error();
        return false;
      }
      if (*n == 0) return true;
      for (const wire::CapturedFrame& frame : std::span(frames_).first(*n)) {
        if (!take(frame) || enough()) return false;
      }
    }
  }

  bool enough() const {
    return wish_.limit != 0 && outcome_.figures.packets - outcome_.figures.filtered == wish_.limit;
  }

  // What only several packets say together is read of all of them, shown or not.
  bool reads_everything() const { return sink_.wants_fields() || (filter_ && filter_->filter().needs().fields); }

  bool take(const wire::CapturedFrame& frame) {
    const auto link = wire::link_type_of_pcap(frame.linktype);
    if (reads_everything()) {
      full_.decode(frame, link, packet_);
    } else {
      const wire::DecodeWish lean{.checksums = filter_ && filter_->filter().needs().checksums};
      wire::decode(frame.bytes, frame.original_length, link, {}, lean, packet_);
    }
    outcome_.figures.count(packet_, frame);
    if (!matches(frame, link)) {
      ++outcome_.figures.filtered;
      return true;
    }
    if (sink_.wants_fields()) outcome_.figures.count_sums(packet_);
    sink_.take({frame, reader_.interface_name(frame), packet_, full_.fields()});
    if (sink_.waiting() >= kWriteChunkBytes) outcome_.output = sink_.flush();
    return outcome_.output.has_value();
  }

  bool matches(const wire::CapturedFrame& frame, wire::LinkType link) {
    if (!filter_) return true;
    const std::string_view interface = reader_.interface_name(frame).raw();
    const filter::Frame whole{frame.bytes, frame.original_length, link, {}, interface, frame.linktype, {}};
    if (!reads_everything()) return filter_->matches(whole, packet_);
    if (filter_->matches(whole, packet_, full_.fields())) return true;
    return full_.datagram() && matches_datagram(*full_.datagram(), interface);
  }

  // A datagram in pieces is asked as the one that it was, with its last piece.
  bool matches_datagram(base::Bytes bytes, std::string_view interface) {
    const auto length = static_cast<std::uint32_t>(bytes.size());
    const filter::Frame whole{bytes, length, wire::LinkType::raw_ip, {}, interface, wire::kLinktypeRaw, {}};
    return filter_->matches(whole, full_.datagram_packet(), full_.fields());
  }

  env::InputStream& input_;
  PacketSink& sink_;
  const ReadWish& wish_;
  std::optional<filter::FrameMatch> filter_;
  ReadOutcome outcome_;
  wire::CaptureFileReader reader_;
  std::array<wire::CapturedFrame, kBatch> frames_;
  wire::Packet packet_;
  FullDecode full_;
};

}  // namespace

void ReadFigures::count(const wire::Packet& packet, const wire::CapturedFrame& frame) {
  ++packets;
  truncated += packet.truncated;
  malformed += packet.has(wire::Anomaly::header_malformed);
  unknown.note(packet, frame.bytes, frame.linktype);
}

void ReadFigures::count_sums(const wire::Packet& packet) {
  bad_checksums += packet.has(wire::Anomaly::bad_network_checksum) || packet.has(wire::Anomaly::bad_transport_checksum);
}

ReadOutcome read_capture(env::InputStream& input, PacketSink& sink, const ReadWish& wish) {
  return Reading(input, sink, wish).run();
}

}  // namespace holter::capture
