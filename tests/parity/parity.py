#!/usr/bin/env python3
"""holter's fields beside tshark's, packet by packet, over real captures: the rows of rows_*.py, and which values differ.

  parity.py [--holter FILE] [--captures DIR] [--count N --seed S] [--rows WORD] [--show WORD] [FILE...]

Ends with 1 when fewer than 99.9 % (--bar) of the values are equal, or when a row differs that docs/parity.md has no verdict for.
"""
import argparse
import collections
import concurrent.futures
import glob
import importlib
import os
import random
import re
import sys

import fields

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
BAR = 0.999
DEEPEST = 16  # headers of a frame, in holter
SAMPLES = 5
BEYOND = ("packets beyond what is decoded", "")
PIECES = ("values of packets in pieces", "")
TOO_DEEP = ("values behind the limit of headers", "")


def all_rows():
    sys.path.insert(0, HERE)
    names = sorted(os.path.basename(path)[:-3] for path in glob.glob(os.path.join(HERE, "rows_*.py")))
    return [row for name in names for row in importlib.import_module(name).ROWS]


def captures_under(folder):
    """Every file of the folder that begins as a capture."""
    magics = {bytes.fromhex(text) for text in ("a1b2c3d4", "d4c3b2a1", "a1b23c4d", "4d3cb2a1", "0a0d0d0a")}
    out = []
    for where, _, names in os.walk(folder):
        for name in names:
            with open(os.path.join(where, name), "rb") as file:
                if file.read(4) in magics:
                    out.append(os.path.join(where, name))
    return sorted(out)


class Tally:
    def __init__(self):
        self.values = self.equal = 0
        self.samples = []

    def add(self, other):
        self.values += other.values
        self.equal += other.equal
        self.samples = (self.samples + other.samples)[:SAMPLES]

    @property
    def differ(self):
        return self.values - self.equal


# What tshark shows only with the last fragment; holter shows the header that is in the first one.
ABOVE_FRAGMENTS = ("tcp.", "udp.", "icmp.", "icmpv6.", "sctp.", "udp_lite.", "dns.", "dhcp.", "ntp.", "quic.", "gre.",
                   "gtp_u.")


# Layers in which tshark finds further packets and holter does not look.
CARRIERS = {"openflow", "openflow_v1", "openflow_v4", "openflow_v5", "sflow", "http2", "ayiya", "nhrp", "pktap"}
UNKNOWN = {"unknown_link", "unknown_ether_type", "unknown_ip_protocol"}


def is_beyond(our, their):
    """The packet is carried by a link or a protocol that holter does not decode, so that tshark has more of it."""
    protocols = set(their.get("frame.protocols", [""])[0].split(":"))
    return our["frame.decode_end"][0] in UNKNOWN or bool(protocols & CARRIERS)


def is_piece(their):
    return "1" in their.get("ip.flags.mf", []) + their.get("ipv6.fraghdr.more", [])


def read(row, text, their, index):
    try:
        value = row.read(text)
        return "unverified" if value == "bad" and row.left is not None and row.left(their, index) else value
    except (ValueError, KeyError):
        return text


def compare(rows, ours, theirs, path):
    tallies = collections.defaultdict(Tally)
    if len(ours) != len(theirs):
        print(f"{path}: {len(ours)} packets, tshark has {len(theirs)}", file=sys.stderr)
    for number, (our, their) in enumerate(zip(ours, theirs), 1):
        beyond, too_deep = is_beyond(our, their), our["frame.decode_end"][0] == "too_deep"
        tallies[BEYOND].values += beyond
        for row in rows:
            if row.ours not in our and row.theirs not in their:
                continue
            if row.when is not None and not row.when(their):
                continue
            mine = [row.shown(value) if row.shown else value for value in our.get(row.ours, [])]
            others = [read(row, text, their, index) for index, text in enumerate(their.get(row.theirs, []))]
            if row.ours.startswith(ABOVE_FRAGMENTS) and is_piece(their):
                tallies[PIECES].values += max(len(mine), len(others))
                continue
            if beyond and len(mine) < len(others):
                continue
            if too_deep and len(mine) < len(others):
                tallies[TOO_DEEP].values += len(others) - len(mine)
                others = others[:len(mine)]
            tally = tallies[row.ours, row.theirs]
            tally.values += max(len(mine), len(others))
            tally.equal += sum(a == b for a, b in zip(mine, others))
            if mine != others and len(tally.samples) < SAMPLES:
                tally.samples.append(f"{path}:{number}: {mine} / {others}")
    return tallies


def of_file(holter, path, wanted):
    rows = [row for row in all_rows() if wanted in row.ours]
    try:
        ours, theirs = fields.of_holter(holter, path), fields.of_tshark(path)
        fields.tell_of_tls(path, ours, theirs)
        return path, compare(rows, ours, theirs, path), None
    except Exception as problem:  # one capture that cannot be told must not hide the others
        return path, {}, f"{type(problem).__name__}: {problem}"


def judged_rows():
    """The fields that docs/parity.md has a verdict for."""
    path = os.path.join(ROOT, "docs", "parity.md")
    if not os.path.exists(path):
        return set()
    with open(path, encoding="utf-8") as file:
        verdicts = file.read().partition("## Differences")[2]
    return re.findall(r"`([a-z0-9_]+\.(?:\*|[a-z0-9_.]+))`", verdicts)


def is_judged(field, judged):
    return any(field == name or name.endswith("*") and field.startswith(name[:-1]) for name in judged)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--holter", default=os.environ.get("HOLTER", os.path.join(ROOT, "build/release/holter")))
    parser.add_argument("--captures", default=os.path.join(
        os.environ.get("HOLTER_SHARED", os.path.join(ROOT, "../shared")), "pcaps"))
    parser.add_argument("--count", type=int, help="so many captures, chosen by the seed")
    parser.add_argument("--seed", type=int, default=random.randrange(2**31))
    parser.add_argument("--rows", default="", help="only fields with this in their name")
    parser.add_argument("--show", default=None, help="samples of the rows with this in their name")
    parser.add_argument("--bar", type=float, default=BAR, help="the share of equal values to reach")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("files", nargs="*")
    arguments = parser.parse_args()

    paths = arguments.files or captures_under(arguments.captures)
    if arguments.count is not None and not arguments.files:
        print(f"seed {arguments.seed}")
        paths = random.Random(arguments.seed).sample(paths, min(arguments.count, len(paths)))
    total, problems = collections.defaultdict(Tally), 0
    with concurrent.futures.ProcessPoolExecutor(arguments.jobs) as pool:
        jobs = [pool.submit(of_file, arguments.holter, path, arguments.rows) for path in paths]
        for job in concurrent.futures.as_completed(jobs):
            path, tallies, problem = job.result()
            if problem:
                problems += 1
                print(f"{path}: not compared: {problem}", file=sys.stderr)
            for key, tally in tallies.items():
                total[key].add(tally)
    return report(total, arguments.show, problems, len(paths), arguments.bar)


def report(total, show, problems, captures, bar):
    judged = judged_rows()
    unjudged = []
    beyond, pieces, deep = (total.pop(name, Tally()).values for name in (BEYOND, PIECES, TOO_DEEP))
    for (ours, theirs), tally in sorted(total.items()):
        if tally.differ == 0:
            continue
        if not is_judged(ours, judged):
            unjudged.append(ours)
        print(f"{ours:<40} {theirs:<40} {tally.values:>9} values, {tally.differ:>6} differ"
              f"{'' if is_judged(ours, judged) else '  NO VERDICT'}")
        if show is not None and show in ours:
            for sample in tally.samples:
                print("   ", sample[:300])
    values = sum(tally.values for tally in total.values())
    equal = sum(tally.equal for tally in total.values())
    share = equal / values if values else 0
    print(f"{captures} captures, {len(total)} fields seen of {len(all_rows())}, {values} values, "
          f"{values - equal} differ: {share:.5%} equal, {len(unjudged)} fields without a verdict, "
          f"{problems} captures not compared, {beyond} packets carried by what holter does not decode, "
          f"left out: {pieces} values of packets in pieces, {deep} behind {DEEPEST} headers")
    return 0 if share >= bar and not unjudged and problems == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
