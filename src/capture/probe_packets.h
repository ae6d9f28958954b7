// ProbePackets knows which frames belong to a probe: it is told of packets before they are sent, and looks for them
// among those that pass. Told in time: an announcement is posted before the packet leaves, so whoever takes in what was
// posted before it looks at a block of the ring knows every probe whose packets are in that block.
//
// A packet is one of a probe's when protocol, far end and own port (ICMP: identifier and sequence) are those that were
// announced, by the newest announcement that was made before it; so is an ICMP error that quotes such a packet. A
// connection over TCP is announced before its port is known: the first SYN to the far end, within kPortKnownWithin,
// says which it is.
//
// At most kMaxAwaitedPackets; the oldest makes room and is counted when it was still awaited. observe() costs a branch
// while nothing is awaited, and a look at a small table for packets of other ports. Pure; one thread.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/byte_reader.h"
#include "env/frames.h"
#include "record/probe_packets.h"
#include "wire/packet.h"

namespace holter::capture {

inline constexpr std::size_t kMaxAwaitedPackets = 131'072;
inline constexpr base::Duration kPortKnownWithin = base::Duration::seconds(1);

class ProbePackets {
 public:
  // Frames are looked for until `kept_for` behind their announcement's end.
  explicit ProbePackets(base::Duration kept_for = {}, std::size_t limit = kMaxAwaitedPackets)
      : kept_for_(kept_for), limit_(limit) {}

  void await(record::AwaitedPackets awaited, base::PacketTime now);
  bool awaits_nothing() const { return awaited_.empty(); }
  std::size_t size() const { return awaited_.size(); }
  std::uint64_t pushed_out() const { return pushed_out_; }

  // Of the frame that `packet` was decoded from. On the loopback every frame comes in, also those that leave.
  void observe(const wire::Packet& packet, base::Bytes frame, env::FrameDirection direction, bool loopback,
               base::PacketTime at);
  // What was seen of timed announcements since the call before; each as it stands now.
  bool saw_something() const { return !seen_.empty(); }
  std::vector<record::ProbeSighting> take_seen();

  // What is to be said of a frame: "holter: probe gateway (icmp), request 3 of 10".
  std::optional<std::string> comment(const wire::Packet& packet, base::Bytes frame, base::PacketTime at);

 private:
  static constexpr std::uint64_t kNone = ~std::uint64_t{0};
  static constexpr std::size_t kPortGroups = 4'096;  // a page of counts that stays in the cache

  struct Key {
    std::array<std::uint64_t, 2> far{};  // the far address as in wire::Packet
    std::uint16_t far_port = 0;
    std::uint16_t own_port = 0;
    std::uint8_t ip_protocol = 0;
    bool v4 = false;

    friend bool operator==(const Key&, const Key&) = default;
  };
  struct Hash {
    std::size_t operator()(const Key& key) const;
  };
  struct Entry {
    record::AwaitedPackets awaited;
    Key key;
    std::uint64_t older = kNone;  // the one before with the same key
    std::optional<base::PacketTime> left;
    std::optional<base::PacketTime> came;
    std::array<std::uint8_t, 16> own{};  // the address it left from
    bool told = true;                    // what is known of it
  };
  enum class Way : std::uint8_t { out, back, error };
  struct Found {
    std::uint64_t number = kNone;
    Way way = Way::out;
  };

  static Key key_of(const record::AwaitedPackets& awaited);
  static Key key_of(const wire::Packet& packet, const std::array<std::uint8_t, 16>& far, std::uint16_t far_port,
                    std::uint16_t own_port);
  static Key key_out(const wire::Packet& packet);
  static Key key_back(const wire::Packet& packet);
  bool may_matter(const wire::Packet& packet) const;
  Entry& entry(std::uint64_t number) { return awaited_[number - first_]; }
  Found find(const wire::Packet& packet, base::Bytes frame, base::PacketTime at);
  std::uint64_t find(const Key& key, base::PacketTime at);
  std::uint64_t find_by_syn(const wire::Packet& packet, base::PacketTime at);
  void unlink_oldest();
  void unbind(const Entry& oldest);
  void note(std::uint64_t number);

  base::Duration kept_for_;
  std::size_t limit_;
  std::deque<Entry> awaited_;
  std::uint64_t first_ = 0;                              // the number of awaited_.front()
  std::unordered_map<Key, std::uint64_t, Hash> newest_;  // of those that were announced with that key
  std::unordered_map<Key, std::uint64_t, Hash> bound_;   // connections whose port a SYN has told
  std::array<std::uint32_t, kPortGroups> own_ports_{};   // how many are awaited there
  std::uint32_t ports_unknown_ = 0;
  std::vector<std::uint64_t> seen_;
  std::uint64_t pushed_out_ = 0;
};

}  // namespace holter::capture
