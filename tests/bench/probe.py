#!/usr/bin/env python3
"""What probes cost, beside their peers in the same run: `make bench-probe`.

    probe.py [--parts icmp,dns,tcp,http,https,trace,plan] [--quick] [--json FILE]

icmp, dns, tcp, http, https   CPU of one probe: holter's probers, their peers, a bare loop that asks the same
trace                         1,000 Paris traces through five routers, without and with the routers' limits
plan                          10,000 probes at 10 s: share of a core, memory, lateness

Peers: fping, ping, prometheus-blackbox-exporter, monitoring-plugins, dnsperf, scamper, mtr; one that is not installed
is left out and says so. The servers (nginx, unbound) must be there. Everything runs in namespaces of its own and ends
by itself, within 15 minutes (--quick: 3). CPU is user and system of the program's process, medians of the rounds.
Prints Markdown tables for docs/benchmarks.md; --json writes the same figures to a file. HOLTER names the program;
the loads are built beside it (target probe_loads). Nothing judges.
"""
import dataclasses
import functools
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "e2e"))
import bed  # noqa: E402 (stands in the folder beside)
import parts  # noqa: E402
import probe_bed  # noqa: E402
import probe_kinds  # noqa: E402
import probe_peers  # noqa: E402
import probe_plan  # noqa: E402
import probe_traces  # noqa: E402


@dataclasses.dataclass
class Effort:
    quick: bool
    seconds: float  # of one run
    rounds: int
    sustained: float  # s, of echoes
    planned: float  # s, of a plan


THOROUGH = Effort(quick=False, seconds=4, rounds=3, sustained=60, planned=30)
QUICK = Effort(quick=True, seconds=1, rounds=1, sustained=3, planned=20)


def measure_kind(measure, effort):
    box = bed.Bed()
    with box.cleanup:
        wire = probe_bed.Wire(box)
        wire.blackbox = probe_peers.Blackbox(wire)
        return measure(wire, effort)


PARTS = {kind: (functools.partial(measure_kind, measure), functools.partial(probe_kinds.report, kind))
         for kind, measure in probe_kinds.MEASURES.items()}
PARTS |= {"trace": (probe_traces.measure, probe_traces.report), "plan": (probe_plan.measure, probe_plan.report)}

if __name__ == "__main__":
    parts.main(__doc__, PARTS, (THOROUGH, QUICK))
