#include "probe/announcer.h"

namespace holter::probe {
namespace {

// What comes later than the prober waits is still told from what it is.
constexpr base::Duration kLate = base::Duration::seconds(1);

}  // namespace

struct Announced::Run {
  Announcer& announcer;
  std::shared_ptr<const record::ProbeRun> run;
  std::uint32_t places = 0;
};

Announced Announcer::begin(const std::string& probe, record::ProbeKind kind) {
  if (!listener_) return {};
  auto run = std::make_shared<const record::ProbeRun>(record::ProbeRun{++last_, probe, kind});
  return Announced(std::make_shared<Announced::Run>(Announced::Run{*this, std::move(run)}));
}

void Announced::announce(record::AwaitedPackets awaited, base::Instant deadline) const {
  Announcer& announcer = run_->announcer;
  if (!announcer.listener_) return;
  const base::Instant now = announcer.clock_.now();
  awaited.run = run_->run;
  awaited.place = run_->places++;
  // A connection that is made to another address, or by another one's leave, may not be made at all.
  const bool sure = awaited.ip_protocol != record::kTcpProtocol || awaited.place == 0;
  awaited.timed = awaited.timed && announcer.packets_.announced(run_->run->number, sure, now);
  awaited.from = base::PacketTime::from_nanoseconds(announcer.clock_.wall_now().in_nanoseconds());
  awaited.until = awaited.from + (deadline - now) + kLate;
  announcer.listener_(awaited);
}

void Announced::datagrams(std::uint16_t local_port, const base::Endpoint& remote, base::Instant deadline) const {
  if (run_) announce({.ip_protocol = record::kUdpProtocol, .remote = remote, .local_port = local_port}, deadline);
}

void Announced::connection(std::uint16_t local_port, const base::Endpoint& remote, base::Instant deadline) const {
  if (run_) announce({.ip_protocol = record::kTcpProtocol, .remote = remote, .local_port = local_port}, deadline);
}

void Announced::echo(const Ids& ids, const base::IpAddress& target, base::Instant deadline, std::uint32_t of,
                     bool timed) const {
  if (!run_) return;
  announce({.ip_protocol = ids.ip_protocol,
            .remote = {target, ids.sequence},
            .local_port = ids.id,
            .of = of,
            .timed = timed},
           deadline);
}

void Announced::flow(std::uint8_t ip_protocol, std::uint16_t local_port, const base::Endpoint& remote,
                     base::Instant deadline) const {
  if (!run_) return;
  announce({.ip_protocol = ip_protocol, .remote = remote, .local_port = local_port, .timed = false}, deadline);
}

void Announced::ended(const record::ProbeResult& result) const {
  if (run_) run_->announcer.packets_.ended(run_->run->number, result.probe, result.started_instant);
}

}  // namespace holter::probe
