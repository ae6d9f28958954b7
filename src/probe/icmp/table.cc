#include "probe/icmp/table.h"

#include <algorithm>

#include "base/byte_writer.h"

namespace holter::probe {
namespace {

constexpr std::size_t kSpareSlots = 256;

// The zone of a link-local peer is the receiving interface; what was asked may not name one.
bool same_host(const base::IpAddress& a, const base::IpAddress& b) { return std::ranges::equal(a.bytes(), b.bytes()); }

// A serial is the slot, below a number that grows with each request.
constexpr std::uint32_t slot_of(EchoTable::Serial serial) { return static_cast<std::uint32_t>(serial); }

}  // namespace

EchoIds EchoTable::ids_of(std::uint32_t slot) const {
  return {static_cast<std::uint16_t>(first_id_ + (slot >> 16)), static_cast<std::uint16_t>(slot)};
}

std::optional<EchoTable::Request> EchoTable::begin(const base::IpAddress& target, Owner owner) {
  if (out_ >= kMaxEchoes) return std::nullopt;
  std::uint32_t slot = first_free_;
  // What is used again at once could be answered by an error that belongs to the request before.
  if (slot == kNone || echoes_.size() < out_ + kSpareSlots) {
    slot = static_cast<std::uint32_t>(echoes_.size());
    echoes_.emplace_back();
  } else {
    first_free_ = echoes_[slot].next_free;
    if (first_free_ == kNone) last_free_ = kNone;
  }
  const Serial serial = Serial{++generation_} << 32 | slot;
  echoes_[slot] = {target, owner, {}, serial, 0, kNone, true, false};
  ++out_;
  return Request{serial, ids_of(slot)};
}

EchoTable::Mark EchoTable::mark(Serial serial) const {
  Mark mark;
  for (unsigned i = 0; i < 8; ++i) {
    mark[i] = static_cast<std::uint8_t>(secret_ >> (8 * (7 - i)));
    mark[8 + i] = static_cast<std::uint8_t>(serial >> (8 * (7 - i)));
  }
  return mark;
}

EchoTable::Echo* EchoTable::find(Serial serial) {
  if (slot_of(serial) >= echoes_.size()) return nullptr;
  Echo& echo = echoes_[slot_of(serial)];
  return echo.out && echo.serial == serial ? &echo : nullptr;
}

void EchoTable::sent(Serial serial, std::uint32_t send_number, base::Instant at) {
  Echo* const echo = find(serial);
  if (echo == nullptr) return;
  echo->send_number = send_number;
  echo->trip.sent_at = at;
  if (by_send_number_.empty()) by_send_number_.resize(kMaxStampsOut);
  by_send_number_[send_number % kMaxStampsOut] = serial;
}

void EchoTable::end(Serial serial) {
  Echo* const echo = find(serial);
  if (echo == nullptr) return;
  echo->out = false;
  --out_;
  if (last_free_ == kNone) first_free_ = slot_of(serial);
  if (last_free_ != kNone) echoes_[last_free_].next_free = slot_of(serial);
  last_free_ = slot_of(serial);
}

std::optional<EchoTable::Owner> EchoTable::owner_of(Serial serial) const {
  const Echo* const echo = find(serial);
  if (echo == nullptr) return std::nullopt;
  return echo->owner;
}

std::optional<EchoTable::Serial> EchoTable::serial_in(base::Bytes payload) const {
  base::ByteReader reader(payload);
  const std::uint64_t secret = reader.u64();
  const Serial serial = reader.u64();
  if (reader.failed() || secret != secret_) return std::nullopt;
  return serial;
}

std::optional<EchoTable::Heard> EchoTable::on_reply(const base::IpAddress& peer, base::Bytes payload, base::Instant at,
                                                    std::optional<base::PacketTime> stamp) {
  const auto serial = serial_in(payload);
  Echo* const echo = serial ? find(*serial) : nullptr;
  if (echo == nullptr || !same_host(peer, echo->target)) return std::nullopt;
  const bool again = echo->answered;
  if (!again) {
    echo->answered = true;
    echo->trip.received_at = at;
    echo->trip.received_stamp = stamp;
  }
  return Heard{echo->owner, echo->trip, again};
}

void EchoTable::on_transmitted(std::uint32_t send_number, base::PacketTime stamp) {
  if (by_send_number_.empty()) return;
  Echo* const echo = find(by_send_number_[send_number % kMaxStampsOut]);
  if (echo != nullptr && echo->send_number == send_number) echo->trip.sent_stamp = stamp;
}

std::optional<EchoTable::Owner> EchoTable::on_error(const base::IpAddress& target, EchoIds quoted,
                                                    base::Bytes payload) const {
  const Echo* echo = nullptr;
  if (payload.size() >= kEchoMarkBytes) {
    const auto serial = serial_in(payload);
    if (serial) echo = find(*serial);
  } else {
    const std::uint32_t slot = std::uint32_t{static_cast<std::uint16_t>(quoted.id - first_id_)} << 16 | quoted.sequence;
    if (slot < echoes_.size() && echoes_[slot].out) echo = &echoes_[slot];
    base::ByteReader reader(payload);
    const std::uint64_t secret = reader.u64();
    if (!reader.failed() && secret != secret_) return std::nullopt;
  }
  const bool whose =
      echo != nullptr && same_host(target, echo->target) && ids_of(slot_of(echo->serial)).sequence == quoted.sequence;
  if (!whose) return std::nullopt;
  return echo->owner;
}

}  // namespace holter::probe
