#!/usr/bin/env python3
"""holter's conversations beside tshark's: packets and bytes each way of every pair of endpoints over TCP and UDP.

  flows_parity.py [--holter FILE] [--captures DIR] [--count N --seed S] [FILE...]

tshark parts a pair of endpoints into streams by rules of its own, so the totals of a pair are compared. It shows bytes
rounded (29 kB), so they are compared as far as it shows them. Fragments are not put together, by both. Ends with 1 when
a total differs for which there is no verdict here.
"""
import argparse
import collections
import concurrent.futures
import gzip
import hashlib
import json
import os
import random
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
TIMEOUT = 300
SEED = 6
PREFERENCES = ["ip.defragment:FALSE", "ipv6.defragment:FALSE"]
TSHARK = ["tshark", "-n", "-q", "-z", "conv,tcp", "-z", "conv,udp"] + [
    word for preference in PREFERENCES for word in ("-o", preference)]
ROW = re.compile(r"^(\S+)\s+<->\s+(\S+)\s+(\d+)\s+(\d+) (\w+)\s+(\d+)\s+(\d+) (\w+)\s+(\d+)\s")
UNITS = {"bytes": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9}


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


def sample(paths, count, seed):
    return sorted(random.Random(seed).sample(paths, count)) if 0 < count < len(paths) else paths


Seen = collections.namedtuple("Seen", "tunnels undecoded pieces")
TUNNEL_PORTS = {2152, 4789, 6081, 8472}


class Totals:
    """One direction of one pair: packets, and the bytes as a range."""

    def __init__(self):
        self.packets = self.least = self.most = 0

    def add(self, packets, least, most):
        self.packets += packets
        self.least += least
        self.most += most

    def agrees(self, other):
        return self.packets == other.packets and self.least <= other.most and other.least <= self.most

    def __repr__(self):
        return f"{self.packets} packets, {self.least}..{self.most} bytes"


def answer_of_tshark(path):
    cache = os.environ.get("HOLTER_PARITY_CACHE")
    if not cache:
        return ask_tshark(path)
    with open(path, "rb") as file:
        name = os.path.join(cache, hashlib.sha256(file.read() + repr(TSHARK).encode()).hexdigest() + ".conv.gz")
    if not os.path.exists(name):
        os.makedirs(cache, exist_ok=True)
        with gzip.open(f"{name}.{os.getpid()}", "wb", compresslevel=1) as file:
            file.write(ask_tshark(path).encode())
        os.replace(f"{name}.{os.getpid()}", name)
    with gzip.open(name, "rb") as file:
        return file.read().decode()


def ask_tshark(path):
    done = subprocess.run(TSHARK + ["-r", path], capture_output=True, check=False, timeout=TIMEOUT)
    return done.stdout.decode(errors="replace")


def of_tshark(path):
    totals = collections.defaultdict(Totals)
    protocol = ""
    for line in answer_of_tshark(path).splitlines():
        if line.endswith("Conversations"):
            protocol = line.split()[0].lower()
        row = ROW.match(line)
        if not row:
            continue
        a, b = (endpoint_of(text) for text in row.group(1, 2))
        for source, target, at in ((b, a, 3), (a, b, 6)):
            packets, number, unit = int(row.group(at)), int(row.group(at + 1)), UNITS[row.group(at + 2)]
            if packets:
                totals[protocol, source, target].add(packets, number * unit, number * unit + unit - 1)
    return totals


def endpoint_of(text):
    address, _, port = text.rpartition(":")
    return address, int(port)


def of_holter(holter, path):
    """The totals, and what else is worth to know of the file."""
    totals = collections.defaultdict(Totals)
    done = subprocess.run([holter, "flows", "--json", path], capture_output=True, check=False, timeout=TIMEOUT)
    tunnels, undecoded, pieces = False, b"not decoded" in done.stderr, False
    for line in done.stdout.decode().splitlines():
        flow = json.loads(line)
        tunnels = tunnels or flow["tunnel"] is not None
        pieces = pieces or flow["tunnel"] is None and flow["responder_port"] in TUNNEL_PORTS
        if flow["protocol"] not in ("tcp", "udp") or flow["initiator_port"] == flow["responder_port"] == 0:
            continue  # a fragment behind the first, or a header that was cut
        ends = [(flow["initiator"], flow["initiator_port"]), (flow["responder"], flow["responder_port"])]
        for side in (0, 1):
            packets, count = flow["packets"][side], flow["bytes"][side]
            if packets:
                totals[flow["protocol"], ends[side], ends[1 - side]].add(packets, count, count)
    return totals, Seen(tunnels, undecoded, pieces)


# Each stands in docs/flows.md with who is right.
TUNNEL = "tunnel: holter counts a packet once, as the innermost; tshark once in each layer of the frame"
ROUTE = "source route: tshark counts to its last address, holter to the next"
UNDECODED = "holter says that it did not decode some frames"
PIECES = "a tunnel in pieces: tshark looks into the first one, holter into none"
HOME = "a mobile node's home address: tshark counts from it, holter from the address in the header"
# What no field of ours tells: how the names of such captures end.
KNOWN = {
    "of13_ericsson.pcapng": "quoted in what an application says: not on this wire",
    "vxlan-arp.pcap": "a tunnel with ARP in it: no conversation",
    "ayiya-large-identity.pcap": "a tunnel that holter does not decode (AYIYA): it is the conversation",
    "transform-base64-7296/input.pcap": "both ports are 0: left out of holter's, as pieces have none",
    "ip6-hoa-tcp-bad-chksum.pcap": HOME,
    "ip6-hoa-tcp-good-chksum.pcap": HOME,
    "ip6-hoa-udp-good-chksum.pcap": HOME,
    "ipv6-mobility-dst-opts.pcap": HOME,
}


def routed(differing):
    """The sources and target ports whose packets differ in nothing but the target's address."""
    sums = collections.Counter()
    for (protocol, source, target), our, their in differing:
        sums[protocol, source, target[1]] += (our.packets if our else 0) - (their.packets if their else 0)
    return {key for key, rest in sums.items() if rest == 0}


def verdict_of(path, ours, theirs, seen):
    known = next((verdict for end, verdict in KNOWN.items() if path.endswith(end)), None)
    if known is not None and (known is HOME or ours is None):
        return known
    if seen.pieces and ours is None:
        return PIECES
    if seen.tunnels and (ours is None or theirs is None or ours.packets != theirs.packets):
        return TUNNEL
    if seen.undecoded and (ours is None or ours.packets < theirs.packets):
        return UNDECODED
    return None


def compare(holter, path):
    """(pairs and directions seen, [(what, ours, theirs, verdict)])"""
    ours, seen = of_holter(holter, path)
    theirs = of_tshark(path)
    differing = []
    for key in sorted(set(ours) | set(theirs)):
        our, their = ours.get(key), theirs.get(key)
        if our is None or their is None or not our.agrees(their):
            differing.append((key, our, their))
    moved = routed(differing)
    verdicts = [ROUTE if (key[0], key[1], key[2][1]) in moved else verdict_of(path, our, their, seen)
                for key, our, their in differing]
    return len(set(ours) | set(theirs)), [(*row, verdict) for row, verdict in zip(differing, verdicts)]


def run(holter, paths, jobs):
    """Prints what differs. How many did without a verdict."""
    seen = unexplained = 0
    verdicts = collections.Counter()
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for path, (count, differing) in zip(paths, pool.map(lambda path: compare(holter, path), paths)):
            seen += count
            for key, our, their, verdict in differing:
                verdicts[verdict] += 1
                if verdict is None:
                    unexplained += 1
                    print(f"{path}: {key}\n  holter {our}\n  tshark {their}")
    print(f"{len(paths)} captures, {seen} directions, {sum(verdicts.values())} differ, {unexplained} without a verdict")
    for verdict, count in verdicts.items():
        if verdict:
            print(f"  {count} {verdict}")
    return unexplained


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--holter", default=os.environ.get("HOLTER", os.path.join(ROOT, "build/release/holter")))
    parser.add_argument("--captures",
                        default=os.path.join(os.environ.get("HOLTER_SHARED", os.path.join(ROOT, "../shared")), "pcaps"))
    parser.add_argument("--count", type=int, default=0)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("files", nargs="*")
    wanted = parser.parse_args()
    paths = wanted.files or sample(captures_under(wanted.captures), wanted.count, wanted.seed)
    sys.exit(1 if run(wanted.holter, paths, wanted.jobs) else 0)


if __name__ == "__main__":
    main()
