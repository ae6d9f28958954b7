#!/usr/bin/env python3
"""Garbage, floods and replays on the port for pulses: each datagram is counted by what it was, others' sessions stay as
they are, and neither memory nor the number of sessions grows without a limit."""
import os
import random
import re
import time

import bed
import pulse_datagram

HUB = ("127.0.0.1", 4280)
KINDS = ("fresh", "seen_before", "session_refused", "misdirected", "unknown_terminated", "truncated", "foreign",
         "newer_version", "unknown_type", "bad_field", "too_small", "no_keys", "wrong_key", "revoked_key", "challenged",
         "challenge_withheld", "unauthenticated_refused", "unauthenticated_withheld")
MOST_SESSIONS = 100_000
FLOOD = 120_000
MOST_MIB = 350


def resident_mib(pid):
    with open(f"/proc/{pid}/status") as file:
        return int(re.search(r"VmRSS:\s+(\d+)", file.read())[1]) / 1024


class PulsePort(bed.Case):
    def setUp(self):
        super().setUp()
        self.node = self.bed.solo()
        path = self.bed.path("holter.toml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"[heartbeat]\nlimit = {MOST_SESSIONS}\n")
        os.chmod(path, 0o644)
        self.holter = self.bed.start(self.node, "--config", path, "--targets", "loopback", "--interface",
                                     "none").wait_page()
        bed.eventually(lambda: b"holter_pulse_dropped" in self.holter.request("/metrics")[2], "figures are there")
        self.seed = int(os.environ.get("HOLTER_SEED", random.randrange(2**32)))
        self.rng = random.Random(self.seed)
        self.sender = self.node.udp("127.0.0.1")
        self.sent = 0

    def send(self, datagram):
        self.sender.sendto(datagram, HUB)
        self.sent += 1
        if self.sent % 64 == 0:
            time.sleep(0.001)  # the kernel's buffer is small; what it drops is counted, but says little

    def kinds(self):
        text = self.holter.request("/metrics")[2].decode()
        found = dict(re.findall(r'^holter_pulse_datagrams_total{kind="(\w+)"} (\d+)$', text, re.MULTILINE))
        self.dropped = int(re.search(r"^holter_pulse_dropped_total{} (\d+)$", text, re.MULTILINE)[1])
        return {kind: int(found[kind]) for kind in KINDS}

    def wait_counted(self, timeout=30):
        """Every datagram is in exactly one kind, or was dropped by the kernel."""
        def counted():
            time.sleep(0.3)
            total = sum(self.kinds().values()) + self.dropped
            self.assertLessEqual(total, self.sent, f"counted twice; seed {self.seed}")
            return total == self.sent
        bed.eventually(counted, f"{self.sent} datagrams are counted (seed {self.seed})", timeout)
        return self.kinds()

    def test_garbage_of_every_length(self):
        print(f"HOLTER_SEED={self.seed}")
        noise = self.rng.randbytes(65536)
        for length in range(0, 65508):
            self.send(noise[self.rng.randrange(8):][:length] if length < 1500 or length % 16 == 0 else b"HLTP")
        kinds = self.wait_counted()
        self.assertEqual(kinds["fresh"], 0)
        self.assertGreater(kinds["foreign"], 5000)
        self.assertEqual(self.holter.api("sessions")["sessions"], [])

    def test_cut_and_changed_pulses_by_kind(self):
        good = pulse_datagram.pulse(b"db1", 1, text=b"hello", kind=pulse_datagram.MESSAGE, number=1)
        expected = dict.fromkeys(KINDS, 0)
        for length in range(len(good)):
            self.send(good[:length])
        changed = {"foreign": {"magic": b"HTTP"}, "newer_version": {"version": 9}, "unknown_type": {"kind": 77},
                   "no_keys": {"key_id": 5}, "bad_field": {"incarnation": 0},
                   "misdirected": {"kind": pulse_datagram.ASK}, "unknown_terminated": {"kind": pulse_datagram.TERMINATE, "number": 1}}
        for kind, fields in changed.items():
            for _ in range(10):
                self.send(pulse_datagram.pulse(b"db1", 1, **fields))
            expected[kind] = 10
        kinds = self.wait_counted()
        self.assertEqual(kinds["truncated"] + kinds["too_small"], len(good))
        for kind, count in expected.items():
            if kind not in ("truncated", "too_small"):
                self.assertEqual(kinds[kind], count, kinds)
        self.assertEqual(self.holter.api("sessions")["sessions"], [])

    def test_a_replay_is_no_sign_of_life(self):
        kept = [pulse_datagram.pulse(b"victim", number, interval_ms=200) for number in range(1, 11)]
        for datagram in kept:
            self.send(datagram)
        self.holter.wait_session("victim", "up")
        ended = time.monotonic() + 20 * bed.TIME_FACTOR
        while self.holter.session("victim")["state"] != "down":
            self.assertLess(time.monotonic(), ended, "replays keep nobody up")
            for _ in range(50):
                self.send(self.rng.choice(kept))
        kinds = self.wait_counted()
        self.assertEqual(kinds["fresh"], 10)
        self.assertEqual(kinds["seen_before"], self.sent - 10 - self.dropped)
        self.assertEqual(self.holter.session("victim")["pulses"], 10)

    def test_a_flood_of_names_is_refused_at_the_limit(self):
        self.send(pulse_datagram.pulse(b"other", 1, interval_ms=60_000))
        self.holter.wait_session("other", "up")
        for number in range(FLOOD):
            self.send(pulse_datagram.pulse(b"s%06d" % number, 1, interval_ms=3_600_000))
        kinds = self.wait_counted(timeout=60)
        opened = min(MOST_SESSIONS, kinds["fresh"])
        self.assertEqual(kinds["fresh"], opened)
        dropped = self.dropped
        self.assertEqual(kinds["session_refused"], self.sent - dropped - opened)
        self.assertGreater(kinds["session_refused"], 0, f"{dropped} were dropped by the kernel")
        problem = bed.eventually(lambda: next(p for p in self.holter.api("health")["problems"] if "sessions" in p),
                                 "a problem")
        self.assert_words(problem, f"{kinds['session_refused']} ", "refused", "100000")
        self.send(pulse_datagram.pulse(b"other", 2, interval_ms=60_000))
        self.wait_counted()
        self.assertEqual(self.kinds()["fresh"], opened + 1, "who has a session keeps it")
        self.assertLess(resident_mib(self.holter.pid), MOST_MIB * bed.TIME_FACTOR)
        self.assertEqual(self.holter.stop(timeout=30), 0)


if __name__ == "__main__":
    bed.main()
