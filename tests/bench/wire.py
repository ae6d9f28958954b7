#!/usr/bin/env python3
"""What reading, decoding, filtering and following packets costs, beside its peers over one large file in the same run:
`make bench-wire`.

    wire.py [--file FILE] [--rounds N] [--quick] [--json FILE]

Without --file the capture is built once, in build/bench, by make_bench of the captures beside the clone (HOLTER_SHARED):
5 million packets of 254,000 conversations. Every program runs on one core, in turns with the others, the file in the
page cache; CPU is user and system of its process, the median of the rounds. Peers: cat, tcpdump, softflowd, tshark, a
libtins loop; one that is not installed is left out and says so. Prints Markdown for docs/benchmarks.md. Nothing judges.
"""
import argparse
import dataclasses
import json
import os
import shutil
import statistics
import struct
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "tests/e2e"))
import bed  # noqa: E402 (stands in the folder beside)
import idle  # noqa: E402

SHARED = os.environ.get("HOLTER_SHARED", os.path.join(ROOT, "../shared"))
BUILT = os.path.join(ROOT, "build/bench")
PACKETS = 5_000_000
FILTER = "ipv4.src == 10.0.0.0/8 and tcp.dst_port in {443, 8443} and not vlan"
TSHARK_PACKETS = 100_000


@dataclasses.dataclass
class Program:
    name: str
    command: list
    packets: int  # that it reads


@dataclasses.dataclass
class Figures:
    program: Program
    nanoseconds: list = dataclasses.field(default_factory=list)  # a packet, of each round
    peak_mib: float = 0

    @property
    def median(self):
        return statistics.median(self.nanoseconds)


def build_file():
    path = os.path.join(BUILT, "wire.pcap")
    if os.path.exists(path):
        return path
    os.makedirs(BUILT, exist_ok=True)
    source, listed = (os.path.join(SHARED, "tools", name) for name in ("make_bench.cpp", "bench_files.txt"))
    if not os.path.exists(source):
        sys.exit(f"there is no {source}: name a capture with --file")
    maker = os.path.join(BUILT, "make_bench")
    subprocess.run(["clang++-19", "-O2", "-std=c++17", source, "-o", maker], check=True)
    subprocess.run([maker, listed, os.path.join(SHARED, "pcaps"), path + ".part", str(PACKETS), "42"], check=True)
    os.replace(path + ".part", path)
    return path


def count_packets(path):
    """Of a classic capture file in this machine's byte order; reads the headers alone."""
    count, at, size = 0, 24, os.path.getsize(path)
    with open(path, "rb", buffering=1 << 20) as file:
        while at + 16 <= size:
            file.seek(at)
            at += 16 + struct.unpack("<I", file.read(16)[8:12])[0]
            count += 1
    return count


def built(target):
    """None: it cannot be built here."""
    build = os.path.dirname(bed.HOLTER)
    done = subprocess.run(["cmake", "--build", build, "--target", target], capture_output=True, check=False)
    return os.path.join(build, "tests", target) if done.returncode == 0 else None


def programs(path, packets):
    holter = bed.HOLTER
    floor = built("wire_floor")
    tins = built("wire_tins")
    wanted = [
        Program("cat", ["cat", path], packets),
        Program("read() alone", [floor, path, "read"], packets),
        Program("read() and the packet headers", [floor, path, "walk"], packets),
        Program("read() and a bare L2-L4 parse", [floor, path, "parse"], packets),
        Program("holter read FILTER -w", [holter, "read", path, FILTER, "-w", "/dev/null"], packets),
        Program("holter flows", [holter, "flows", path, "-n", "10"], packets),
        Program("holter read --json", [holter, "read", "--json", path], packets),
        Program("holter read", [holter, "read", path, "-c", str(packets // 5)], packets // 5),
        Program("tcpdump -w /dev/null", ["tcpdump", "-r", path, "-w", "/dev/null"], packets),
        Program("tcpdump (printing)", ["tcpdump", "-n", "-r", path, "-c", str(packets // 50)], packets // 50),
        Program("libtins loop", [tins, path], packets),
        Program("softflowd -r", ["softflowd", "-r", path, "-d", "-m", "1000000"], packets),
        Program("tshark -T ek", ["tshark", "-n", "-T", "ek", "-r", path, "-c", str(TSHARK_PACKETS)], TSHARK_PACKETS),
    ]
    there = [program for program in wanted if program.command[0] and shutil.which(program.command[0])]
    for program in wanted:
        if program not in there:
            print(f"{program.name}: not installed, left out", file=sys.stderr)
    return there


def warm(path):
    """Into the page cache, out of which a kernel may take it at any time."""
    subprocess.run(["cat", path], stdout=subprocess.DEVNULL, check=True)


def run(program):
    """(ns of CPU a packet, peak MiB)"""
    child = subprocess.Popen(["taskset", "-c", "0", *program.command], stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"{program.name} ended with {child.returncode}")
    return (usage.ru_utime + usage.ru_stime) * 1e9 / program.packets, usage.ru_maxrss / 1024


def measure(path, there, rounds):
    figures = {program.name: Figures(program) for program in there}
    for _ in range(rounds):
        for program in there:
            warm(path)
            nanoseconds, peak = run(program)
            found = figures[program.name]
            found.nanoseconds.append(nanoseconds)
            found.peak_mib = max(found.peak_mib, peak)
    return figures


def ratio(figures, ours, theirs):
    if ours not in figures or theirs not in figures:
        return None
    return figures[theirs].median / figures[ours].median


BARS = [  # what, ours, peer, at least
    ("decode to layer 4 with a filter of three conditions", "holter read FILTER -w", "tcpdump -w /dev/null", 3.5),
    ("decode and flows", "holter flows", "tcpdump -w /dev/null", 2.4),
    ("decode and flows", "holter flows", "softflowd -r", 6),
    ("JSON with every field", "holter read --json", "tshark -T ek", 200),
]


def report(figures, packets, path):
    print(f"\n{packets:,} packets, {os.path.getsize(path) / 1e9:.2f} GB.\n")
    print("| program | CPU ns a packet | packets a second of CPU | peak MiB |\n|---|---|---|---|")
    for found in figures.values():
        print(f"| {found.program.name} | {found.median:,.1f} | {1e9 / found.median:,.0f} | {found.peak_mib:.0f} |")
    print("\n| what | beside | times as fast | aim |\n|---|---|---|---|")
    for what, ours, theirs, bar in BARS:
        found = ratio(figures, ours, theirs)
        if found is not None:
            print(f"| {what} | {theirs} | {found:.2f} | at least {bar}{'' if found >= bar else ' (not met)'} |")
    if "cat" in figures and "holter read FILTER -w" in figures:
        print(f"\nThe floor: decoding and filtering costs {1 / ratio(figures, 'holter read FILTER -w', 'cat'):.2f} of "
              f"`cat`, {1 / ratio(figures, 'holter read FILTER -w', 'read() and the packet headers'):.2f} of walking "
              "from packet to packet.")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--file", help="a classic capture file, little-endian")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="one round: whether it works, no figures to quote")
    parser.add_argument("--json", help="where to write the figures too")
    options = parser.parse_args()
    path = options.file or build_file()
    packets = count_packets(path) if options.file else PACKETS
    load, _, _ = os.getloadavg()
    figures = measure(path, programs(path, packets), 1 if options.quick else options.rounds)
    report(figures, packets, path)
    print(f"\nMachine: {idle.machine()}, load {load:.1f} before. Commit: {idle.commit()}. "
          f"Command: `{' '.join(['tests/bench/wire.py', *sys.argv[1:]])}`.")
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump({name: found.nanoseconds for name, found in figures.items()}, file, indent=1)


if __name__ == "__main__":
    main()
