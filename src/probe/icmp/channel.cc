#include "probe/icmp/channel.h"

#include <algorithm>

#include "env/icmp_words.h"
#include "probe/icmp/message.h"
#include "record/icmp_pair.h"

namespace holter::probe {
namespace {

constexpr std::string_view kRemedy =
    "; give holter-broker the capability (sudo setcap cap_net_raw=ep), or let this user's group ping "
    "(sysctl net.ipv4.ping_group_range)";

// What is sent in one go: as much as stays in the processor's nearest cache.
constexpr std::size_t kBatch = 64;

// Stamps and replies wait there until the loop comes round; the kernel gives what it allows (net.core.rmem_max).
constexpr std::size_t kReceiveBuffer = 4'194'304;

using env::Arrival;

std::string error_text(std::string_view meaning, std::uint32_t mtu, const std::optional<base::IpAddress>& offender) {
  return std::string(meaning) + (mtu > 0 ? ", MTU " + std::to_string(mtu) + ',' : "") +
         (offender ? " from " + base::to_string(*offender) : "");
}

EchoNews news_of_error(EchoTable::Owner owner, base::ErrorKind kind, std::string text, std::uint32_t mtu) {
  EchoNews news{.owner = owner};
  news.error = base::Error{kind, std::move(text)};
  news.mtu = mtu;
  return news;
}

}  // namespace

base::Result<void> EchoChannel::open(env::Network& network) {
  if (socket_) return {};
  auto options = datagram_options(way_, base::IpAddress::any(family_));
  options.errors = false;
  options.whole = whole_;
  options.kind = env::DatagramKind::icmp_raw;
  options.receive_buffer_bytes = kReceiveBuffer;
  auto raw = network.open_datagram(options);
  if (raw) {
    socket_ = std::move(*raw);
    raw_ = true;
    return {};
  }
  options.kind = env::DatagramKind::icmp_echo;
  options.errors = true;
  auto unprivileged = network.open_datagram(options);
  if (!unprivileged) {
    const std::string why = unprivileged.error().message + "; " + raw.error().message;
    return base::Error{base::ErrorKind::permission, "no way to send ICMP: " + why + std::string(kRemedy)};
  }
  socket_ = std::move(*unprivileged);
  own_id_ = socket_->local().port;
  raw_ = false;
  return {};
}

Announced::Ids EchoChannel::on_the_wire(EchoIds ids) const {
  const auto protocol = family_ == base::IpAddress::Family::v4 ? record::kIcmpProtocol : record::kIcmpv6Protocol;
  return {protocol, raw_ ? ids.id : own_id_, ids.sequence};
}

std::optional<EchoTable::Request> EchoChannel::request(const base::IpAddress& target, EchoTable::Owner owner,
                                                       std::uint32_t size) {
  const auto request = table_.begin(target, owner);
  if (request) outbox_.push_back({request->serial, request->ids, target, size});
  return request;
}

std::vector<EchoUnsent> EchoChannel::flush(base::Instant now) {
  std::erase_if(outbox_, [this](const Waiting& waiting) { return !table_.owner_of(waiting.serial); });
  std::vector<EchoUnsent> unsent;
  std::vector<base::Result<std::uint32_t>> results;
  std::vector<env::Outgoing> batch;
  base::ByteWriter bytes;
  std::size_t done = 0;
  for (bool room = true; room && done < outbox_.size();) {
    const auto some = std::span(outbox_).subspan(done, std::min(kBatch, outbox_.size() - done));
    std::vector<std::size_t> ends;
    bytes.clear();
    for (const Waiting& waiting : some) {
      write_echo_request(bytes, family_, waiting.ids, table_.mark(waiting.serial), waiting.size);
      ends.push_back(bytes.size());
    }
    batch.clear();
    for (std::size_t i = 0, start = 0; i < some.size(); start = ends[i++]) {
      batch.push_back({{some[i].target, 0}, bytes.view().subspan(start, ends[i] - start)});
    }
    results.clear();
    socket_->send_all(batch, results);
    for (std::size_t i = 0; i < results.size(); ++i) {
      room = results[i] || results[i].error().kind != base::ErrorKind::would_block;
      if (results[i]) table_.sent(some[i].serial, *results[i], now);
      if (!results[i] && room) unsent.push_back({some[i].serial, results[i].error()});
      if (room) ++done;
    }
  }
  outbox_.erase(outbox_.begin(), outbox_.begin() + static_cast<std::ptrdiff_t>(done));
  return unsent;
}

std::optional<EchoNews> EchoChannel::understand(const Arrival& arrival) {
  switch (arrival.kind) {
    case Arrival::Kind::transmitted:
      if (arrival.stamp) table_.on_transmitted(arrival.send_number, *arrival.stamp);
      return std::nullopt;
    case Arrival::Kind::error: return understand_queued_error(arrival);
    case Arrival::Kind::data: return understand_message(arrival);
  }
  return std::nullopt;
}

// The error queue quotes the ICMP message that we sent, from its own header on; the kernel owns its identifier.
std::optional<EchoNews> EchoChannel::understand_queued_error(const Arrival& arrival) const {
  base::ByteReader quoted(arrival.data);
  quoted.skip(6);
  const std::uint16_t sequence = quoted.u16();
  if (quoted.failed()) return std::nullopt;
  const auto owner = table_.on_error(arrival.peer.address, {table_.first_id(), sequence}, quoted.rest());
  if (!owner) return std::nullopt;
  const auto meaning = env::icmp_error_words(family_, arrival.icmp_type, arrival.icmp_code);
  return news_of_error(*owner, arrival.error, error_text(meaning, arrival.mtu, arrival.offender), arrival.mtu);
}

std::optional<EchoNews> EchoChannel::understand_message(const Arrival& arrival) {
  const auto message = parse_echo(family_, arrival.data);
  if (!message) return std::nullopt;
  if (const auto* error = std::get_if<EchoError>(&*message)) {
    const auto owner = table_.on_error(error->target, error->quoted, error->payload);
    if (!owner) return std::nullopt;
    return news_of_error(*owner, error->kind, error_text(error->meaning, error->mtu, arrival.peer.address), error->mtu);
  }
  const auto& reply = std::get<EchoReply>(*message);
  const auto heard = table_.on_reply(arrival.peer.address, reply.payload, arrival.received_at, arrival.stamp);
  if (!heard) return std::nullopt;
  EchoNews news{.owner = heard->owner};
  news.trip = heard->trip;
  news.ttl = arrival.ttl;
  news.again = heard->again;
  return news;
}

}  // namespace holter::probe
