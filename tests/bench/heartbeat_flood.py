"""100 sessions with keys at 100 ms x 3, killed one after another, without and with 100,000 strangers a second."""
import random
import subprocess
import time

import bed
import cost
import holter_beds

SESSIONS, INTERVAL_MS, MULTIPLIER = 100, 100, 3
A_SECOND = 100_000
KILLS, SPACING = 80, 0.12  # s between two kills
CALM = 0.5  # s between the begin of the flood and the first kill, and behind the last one
AIM = 0.10  # how much later a detection may be
HUB = "10.77.0.1"
DATAGRAMS = "holter_pulse_datagrams_total"


def kill_some(beacons):
    order = random.sample(range(SESSIONS), SESSIONS)
    killed = []
    for i in range(KILLS):
        killed.append((order[i % SESSIONS], *beacons.kill(order[i % SESSIONS])))
        time.sleep(SPACING + random.uniform(0, INTERVAL_MS / 1e3))
        if i >= 4:  # the one that was killed a while ago is down
            beacons.tell("revive", killed[i - 4][0])
    time.sleep(CALM)
    for n in range(SESSIONS):
        beacons.tell("revive", n)
    return killed


def one_run(holter, beacons, flood_seconds):
    bed.eventually(lambda: holter_beds.up(holter) == SESSIONS, "all are up")
    beacons.late_ms()
    before, dropped = holter_beds.family(holter, DATAGRAMS, "kind"), holter.figure("holter_pulse_dropped_total{}")
    flood, since = None, time.time()
    if flood_seconds:
        flood = holter.right.popen(holter_beds.LOADS + "/pulse_flood", HUB, "4280", str(A_SECOND), str(flood_seconds),
                                   str(SESSIONS), stdout=subprocess.PIPE, text=True)
    time.sleep(CALM)
    begun, cpu = time.monotonic(), cost.cpu_seconds(holter.pid)
    killed = kill_some(beacons)
    took, cpu = time.monotonic() - begun, cost.cpu_seconds(holter.pid) - cpu
    memory = cost.memory_kib(holter.pid)
    found = {"kills": KILLS, "seconds": took, "cpu_share": cpu / took, "rss_mib": memory["Rss"] / 1024,
             "load_late_ms": beacons.late_ms()}
    if flood:
        if flood.poll() is not None:
            raise RuntimeError("the flood ended before the last kill")
        found["sent"] = int(flood.communicate()[0].split()[1])
        time.sleep(1.5)  # figures are told every second
    downs = [(int(name[1:]), at) for name, at in holter_beds.downs(holter) if name[0] == "b" and at >= since]
    delays = [[(down - last, down - at) for who, down in downs if who == n and at <= down < at + 1]
              for n, last, at in killed]
    delays = [found[0] for found in delays if found]
    after = holter_beds.family(holter, DATAGRAMS, "kind")
    found |= {"found": len(delays), "false_downs": len(downs) - len(delays),
              "detection_ms": [cost.of_all([last * 1e3 for last, _ in delays], share) for share in (0.5, 0.99)],
              "from_kill_ms": [cost.of_all([at * 1e3 for _, at in delays], share) for share in (0.5, 0.99)],
              "datagrams": {kind: after[kind] - before[kind] for kind in after},
              "dropped": holter.figure("holter_pulse_dropped_total{}") - dropped,
              "sessions": len(holter.api("sessions")["sessions"])}
    return found


def measure():
    box = bed.Bed()
    with box.cleanup:
        left, right = box.pair(ipv6=False)
        # Whoever asks comes from anywhere: the hub has a way to them all, and the far side throws it away.
        left.sh("ip route add default via 10.77.0.2; sysctl -qw net.ipv4.conf.all.rp_filter=0 "
                "net.ipv4.conf.default.rp_filter=0 net.ipv4.conf.eth0.rp_filter=0")
        right.sh("sysctl -qw net.ipv4.ip_forward=0")
        secret = holter_beds.make_keys(box, left, "run")
        holter = holter_beds.start(box, left, "--pulses", f"{HUB}:4280")
        holter.right = right
        beacons = holter_beds.Beacons(box, right, HUB, secret, SESSIONS, INTERVAL_MS, MULTIPLIER)
        calm = one_run(holter, beacons, 0)
        flooded = one_run(holter, beacons, int(KILLS * (SPACING + INTERVAL_MS / 2e3) * 1.4 + 5))
    return {"calm": calm, "flooded": flooded,
            "later": [flood / still - 1 for flood, still in zip(flooded["detection_ms"], calm["detection_ms"])]}


def report(found):
    runs = (found["calm"], found["flooded"])

    def row(what, of):
        return (what, *(of(run) for run in runs))
    rows = [row("last pulse to down, ms, p50 / p99", lambda run: " / ".join(map(cost.shown, run["detection_ms"]))),
            row("death to down, ms, p50 / p99", lambda run: " / ".join(map(cost.shown, run["from_kill_ms"]))),
            row("found", lambda run: f"{run['found']} of {run['kills']}"),
            row("living ones declared down", lambda run: run["false_downs"]),
            row("CPU of holter", lambda run: f"{run['cpu_share'] * 100:.1f} % of a core"),
            row("RSS", lambda run: f"{run['rss_mib']:.1f} MiB"),
            row("sessions", lambda run: run["sessions"]),
            row("dropped by the kernel", lambda run: f"{run['dropped']:,.0f}"),
            row("datagrams", lambda run: ", ".join(f"{kind} {count:,.0f}" for kind, count in run["datagrams"].items()
                                                   if count))]
    later = " and ".join(f"{100 * part:+.1f} %" for part in found["later"])
    return (cost.table(("100 sessions at 100 ms x 3", "alone", f"beside {A_SECOND:,} strangers a second"), rows) +
            f"\n\nDetection with the flood, p50 and p99: {later}; aim: at most {AIM * 100:+.0f} %.")
