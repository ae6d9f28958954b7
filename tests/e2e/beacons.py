#!/usr/bin/env python3
"""Many light beacons in one process: `beacons.py HUB COUNT INTERVAL_MS MULTIPLIER [NAME]`.

Each beacon has a socket of its own and a phase of its own. On standard input: `kill N` silences beacon N at once and
answers `killed N LAST NOW` (nanoseconds since 1970: of its last pulse and of now), `revive N` lets it pulse
again, `late N` answers `late N MS`, the longest time between two of its pulses since it was asked last, and the end of
the input ends all. Asks are not answered: sessions that are to be measured have none. Running is such a process on a
node of the bed.
"""
import heapq
import os
import random
import select
import socket
import subprocess
import sys
import time

import pulse_datagram


class Beacons:
    def __init__(self, hub, count, interval_ms, multiplier, prefix):
        self.hub, self.interval, self.multiplier = (hub, 4280), interval_ms / 1000, multiplier
        family = socket.AF_INET6 if ":" in hub else socket.AF_INET
        self.names = [f"{prefix}{n}".encode() for n in range(count)]
        self.sockets = [socket.socket(family, socket.SOCK_DGRAM) for _ in range(count)]
        for made in self.sockets:
            made.setblocking(False)
        self.incarnations = [random.randrange(1, 2**64) for _ in range(count)]
        self.cookies = [bytes(pulse_datagram.COOKIE_BYTES)] * count
        self.sequences = [0] * count
        self.last = [0] * count
        self.longest = [0] * count
        self.alive = [True] * count
        start = time.monotonic()
        self.due = [(start + self.interval * n / count, n) for n in range(count)]
        heapq.heapify(self.due)

    def take_challenges(self, n):
        """The next pulse carries the cookie of a challenge, which goes where the padding begins."""
        try:
            while got := self.sockets[n].recv(2048):
                if got[5] == pulse_datagram.CHALLENGE:
                    self.cookies[n] = got[pulse_datagram.HEADER.size + len(self.names[n]):]
        except OSError:
            pass  # there is none, or the hub was away

    def pulse(self, n):
        self.take_challenges(n)
        self.sequences[n] += 1
        datagram = pulse_datagram.pulse(self.names[n], self.sequences[n], interval_ms=int(self.interval * 1000),
                                        multiplier=self.multiplier, incarnation=self.incarnations[n])
        with_cookie = datagram[:pulse_datagram.HEADER.size + len(self.names[n])] + self.cookies[n]
        try:
            self.sockets[n].sendto(with_cookie, self.hub)
            now = time.time_ns()
            self.longest[n] = max(self.longest[n], now - (self.last[n] or now))
            self.last[n] = now
        except OSError:
            pass  # cut off: it goes on

    def obey(self, line):
        word, number = line.split()
        n = int(number)
        if word == "late":
            print(f"late {n} {self.longest[n] // 10**6}", flush=True)
            self.longest[n] = 0
            return
        self.alive[n] = word == "revive"
        if word == "kill":
            print(f"killed {n} {self.last[n]} {time.time_ns()}", flush=True)

    def run(self):
        pending = b""
        while True:
            wait = max(0.0, self.due[0][0] - time.monotonic())
            if select.select([sys.stdin], [], [], wait)[0]:
                got = sys.stdin.buffer.raw.read(65536)
                if not got:
                    return
                *lines, pending = (pending + got).split(b"\n")
                for line in lines:
                    self.obey(line.decode())
                continue
            when, n = heapq.heappop(self.due)
            if self.alive[n]:
                self.pulse(n)
            heapq.heappush(self.due, (max(when + self.interval, time.monotonic() - self.interval), n))


class Running:
    def __init__(self, node, hub, count, interval_ms, multiplier, prefix="b"):
        command = [sys.executable, "-B", os.path.abspath(__file__), hub, count, interval_ms, multiplier, prefix]
        self.process = node.popen(*map(str, command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()

    def send(self, word, n):
        self.process.stdin.write(f"{word} {n}\n")
        self.process.stdin.flush()

    def tell(self, word, n):
        self.send(word, n)
        return self.process.stdout.readline().split()


if __name__ == "__main__":
    hub, count, interval_ms, multiplier = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    Beacons(hub, count, interval_ms, multiplier, sys.argv[5] if len(sys.argv) > 5 else "b").run()
