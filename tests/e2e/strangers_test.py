#!/usr/bin/env python3
"""What strangers can make a hub do: hosts without a key that say much, lie about who and when they are, and give names
and bodies of every size by every way in. Each is counted, limited and answered; others' sessions stay as they are."""
import os
import random
import re
import socket
import struct
import subprocess
import time
import uuid

import ancestor_heartbeats as ancestor
import bed
import pulse_datagram
from hostile_strings import STRINGS, acts

HUB = "10.77.0.1"
BODY = 100_000
STORED_AT_ONCE = 8 * 1024 * 1024
STORED_A_SECOND = 8 * 1024
TEXT = 1_200
A_YEAR = 365 * 86_400 * 10**9
SLOW = 200
MOST_MIB = 300
LINES_A_SECOND = 50
CONFIG = """
[probes]
targets = "none"
[capture]
enabled = false
[heartbeat]
listen = ["127.0.0.1:4280", "10.77.0.1:4280"]
lines = ["127.0.0.1:4281", "10.77.0.1:4281"]
pings = ["10.77.0.1:4283"]
"""


def resident_mib(pid):
    with open(f"/proc/{pid}/status") as file:
        return int(re.search(r"VmRSS:\s+(\d+)", file.read())[1]) / 1024


class Guest:
    """A sender without a key that answers its challenge."""

    def __init__(self, node, name, address=""):
        self.name, self.sequence, self.number = name, 0, 0
        self.socket = node.udp(address)
        self.socket.settimeout(5 * bed.TIME_FACTOR)
        self.incarnation, self.cookie = random.randrange(1, 2**64), b""

    def send(self, kind=pulse_datagram.PULSE, text=b"", **more):
        self.sequence += 1
        if kind in (pulse_datagram.MESSAGE, pulse_datagram.TERMINATE):
            self.number += 1
            more["number"] = self.number
        datagram = pulse_datagram.pulse(self.name, self.sequence, kind=kind, text=text, interval_ms=3_600_000,
                                        incarnation=self.incarnation, **more)
        bare = pulse_datagram.HEADER.size + len(self.name) + len(text)
        self.socket.sendto(datagram[:bare] + (self.cookie or bytes(pulse_datagram.COOKIE_BYTES)), (HUB, 4280))

    def open(self):
        self.send()
        got = self.socket.recv(2048)
        self.cookie = got[pulse_datagram.HEADER.size + len(self.name):]
        self.send()
        return self


class Case(bed.Case):
    def setUp(self):
        super().setUp()
        self.hub_node, self.away = self.bed.pair(ipv6=False)
        self.holter = self.start()
        self.seed = int(os.environ.get("HOLTER_SEED", random.randrange(2**32)))
        self.dice = random.Random(self.seed)
        print(f"HOLTER_SEED={self.seed}")

    def start(self, more=""):
        self.config = self.bed.path("holter.toml")
        with open(self.config, "w", encoding="utf-8") as file:
            file.write(CONFIG + more)
        os.chmod(self.config, 0o644)
        return self.bed.start(self.hub_node, "--config", self.config).wait_page()

    def holter_says(self, *arguments):
        return self.bed.holter(self.hub_node, *arguments, "--runtime", os.path.join(self.holter.runtime, "holter"))

    def key_of(self, name):
        told = self.holter_says("key", "create", name)
        self.assertEqual(told.returncode, 0, told)
        return re.search(r"hk1\.\S+", told.stdout.decode())[0]

    def kinds(self, kind):
        return self.holter.figure('holter_pulse_datagrams_total{kind="%s"}' % kind)

    def messages(self, session):
        changes = self.holter.api("sessions/changes?limit=10000&since=1h")["changes"]
        return [change["text"] for change in changes if change["kind"] == "message" and change["session"] == session]

    def connect(self, port, source=None, node=None):
        with (node or self.away).inside():
            made = socket.create_connection((HUB, port), 10 * bed.TIME_FACTOR, (source, 0) if source else None)
        self.addCleanup(made.close)
        return made


class Floods(Case):
    def test_messages_without_a_key_take_no_more_of_the_store_than_they_may(self):
        key = self.key_of("db1")
        self.bed.pulse(self.away, "db1", "--interval", "200ms", "--key", key, to=HUB)
        self.holter.wait_session("db1", "up")
        guests = [Guest(self.away, b"guest%d" % n).open() for n in range(8)]
        for n in range(8):
            self.holter.wait_session(f"guest{n}", "up")
        began = time.monotonic()
        sent = 0
        for _ in range(3_000):
            for guest in guests[1:]:
                guest.send(pulse_datagram.MESSAGE, self.dice.randbytes(TEXT))
                sent += 1
            guests[0].send()
            time.sleep(0.001)
        took = time.monotonic() - began
        may = (STORED_AT_ONCE + (took + 5) * STORED_A_SECOND) / (TEXT + 512)
        bed.eventually(lambda: self.kinds("unauthenticated_withheld") > 0, "the rest is withheld and counted")
        self.assertGreater(sent, 2 * may, "the flood is larger than what may be stored")
        stored = bed.settled(lambda: self.holter.figure("holter_pulse_messages_total{}"))
        self.assertGreater(stored, 1_000)
        self.assertLess(stored, may)
        self.holter.wait_log("is not taken", "holter key create")
        said = self.bed.holter(self.away, "pulse", "--to", HUB, "--name", "db1", "--key", key, "--message", "here I am")
        self.assertEqual(said.returncode, 0, said)
        self.assertIn("here I am", self.messages("db1"))
        for who in ("db1", "guest0"):
            states = [change["to"] for change in self.holter.session(who)["changes"]]
            self.assertEqual(set(states), {"up"}, f"{who} is not disturbed")
        seconds = time.monotonic() - began
        self.assertLess(len(self.holter.log().splitlines()), 500 + 6 * LINES_A_SECOND * (seconds + 2))
        self.assertLess(resident_mib(self.holter.pid), MOST_MIB * bed.TIME_FACTOR)
        told = self.bed.holter(self.away, "pulse", "--to", HUB, "--name", "guest9", "--message", "later")
        self.assertEqual(told.returncode, 0, "after the flood others are heard again")

    def test_sessions_that_come_and_go_are_bounded(self):
        guest = Guest(self.away, b"flapping").open()
        self.holter.wait_session("flapping", "up")
        for number in range(40_000):
            guest.send()
            guest.send(pulse_datagram.TERMINATE)
            if number % 32 == 0:
                time.sleep(0.001)
        bed.eventually(lambda: self.kinds("unauthenticated_withheld") > 0, "withheld and counted")
        self.assertTrue(self.holter.api("health"))
        self.assertLess(resident_mib(self.holter.pid), MOST_MIB * bed.TIME_FACTOR)


class Names(Case):
    def test_names_of_64_kib_by_every_way(self):
        long = b"n" * 65_536
        raw = self.hub_node.udp("127.0.0.1")
        header = pulse_datagram.HEADER.pack(b"HLTP", 1, 1, 0, 0, 0, 5, 1, 0, 1000, 3, 255, 65_535, bytes(32))
        for size in (0, 255, 1_400, 65_000):
            raw.sendto((header + long)[:len(header) + size], ("127.0.0.1", 4280))
        bed.eventually(lambda: self.kinds("bad_field") + self.kinds("truncated") == 4, "they are counted")
        line = self.connect(4281)
        line.sendall(long + b"\n")
        self.assert_words(line.makefile("rb").readline().decode(), "error: a line has", "bytes at most")
        line = self.connect(4281)
        line.sendall(b"n" * 256 + b"\n")
        self.assertEqual(line.makefile("rb").readline(), b"error: the name is too long: 255 bytes are the most\n")
        for size, statuses in ((101, b"400 404"), (16_000, b"400 404 413 431"), (65_536, b"400 404 413 414 431")):
            ping = self.connect(4283)
            try:
                ping.sendall(b"GET /ping/%s HTTP/1.1\r\nHost: x\r\n\r\n" % long[:size])
                status = ping.makefile("rb").readline().split()[1]
            except OSError:
                continue  # it was cut off while it still spoke
            self.assertIn(status, statuses.split(), size)
        self.assertEqual(self.holter.api("sessions")["sessions"], [])

    def test_hostile_names_by_every_way_stay_text(self):
        names = [name for name in STRINGS.values() if len(name) <= 255]
        for number, name in enumerate(names):
            Guest(self.away, name).open()
            line = self.connect(4281)
            quoted = b'"' + name.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'
            line.sendall(quoted + b" hello\n")
            answer = line.makefile("rb").readline()
            self.assertTrue(answer.startswith((b"ok message taken, unauth", b"error: ")), (number, answer))
            self.assertIsNone(acts(answer.rstrip(b"\n")))
            line.close()
        bed.eventually(lambda: len(self.holter.api("sessions")["sessions"]) >= len(names), "their sessions")
        self.assertEqual({s["authentication"] for s in self.holter.api("sessions")["sessions"]}, {"none"})
        for told in (self.holter_says("sessions"), self.holter_says("sessions", "--since", "1h")):
            self.assertEqual(told.returncode, 0, told)
            self.assertIsNone(acts(told.stdout))
        self.assertIsNone(acts(self.holter.log()))


class Clocks(Case):
    def test_the_clock_of_a_client_does_not_matter(self):
        sender = self.hub_node.udp("127.0.0.1")
        now = time.time_ns()
        clocks = {b"right": now, b"ahead": now + A_YEAR, b"behind": now - A_YEAR, b"zero": 0, b"last": 2**63 - 1,
                  b"first": -2**63, b"jumps": None}
        for number in range(1, 31):
            for name, sent in clocks.items():
                at = self.dice.randrange(-2**63, 2**63) if sent is None else sent
                sender.sendto(pulse_datagram.pulse(name, number, sent=at, interval_ms=500), ("127.0.0.1", 4280))
            time.sleep(0.1)
        for name in clocks:
            session = self.holter.wait_session(name.decode(), "up")
            self.assertEqual([change["to"] for change in session["changes"]], ["up"])
            self.assertLess(abs(session["silent_seconds"]), 2 * bed.TIME_FACTOR)
        for name in clocks:
            self.holter.wait_session(name.decode(), "down")


class Bodies(Case):
    def setUp(self):
        super().setUp()
        bed.need("curl")

    def post(self, path, body, node=None):
        base = f"http://{HUB}:4283" if node is self.away else "http://localhost:4280"
        command = (node or self.hub_node).command("curl", "-sS", "-m", "20", "--data-binary", "@-", base + path)
        told = subprocess.run(command, input=body, capture_output=True, check=False, timeout=60)
        self.assertEqual(told.returncode, 0, told)
        return told.stdout.decode()

    def ping_path(self):
        told = self.holter_says("key", "create", "job", "--json")
        self.assertEqual(told.returncode, 0, told)
        return re.search(r"/ping/[0-9a-f-]{36}", told.stdout.decode())[0]

    def test_a_body_of_100_kb_is_kept_whole_over_a_crash(self):
        path = self.ping_path()
        bodies = ["".join(self.dice.choices("abcdefghijklmnopqrstuvwxyz0123456789 \n", k=BODY)) for _ in range(20)]
        for body in bodies:
            self.assertEqual(self.post(path, body.encode(), self.away), "OK")
        self.assertEqual(self.post(path, b"y" * (BODY + 1), self.away), "OK")
        wanted = [*bodies, "y" * BODY]
        bed.eventually(lambda: len(self.messages("job")) == len(wanted), "all messages are stored")
        self.assertEqual(sorted(self.messages("job")), sorted(wanted))
        self.holter.stop(9)
        self.holter = self.holter.again().wait_page()
        self.assertEqual(sorted(self.messages("job")), sorted(wanted))
        self.assertEqual(self.holter.stop(), 0)
        self.holter = self.holter.again().wait_page()
        self.assertEqual(sorted(self.messages("job")), sorted(wanted))

    def test_a_body_a_byte_at_a_time_keeps_nobody_out(self):
        path = self.ping_path()
        head = b"POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % (path.encode(), BODY)
        slow = []
        for _ in range(SLOW):
            made = self.connect(4283)
            made.sendall(head)
            slow.append(made)
        began = time.monotonic()
        for turn in range(24):
            ended = 0
            for made in slow:
                try:
                    made.sendall(b"x")
                except OSError:
                    ended += 1
            asked = time.monotonic()
            self.assertEqual(self.post(path, b"here", self.away), "OK")
            self.assertLess(time.monotonic() - asked, 2 * bed.TIME_FACTOR, turn)
            if ended == SLOW and time.monotonic() - began > 12 * bed.TIME_FACTOR:
                break
            time.sleep(0.5 * bed.TIME_FACTOR)
        self.assertEqual(ended, SLOW, "after ten seconds each is ended")
        self.assertEqual(set(self.messages("job")), {"here"}, "half a body is none")
        self.assertLess(resident_mib(self.holter.pid), MOST_MIB * bed.TIME_FACTOR)

    def test_runs_of_nonsense(self):
        path = self.ping_path()
        hostile = ["", "7", "0" * 36, str(uuid.uuid4()) + "x", "%00" * 16, "%27;DROP", "x" * 8_000, "%ff%fe",
                   "../" * 12, str(uuid.uuid4()).replace("-", "_")]
        for run in hostile:
            self.assertEqual(self.post(f"{path}/start?rid={run}", b"", self.away), "invalid uuid format", run)
        for _ in range(40):
            self.post(f"{path}/start?rid={uuid.uuid4()}", b"", self.away)
        self.assertEqual(bed.eventually(lambda: self.holter.session("job"), "its session")["messages"], 0)


class Segments(Case):
    """The ancestor's port: no connection is made there, so thousands of them are thousands of single segments."""

    def start(self, more=""):
        holter = super().start('[compat.heartbeats]\nenabled = true\ntimeout = "60s"\n' + more)
        holter.wait_log("listening for clients of the heartbeats ancestor", "eth0")
        return holter

    def figure(self, kind):
        return self.holter.figure('holter_compat_heartbeat_segments_total{kind="%s"}' % kind)

    def test_spoofed_addresses_are_limited_and_a_client_that_was_first_is_heard(self):
        with self.away.inside():
            out = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
        self.addCleanup(out.close)

        def say(address, text):
            for packet in ancestor.message((address, 5000), (HUB, ancestor.PORT), self.dice.randrange(2**30), text):
                out.sendto(packet, (HUB, 0))
        say("10.77.0.2", b"I was first")
        self.holter.wait_session("10.77.0.2", "up")
        for number in range(3_000):
            address = socket.inet_ntoa(struct.pack(">I", 0x0a4d1000 + number))
            out.sendto(ancestor.segment((address, 5000), (HUB, ancestor.PORT), ancestor.SYN, 1), (HUB, 0))
            if number % 32 == 0:
                time.sleep(0.002)
        bed.eventually(lambda: self.figure("refused") > 0, "further addresses are refused and counted")
        kinds = ("heard", "ignored", "refused", "damaged", "dropped")
        bed.eventually(lambda: sum(map(self.figure, kinds)) >= 3_003, "each segment is counted")
        self.assertGreater(self.figure("refused"), 100)
        self.assertLessEqual(len(self.holter.api("sessions")["sessions"]), 1_000)
        say("10.77.0.2", b"still here")
        bed.eventually(lambda: "still here" in self.messages("10.77.0.2"), "it is heard")
        for text in [*STRINGS.values(), b"n" * 1_400, b"\0" * 1_400]:
            say("10.77.0.2", text)
        bed.eventually(lambda: len(self.messages("10.77.0.2")) > 30, "texts of every kind")
        self.assertIsNone(acts(self.holter.log()))

    def test_thousands_of_connections_are_refused_by_the_kernel_and_make_one_session(self):
        for _ in range(2_000):
            with self.away.inside():
                made = socket.socket()
            made.setblocking(False)
            made.connect_ex((HUB, ancestor.PORT))
            made.close()
        self.holter.wait_session("10.77.0.2", "up")
        self.assertEqual(len(self.holter.api("sessions")["sessions"]), 1)
        self.assertLess(resident_mib(self.holter.pid), MOST_MIB * bed.TIME_FACTOR)


class Menus(bed.Case):
    """Prompts that are fed with nonsense end by themselves, with a code and without harm."""

    def setUp(self):
        super().setUp()
        self.node = self.bed.solo()
        self.holter = self.bed.start(self.node, "--targets", "none", "--interface", "none").wait_page()
        self.seed = int(os.environ.get("HOLTER_SEED", random.randrange(2**32)))
        print(f"HOLTER_SEED={self.seed}")
        dice = random.Random(self.seed)
        self.inputs = {"nothing": b"", "binary": dice.randbytes(200_000), "one long line": b"x" * (1 << 20) + b"\n",
                       "no end": b"y" * (1 << 20), "nul": bytes(70_000), "empty lines": b"\n" * 10_000,
                       "control": b"\x1b[2J\x04\x03\x1a\r\n" * 500, "words": b"S\nQ\nE\nhelp\nexit\n" * 100}
        self.commands = {
            "server": ["compat", "heartbeat-server"], "client": ["compat", "heartbeat-client"],
            "server that listens": ["compat", "heartbeat-server", "--timeout", "5", "--pulses", "1"],
            "client of a hub": ["compat", "heartbeat-client", "--to", "127.0.0.1"],
            "prompt": ["pulse", "-i"], "prompt of a hub": ["pulse", "-i", "--to", "127.0.0.1", "--name", "db1"]}

    def run_fed(self, command, text, **how):
        with subprocess.Popen(self.node.command(bed.HOLTER, *command), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, env={**os.environ, **self.bed.environment()}) as program:
            if how.get("closed_output"):
                program.stdout.close()
                program.stdout = None
            try:
                told = program.communicate(text, timeout=how.get("within", 60) * bed.TIME_FACTOR)
            except subprocess.TimeoutExpired:
                program.terminate()
                told = program.communicate(timeout=20 * bed.TIME_FACTOR)
                return None, told
            return program.returncode, told

    def test_fed_with_nonsense(self):
        for who, command in self.commands.items():
            for what, text in self.inputs.items():
                with self.subTest(command=who, input=what):
                    listens = who == "server that listens"
                    code, (out, log) = self.run_fed(command, text, within=3 if listens else 60)
                    self.assertIn(code, (None,) if listens else (0, 1, 2, 3), (out[-500:], log[-500:]))
                    self.assertIsNone(acts(out), who)
                    self.assertIsNone(acts(log), who)
                    self.assertLess(len(out) + len(log), 8 << 20)

    def test_nobody_reads_what_they_say(self):
        for who, command in self.commands.items():
            if who == "server that listens":
                continue
            with self.subTest(command=who):
                code, _ = self.run_fed(command, b"nonsense\n" * 20_000, closed_output=True)
                self.assertIsNotNone(code, "it ends by itself")
                self.assertIn(code, (0, 1, 2, 3, -13, 141))

    def test_without_any_input_or_output(self):
        for who, command in self.commands.items():
            with self.subTest(command=who):
                line = " ".join([bed.HOLTER, *command]) + " <&- >&- 2>&-"
                limit = ["timeout", "-s", "TERM", str(20 * bed.TIME_FACTOR)]
                command = self.node.command(*limit, "bash", "-c", "exec " + line)
                told = subprocess.run(command, capture_output=True, check=False, timeout=60 * bed.TIME_FACTOR,
                                      env={**os.environ, **self.bed.environment()})
                self.assertIn(told.returncode, (124, 0, 1, 2, 3) if "listens" in who else (0, 1, 2, 3), told)


if __name__ == "__main__":
    bed.main()
