#include "capture/file_reading.h"

#include <algorithm>
#include <limits>
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
  Reading(env::InputStream& input, PacketSink& sink, const ReadWish& wish)
      : input_(input), sink_(sink), limit_(wish.limit == 0 ? std::numeric_limits<std::uint64_t>::max() : wish.limit) {
    if (wish.filter) filter_.emplace(*wish.filter);
    const filter::Needs needs = wish.filter ? wish.filter->needs() : filter::Needs();
    reads_everything_ = sink.wants_fields() || needs.fields;
    lean_.checksums = needs.checksums;
  }

  ReadOutcome run() {
    read_to_the_end();
    if (outcome_.output) outcome_.output = sink_.finish();
    outcome_.recognised = reader_.recognised();
    outcome_.figures.filtered = outcome_.figures.packets - taken_;
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
      if (!take_batch(std::span(frames_).first(*n))) return false;
    }
  }

  // All are of one link and one interface.
  bool take_batch(std::span<wire::CapturedFrame> frames) {
    link_ = wire::link_type_of_pcap(frames.front().linktype);
    interface_ = &reader_.interface_name(frames.front());
    if (!reads_everything_) return take_together(frames) && taken_ < limit_;
    for (const wire::CapturedFrame& frame : frames) {
      if (!take_whole(frame) || taken_ == limit_) return false;
    }
    return true;
  }

  // Those that match move to the front, and go to the sink in one.
  bool take_together(std::span<wire::CapturedFrame> frames) {
    const std::size_t most = static_cast<std::size_t>(std::min<std::uint64_t>(limit_ - taken_, frames.size()));
    std::size_t kept = 0;
    for (const wire::CapturedFrame& frame : frames) {
      wire::Packet& packet = packets_[kept];
      wire::decode(frame.bytes, frame.original_length, link_, {}, lean_, packet);
      outcome_.figures.count(packet, frame);
      if (filter_ && !filter_->matches(asked(frame), packet)) continue;
      frames[kept++] = frame;
      if (kept == most) break;
    }
    taken_ += kept;
    if (kept != 0) sink_.take({frames.first(kept), std::span(packets_).first(kept), *interface_});
    return flush_much();
  }

  // What only several packets say together is read of all of them, shown or not.
  bool take_whole(const wire::CapturedFrame& frame) {
    wire::Packet& packet = packets_.front();
    full_.decode(frame, link_, packet);
    outcome_.figures.count(packet, frame);
    if (!matches(frame, packet)) return true;
    ++taken_;
    if (sink_.wants_fields()) outcome_.figures.count_sums(packet);
    sink_.take({{&frame, 1}, {&packet, 1}, *interface_, &full_.fields()});
    return flush_much();
  }

  bool flush_much() {
    if (sink_.waiting() >= kWriteChunkBytes) outcome_.output = sink_.flush();
    return outcome_.output.has_value();
  }

  filter::Frame asked(const wire::CapturedFrame& frame) const {
    return {frame.bytes, frame.original_length, link_, {}, interface_->raw(), frame.linktype, {}};
  }

  bool matches(const wire::CapturedFrame& frame, const wire::Packet& packet) {
    if (!filter_ || filter_->matches(asked(frame), packet, full_.fields())) return true;
    return full_.datagram() && matches_datagram(*full_.datagram());
  }

  // A datagram in pieces is asked as the one that it was, with its last piece.
  bool matches_datagram(base::Bytes bytes) {
    const auto length = static_cast<std::uint32_t>(bytes.size());
    const filter::Frame whole{bytes, length, wire::LinkType::raw_ip, {}, interface_->raw(), wire::kLinktypeRaw, {}};
    return filter_->matches(whole, full_.datagram_packet(), full_.fields());
  }

  env::InputStream& input_;
  PacketSink& sink_;
  const std::uint64_t limit_;
  std::optional<filter::FrameMatch> filter_;
  bool reads_everything_ = false;
  wire::DecodeWish lean_;
  ReadOutcome outcome_;
  std::uint64_t taken_ = 0;
  wire::CaptureFileReader reader_;
  std::array<wire::CapturedFrame, kBatch> frames_;
  std::array<wire::Packet, kBatch> packets_;
  wire::LinkType link_ = wire::LinkType::unknown;  // of the batch
  const base::UntrustedText* interface_ = nullptr;
  FullDecode full_;
};

}  // namespace

void ReadFigures::count_sums(const wire::Packet& packet) {
  bad_checksums += packet.has(wire::Anomaly::bad_network_checksum) || packet.has(wire::Anomaly::bad_transport_checksum);
}

ReadOutcome read_capture(env::InputStream& input, PacketSink& sink, const ReadWish& wish) {
  return Reading(input, sink, wish).run();
}

}  // namespace holter::capture
