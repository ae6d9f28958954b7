"""A server of the heartbeats ancestor's kind, and holter's adapter for its protocol, with the same N clients.

The server is tests/e2e/ancestor_heartbeats.py: scapy, as the ancestor, one pulse after another, written from
docs/formats/ancestor_heartbeats.md; it is not the ancestor's own program. Each client says MSG_HEARTBEAT once a second;
the timeout is 3 s and one pulse is sent, so that a dead client is given up 4 s after its last message at the soonest.
"""
import os
import random
import subprocess
import sys
import threading
import time

import ancestor_heartbeats as ancestor
import bed
import cost
import holter_beds
import idle

CLIENTS = (10, 100, 400)
TIMEOUT_S, PULSES = 3, 1
SETTLE, WATCHED = 3.0, 5.0  # s
KILLED = 5  # at the same time
FOUND_WITHIN = 25.0
SERVER = "10.77.0.1"
CLIENTS_PY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "ancestor_clients.py")


def python_with_scapy():
    for python in (sys.executable, "/usr/bin/python3"):
        if subprocess.run([python, "-c", "import scapy"], capture_output=True, check=False).returncode == 0:
            return python
    raise bed.Skip("python3-scapy is not installed")


class Ancestor:
    who = "ancestor's kind"

    def __init__(self, box, node):
        command = [python_with_scapy(), "-B", ancestor.__file__, "server", SERVER, TIMEOUT_S, PULSES]
        self.process = node.popen(*map(str, command), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        box.cleanup.callback(self.close)
        self.pids = [self.process.pid]
        self.opened, self.given_up, self.said = set(), [], 0
        if not self.process.stdout.readline().startswith("ready"):
            raise bed.Skip("python3-scapy cannot capture here")
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            word, _, rest = line.strip().partition(" ")
            self.said += word == "said"
            if word == "opened":
                self.opened.add(rest)
            if word == "gave_up":
                self.given_up.append((rest, time.time()))

    def up(self):
        return len(self.opened)

    def messages(self):
        return self.said

    def downs(self):
        return list(self.given_up)

    def close(self):
        self.process.kill()
        self.process.wait()


class Holter:
    who = "holter"

    def __init__(self, box, node):
        text = f"[compat.heartbeats]\nenabled = true\ninterface = \"eth0\"\ntimeout = \"{TIMEOUT_S}s\"\npulses = {PULSES}\n"
        others = set(idle.processes())
        self.holter = holter_beds.start(box, node, text=text)
        self.pids = sorted(set(idle.processes()) - others)  # and its broker

    def up(self):
        return holter_beds.up(self.holter)

    def messages(self):
        return sum(session["pulses"] for session in self.holter.api("sessions")["sessions"])

    def downs(self):
        return holter_beds.downs(self.holter)


def cpu(pids):
    return sum(cost.cpu_seconds(pid) for pid in pids)


def measure_one(kind, count):
    box = bed.Bed()
    with box.cleanup:
        left, right = box.pair(ipv6=False)
        addresses = [f"10.79.{n // 200}.{n % 200 + 1}" for n in range(count)]
        subprocess.run(right.command("ip", "-batch", "-"), text=True, check=True,
                       input="".join(f"addr add {address}/32 dev eth0\n" for address in addresses))
        left.sh("ip route add 10.79.0.0/16 dev eth0")
        server = kind(box, left)
        clients = right.popen(sys.executable, "-B", CLIENTS_PY, SERVER, *addresses, stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True)
        box.cleanup.callback(clients.kill)
        holter_beds.wait_up(server.up, count)
        time.sleep(SETTLE)
        up = server.up()
        begun, before, messages = time.monotonic(), cpu(server.pids), server.messages()
        time.sleep(WATCHED)
        took, spent, messages = time.monotonic() - begun, cpu(server.pids) - before, server.messages() - messages
        rss = sum(cost.memory_kib(pid)["Rss"] for pid in server.pids)
        killed = {}
        for address in random.sample(addresses, KILLED):
            print("kill", address, file=clients.stdin, flush=True)
            _, _, last = clients.stdout.readline().split()
            killed[address] = float(last)
        try:
            bed.eventually(lambda: set(killed) <= {who for who, _ in server.downs()}, "the dead are down", FOUND_WITHIN)
        except AssertionError:
            pass  # it is told how many were found
        downs = server.downs()
        delays = [at - killed[who] for who, at in downs if who in killed]
        false = sum(who not in killed for who, _ in downs)
    return {"program": kind.who, "clients": count, "up": up, "cpu_share": spent / took, "messages_per_second": messages / took,
            "us_per_message": spent / max(messages, 1) * 1e6, "rss_kib": rss, "found": len(delays),
            "detection_s": [cost.of_all(delays, 0.5), cost.of_all(delays, 1)], "false_downs": false}


def measure():
    python_with_scapy()
    return {"runs": [measure_one(kind, count) for kind in (Ancestor, Holter) for count in CLIENTS]}


def report(found):
    rows, least = [], {}
    for run in found["runs"]:
        first = least.setdefault(run["program"], run)
        more = run["clients"] - first["clients"]
        per_session = f"{(run['rss_kib'] - first['rss_kib']) / more:.1f} KiB" if more else "-"
        rows.append((run["program"], run["clients"], f"{run['cpu_share'] * 100:.1f} %",
                     f"{run['messages_per_second']:.0f}", f"{run['us_per_message']:.0f} us",
                     f"{run['rss_kib'] / 1024:.1f} MiB", per_session,
                     " / ".join(cost.shown(value) for value in run["detection_s"]), f"{run['found']} of {KILLED}",
                     run["false_downs"]))
    heads = ("a message a second, 3 s, 1 pulse", "clients", "CPU", "messages/s", "CPU of a message", "RSS",
             "memory of a session", "last message to down, s, p50 / most", "found", "living ones down")
    return cost.table(heads, rows)
