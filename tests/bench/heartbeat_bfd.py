"""FRR's bfdd and holter side by side: N sessions both ways over a veth, 50 ms x 3.

A side of bfdd is one process that sends and hears; a side of holter is `holter run`, which hears, and pulse_beacons,
which sends with a key for each session (BFD has none). Single sessions are silenced one after another: with bfdd by
sending what goes to its peer to nobody's hardware address, with holter by silencing its beacon. The detection is counted
from the last packet that came, and from that moment. False downs are those of sessions that nobody silenced; holter's
are counted on both sides, bfdd's on the left alone.
"""
import calendar
import os
import random
import re
import shutil
import socket
import struct
import subprocess
import time

import bed
import cost
import holter_beds

INTERVAL_MS, MULTIPLIER = 50, 3
BFD_SESSIONS, HOLTER_SESSIONS = (10, 100, 400), (10, 100, 400, 2_000)
SETTLE, WATCHED = 2.0, 5.0  # s
KILLS, SPACING, EXPLAINED = 20, 0.3, 5.0  # s between two kills; a down that late after its kill is that kill's
NOBODY = "02:00:00:00:00:01"  # a frame to it is seen on the wire, and nobody takes it
FRR, RUN = "/usr/lib/frr", "/var/run/frr"
CHANGE = re.compile(r"^(\d+/\d+/\d+ \d+:\d+:\d+)\.(\d+) .*state-change: \[.*peer:([\d.]+) .*\] (\w+) -> (\w+)", re.M)
PROFILE = f"bfd\n profile bench\n  detect-multiplier {MULTIPLIER}\n  receive-interval {INTERVAL_MS}\n" \
          f"  transmit-interval {INTERVAL_MS}\n exit\n"


def address(side, n):
    return f"10.{78 + side}.{n // 200}.{n % 200 + 1}"


def batch(node, lines):
    subprocess.run(node.command("ip", "-batch", "-"), input="\n".join(lines), text=True, check=True)


class LastHeard:
    """When the newest packet of one address came, by the kernel's clock; the kernel filters."""

    def __init__(self, node, source):
        number = struct.unpack(">I", socket.inet_aton(source))[0]
        # Load the IPv4 source address of an Ethernet frame; take the whole frame when it is this one.
        code = [(0x20, 0, 0, 26), (0x15, 0, 1, number), (0x06, 0, 0, 0xffff), (0x06, 0, 0, 0)]
        self.code = struct.pack("HBBI" * 4, *(part for one in code for part in one))
        pointer = bytes_address(self.code)
        with node.inside():
            self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0800))
        self.socket.setsockopt(socket.SOL_SOCKET, 26, struct.pack("HxxxxxxP", 4, pointer))  # SO_ATTACH_FILTER
        self.socket.setsockopt(socket.SOL_SOCKET, 35, 1)  # SO_TIMESTAMPNS
        self.socket.setblocking(False)

    def close(self):
        """Seconds since 1970; None: nothing came."""
        newest = None
        with self.socket:
            while True:
                try:
                    _, told, _, (_, _, direction, *_) = self.socket.recvmsg(64, 64)
                except BlockingIOError:
                    return newest
                if direction == socket.PACKET_HOST:
                    seconds, nanoseconds = struct.unpack("qq", told[0][2])
                    newest = seconds + nanoseconds / 1e9


def bytes_address(data):
    import ctypes  # pylint: disable=import-outside-toplevel
    return ctypes.cast(ctypes.c_char_p(data), ctypes.c_void_p).value


class Bfd:
    """Both sides with N sessions each."""
    who = "bfdd"

    def __init__(self, box, count):
        self.count = count
        self.nodes = box.pair(ipv6=False)
        self.logs, programs = [], []
        for side, node in enumerate(self.nodes):
            batch(node, [f"addr add {address(side, n)}/15 dev eth0" for n in range(count)])
        for side, node in enumerate(self.nodes):
            programs.append(self._start(box, side, node))
        self.sides = [[program.pid] for program in programs]
        self.hub_pid = programs[0].pid
        self.neighbours = self.nodes[1].popen("ip", "-force", "-batch", "-", stdin=subprocess.PIPE, text=True)
        box.cleanup.callback(self._end_neighbours)

    def _start(self, box, side, node):
        directory = box.path(f"frr{side}")
        os.mkdir(directory)
        peers = "".join(f" peer {address(1 - side, n)} local-address {address(side, n)} interface eth0\n"
                        "  profile bench\n exit\n" for n in range(self.count))
        self.logs.append(f"{directory}/bfdd.log")
        with open(f"{directory}/bfdd.conf", "w") as file:
            file.write(f"log file {self.logs[side]} debugging\nlog timestamp precision 6\ndebug bfd peer\n"
                       f"{PROFILE}{peers}exit\n")
        with open(f"{directory}/zebra.conf", "w"):
            pass
        shutil.chown(directory, "frr", "frr")
        node.sh(f"mount -t tmpfs tmpfs {RUN} && chown frr:frr {RUN}")
        zebra = box._own(bed.Program(box, node, [f"{FRR}/zebra", "-f", f"{directory}/zebra.conf"], f"zebra{side}"))
        bed.eventually(lambda: "api" in node.sh(f"ls {RUN}"), "zebra is there")
        bfdd = box._own(bed.Program(box, node, [f"{FRR}/bfdd", "-f", f"{directory}/bfdd.conf"], f"bfdd{side}",
                                    env={"TZ": "UTC"}))
        return bfdd if zebra.running() else None

    def _end_neighbours(self):
        self.neighbours.stdin.close()
        self.neighbours.wait()

    def changes(self):
        """(n, seconds since 1970, from, to) of the left."""
        numbers = {address(1, n): n for n in range(self.count)}
        with open(self.logs[0]) as file:
            for day, part, peer, before, after in CHANGE.findall(file.read()):
                at = calendar.timegm(time.strptime(day, "%Y/%m/%d %H:%M:%S")) + float(f"0.{part}")
                yield numbers[peer], at, before, after

    def up(self):
        state = {n: after for n, _, _, after in self.changes()}
        return sum(after == "up" for after in state.values())

    def downs(self):
        return [(n, at) for n, at, before, after in self.changes() if before == "up" and after == "down"]

    def kill(self, n):
        """A function that tells when the last packet came, and when it was silenced."""
        heard = LastHeard(self.nodes[0], address(1, n))
        time.sleep(2 * INTERVAL_MS / 1e3)
        print(f"neigh replace {address(0, n)} lladdr {NOBODY} dev eth0", file=self.neighbours.stdin, flush=True)
        at = time.time()
        return lambda: (heard.close(), at)

    def revive(self, n):
        print(f"neigh del {address(0, n)} dev eth0", file=self.neighbours.stdin, flush=True)


class Holter:
    who = "holter"

    def __init__(self, box, count):
        self.count = count
        self.nodes = box.pair(ipv6=False)
        self.hubs, self.beacons = [], []
        secrets = [holter_beds.make_keys(box, node, f"hub{side}") for side, node in enumerate(self.nodes)]
        for side, node in enumerate(self.nodes):
            self.hubs.append(holter_beds.start(box, node, "--pulses", f"10.77.0.{side + 1}:4280", label=f"hub{side}"))
        for side, node in enumerate(self.nodes):
            self.beacons.append(holter_beds.Beacons(box, node, f"10.77.0.{2 - side}", secrets[1 - side], count,
                                                    INTERVAL_MS, MULTIPLIER))
        self.sides = [[hub.pid, beacons.pid] for hub, beacons in zip(self.hubs, self.beacons)]
        self.hub_pid = self.hubs[0].pid

    def up(self):
        return min(int(hub.figure('holter_pulse_sessions{state="up"}')) for hub in self.hubs)

    def downs(self):
        found = [(int(name[1:]), at) for name, at in holter_beds.downs(self.hubs[0])]
        return found + [(n - self.count, at) for n, at in
                        ((int(name[1:]), at) for name, at in holter_beds.downs(self.hubs[1]))]

    def kill(self, n):
        last, now = self.beacons[1].kill(n)
        return lambda: (last, now)

    def revive(self, n):
        self.beacons[1].tell("revive", n)


def side_cpu(pids):
    return sum(cost.cpu_seconds(pid) for pid in pids)


def watch(pair):
    """What WATCHED seconds without any trouble cost the left side."""
    pids = pair.sides[0]
    begun, cpu, own = time.monotonic(), side_cpu(pids), cost.cpu_seconds(pair.hub_pid)
    received, sent = pair.nodes[0].counters("eth0")
    time.sleep(WATCHED)
    took, cpu, own = time.monotonic() - begun, side_cpu(pids) - cpu, cost.cpu_seconds(pair.hub_pid) - own
    after = pair.nodes[0].counters("eth0")
    received, sent = after[0] - received, after[1] - sent
    return {"cpu_share": cpu / took, "datagrams_per_second": (received + sent) / took,
            "us_per_datagram": cpu / (received + sent) * 1e6,
            "us_per_heard": own / received * 1e6,
            "rss_kib": sum(cost.memory_kib(pid)["Rss"] for pid in pids)}


def kill_some(pair):
    """(n, when its last packet came, when it was silenced) of KILLS sessions, one after another."""
    order = random.sample(range(pair.count), min(pair.count, KILLS))
    killed = []
    for i in range(KILLS):
        n = order[i % len(order)]
        tell = pair.kill(n)
        time.sleep(SPACING + random.uniform(0, INTERVAL_MS / 1e3))
        killed.append((n, *tell()))
        pair.revive(n)
    time.sleep(0.5)
    return killed


def judge(pair, since, killed):
    """Seconds from the last packet and from the kill to down; and how many downs no kill explains."""
    downs = [(n, at) for n, at in pair.downs() if at >= since]
    from_last, from_kill = [], []
    for n, last, at in killed:
        found = [down for who, down in downs if who == n and at <= down < at + SPACING + 0.5]
        if found and last is not None and last < found[0]:
            from_last.append(found[0] - last)
            from_kill.append(found[0] - at)
    false = sum(not any(n == who and at <= down < at + EXPLAINED for who, _, at in killed) for n, down in downs)
    return from_last, from_kill, false


def measure_one(kind, count):
    box = bed.Bed()
    with box.cleanup:
        pair = kind(box, count)
        holter_beds.wait_up(pair.up, count)
        time.sleep(SETTLE)
        since, up = time.time(), pair.up()
        found = watch(pair)
        killed = kill_some(pair)
        from_last, from_kill, false = judge(pair, since, killed)
    to_ms = 1e3
    return {"program": pair.who, "sessions": count, "up": up, **found, "kills": len(killed), "detected": len(from_last),
            "detection_ms": [ms and ms * to_ms for ms in (cost.of_all(from_last, 0.5), cost.of_all(from_last, 0.99))],
            "from_kill_ms": [ms and ms * to_ms for ms in (cost.of_all(from_kill, 0.5), cost.of_all(from_kill, 0.99))],
            "false_downs": false}


def measure():
    found = [measure_one(Holter, count) for count in HOLTER_SESSIONS]
    skipped = None
    if not os.access(f"{FRR}/bfdd", os.X_OK):
        skipped = "bfdd: the package frr is not installed"
    elif os.geteuid() != 0 or not can_be("frr"):
        skipped = "bfdd: it runs as user frr, which takes root"
    else:
        found = [measure_one(Bfd, count) for count in BFD_SESSIONS] + found
    return {"skipped": skipped, "runs": found}


def can_be(user):
    """Not in a user namespace of an ordinary user."""
    return subprocess.run(["setpriv", f"--reuid={user}", "--clear-groups", "true"], capture_output=True,
                          check=False).returncode == 0


def kib_per_session(run, runs):
    """Beyond the smallest run of the same program."""
    least = next(other for other in runs if other["program"] == run["program"])
    more = run["sessions"] - least["sessions"]
    return f"{(run['rss_kib'] - least['rss_kib']) / more:.1f} KiB" if more else "-"


def report(found):
    runs = found["runs"]
    rows = []
    for run in runs:
        rows.append((run["program"], f"{run['sessions']:,}", f"{run['cpu_share'] * 100:.1f} %",
                     f"{run['datagrams_per_second']:,.0f}", f"{run['us_per_datagram']:.1f} us",
                     f"{run['us_per_heard']:.1f} us", kib_per_session(run, runs),
                     " / ".join(map(cost.shown, run["detection_ms"])), " / ".join(map(cost.shown, run["from_kill_ms"])),
                     f"{run['detected']} of {run['kills']}", run["false_downs"]))
    heads = ("50 ms x 3, both ways", "sessions", "CPU of a side", "datagrams/s", "CPU of a datagram",
             "hub's CPU of one heard", "memory of a session", "last packet to down, ms, p50 / p99",
             "silenced to down, ms, p50 / p99", "found", "living ones down")
    text = cost.table(heads, rows)
    return text + (f"\n\nLeft out: {found['skipped']}." if found["skipped"] else "")
