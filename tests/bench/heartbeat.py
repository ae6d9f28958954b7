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
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "e2e"))
import heartbeat_ancestor  # noqa: E402 (it imports from the folder beside)
import heartbeat_bfd  # noqa: E402
import heartbeat_flood  # noqa: E402
import heartbeat_million  # noqa: E402
import parts  # noqa: E402

PARTS = {name: (part.measure, part.report) for name, part in (
    ("million", heartbeat_million), ("bfd", heartbeat_bfd), ("ancestor", heartbeat_ancestor), ("flood", heartbeat_flood))}

if __name__ == "__main__":
    parts.main(__doc__, PARTS)
