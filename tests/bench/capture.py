#!/usr/bin/env python3
"""What live capture costs and how much it takes, beside its peers in the same run: `make bench-capture`.

    capture.py [--parts cost,rate,freeze] [--quick] [--json FILE]

cost     every program in turns at the generator's top speed, small and large frames: loss, CPU of a packet, memory
rate     the highest rate at which each loses nothing
freeze   `holter freeze` out of a full ring while frames go on coming: its time, and whether any is dropped for it

Frames of 1,000 conversations go over a veth pair, from a generator on one CPU to the program on another: what the
kernel does to bring a frame into a ring is done on the generator's CPU and in its time (the figures tell how many frames
were not), so the CPU of a program is its own, user and system. Loss is what the generator sent less what the program
says it took. Peers: tcpdump, dumpcap, netsniff-ng, a bare TPACKET_V3 loop; one that is not installed is left out and
says so. Everything runs in namespaces of its own and ends by itself, within 10 minutes (--quick: 90 s). Prints Markdown
tables for docs/benchmarks.md; --json writes the same figures to a file. HOLTER names the program; the loads are built
beside it (target capture_loads). Nothing judges.
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "e2e"))
import capture_bed  # noqa: E402 (it imports from the folder beside)
import capture_cost  # noqa: E402
import capture_freeze  # noqa: E402
import capture_rate  # noqa: E402
import parts  # noqa: E402

PARTS = {name: (part.measure, part.report)
         for name, part in (("cost", capture_cost), ("rate", capture_rate), ("freeze", capture_freeze))}

if __name__ == "__main__":
    parts.main(__doc__, PARTS, (capture_bed.THOROUGH, capture_bed.QUICK))
