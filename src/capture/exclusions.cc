#include "capture/exclusions.h"

#include <algorithm>

namespace holter::capture {

Exclusions::End Exclusions::end_of(const base::Endpoint& endpoint) {
  End end;
  std::ranges::copy(endpoint.address.bytes(), end.address.begin());
  end.port = endpoint.port;
  return end;
}

void Exclusions::set(const OwnSockets& own) {
  *this = {};
  for (const base::Endpoint& local : own.listening) {
    local_ports_.set(local.port);
    listening_.insert(end_of(local));
  }
  for (const OwnConnection& connection : own.connections) {
    local_ports_.set(connection.local.port);
    connections_.insert({end_of(connection.local), end_of(connection.peer)});
  }
}

bool Exclusions::is_own(const wire::Packet& packet) const {
  const End source{packet.source, packet.source_port};
  const End destination{packet.destination, packet.destination_port};
  return listening_.contains(source) || listening_.contains(destination) ||
         connections_.contains({source, destination}) || connections_.contains({destination, source});
}

}  // namespace holter::capture
