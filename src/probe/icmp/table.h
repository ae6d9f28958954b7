// EchoTable remembers which echo requests are out and recognises what belongs to them: replies by a secret in the
// payload, transmit stamps by the socket's send number, quoted ICMP errors by the secret or by id and sequence. It is
// what keeps forged and foreign replies (a raw socket sees every reply on the host) out of the results. Pure; one loop.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/byte_reader.h"
#include "base/ip.h"
#include "base/time.h"
#include "probe/measurement.h"

namespace holter::probe {

inline constexpr std::size_t kMaxEchoes = 65'536;
inline constexpr std::uint32_t kEchoPayloadBytes = 56;  // what ping sends
inline constexpr std::uint32_t kEchoMarkBytes = 16;     // of it, by which a reply is known

// The ICMP header's identifier and sequence as they go out.
struct EchoIds {
  std::uint16_t id = 0;
  std::uint16_t sequence = 0;
  friend auto operator<=>(const EchoIds&, const EchoIds&) = default;
};

class EchoTable {
 public:
  using Serial = std::uint64_t;

  // `secret` must not be known to peers.
  explicit EchoTable(std::uint64_t secret) : secret_(secret) {}

  struct Request {
    Serial serial = 0;
    EchoIds ids;
    std::vector<std::uint8_t> payload;
  };
  // Empty when kMaxEchoes are out. `size` of the payload in bytes is at least kEchoMarkBytes.
  std::optional<Request> begin(const base::IpAddress& target, std::uint16_t id, std::uint32_t size = kEchoPayloadBytes);
  void sent(Serial serial, std::uint32_t send_number, base::Instant at);
  void end(Serial serial);
  std::size_t out() const { return echoes_.size(); }

  struct Heard {
    Serial serial = 0;
    bool again = false;  // it was answered before; the first answer stays

    friend bool operator==(const Heard&, const Heard&) = default;
  };
  // The request that a reply from `peer` with this payload answers.
  std::optional<Heard> on_reply(const base::IpAddress& peer, base::Bytes payload, base::Instant at,
                                std::optional<base::PacketTime> stamp);
  void on_transmitted(std::uint32_t send_number, base::PacketTime stamp);
  // The request that an error quotes: where it was going, its ICMP header, and as much of its payload as there is.
  std::optional<Serial> on_error(const base::IpAddress& target, EchoIds quoted, base::Bytes payload) const;

  // The round trip of a request that was answered; empty before.
  std::optional<RoundTrip> round_trip(Serial serial) const;

 private:
  struct Echo {
    base::IpAddress target;
    EchoIds ids;
    std::uint32_t send_number = 0;
    RoundTrip trip;
    bool answered = false;
  };

  std::uint64_t secret_;
  Serial next_ = 1;
  std::unordered_map<Serial, Echo> echoes_;
  std::unordered_map<std::uint32_t, Serial> by_send_number_;
  std::map<EchoIds, Serial> by_ids_;
};

}  // namespace holter::probe
