// Freeze takes frames out of rings while they are written, and writes them as pcapng: those of some hosts (or of all),
// from one time to another, in time order across shares and rings. It never holds up the writer: it copies block by
// block, and what made room meanwhile is counted and said in the file.
//
//   Freeze freeze({hosts, from, to});
//   freeze.set_comment(comment_of);
//   freeze.begin(out, "holter 0.1.0", coverage);
//   freeze.collect(rings, now);                       // again and again while frames are still to come
//   while (freeze.write(upto, out)) send(out);        // piece by piece
//   freeze.end(out);                                  // without the last blocks the file is not whole
//
// A collect() takes what came since the one before, so nothing is taken twice. Its memory is what it took and did not
// write yet, never more than the rings hold. Pure; one thread, another than the writer's if need be.
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/big_pages.h"
#include "base/byte_writer.h"
#include "recorder/block.h"
#include "recorder/frame_hosts.h"

namespace holter::recorder {

// What is to be said of a frame, a probe's say; of the bytes that there are of it.
using Comment = std::function<std::optional<std::string>(const wire::Packet&, base::Bytes, base::PacketTime)>;

struct FreezeWish {
  std::vector<base::IpAddress> hosts;  // any of them, in any layer; empty: every frame
  base::PacketTime from;
  base::PacketTime to;  // not included
};

class Freeze {
 public:
  explicit Freeze(FreezeWish wish);

  // Of frames that are written from here on; empty: none has one, and none is decoded for it.
  void set_comment(Comment comment) { comment_ = std::move(comment); }

  void begin(base::ByteWriter& out, std::string_view application, std::string_view comment) const;
  // The same rings in the same order each time.
  void collect(std::span<const Ring> rings, base::PacketTime now);
  // Appends frames before `upto`, as many as make a piece; false when there are no more of them.
  bool write(base::PacketTime upto, base::ByteWriter& out);
  void end(base::ByteWriter& out);

  std::uint64_t frames() const { return frames_; }  // written
  // Blocks that were overwritten before they could be copied.
  std::uint64_t missed_blocks() const { return missed_blocks_; }

 private:
  struct Taken {
    base::PacketTime at;
    const std::uint8_t* bytes = nullptr;
    std::uint32_t number = 0;  // among those of its run
    std::uint32_t original_length = 0;
    std::uint16_t captured = 0;
    std::uint16_t interface = 0;
    Direction direction = Direction::host;
  };
  struct Interface {
    std::string name;
    std::uint32_t linktype = 0;
    std::uint64_t frames = 0;  // written
  };
  using TakenFrames = std::vector<Taken, base::BigPages<Taken>>;
  // What is taken of a share of a ring, and how far it was read.
  struct Run {
    std::uint64_t sequence = 0;
    std::size_t used = 0;
    TakenFrames taken = {};   // in time order
    std::size_t written = 0;  // of them
  };

  void collect_share(const Ring& ring, Share share, Run& run, base::PacketTime now);
  void collect_block(const Ring& ring, Share share, Run& run, base::PacketTime now);
  bool may_matter(const Ring& ring, Share share, std::uint64_t sequence) const;
  bool wants(const StoredFrame& frame, wire::LinkType link, base::PacketTime since) const;
  std::optional<std::uint16_t> number_of_interface();
  void keep(const StoredFrame& frame, std::uint16_t interface, TakenFrames& into);
  const std::uint8_t* copy(const std::uint8_t* bytes, std::size_t n);
  void forget_written();
  Run* oldest_run();
  void write_interfaces(base::ByteWriter& out);
  void write_frame(const Taken& frame, base::ByteWriter& out);

  FreezeWish wish_;
  Comment comment_;
  wire::Packet packet_;  // that it is asked about
  std::vector<HostKey> hosts_;
  std::vector<Run> runs_;  // of each share of each ring
  Block block_;
  std::deque<std::vector<std::uint8_t, base::BigPages<std::uint8_t>>> memory_;
  std::vector<Interface> interfaces_;
  std::size_t interfaces_written_ = 0;
  std::uint32_t snaplen_ = 0;
  std::uint64_t frames_ = 0;
  std::uint64_t missed_blocks_ = 0;
  base::PacketTime latest_;
};

}  // namespace holter::recorder
