#include "recorder/freeze.h"

#include <algorithm>
#include <tuple>

#include "base/untrusted_text.h"
#include "recorder/host_set.h"
#include "wire/file/pcapng_writer.h"

namespace holter::recorder {
namespace {

constexpr std::size_t kMemoryStep = base::kBigPage;

std::uint32_t flags_of(Direction direction) {
  switch (direction) {
    case Direction::host: return wire::kPcapngInbound | wire::kPcapngUnicast;
    case Direction::broadcast: return wire::kPcapngInbound | wire::kPcapngBroadcast;
    case Direction::multicast: return wire::kPcapngInbound | wire::kPcapngMulticast;
    case Direction::other_host: return wire::kPcapngInbound | wire::kPcapngPromiscuous;
    case Direction::outgoing: return wire::kPcapngOutbound;
  }
  return 0;  // the file may hold any number
}

}  // namespace

Freeze::Freeze(FreezeWish wish) : wish_(std::move(wish)), latest_(wish_.from) {
  for (const auto& host : wish_.hosts) hosts_.push_back(HostKey::of(host));
}

void Freeze::begin(base::ByteWriter& out, std::string_view application, std::string_view comment) const {
  wire::write_pcapng_section(out, application, "Linux", comment);
}

void Freeze::collect(std::span<const Ring> rings, base::PacketTime now) {
  runs_.resize(rings.size() * kShareCount);
  forget_written();
  for (std::size_t i = 0; i < rings.size(); ++i) {
    snaplen_ = std::max(snaplen_, rings[i].layout().snaplen);
    for (const Share share : kShares) {
      Run& run = runs_[i * kShareCount + index_of(share)];
      collect_share(rings[i], share, run, now);
      const auto in_order = [](const Taken& a, const Taken& b) {
        return std::tie(a.at, a.number) < std::tie(b.at, b.number);
      };
      // They are in order already, unless the clock was set or the interface has several queues.
      if (!std::ranges::is_sorted(run.taken, in_order)) std::ranges::sort(run.taken, in_order);
    }
  }
}

void Freeze::collect_share(const Ring& ring, Share share, Run& run, base::PacketTime now) {
  const std::uint64_t newest = ring.newest(share);
  const std::uint64_t blocks = ring.blocks(share);
  const std::uint64_t oldest = newest > blocks ? newest - blocks + 1 : 1;
  if (run.sequence < oldest) {
    if (run.sequence != 0) missed_blocks_ += oldest - run.sequence;
    run.sequence = oldest;
    run.used = 0;
  }
  for (;;) {
    collect_block(ring, share, run, now);
    if (run.sequence >= newest) return;
    ++run.sequence;
    run.used = 0;
  }
}

void Freeze::collect_block(const Ring& ring, Share share, Run& run, base::PacketTime now) {
  if (run.used == 0 && !may_matter(ring, share, run.sequence)) return;
  const CopyEnd end = block_.copy(ring, share, run.sequence);
  missed_blocks_ += end == CopyEnd::overwritten;
  if (end != CopyEnd::whole) return;
  const base::PacketTime since = ring.visible_since(share, run.sequence, now);
  const wire::LinkType link = wire::link_type_of_pcap(block_.linktype());
  std::optional<std::uint16_t> interface;
  block_.rewind(run.used);
  for (auto frame = block_.next(); frame; frame = block_.next()) {
    if (!wants(*frame, link, since)) continue;
    if (!interface) interface = number_of_interface();
    if (!interface) break;
    keep(*frame, *interface, run.taken);
  }
  run.used = block_.used();
}

// By its index, without a copy. One that is being filled must be looked at again.
bool Freeze::may_matter(const Ring& ring, Share share, std::uint64_t sequence) const {
  if (hosts_.empty() || sequence == ring.newest(share)) return true;
  const Words words = ring.block(share, sequence);
  const HostSet index(words);
  const bool held = std::ranges::any_of(hosts_, [&](const HostKey& host) { return index.may_hold(host.hash()); });
  std::atomic_thread_fence(std::memory_order_acquire);
  // Overwritten: the copy finds out.
  return held || sequence_in(words.acquire(kStateAt)) != sequence;
}

bool Freeze::wants(const StoredFrame& frame, wire::LinkType link, base::PacketTime since) const {
  if (frame.captured_at < wish_.from || frame.captured_at >= wish_.to || frame.captured_at < since) return false;
  if (hosts_.empty()) return true;
  const FrameBytes whole{frame.bytes, frame.original_length, link};
  const wire::Packet packet = wire::decode(frame.bytes, frame.original_length, link, {}, {.checksums = false});
  return std::ranges::any_of(FrameHosts(whole, packet),
                             [this](const HostKey& host) { return std::ranges::find(hosts_, host) != hosts_.end(); });
}

// That of the block at hand; empty when there are too many, which no file of holter's own has.
std::optional<std::uint16_t> Freeze::number_of_interface() {
  const std::string name = base::UntrustedText(block_.interface()).for_terminal();
  const auto same = [&](const Interface& known) { return known.linktype == block_.linktype() && known.name == name; };
  const auto known = std::ranges::find_if(interfaces_, same);
  if (known == interfaces_.end() && interfaces_.size() == kMaxInterfaces) return std::nullopt;
  const auto number = static_cast<std::uint16_t>(known - interfaces_.begin());
  if (known == interfaces_.end()) interfaces_.push_back({name, block_.linktype()});
  return number;
}

void Freeze::keep(const StoredFrame& frame, std::uint16_t interface, TakenFrames& into) {
  into.push_back({frame.captured_at, copy(frame.bytes.data(), frame.bytes.size()),
                  static_cast<std::uint32_t>(into.size()), frame.original_length,
                  static_cast<std::uint16_t>(frame.bytes.size()), interface, frame.direction});
}

const std::uint8_t* Freeze::copy(const std::uint8_t* bytes, std::size_t n) {
  if (memory_.empty() || memory_.back().capacity() - memory_.back().size() < n) {
    memory_.emplace_back().reserve(kMemoryStep);
  }
  auto& into = memory_.back();
  into.insert(into.end(), bytes, bytes + n);
  return into.data() + into.size() - n;
}

// What is held back for a later write() moves into memory of its own.
void Freeze::forget_written() {
  const auto before = std::exchange(memory_, {});
  for (Run& run : runs_) {
    run.taken.erase(run.taken.begin(), run.taken.begin() + static_cast<std::ptrdiff_t>(std::exchange(run.written, 0)));
    std::uint32_t number = 0;
    for (Taken& frame : run.taken) {
      frame.bytes = copy(frame.bytes, frame.captured);
      frame.number = number++;
    }
  }
}

// Whose next frame is the oldest of all; null when none is left.
Freeze::Run* Freeze::oldest_run() {
  Run* oldest = nullptr;
  for (Run& run : runs_) {
    if (run.written == run.taken.size()) continue;
    if (oldest == nullptr || run.taken[run.written].at < oldest->taken[oldest->written].at) oldest = &run;
  }
  return oldest;
}

bool Freeze::write(base::PacketTime upto, base::ByteWriter& out) {
  write_interfaces(out);
  for (Run* run = oldest_run(); run != nullptr && run->taken[run->written].at < upto; run = oldest_run()) {
    if (out.size() >= kPieceBytes) return true;
    write_frame(run->taken[run->written++], out);
  }
  return false;
}

void Freeze::write_interfaces(base::ByteWriter& out) {
  for (; interfaces_written_ < interfaces_.size(); ++interfaces_written_) {
    const Interface& interface = interfaces_[interfaces_written_];
    wire::write_pcapng_interface(out, {interface.name, interface.linktype, snaplen_ + std::uint32_t{kTagBytes}});
  }
}

void Freeze::write_frame(const Taken& frame, base::ByteWriter& out) {
  const base::Bytes bytes(frame.bytes, frame.captured);
  wire::PcapngNotes notes{flags_of(frame.direction)};
  std::optional<std::string> comment;
  if (comment_) {
    const auto link = wire::link_type_of_pcap(interfaces_[frame.interface].linktype);
    wire::decode(bytes, frame.original_length, link, {}, {.checksums = false}, packet_);
    comment = comment_(packet_, bytes, frame.at);
    if (comment) notes.comment = *comment;
  }
  wire::write_pcapng_frame(out, frame.interface, {frame.at, bytes, frame.original_length}, notes);
  ++interfaces_[frame.interface].frames;
  ++frames_;
  latest_ = std::max(latest_, frame.at);
}

void Freeze::end(base::ByteWriter& out) {
  if (interfaces_.empty()) interfaces_.push_back({"", wire::kLinktypeEthernet});
  write_interfaces(out);
  std::string comment;
  if (missed_blocks_ != 0) {
    comment = std::to_string(missed_blocks_) + " blocks of frames were overwritten before they could be copied";
  }
  for (std::size_t i = 0; i < interfaces_.size(); ++i) {
    wire::write_pcapng_statistics(out, static_cast<std::uint32_t>(i),
                                  {.from = wish_.from,
                                   .to = latest_,
                                   .received = interfaces_[i].frames,
                                   .accepted = interfaces_[i].frames,
                                   .comment = comment});
  }
}

}  // namespace holter::recorder
