// TraceTable remembers which questions of traces are out on one socket and knows their answers again: the number in the
// quoted payload (UDP), the sequence (ICMP), the sequence number (TCP; where the target answers, the one before what it
// acknowledges), where the packet was going, and the secret wherever enough is quoted to hold it. A router that quotes
// no payload is believed when only one question is out on that flow.
//
// At most kMaxOut questions. Pure; what arrives is hostile.
#pragma once

#include <optional>
#include <unordered_map>
#include <vector>

#include "env/network.h"
#include "probe/measurement.h"

namespace holter::probe {

enum class TraceProtocol : std::uint8_t { udp, icmp, tcp };

// What is known of the target's TCP port. A greater one is not doubted by a lesser: hosts may reset what they answered
// a moment before, and firewalls what came too often.
enum class TracePort : std::uint8_t { unknown, filtered, closed, open };

// Who asked, and the asker's own number.
struct TraceOwner {
  std::uint64_t who = 0;
  std::uint32_t ask = 0;
};

struct TraceReading {
  enum class Kind : std::uint8_t { passing, target, unreachable, too_big };

  std::uint32_t number = 0;  // of the question
  TraceOwner owner;
  Kind kind = Kind::passing;
  base::IpAddress from;
  std::uint8_t icmp_type = 0;
  std::uint8_t icmp_code = 0;
  std::uint32_t mtu = 0;  // too_big: what would fit, 0 when it is not said
  base::Duration rtt;
  bool kernel_stamped = false;
  TracePort port = TracePort::unknown;  // of the target, when it is the one that answers
  std::vector<std::uint32_t> labels;
};

class TraceTable {
 public:
  static constexpr std::size_t kMaxOut = 32'768;

  // `from` is where questions leave; of TCP it has its address and the port of the first flow.
  TraceTable(TraceProtocol protocol, const base::Endpoint& from, std::uint64_t secret)
      : protocol_(protocol), from_(from), secret_(secret) {}

  struct Packet {
    std::uint32_t number = 0;
    std::vector<std::uint8_t> bytes;
  };
  bool is_full() const { return out_.size() >= kMaxOut; }
  // The question as it goes to `to`; `packet_bytes` with all its headers, 0 for the least. Empty when too many are out.
  std::optional<Packet> begin(TraceOwner owner, const base::Endpoint& to, std::uint16_t flow,
                              std::uint32_t packet_bytes);
  void sent(std::uint32_t number, std::uint32_t send_number, base::Instant at, base::Duration wall_offset);
  void end(std::uint32_t number);

  // `wall_offset` as it is now. Empty for what belongs to no question.
  std::optional<TraceReading> read(const env::Arrival& arrival, base::Duration wall_offset);

  std::size_t out() const { return out_.size(); }

 private:
  struct Question {
    TraceOwner owner;
    base::Endpoint to;
    RoundTrip trip;
    base::Duration wall_offset;
    std::uint32_t send_number = 0;
  };
  using Out = std::unordered_map<std::uint32_t, Question>;

  base::IpAddress::Family family() const { return from_.address.family(); }
  std::uint32_t free_number();
  std::vector<std::uint8_t> bytes_of(std::uint32_t number, const base::Endpoint& to, std::uint16_t flow,
                                     std::uint32_t packet_bytes) const;
  Out::iterator find(const env::Arrival& arrival);
  Out::iterator find_datagram(const env::Arrival& arrival);
  Out::iterator find_echo(const env::Arrival& arrival);
  Out::iterator find_segment(const env::Arrival& arrival);
  Out::iterator only_one_to(const base::Endpoint& to);

  TraceProtocol protocol_;
  base::Endpoint from_;
  std::uint64_t secret_;
  std::uint32_t next_ = 0;
  Out out_;
  std::unordered_map<std::uint32_t, std::uint32_t> by_send_number_;
};

}  // namespace holter::probe
