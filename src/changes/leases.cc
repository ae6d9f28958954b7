#include "changes/leases.h"

#include "wire/application/dhcp.h"

namespace holter::changes {
namespace {

constexpr std::uint64_t kDiscover = 1;
constexpr std::uint64_t kAck = 5;
constexpr std::uint64_t kForEver = 0xffffffff;

bool is_over(base::PacketTime now, base::PacketTime heard, const base::Duration& time) {
  return now - heard > time + kForgetLease;
}

}  // namespace

Leases::Message Leases::read(const Sight& sight) {
  const wire::DhcpFields& f = wire::kDhcpFields;
  Message message;
  for (const auto& entry : sight.fields.entries()) {
    const auto* field = entry.field;
    if (field == &f.message_type) message.type = entry.number;
    if (field == &f.client_mac) message.client = mac_of(entry);
    if (field == &f.your_address) message.terms.address = address_of(entry);
    if (field == &f.server_id) message.terms.server = address_of(entry);
    if (field == &f.router) message.terms.routers.push_back(address_of(entry));
    if (field == &f.lease_time) message.terms.time = base::Duration::seconds(static_cast<std::int64_t>(entry.number));
    if (field == &f.hostname) message.name = text_of(entry);
  }
  return message;
}

std::string Leases::words(const Terms& terms) {
  std::string text = to_string(terms.address) + " from " + to_string(terms.server);
  for (const auto& router : terms.routers) text += ", router " + to_string(router);
  const bool for_ever = terms.time == base::Duration::seconds(kForEver);
  return text + (for_ever ? ", for ever" : ", for " + to_string(terms.time));
}

Leases::Client* Leases::find(const Key& key, base::PacketTime at, Teller& teller) {
  const auto known = clients_.find(key);
  if (known != clients_.end()) return &known->second;
  if (clients_.size() >= kMostLeases) {
    // Whoever only asks, as in a flood of questions, makes room first.
    std::erase_if(clients_, [at](const auto& c) { return !c.second.terms && at - c.second.heard > kAsking; });
  }
  if (clients_.size() >= kMostLeases) {
    teller.refuse();
    return nullptr;
  }
  return &clients_[key];
}

std::optional<GivenLease> Leases::observe(const Sight& sight, Teller& teller) {
  const Message message = read(sight);
  const bool gives =
      message.type == kAck && !message.terms.address.is_any() && sight.packet.destination_port == wire::kDhcpClientPort;
  if (!gives && message.type != kDiscover) return std::nullopt;
  if (!is_one_host(message.client)) return std::nullopt;
  const Key key{segment_of(sight.packet), message.client};
  Client* const client = find(key, sight.at, teller);
  if (client == nullptr) return std::nullopt;
  client->heard = sight.at;
  if (!gives) {
    client->asked = sight.at;
    return std::nullopt;
  }
  acknowledge(key, *client, message, sight.at, teller);
  return GivenLease{key.first, message.terms.address, message.terms.routers};
}

void Leases::acknowledge(const Key& key, Client& client, const Message& message, base::PacketTime at, Teller& teller) {
  const std::string subject =
      (message.name.empty() ? "client " : message.name + ' ') + words_of(key.second) + where(key.first);
  const Terms& now = message.terms;
  const base::Duration time_before = std::exchange(client.next_time, now.time);
  if (!client.terms) {
    if (at - client.asked <= kAsking) teller.tell(at, "lease", subject, "none", words(now));
    client.terms = now;
    return;
  }
  Terms& known = *client.terms;
  const bool moved = now.address != known.address || now.server != known.server || now.routers != known.routers;
  const bool longer = now.time != known.time && now.time == time_before;
  if (!moved && !longer) return;
  teller.tell(at, "lease", subject, words(known), words(now));
  known = now;
}

void Leases::advance(base::PacketTime now) {
  if (now - cleaned_ < kMinute && now >= cleaned_) return;
  cleaned_ = now;
  std::erase_if(clients_, [now](const auto& entry) {
    const Client& client = entry.second;
    return client.terms ? is_over(now, client.heard, client.terms->time) : now - client.heard > kAsking;
  });
}

}  // namespace holter::changes
