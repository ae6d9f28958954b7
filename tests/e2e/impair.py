"""A wire with faults between two hosts, and the truth about it: what `impair` (tests/impair) did to each frame.

    wire = impair.Wire(box, seed)       # box is a bed.Bed; wire.host is 10.77.0.1 and fd77::1, wire.target .2 and ::2
    wire.fault("a>b echo lose 2")       # a is the host, b the target
    wire.counts()                       # {"all": {...}, "faults": [{"a_to_b": {"in": 5, "lost": 1, ...}, ...}]}
"""
import array
import fcntl
import json
import os
import random
import socket
import struct
import subprocess

import bed

IMPAIR = os.path.abspath(os.environ.get("HOLTER_IMPAIR", os.path.join(os.path.dirname(bed.HOLTER), "tests/impair")))
SIOCETHTOOL, ETHTOOL_STXCSUM = 0x8946, 0x17


def seed():
    """The one that HOLTER_SEED names, else a fresh one; printed, so that a failed run can be had again."""
    made = int(os.environ.get("HOLTER_SEED") or random.SystemRandom().randrange(2**32))
    print(f"HOLTER_SEED={made}", flush=True)
    return made


def finish_checksums(node, interface):
    """As a real wire has it: without this a veth carries checksums that nobody worked out, and segments of 64 KiB."""
    with node.inside(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        value = array.array("B", struct.pack("II", ETHTOOL_STXCSUM, 0))
        request = struct.pack("16sP", interface.encode(), value.buffer_info()[0])
        fcntl.ioctl(any_socket, SIOCETHTOOL, request.ljust(40, b"\0"))


class Wire:
    """Up from the constructor to the end of the box."""

    def __init__(self, box, number):
        if not os.access(IMPAIR, os.X_OK):
            raise bed.Skip(f"there is no {IMPAIR}: build it (target impair), or name it in HOLTER_IMPAIR")
        self.host, self.middle, self.target = box.node("host"), box.node("wire"), box.node("target")
        self.middle.sh("sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1")
        for number_of, (node, end) in enumerate(((self.host, "a"), (self.target, "b")), 1):
            node.sh(f"ip link add eth0 type veth peer name {end} netns {self.middle.holder.pid}")
            node.sh(f"ip addr add 10.77.0.{number_of}/24 dev eth0; ip link set eth0 up")
            node.sh(f"ip addr add fd77::{number_of}/64 dev eth0 nodad")
            finish_checksums(node, "eth0")
            self.middle.sh(f"ip link set dev {end} up")
        self.process = self.middle.popen(IMPAIR, "a", "b", str(number), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                         text=True)
        # On one processor: from another it would overtake what it has sent itself.
        os.sched_setaffinity(self.process.pid, {min(os.sched_getaffinity(0))})
        box.cleanup.callback(self.close)
        self._expect("ready", self.process.stdout.readline())

    def _ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline()

    @staticmethod
    def _expect(answer, found):
        if found.strip() != answer:
            raise AssertionError(f"impair said {found!r}")

    def fault(self, *lines):
        for line in lines:
            self._expect("ok", self._ask(f"fault {line}"))

    def clear(self):
        self._expect("ok", self._ask("clear"))

    def counts(self):
        told = json.loads(self._ask("counts"))
        if told["failed"]:
            raise AssertionError(f"the wire itself missed {told['failed']} frames: no truth to be had")
        return told

    def close(self):
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()
