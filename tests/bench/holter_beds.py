"""holter as the benchmarks of presence run it: alone with its sessions, nothing asked, and the loads that pulse at it."""
import datetime
import os
import re
import subprocess
import sys

import bed

LOADS = os.path.join(os.path.dirname(bed.HOLTER), "tests")


def config(box, label, text=""):
    path = box.path(f"{label}.toml")
    with open(path, "w") as file:
        file.write(f"[heartbeat]\nasks = 0\n[capture]\nenabled = false\n[probes]\ntargets = \"none\"\n{text}")
    return path


def make_keys(box, node, label):
    """The secret of a hub that is to be started with this label: every client's key comes of it."""
    data = box.path(f"{label}.data")
    made = box.holter(node, "key", "create", "b0", "--data", data)
    if made.returncode != 0:
        raise RuntimeError(made.stderr.decode())
    with open(f"{data}/keys/secret", "rb") as file:
        return file.read()


def start(box, node, *options, label="run", text=""):
    return box.start(node, "--config", config(box, label, text), *options, label=label).wait_page()


def family(holter, name, label):
    """label's value -> the sample, in the order of the page."""
    found = {}
    for line in holter.request("/metrics")[2].decode().splitlines():
        if match := re.fullmatch(re.escape(name) + r'\{' + label + r'="([^"]*)"\} (\S+)', line):
            found[match[1]] = float(match[2])
    return found


def seconds_of(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def downs(holter):
    """(name, seconds since 1970) of every change to down that is still remembered."""
    return [(session["name"], seconds_of(change["at"])) for session in holter.api("sessions")["sessions"]
            for change in session["changes"] if change["to"] == "down"]


def up(holter):
    return sum(session["state"] == "up" for session in holter.api("sessions")["sessions"])


def wait_up(up, count):
    """Until all are up; one that cannot hold so many is measured as it is."""
    try:
        bed.eventually(lambda: up() == count, "all are up")
    except AssertionError:
        print(f"{up()} of {count} sessions are up", file=sys.stderr)


class Beacons:
    """`count` beacons with keys on a node: pulse_beacons.cc."""

    def __init__(self, box, node, hub, secret, count, interval_ms, multiplier):
        command = [LOADS + "/pulse_beacons", hub, 4280, count, interval_ms, multiplier, secret.hex()]
        self.process = node.popen(*map(str, command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        # nsenter has become the program itself: its pid is the program's.
        self.pid = self.process.pid
        box.cleanup.callback(self.close)

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()

    def tell(self, *words):
        print(*words, file=self.process.stdin, flush=True)

    def kill(self, n):
        """Seconds since 1970 of (its last pulse, now)."""
        self.tell("kill", n)
        _, _, last, now = self.process.stdout.readline().split()
        return int(last) / 1e9, int(now) / 1e9

    def late_ms(self):
        self.tell("late")
        return int(self.process.stdout.readline().split()[1]) / 1e3
