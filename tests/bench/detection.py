#!/usr/bin/env python3
"""How soon a dead client is down: single clients of many are killed over a veth, at 100 ms x 3 with nothing asked.

`detection.py [KILLS]` (200) prints a Markdown table for docs/benchmarks.md: the time from the client's last pulse, and
from its death, to the record that says down. There is no gateway on the wire. HOLTER names the program.
"""
import datetime
import os
import random
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "e2e"))
import bed  # noqa: E402 (stands in the folder beside)
import beacons  # noqa: E402

DEFAULT_KILLS = 200
CLIENTS = 50
AT_ONCE = 20  # killed in one round, one after another
INTERVAL_MS, MULTIPLIER = 100, 3


def start(test_bed, node):
    config = test_bed.path("holter.toml")
    with open(config, "w") as file:
        file.write("[heartbeat]\nasks = 0\n")
    options = ("--config", config, "--pulses", "10.77.0.1:4280", "--targets", "none")
    return test_bed.start(node, *options).wait_page()


def sessions(holter):
    return {session["name"]: session for session in holter.api("sessions")["sessions"]}


def all_up(holter):
    known = sessions(holter)
    return len(known) == CLIENTS and all(session["state"] == "up" for session in known.values())


def seconds_of(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def one_round(holter, clients):
    """Seconds from (the last pulse, the death) to down, of AT_ONCE clients."""
    killed = {}
    for n in random.sample(range(CLIENTS), AT_ONCE):
        time.sleep(random.uniform(0.01, 0.04))
        _, _, last, now = clients.tell("kill", n)
        killed[f"b{n}"] = int(last) / 1e9, int(now) / 1e9
    bed.eventually(lambda: all(sessions(holter)[name]["state"] == "down" for name in killed), "all the killed are down")
    known = sessions(holter)
    downs = {name: seconds_of(known[name]["changes"][0]["at"]) for name in killed}
    others = [name for name, session in known.items() if name not in killed and session["state"] != "up"]
    for name in killed:
        clients.send("revive", name[1:])
    bed.eventually(lambda: all_up(holter), "all are up again")
    return [(downs[name] - last, downs[name] - now) for name, (last, now) in killed.items()], len(others)


def row(what, values):
    values = sorted(values)
    at = [values[min(len(values) - 1, int(len(values) * share))] * 1000 for share in (0.5, 0.99)]
    return f"| {what} | {at[0]:.1f} | {at[1]:.1f} | {values[-1] * 1000:.1f} |"


def main():
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_KILLS
    test_bed = bed.Bed()
    with test_bed.cleanup:
        hub, far = test_bed.pair(ipv6=False)
        holter = start(test_bed, hub)
        clients = beacons.Running(far, "10.77.0.1", CLIENTS, INTERVAL_MS, MULTIPLIER)
        test_bed.cleanup.callback(clients.close)
        bed.eventually(lambda: all_up(holter), "all are up")
        figures, false_downs = [], 0
        while len(figures) < kills:
            measured, others = one_round(holter, clients)
            figures += measured
            false_downs += others
        blind = [c for c in holter.api("health")["network_changes"] if c["what"] == "observer"]
    print("| to down, ms | p50 | p99 | most |\n|---|---|---|---|")
    print(row("from the last pulse", [last for last, _ in figures]))
    print(row("from the death", [death for _, death in figures]))
    print(f"\n{len(figures)} kills of {CLIENTS} clients at {INTERVAL_MS} ms x {MULTIPLIER}; "
          f"others down meanwhile: {false_downs}; times the observer doubted itself for good: {len(blind)}")


if __name__ == "__main__":
    bed.isolate()
    main()
