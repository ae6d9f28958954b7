#include "record/probe_plan.h"

namespace holter::record {

base::Duration default_timeout(ProbeKind kind) {
  switch (kind) {
    case ProbeKind::icmp: return base::Duration::seconds(1);
    case ProbeKind::tcp:
    case ProbeKind::udp:
    case ProbeKind::ntp: return base::Duration::seconds(3);
    case ProbeKind::trace: return base::Duration::seconds(60);
    case ProbeKind::dns:
    case ProbeKind::http:
    case ProbeKind::https: break;
  }
  return base::Duration::seconds(5);
}

}  // namespace holter::record
