#!/usr/bin/env python3
"""What an idle `holter run` costs: CPU share of a core, memory of its own, rings apart, and how soon it shows an RTT.

Prints a Markdown table for docs/benchmarks.md. SECONDS (60) may be given. HOLTER names the program.
"""
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "e2e"))
import bed  # noqa: E402 (stands in the folder beside)

DEFAULT_SECONDS = 60
TICKS = os.sysconf("SC_CLK_TCK")
SETTLE = 3.0  # s, so that the start is not counted as idle


def processes():
    """pid -> name of every process of holter in this PID namespace."""
    found = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/comm") as file:
                name = file.read().strip()
        except OSError:
            continue
        if name.startswith("holter"):
            found[int(pid)] = name
    return found


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def anonymous_kib(pid):
    with open(f"/proc/{pid}/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("RssAnon:"))


def ring_kib(pid):
    """Mapped packet rings: mappings of a packet socket."""
    total = 0
    with open(f"/proc/{pid}/maps") as file:
        for line in file:
            if "socket:[" in line:
                begin, end = (int(part, 16) for part in line.split()[0].split("-"))
                total += (end - begin) // 1024
    return total


def machine():
    with open("/proc/cpuinfo") as file:
        models = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    return f"{models[0] if models else 'unknown CPU'}, {len(models)} cores, Linux {os.uname().release}"


def commit():
    try:
        return bed.run("git", "-C", bed.ROOT, "rev-parse", "--short", "HEAD").strip()
    except (RuntimeError, OSError):
        return "unknown"


def first_rtt(holter, begun):
    def shown():
        return any(target["last"]["rtt_ms"] is not None for target in holter.api("targets")["targets"])
    bed.eventually(shown, "the first RTT")
    return time.monotonic() - begun


def measure(seconds):
    box = bed.Bed()
    with box.cleanup:
        begun = time.monotonic()
        holter = box.start(box.solo())
        first = first_rtt(holter, begun)
        time.sleep(SETTLE)
        before, since = {pid: cpu_seconds(pid) for pid in processes()}, time.monotonic()
        time.sleep(seconds)
        share = sum(cpu_seconds(pid) - cpu for pid, cpu in before.items()) / (time.monotonic() - since)
        memory = {pid: (name, anonymous_kib(pid), ring_kib(pid)) for pid, name in processes().items()}
        state = holter.api("capture")["interfaces"]
    return first, share, memory, state


def report(seconds, first, share, memory, state):
    anonymous = sum(kib for _, kib, _ in memory.values())
    each = ", ".join(f"{name} {kib / 1024:.1f}" for name, kib, _ in memory.values())
    captured = ", ".join(f"{i['interface']} {i['state']}" for i in state) or "none"
    rows = [("CPU", f"{share * 100:.2f} % of a core", "below 1 %"),
            ("RssAnon of all processes", f"{anonymous / 1024:.1f} MiB ({each})", "at most 64 MiB"),
            ("packet rings, mapped, apart", f"{sum(ring for *_, ring in memory.values()) / 1024:.1f} MiB", ""),
            ("start to first RTT shown", f"{first:.2f} s", "within 3 s")]
    print(f"Idle for {seconds} s, loopback probes, capture: {captured}.\n\n| what | measured | aim |\n|---|---|---|")
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print(f"\nMachine: {machine()}. Commit: {commit()}. Command: `python3 tests/bench/idle.py {seconds}`.")


if __name__ == "__main__":
    bed.isolate()
    wished = int(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_SECONDS
    report(wished, *measure(wished))
