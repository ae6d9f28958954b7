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
import argparse
import dataclasses
import json
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "e2e"))
import bed  # noqa: E402 (stands in the folder beside)
import idle  # noqa: E402
import probe_bed  # noqa: E402
import probe_kinds  # noqa: E402
import probe_peers  # noqa: E402
import probe_plan  # noqa: E402
import probe_traces  # noqa: E402

PARTS = (*probe_kinds.MEASURES, "trace", "plan")


@dataclasses.dataclass
class Effort:
    quick: bool
    seconds: float  # of one run
    rounds: int
    sustained: float  # s, of echoes
    planned: float  # s, of a plan


THOROUGH = Effort(quick=False, seconds=4, rounds=3, sustained=60, planned=30)
QUICK = Effort(quick=True, seconds=1, rounds=1, sustained=3, planned=20)


def measure_kind(kind, effort):
    box = bed.Bed()
    with box.cleanup:
        wire = probe_bed.Wire(box)
        wire.blackbox = probe_peers.Blackbox(wire)
        return probe_kinds.MEASURES[kind](wire, effort)


def measure(part, effort):
    if part == "trace":
        return probe_traces.measure(effort)
    if part == "plan":
        return probe_plan.measure(effort)
    return measure_kind(part, effort)


def report(part, found):
    if part == "trace":
        return probe_traces.report(found)
    if part == "plan":
        return probe_plan.report(found)
    return probe_kinds.report(part, found)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parts", default=",".join(PARTS), help="which of them, with commas")
    parser.add_argument("--quick", action="store_true", help="short runs: whether it works, no figures to quote")
    parser.add_argument("--json", help="where to write the figures too")
    options = parser.parse_args()
    wanted = options.parts.split(",")
    if unknown := set(wanted) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    bed.isolate()
    load, _, _ = os.getloadavg()
    figures = {"machine": idle.machine(), "commit": idle.commit(), "load_before": load, "quick": options.quick}
    for part in wanted:
        begun = time.monotonic()
        try:
            figures[part] = measure(part, QUICK if options.quick else THOROUGH)
        except bed.Skip as reason:
            figures[part] = {"left_out": str(reason)}
            print(f"\n{part}: left out: {reason}", flush=True)
            continue
        print(f"\n{report(part, figures[part])}", flush=True)
        print(f"{part}: {time.monotonic() - begun:.0f} s", file=sys.stderr)
    print(f"\nMachine: {figures['machine']}, load {load:.1f} before. Commit: {figures['commit']}. "
          f"Command: `tests/bench/probe.py --parts {options.parts}{' --quick' if options.quick else ''}`.")
    if options.json:
        with open(options.json, "w") as file:
            json.dump(figures, file, indent=1)


if __name__ == "__main__":
    main()
