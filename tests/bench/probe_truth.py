#!/usr/bin/env python3
"""How far the round trips that probers report are from those on the wire: |reported - on the wire| over a veth between
two namespaces, against the stamps of a capture on the prober's interface.

Prints a Markdown table for docs/benchmarks.md: holter's icmp, udp, dns and ntp, one and fifty at once in one `holter
run`, and ping and blackbox_exporter where they are installed. SECONDS (10) of each may be given. HOLTER names the
program.
"""
import os
import re
import shutil
import subprocess
import sys
import threading
import time
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "e2e"))
import bed  # noqa: E402 (stands in the folder beside)
import idle  # noqa: E402
import wire_times  # noqa: E402

DEFAULT_SECONDS = 10
EXPORTER_PORT = 9115
EXPORTER_INTERVAL = 0.2  # s; what it is asked by is a load as well
EXPORTER_RTT = re.compile(r'^probe_icmp_duration_seconds\{phase="rtt"\} (\S+)$', re.MULTILINE)


def paired(reported, wire):
    """`reported` is {address: [us, ...]} in the order of asking."""
    return [(us - took / 1e3, False) for address, told in reported.items()
            for us, (_, took) in zip(told, sorted(wire.trips.get(address, [])))]


def by_ping(between, at_once, seconds):
    addresses = wire_times.ADDRESSES[:at_once]
    with between.capture("icmp") as wire:
        programs = [between.host.popen("ping", "-n", "-i", "0.05", "-c", str(seconds * 20), address,
                                       stdout=subprocess.PIPE, text=True) for address in addresses]
        told = [program.communicate()[0] for program in programs]
    return paired({address: [float(ms) * 1e3 for ms in re.findall(r"time=(\S+) ms", text)]
                   for address, text in zip(addresses, told)}, wire)


def ask_exporter(node, address, until, told):
    with node.inside():
        while time.monotonic() < until:
            url = f"http://127.0.0.1:{EXPORTER_PORT}/probe?module=icmp&target={address}"
            with urllib.request.urlopen(url, timeout=10) as answer:
                told.append(float(EXPORTER_RTT.search(answer.read().decode()).group(1)) * 1e6)
            time.sleep(EXPORTER_INTERVAL)


def by_exporter(between, at_once, seconds):
    config = between.box.path("blackbox.yml")
    with open(config, "w") as file:
        file.write("modules:\n  icmp:\n    prober: icmp\n    timeout: 2s\n")
    exporter = between.box._own(bed.Program(between.box, between.host, [
        "prometheus-blackbox-exporter", f"--config.file={config}", f"--web.listen-address=127.0.0.1:{EXPORTER_PORT}"],
        f"exporter{at_once}"))
    exporter.wait_log("Listening")
    told = {address: [] for address in wire_times.ADDRESSES[:at_once]}
    with between.capture("icmp") as wire:
        until = time.monotonic() + seconds
        askers = [threading.Thread(target=ask_exporter, args=(between.host, address, until, list_))
                  for address, list_ in told.items()]
        for asker in askers:
            asker.start()
        for asker in askers:
            asker.join()
    exporter.stop()
    return paired(told, wire)


def by_holter(kind):
    return lambda between, at_once, seconds: between.by_running_holter(kind, at_once, seconds=seconds)


def measure(seconds):
    probers = [(f"holter {kind}", by_holter(kind)) for kind in wire_times.FILTERS]
    if shutil.which("ping"):
        probers.append(("ping", by_ping))
    if shutil.which("prometheus-blackbox-exporter"):
        probers.append(("blackbox_exporter icmp", by_exporter))
    for name, prober in probers:
        box = bed.Bed()
        with box.cleanup:
            between = wire_times.WireTimes(box)
            for at_once in (1, wire_times.COUNT):
                off = [abs(microseconds) for microseconds, _ in prober(between, at_once, seconds)]
                yield name, at_once, len(off), *(wire_times.percentile(off, share) for share in (0.5, 0.99))


def report(seconds, rows):
    print("| prober | at once | round trips | p50 | p99 |\n|---|---|---|---|---|", flush=True)
    for name, at_once, count, middle, most in rows:
        print(f"| {name} | {at_once} | {count:,} | {middle:,.1f} us | {most:,.1f} us |", flush=True)
    command = f"python3 tests/bench/probe_truth.py {seconds}"
    print(f"\nMachine: {idle.machine()}. Commit: {idle.commit()}. Command: `{command}`.")


if __name__ == "__main__":
    bed.isolate()
    wished = int(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_SECONDS
    report(wished, measure(wished))
