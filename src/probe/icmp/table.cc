#include "probe/icmp/table.h"

#include <algorithm>

#include "base/byte_writer.h"

namespace holter::probe {
namespace {

// The zone of a link-local peer is the receiving interface; what was asked may not name one.
bool same_host(const base::IpAddress& a, const base::IpAddress& b) { return std::ranges::equal(a.bytes(), b.bytes()); }

}  // namespace

std::optional<EchoTable::Request> EchoTable::begin(const base::IpAddress& target, std::uint16_t id,
                                                   std::uint32_t size) {
  if (echoes_.size() >= kMaxEchoes) return std::nullopt;
  const Serial serial = next_++;
  const EchoIds ids{id, static_cast<std::uint16_t>(serial)};
  echoes_[serial] = {target, ids, 0, {}, false};
  by_ids_[ids] = serial;
  base::ByteWriter payload;
  payload.u64(secret_);
  payload.u64(serial);
  payload.zeros(size - payload.size());
  return Request{serial, ids, payload.take()};
}

void EchoTable::sent(Serial serial, std::uint32_t send_number, base::Instant at) {
  const auto echo = echoes_.find(serial);
  if (echo == echoes_.end()) return;
  echo->second.send_number = send_number;
  echo->second.trip.sent_at = at;
  by_send_number_[send_number] = serial;
}

void EchoTable::end(Serial serial) {
  const auto echo = echoes_.find(serial);
  if (echo == echoes_.end()) return;
  const auto by_number = by_send_number_.find(echo->second.send_number);
  if (by_number != by_send_number_.end() && by_number->second == serial) by_send_number_.erase(by_number);
  const auto by_ids = by_ids_.find(echo->second.ids);
  if (by_ids != by_ids_.end() && by_ids->second == serial) by_ids_.erase(by_ids);
  echoes_.erase(echo);
}

std::optional<EchoTable::Heard> EchoTable::on_reply(const base::IpAddress& peer, base::Bytes payload, base::Instant at,
                                                    std::optional<base::PacketTime> stamp) {
  base::ByteReader reader(payload);
  const std::uint64_t secret = reader.u64();
  const Serial serial = reader.u64();
  if (reader.failed() || secret != secret_) return std::nullopt;
  const auto found = echoes_.find(serial);
  if (found == echoes_.end() || !same_host(peer, found->second.target)) return std::nullopt;
  Echo& echo = found->second;
  if (echo.answered) return Heard{serial, true};
  echo.answered = true;
  echo.trip.received_at = at;
  echo.trip.received_stamp = stamp;
  return Heard{serial, false};
}

void EchoTable::on_transmitted(std::uint32_t send_number, base::PacketTime stamp) {
  const auto serial = by_send_number_.find(send_number);
  if (serial != by_send_number_.end()) echoes_.at(serial->second).trip.sent_stamp = stamp;
}

std::optional<EchoTable::Serial> EchoTable::on_error(const base::IpAddress& target, EchoIds quoted,
                                                     base::Bytes payload) const {
  const auto found = by_ids_.find(quoted);
  if (found == by_ids_.end() || !same_host(target, echoes_.at(found->second).target)) return std::nullopt;
  base::ByteReader reader(payload);
  const std::uint64_t secret = reader.u64();
  if (!reader.failed() && secret != secret_) return std::nullopt;
  return found->second;
}

std::optional<RoundTrip> EchoTable::round_trip(Serial serial) const {
  const auto echo = echoes_.find(serial);
  if (echo == echoes_.end() || !echo->second.answered) return std::nullopt;
  return echo->second.trip;
}

}  // namespace holter::probe
