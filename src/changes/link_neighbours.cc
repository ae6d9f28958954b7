#include "changes/link_neighbours.h"

#include <vector>

#include "wire/link/cdp.h"
#include "wire/link/lldp_fields.h"

namespace holter::changes {
namespace {

constexpr const char* kLldp = "LLDP";
constexpr const char* kCdp = "CDP";
constexpr const char* kNotSeen = "not seen";

std::string seen_by(const char* protocol) { return std::string("seen by ") + protocol; }

base::Duration seconds(std::uint64_t number) { return base::Duration::seconds(static_cast<std::int64_t>(number)); }

}  // namespace

void LinkNeighbours::begin(base::PacketTime at) {
  begun_ = at;
  for (auto& [key, neighbour] : neighbours_) neighbour.until = at + neighbour.holds + kGrace;
}

void LinkNeighbours::observe_lldp(const Sight& sight, Teller& teller) {
  const wire::LldpFields& f = wire::kLldpFields;
  Hello hello{{kLldp, "", ""}, "", {}};
  for (const auto& entry : sight.fields.entries()) {
    const auto* field = entry.field;
    if (field == &f.chassis_mac || field == &f.chassis_address || field == &f.chassis_id) {
      hello.key.chassis = text_of(entry);
    } else if (field == &f.port_mac || field == &f.port_address || field == &f.port_id) {
      hello.key.port = text_of(entry);
    } else if (field == &f.system_name) {
      hello.system = text_of(entry);
    } else if (field == &f.ttl) {
      hello.holds = seconds(entry.number);
    }
  }
  hear(hello, sight.at, teller);
}

void LinkNeighbours::observe_cdp(const Sight& sight, Teller& teller) {
  const wire::CdpFields& f = wire::kCdpFields;
  Hello hello{{kCdp, "", ""}, "", {}};
  for (const auto& entry : sight.fields.entries()) {
    if (entry.field == &f.device_id) hello.key.chassis = text_of(entry);
    if (entry.field == &f.port_id) hello.key.port = text_of(entry);
    if (entry.field == &f.ttl) hello.holds = seconds(entry.number);
  }
  hear(hello, sight.at, teller);
}

void LinkNeighbours::hear(const Hello& hello, base::PacketTime at, Teller& teller) {
  if (hello.key.chassis.empty()) return;
  const auto known = neighbours_.find(hello.key);
  if (known != neighbours_.end()) {
    Neighbour& neighbour = known->second;
    neighbour.holds = hello.holds;
    neighbour.until = at + hello.holds + kGrace;
    if (hello.holds != base::Duration::zero()) return;
    teller.tell(at, "neighbour", neighbour.subject, seen_by(hello.key.protocol), "lost: it says that it goes");
    neighbours_.erase(known);
    return;
  }
  if (hello.holds == base::Duration::zero()) return;
  if (neighbours_.size() >= kMostNeighbours) return teller.refuse();
  const std::string name = hello.system.empty() ? hello.key.chassis : hello.system;
  const std::string subject = name + (hello.key.port.empty() ? "" : " port " + hello.key.port);
  neighbours_.emplace(hello.key, Neighbour{subject, hello.holds, at + hello.holds + kGrace});
  if (at - begun_ <= hello.holds + kGrace) return;
  teller.tell(at, "neighbour", subject, kNotSeen, seen_by(hello.key.protocol));
}

void LinkNeighbours::advance(base::PacketTime now, Teller& teller) {
  std::erase_if(neighbours_, [&](const auto& entry) {
    const auto& [key, neighbour] = entry;
    if (now < neighbour.until) return false;
    teller.tell(now, "neighbour", neighbour.subject, seen_by(key.protocol),
                "lost: silent for " + to_string(neighbour.holds));
    return true;
  });
}

}  // namespace holter::changes
