#!/usr/bin/env python3
"""What presence costs and how soon it sees: `make bench-heartbeat`.

    heartbeat.py [--parts million,bfd,ancestor,flood] [--json FILE]

million   1,000,000 sessions at 10 s: CPU, memory, how late the timers are
bfd       FRR's bfdd and holter, the same sessions both ways at 50 ms x 3 (needs the package frr, and root)
ancestor  a server of the heartbeats ancestor's kind and holter's adapter with the same clients (needs python3-scapy)
flood     monitored sessions at 100 ms x 3 while 100,000 strangers a second lie about themselves

Everything runs in namespaces of its own and ends by itself, within six minutes. A part whose peer is not installed says
so and is left out. Prints Markdown tables for docs/benchmarks.md; --json writes the same figures to a file. HOLTER names
the program; the loads are built beside it (targets pulse_load, pulse_beacons, pulse_flood).
"""
import argparse
import json
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "e2e"))
import bed  # noqa: E402 (stands in the folder beside)
import heartbeat_ancestor  # noqa: E402
import heartbeat_bfd  # noqa: E402
import heartbeat_flood  # noqa: E402
import heartbeat_million  # noqa: E402
import idle  # noqa: E402

PARTS = {"million": heartbeat_million, "bfd": heartbeat_bfd, "ancestor": heartbeat_ancestor, "flood": heartbeat_flood}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parts", default=",".join(PARTS), help="which of them, with commas")
    parser.add_argument("--json", help="where to write the figures too")
    options = parser.parse_args()
    wanted = options.parts.split(",")
    if unknown := set(wanted) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    bed.isolate()
    load, _, _ = os.getloadavg()
    figures = {"machine": idle.machine(), "commit": idle.commit(), "load_before": load}
    for name in wanted:
        begun = time.monotonic()
        try:
            figures[name] = PARTS[name].measure()
        except bed.Skip as reason:
            figures[name] = {"skipped": str(reason)}
            print(f"\n{name}: left out: {reason}", flush=True)
            continue
        print(f"\n{PARTS[name].report(figures[name])}", flush=True)
        print(f"{name}: {time.monotonic() - begun:.0f} s", file=sys.stderr)
    print(f"\nMachine: {figures['machine']}, load {load:.1f} before. Commit: {figures['commit']}. "
          f"Command: `tests/bench/heartbeat.py --parts {options.parts}`.")
    if options.json:
        with open(options.json, "w") as file:
            json.dump(figures, file, indent=1)


if __name__ == "__main__":
    main()
