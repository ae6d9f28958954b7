#!/usr/bin/env python3
"""Pulses from other hosts: keys prove them; what has none is shown as such; what is forged, recorded or lies about its
source makes no session, and gets no answer that is larger than what it sent."""
import os
import random
import socket
import struct
import subprocess
import threading
import time

import bed
import pulse_datagram

HUB = ("10.77.0.1", 4280)
FLOOD = 100_000
ETHERNET, IP, UDP = 14, 20, 8
CHALLENGES_A_SECOND = 1_000


def udp_packet(source, destination, payload):
    """An IPv4 packet with the source it is told; the kernel fills in checksum and length."""
    udp = struct.pack("!HHHH", source[1], destination[1], UDP + len(payload), 0)
    addresses = socket.inet_aton(source[0]) + socket.inet_aton(destination[0])
    return struct.pack("!BBHHHBBH", 0x45, 0, 0, 0, 0, 64, socket.IPPROTO_UDP, 0) + addresses + udp + payload


class Wire:
    """Keeps the UDP payloads that pass an interface of a node: (source, destination, payload)."""

    def __init__(self, node, interface="eth0"):
        with node.inside():
            self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0003))
        self.socket.setsockopt(socket.SOL_SOCKET, 33, 64 << 20)  # SO_RCVBUFFORCE
        self.socket.bind((interface, 0))
        self.socket.settimeout(0.2)
        self.seen, self.over = [], False
        self.thread = threading.Thread(target=self._listen, daemon=True)
        self.thread.start()
        node.bed.cleanup.callback(self.close)

    def _listen(self):
        while not self.over:
            try:
                frame = self.socket.recv(65536)
            except TimeoutError:
                continue
            if frame[12:14] != b"\x08\x00" or frame[ETHERNET + 9] != socket.IPPROTO_UDP:
                continue
            ports = struct.unpack_from("!HHH", frame, ETHERNET + IP)
            start, end = ETHERNET + IP + UDP, ETHERNET + IP + ports[2]
            self.seen.append(((socket.inet_ntoa(frame[26:30]), ports[0]), (socket.inet_ntoa(frame[30:34]), ports[1]),
                              frame[start:end]))

    def to_hub(self):
        return [(source, payload) for source, to, payload in list(self.seen) if to == HUB]

    def from_hub(self):
        return [(to, payload) for source, to, payload in list(self.seen) if source == HUB]

    def close(self):
        self.over = True
        self.thread.join()
        self.socket.close()


class Keys(bed.Case):
    def setUp(self):
        super().setUp()
        self.hub_node, self.away = self.bed.pair(ipv6=False)
        self.holter = self.start_hub()

    def start_hub(self, *options):
        return self.bed.start(self.hub_node, "--targets", "none", "--interface", "none", "--pulses", "127.0.0.1:4280",
                              "--pulses", "10.77.0.1:4280", *options).wait_page()

    def key(self, *arguments, code=0):
        told = self.bed.holter(self.hub_node, "key", *arguments, "--runtime",
                               os.path.join(self.holter.runtime, "holter"))
        self.assertEqual(told.returncode, code, told)
        return told.stdout.decode(), told.stderr.decode()

    def key_of(self, name):
        return self.key("create", name)[0].split()[-1]

    def pulse(self, name, key=None, node=None, label=None, options=("--interval", "200ms")):
        given = ("--key", key) if key else ()
        return self.bed.pulse(node or self.away, name, *options, *given, to="10.77.0.1", label=label)

    def sessions(self):
        return sorted((s["name"], s["authentication"], s["state"]) for s in self.holter.api("sessions")["sessions"])

    def wait_sessions(self, *expected):
        bed.eventually(lambda: self.sessions() == sorted(expected), f"sessions {expected}")

    def kinds(self, kind):
        return self.holter.figure('holter_pulse_datagrams_total{kind="%s"}' % kind)

    def spoof(self):
        with self.away.inside():
            raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8 << 20)
        self.bed.cleanup.callback(raw.close)
        return raw

    def assert_no_reply_is_larger(self, wire, to_hub=None):
        """To each address and port: no datagram that is larger than the largest it sent, and not more bytes in all."""
        sent, largest, got = {}, {}, {}
        for source, payload in to_hub or wire.to_hub():
            sent[source] = sent.get(source, 0) + len(payload)
            largest[source] = max(largest.get(source, 0), len(payload))
        for to, payload in wire.from_hub():
            if to_hub and to not in sent:
                continue  # to somebody else
            got[to] = got.get(to, 0) + len(payload)
            self.assertLessEqual(len(payload), largest[to])
        for to, size in got.items():
            self.assertLessEqual(size, sent[to], to)

    def test_the_printed_line_is_all_that_is_needed(self):
        line, _ = self.key("create", "nightly job's $HOME")
        self.assertTrue(line.startswith("holter pulse --to 10.77.0.1 --name $'nightly job\\'s $HOME' --key hk1."), line)
        command = line.strip().replace("holter", bed.HOLTER, 1) + " --message 'all is well'"
        told = subprocess.run(self.away.command("bash", "-c", command), capture_output=True, text=True, check=False,
                              timeout=60)
        self.assertEqual(told.returncode, 0, told)
        session = self.holter.session("nightly job's $HOME")
        self.assertEqual((session["authentication"], session["last_message"]["text"]), ("key", "all is well"))

    def test_the_key_from_a_file_or_the_environment(self):
        key = self.key_of("db1")
        path = self.bed.path("db1.key")
        with open(path, "w") as file:
            file.write(key + "\n")
        say = ("pulse", "--to", "10.77.0.1", "--name", "db1", "--message", "x")
        self.assertEqual(self.bed.holter(self.away, *say, "--key-file", path).returncode, 0)
        self.assertEqual(self.bed.holter(self.away, *say, env={"HOLTER_KEY": key}).returncode, 0)
        self.wait_sessions(("db1", "key", "admin_down"))
        for wrong in (("--key", key, "--key-file", path), ("--key", key[:-1]), ("--key", ""), ("--key-file", path + "x"),
                      ("--key", self.key_of("db2"))):
            told = self.bed.holter(self.away, *say, *wrong)
            self.assertEqual(told.returncode, 2, (wrong, told))
            self.assertNotIn(key.encode(), told.stderr)

    def test_keyed_is_up_and_without_a_key_it_is_another_session(self):
        wire = Wire(self.away)
        self.pulse("db1", self.key_of("db1"))
        self.wait_sessions(("db1", "key", "up"))
        guest = self.pulse("db1")
        self.wait_sessions(("db1", "key", "up"), ("db1", "none", "up"))
        shown = self.bed.holter(self.hub_node, "sessions", "--runtime", os.path.join(self.holter.runtime, "holter"))
        self.assertEqual(shown.stdout.decode().count("unauthenticated"), 1, shown)
        bed.eventually(lambda: self.holter.figure("holter_pulse_unauthenticated{}") == 1, "it is counted")
        guest.stop()
        self.wait_sessions(("db1", "key", "up"), ("db1", "none", "admin_down"))
        self.bed.pulse(self.hub_node, "db1", "--interval", "200ms")
        self.wait_sessions(("db1", "key", "up"), ("db1", "none", "admin_down"), ("db1", "loopback", "up"))
        time.sleep(1)
        self.assert_no_reply_is_larger(wire)
        self.assertNotIn("down", [c["to"] for c in next(
            s for s in self.holter.api("sessions")["sessions"] if s["authentication"] == "key")["changes"]])

    def test_a_wrong_key_makes_no_session_and_is_told(self):
        key = self.key_of("db1")
        other = self.bed.start(self.bed.solo(), "--targets", "none", "--interface", "none", label="other").wait_page()
        told = self.bed.holter(other.node, "key", "create", "db1", "--runtime", os.path.join(other.runtime, "holter"))
        foreign = told.stdout.decode().split()[-1]
        self.assertNotEqual(foreign, key)
        wire = Wire(self.away)
        told = self.bed.holter(self.away, "pulse", "--to", "10.77.0.1", "--name", "db1", "--key", foreign, "--message", "x")
        self.assertEqual(told.returncode, 1, told)
        self.assert_words(told.stderr.decode(), "not delivered", "10.77.0.1:4280", "log")
        self.assertEqual(self.sessions(), [])
        self.assertEqual(wire.from_hub(), [])
        line = self.holter.wait_log("pulse refused: its key is not the one", "session=db1", "peer=10.77.0.2:")
        self.assertIn("holter key create", line)
        bed.eventually(lambda: self.kinds("wrong_key") > 3, "it is counted")

    def test_forged_bytes_make_nothing(self):
        seed = int(os.environ.get("HOLTER_SEED", random.randrange(2**32)))
        print(f"HOLTER_SEED={seed}")
        rng = random.Random(seed)
        wire = Wire(self.away)
        client = self.pulse("db1", self.key_of("db1"))
        self.wait_sessions(("db1", "key", "up"))
        client.stop()
        self.wait_sessions(("db1", "key", "admin_down"))
        before = bed.settled(lambda: self.kinds("fresh"))
        source, good = wire.to_hub()[0]
        raw = self.spoof()
        for at in range(8, len(good)):
            changed = bytearray(good)
            changed[at] ^= 1 << rng.randrange(8)
            raw.sendto(udp_packet(source, HUB, bytes(changed)), HUB)
        # What a recorded MAC cannot do for another name or type, and a MAC of zeros.
        for forged in (good[:80] + b"db2" + good[83:], good[:5] + b"\x05" + good[6:], good[:48] + bytes(32) + good[80:]):
            raw.sendto(udp_packet(source, HUB, forged), HUB)
        bed.eventually(lambda: self.kinds("wrong_key") >= len(good) - 80, "they are counted")
        self.assertEqual(self.sessions(), [("db1", "key", "admin_down")])
        self.assertEqual(bed.settled(lambda: self.kinds("fresh")), before)

    def test_recorded_datagrams_open_nothing_also_after_a_restart(self):
        wire = Wire(self.away)
        key = self.key_of("db1")
        client = self.pulse("db1", key)
        self.wait_sessions(("db1", "key", "up"))
        self.bed.holter(self.away, "pulse", "--to", "10.77.0.1", "--name", "db1", "--key", key, "--message", "once")
        bed.eventually(lambda: len(wire.to_hub()) > 20, "twenty pulses")
        client.send(9)
        self.wait_sessions(("db1", "key", "down"))
        recorded = wire.to_hub()
        messages = self.holter.session("db1")["messages"]
        raw, other = self.spoof(), self.away.udp("10.77.0.2")

        def replay():
            for source, payload in recorded:
                raw.sendto(udp_packet(source, HUB, payload), HUB)
                other.sendto(payload, HUB)
        seen = bed.settled(lambda: self.kinds("seen_before"))
        replay()
        bed.eventually(lambda: self.kinds("seen_before") + self.kinds("challenged") >= seen + len(recorded), "the replay")
        self.wait_sessions(("db1", "key", "down"))
        self.assertEqual(self.holter.stop(), 0)
        self.holter = self.holter.again().wait_page()
        replay()
        bed.eventually(lambda: self.kinds("challenged") == 2 * len(recorded), "each is challenged")
        time.sleep(1)
        self.wait_sessions(("db1", "key", "down"))
        self.assertEqual(self.kinds("fresh"), 0)
        self.assertEqual(self.holter.session("db1")["messages"], messages)
        self.assert_no_reply_is_larger(wire)
        self.pulse("db1", key, label="returned")
        self.wait_sessions(("db1", "key", "up"))

    def test_a_restart_of_the_hub_takes_nobody_down(self):
        self.pulse("db1", self.key_of("db1"))
        self.wait_sessions(("db1", "key", "up"))
        self.assertEqual(self.holter.stop(), 0)
        self.holter = self.holter.again().wait_page()
        self.wait_sessions(("db1", "key", "up"))
        self.assertNotIn("down", [change["to"] for change in self.holter.session("db1")["changes"]])

    def test_a_flood_that_lies_about_its_sources(self):
        """The sources are behind the flooding host, so that every reply comes by there."""
        self.hub_node.sh("ip route add 10.88.0.0/16 via 10.77.0.2; sysctl -qw net.ipv4.conf.all.rp_filter=0")
        self.pulse("db1", self.key_of("db1"))
        self.wait_sessions(("db1", "key", "up"))
        wire, raw = Wire(self.away), self.spoof()
        began, flood = time.monotonic(), []
        for number in range(FLOOD):
            source = (f"10.88.{number >> 8 & 255}.{number & 255}", 1024 + number % 60000)
            payload = pulse_datagram.pulse(b"f%06d" % number, 1, incarnation=number + 1)
            if number % 4 == 0:
                payload = payload[:8] + struct.pack("<I", 1) + payload[12:48] + os.urandom(32) + payload[80:]
            raw.sendto(udp_packet(source, HUB, payload), HUB)
            flood.append((source, payload))
            if number % 50 == 0:
                time.sleep(0.0005)
        took = time.monotonic() - began

        def counted():
            kinds = ("wrong_key", "challenged", "challenge_withheld")
            return sum(self.kinds(kind) for kind in kinds) + self.holter.figure("holter_pulse_dropped_total{}") >= FLOOD
        bed.eventually(counted, "all are counted", 30)
        self.assertEqual([s for s in self.sessions() if s[0] != "db1"], [])
        self.assertLessEqual(self.kinds("challenged"), CHALLENGES_A_SECOND * (took + 3))
        bed.eventually(lambda: self.kinds("challenge_withheld") > 0, "challenges are withheld")
        self.assertGreater(len(wire.from_hub()), 100)
        self.assert_no_reply_is_larger(wire, flood)
        self.wait_sessions(("db1", "key", "up"))
        self.assertNotIn("down", [change["to"] for change in self.holter.session("db1")["changes"]])
        self.pulse("db2", self.key_of("db2"))
        self.wait_sessions(("db1", "key", "up"), ("db2", "key", "up"))

    def open_guest(self, sender, name, incarnation):
        """A session without a key that answers its challenge."""
        first = pulse_datagram.pulse(name, 1, incarnation=incarnation, interval_ms=60_000)
        sender.sendto(first, HUB)
        challenge = sender.recv(2000)
        self.assertLessEqual(len(challenge), len(first))
        self.assertEqual(challenge[5], pulse_datagram.CHALLENGE)
        again = pulse_datagram.pulse(name, 2, incarnation=incarnation, interval_ms=60_000)
        sender.sendto(again[:80 + len(name)] + challenge[80 + len(name):], HUB)

    def test_those_without_a_key_are_limited(self):
        """64 of one address; those that are over give way."""
        sender = self.away.udp("10.77.0.2")
        sender.settimeout(5)
        for number in range(64):
            self.open_guest(sender, b"g%03d" % number, number + 1)
            bed.eventually(lambda: self.kinds("fresh") == number + 1, f"session {number}")
        for number in range(64, 70):
            sender.sendto(pulse_datagram.pulse(b"g%03d" % number, 1, incarnation=number + 1, interval_ms=60_000), HUB)
        bed.eventually(lambda: self.kinds("unauthenticated_refused") == 6, "the rest is refused")
        self.assertEqual(len(self.sessions()), 64)
        self.holter.wait_log("pulse without a key refused", "session=g0", "holter key create")
        self.pulse("db1", self.key_of("db1"))
        bed.eventually(lambda: ("db1", "key", "up") in self.sessions(), "a key goes before")
        for number in (7, 3):
            sender.sendto(pulse_datagram.pulse(b"g%03d" % number, 3, kind=pulse_datagram.TERMINATE, number=1,
                                                incarnation=number + 1), HUB)
            self.wait_state(f"g{number:03}", "admin_down")
        self.open_guest(sender, b"late", 100)
        self.wait_state("late", "up")
        bed.eventually(lambda: self.holter.figure("holter_pulse_gave_way_total{}") == 1, "it is counted")
        bed.eventually(lambda: not self.states_of("g007"), "who was over first has gone")
        self.assertEqual(self.states_of("g003"), ["admin_down"])
        self.holter.wait_log("gave way to a new one", "session=g007")

    def test_labels_are_for_whoever_is_proved(self):
        self.holter.stop()
        config = self.bed.path("holter.toml")
        with open(config, "w") as file:
            file.write('[[session]]\nname = "db1"\ninterval = "1s"\nlabels = {site = "attic"}\n')
        self.holter = self.start_hub("--config", config)
        self.pulse("db1", self.key_of("db1"))
        self.pulse("db1", label="guest")
        self.wait_sessions(("db1", "key", "up"), ("db1", "none", "up"))
        labels = lambda: {s["authentication"]: s["labels"] for s in self.holter.api("sessions")["sessions"]}
        bed.eventually(lambda: labels() == {"key": {"site": "attic"}, "none": {}}, f"labels, not {labels()}")

    def states_of(self, name):
        return [state for known, _, state in self.sessions() if known == name]

    def wait_state(self, name, state):
        bed.eventually(lambda: self.states_of(name) == [state], f"{name} {state}")

    def test_revoked_is_refused_at_once_and_the_next_key_is_good(self):
        first = self.key_of("db1")
        client = self.pulse("db1", first)
        self.wait_sessions(("db1", "key", "up"))
        second = self.key_of("db1")
        self.key("revoke", "db1", "--older")
        self.holter.wait_log("pulse refused: its key was revoked", "session=db1")
        self.wait_sessions(("db1", "key", "down"))
        self.pulse("db1", second)
        self.wait_sessions(("db1", "key", "up"))
        client.stop()
        out, _ = self.key("list")
        self.assertRegex(out, r"db1 +2 +20")
        self.assertEqual(self.key("revoke", "db1")[0], "1 key of db1 refused from now on\n")
        self.wait_sessions(("db1", "key", "down"))
        self.assert_words(self.key("revoke", "nobody", code=1)[1], "no key", "nobody", "holter key list")

    def test_without_a_running_holter(self):
        key = self.key_of("db1")
        self.assertEqual(self.holter.stop(), 0)
        here = ("--data", self.holter.data, "--runtime", os.path.join(self.holter.runtime, "holter"))
        told = self.bed.holter(self.hub_node, "key", "create", "db2", *here)
        self.assertEqual(told.returncode, 0, told)
        told = self.bed.holter(self.hub_node, "key", "revoke", "db1", *here)
        self.assertEqual(told.returncode, 0, told)
        self.holter = self.holter.again().wait_page()
        self.pulse("db2", self.key_of("db2"))
        self.pulse("db1", key)
        self.wait_sessions(("db2", "key", "up"))
        self.holter.wait_log("its key was revoked", "session=db1")
        told = self.bed.holter(self.hub_node, "key", "list", "--data", self.holter.data, "--runtime", self.bed.path("x"))
        self.assertEqual(told.returncode, 4, told)

    def test_a_list_that_cannot_be_read_proves_nobody(self):
        key = self.key_of("db1")
        self.assertEqual(self.holter.stop(), 0)
        path = os.path.join(self.holter.data, "keys/names")
        with open(path, "rb") as file:
            kept = file.read()
        with open(path, "r+b") as file:
            file.truncate(20)
        self.holter = self.holter.again().wait_page()
        problem = bed.eventually(lambda: next(p for p in self.holter.api("health")["problems"] if "no key is taken" in p), "it")
        self.assert_words(problem, "names, line 2", "put it right")
        client = self.pulse("db1", key)
        bed.eventually(lambda: self.kinds("no_keys") > 2, "it is refused")
        self.assertEqual(self.sessions(), [])
        self.assertEqual(self.holter.stop(), 0)
        client.stop()
        with open(path, "wb") as file:
            file.write(kept)
        self.holter = self.holter.again().wait_page()
        self.pulse("db1", key)
        self.wait_sessions(("db1", "key", "up"))

    def test_an_address_that_moves(self):
        self.pulse("db1", self.key_of("db1"))
        self.pulse("guest")
        self.wait_sessions(("db1", "key", "up"), ("guest", "none", "up"))
        self.away.sh("ip addr add 10.77.0.9/24 dev eth0; ip addr del 10.77.0.2/24 dev eth0;"
                     "ip addr add 10.77.0.9/24 dev eth0 || true")
        for name in ("db1", "guest"):
            bed.eventually(lambda: self.holter.session(name)["peer"].startswith("10.77.0.9:"), f"{name} moved")
            changes = self.holter.session(name)["changes"]
            self.assertIn("moved", [change["diagnostic"] for change in changes])
            self.assertNotIn("down", [change["to"] for change in changes])
        self.wait_sessions(("db1", "key", "up"), ("guest", "none", "up"))

    def test_two_clients_behind_one_address(self):
        bed.need("nft")
        inner = self.bed.node("inner")
        self.away.sh(f"ip link add lan type veth peer name eth0 netns {inner.holder.pid};"
                     "ip addr add 192.168.9.1/24 dev lan; ip link set lan up; sysctl -qw net.ipv4.ip_forward=1;"
                     "nft add table ip nat; nft 'add chain ip nat out { type nat hook postrouting priority 100; }';"
                     "nft add rule ip nat out oifname eth0 masquerade")
        inner.sh("ip addr add 192.168.9.2/24 dev eth0; ip link set eth0 up; ip route add default via 192.168.9.1")
        clients = {name: self.pulse(name, self.key_of(name), node=inner) for name in ("db1", "db2")}
        self.pulse("guest", node=inner)
        up = [("db1", "key", "up"), ("db2", "key", "up"), ("guest", "none", "up")]
        self.wait_sessions(*up)
        for name in ("db1", "db2", "guest"):
            self.assertTrue(self.holter.session(name)["peer"].startswith("10.77.0.2:"))
        # The way back is through the NAT: a stopped client is asked, and answers when it goes on.
        clients["db1"].send(19)
        self.holter.wait_session("db1", "pulsing")
        clients["db1"].send(18)
        self.wait_sessions(*up)
        self.assertEqual(clients["db2"].stop(), 0)
        self.wait_sessions(("db1", "key", "up"), ("db2", "key", "admin_down"), ("guest", "none", "up"))


if __name__ == "__main__":
    bed.main()
