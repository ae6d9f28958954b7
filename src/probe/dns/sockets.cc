#include "probe/dns/sockets.h"

#include <algorithm>

namespace holter::probe {

base::Result<DnsSockets::Lent> DnsSockets::take(const Way& way, const base::IpAddress& to) {
  const base::Instant now = env_.clock.now();
  std::erase_if(idle_, [now](const Lent& lent) { return lent.opened_at + kLongestUse <= now; });
  const auto fits = [&](const Lent& lent) { return lent.family == to.family() && lent.way == way; };
  const auto found = std::ranges::find_if(idle_, fits);
  if (found != idle_.end()) {
    Lent lent = std::move(*found);
    idle_.erase(found);
    ++lent.questions;
    return lent;
  }
  auto socket = env_.network.open_datagram(datagram_options(way, to));
  if (!socket) return socket.error();
  return Lent{std::move(*socket), way, to.family(), now};
}

void DnsSockets::give_back(Lent lent) {
  if (lent.questions < kMostQuestions && idle_.size() < kMostIdleSockets) idle_.push_back(std::move(lent));
}

}  // namespace holter::probe
