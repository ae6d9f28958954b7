// EchoTable remembers which echo requests are out and recognises what belongs to them: replies by a secret in the
// payload, transmit stamps by the socket's send number, quoted ICMP errors by the secret or by id and sequence. It is
// what keeps forged and foreign replies (a raw socket sees every reply on the host) out of the results.
//
// Each request has a slot of a flat table: nothing is searched for. Identifier and sequence are the slot's number, so
// that 65,536 sequence numbers are no ceiling; a slot is used again as late as possible. Memory: 112 bytes for each
// request up to the most that were ever out at once, and 32 KiB. Pure; one loop.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/byte_reader.h"
#include "base/ip.h"
#include "base/time.h"
#include "probe/measurement.h"

namespace holter::probe {

inline constexpr std::size_t kMaxEchoes = 262'144;
inline constexpr std::uint32_t kEchoPayloadBytes = 56;  // what ping sends
inline constexpr std::uint32_t kEchoMarkBytes = 16;     // of it, by which a reply is known
// Sends whose stamps are waited for at once; the kernel keeps fewer for a socket that is not read.
inline constexpr std::size_t kMaxStampsOut = 4'096;

// The ICMP header's identifier and sequence as they go out.
struct EchoIds {
  std::uint16_t id = 0;
  std::uint16_t sequence = 0;
  friend auto operator<=>(const EchoIds&, const EchoIds&) = default;
};

class EchoTable {
 public:
  using Serial = std::uint64_t;  // never given twice
  using Mark = std::array<std::uint8_t, kEchoMarkBytes>;

  // Whose request it is: numbers of the caller's own.
  struct Owner {
    std::uint32_t probe = 0;
    std::uint32_t place = 0;  // among that probe's requests
    friend bool operator==(const Owner&, const Owner&) = default;
  };
  struct Request {
    Serial serial = 0;
    EchoIds ids;
  };

  // `secret` must not be known to peers. Identifiers begin at `first_id`.
  EchoTable(std::uint64_t secret, std::uint16_t first_id) : secret_(secret), first_id_(first_id) {}

  // Empty when kMaxEchoes are out.
  std::optional<Request> begin(const base::IpAddress& target, Owner owner);
  // What the payload of the request begins with.
  Mark mark(Serial serial) const;
  void sent(Serial serial, std::uint32_t send_number, base::Instant at);
  void end(Serial serial);
  // Empty when it is out no more.
  std::optional<Owner> owner_of(Serial serial) const;
  std::size_t out() const { return out_; }
  std::uint16_t first_id() const { return first_id_; }

  struct Heard {
    Owner owner;
    RoundTrip trip;
    bool again = false;  // it was answered before; the first answer stays
  };
  // The request that a reply from `peer` with this payload answers.
  std::optional<Heard> on_reply(const base::IpAddress& peer, base::Bytes payload, base::Instant at,
                                std::optional<base::PacketTime> stamp);
  void on_transmitted(std::uint32_t send_number, base::PacketTime stamp);
  // Whose request an error quotes: where it was going, its ICMP header, and as much of its payload as there is. The
  // identifier counts only where the quote ends before the mark does.
  std::optional<Owner> on_error(const base::IpAddress& target, EchoIds quoted, base::Bytes payload) const;

 private:
  static constexpr std::uint32_t kNone = 0xffff'ffff;

  struct Echo {
    base::IpAddress target;
    Owner owner;
    RoundTrip trip;
    Serial serial = 0;
    std::uint32_t send_number = 0;
    std::uint32_t next_free = kNone;
    bool out = false;
    bool answered = false;
  };

  EchoIds ids_of(std::uint32_t slot) const;
  // Null when it is out no more.
  Echo* find(Serial serial);
  const Echo* find(Serial serial) const { return const_cast<EchoTable*>(this)->find(serial); }
  std::optional<Serial> serial_in(base::Bytes payload) const;

  std::uint64_t secret_;
  std::uint16_t first_id_;
  std::uint32_t generation_ = 0;
  std::size_t out_ = 0;
  std::vector<Echo> echoes_;
  std::uint32_t first_free_ = kNone;  // the one that has been free for longest
  std::uint32_t last_free_ = kNone;
  std::vector<Serial> by_send_number_;  // the last kMaxStampsOut sends
};

}  // namespace holter::probe
