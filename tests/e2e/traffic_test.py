#!/usr/bin/env python3
"""Presence by traffic: a host that sends anything at all is up, one that falls silent is down, and a holter that cannot
hear says so and takes nobody down. docs/traffic.md."""
import json
import signal
import socket
import struct
import time
from datetime import datetime

import bed

INTERVAL, MULTIPLIER = 1, 2
DETECTION = INTERVAL * MULTIPLIER
SPACING = 0.25  # a sign is told so late at most
SLACK = 1.0
HOST, PEER = "10.77.0.1", "10.77.0.2"


def session(name, *addresses):
    return (f'[[session]]\nname = "{name}"\ninterval = "{INTERVAL}s"\ndetect_multiplier = {MULTIPLIER}\n'
            f'traffic = [{", ".join(chr(34) + address + chr(34) for address in addresses)}]\n')


def ip_of(address):
    return socket.inet_aton(address)


def mac_of(node):
    return bytes.fromhex(json.loads(node.sh("ip -json link show eth0"))[0]["address"].replace(":", ""))


def arp(operation, sender_mac, sender, target):
    """A whole frame, to everybody."""
    return (b"\xff" * 6 + sender_mac + struct.pack("!HHHBBH", 0x0806, 1, 0x0800, 6, 4, operation) + sender_mac +
            ip_of(sender) + bytes(6) + ip_of(target))


def seconds_between(earlier, later):
    times = [datetime.fromisoformat(at.replace("Z", "+00:00")) for at in (earlier, later)]
    return (times[1] - times[0]).total_seconds()


class Traffic(bed.Case):
    """holter at 10.77.0.1 and a host at 10.77.0.2 that sends nothing by itself."""

    def setUp(self):
        super().setUp()
        self.host, self.peer = self.bed.pair(ipv6=False)
        for node, other, address in ((self.host, self.peer, PEER), (self.peer, self.host, HOST)):
            node.sh(f"ip neigh replace {address} lladdr {mac_of(other).hex(':')} dev eth0 nud permanent")

    def configure(self, text):
        with open(self.bed.path("holter.toml"), "w") as file:
            file.write(text)
        return self.bed.path("holter.toml")

    def start(self, *sessions, captures=True, options=("--interface", "eth0"), more=""):
        config = self.configure(more + "".join(sessions or [session("printer", PEER)]))
        holter = self.bed.start(self.host, "--config", config, "--targets", "none", *options).wait_page()
        if captures:
            bed.eventually(lambda: holter.api("health")["blind"] == [], "it hears")
            holter.wait_log("capturing")
        return holter

    def speak(self):
        """One datagram of the peer, to nobody who listens."""
        self.peer.udp(PEER).sendto(b"x", (HOST, 9))

    def raw(self, node, frame):
        with node.inside(), socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as made:
            made.bind(("eth0", 0))
            made.send(frame)

    def downs(self, holter, name="printer"):
        return [change for change in holter.session(name)["changes"] if change["to"] == "down"]

    def test_a_host_that_sends_is_up_and_a_silent_one_is_down(self):
        holter = self.start()
        self.speak()
        found = holter.wait_session("printer", "up")
        self.assertEqual((found["way"], found["peer"], found["interval_seconds"]), ("traffic", PEER, None))
        bed.eventually(lambda: holter.session("printer")["detection_time_seconds"] == DETECTION, "its detection time")
        holter.wait_log("session is up, heard by its traffic", "session=printer", f"peer={PEER}", "on=eth0")
        for _ in range(2 * DETECTION):
            time.sleep(INTERVAL)
            self.speak()
            self.assertEqual(holter.session("printer")["state"], "up")
        heard = holter.session("printer")["last_heard"]
        found = holter.wait_session("printer", "down")
        silent = seconds_between(heard, found["changes"][0]["at"])
        self.assertGreaterEqual(silent, DETECTION - 0.05)
        self.assertLessEqual(silent, DETECTION + SPACING + SLACK * bed.TIME_FACTOR)
        self.assertEqual(found["changes"][0]["from"], "up", "it was not asked: there is no way back")
        self.speak()
        found = holter.wait_session("printer", "up")
        self.assertEqual(found["changes"][0]["diagnostic"], "reopened")
        listed = self.bed.holter(self.host, "sessions", "--json", env={"XDG_RUNTIME_DIR": holter.runtime})
        self.assert_words(listed.stdout.decode(), '"way":"traffic"')

    def test_whatever_it_sends_counts(self):
        holter = self.start()

        def is_a_sign(what, send):
            holter.wait_session("printer", "down")
            send()
            holter.wait_session("printer", "up")
            print("a sign:", what)

        mac = mac_of(self.peer)
        is_a_sign("an ARP announcement", lambda: self.raw(self.peer, arp(1, mac, PEER, PEER)))
        is_a_sign("an ARP answer", lambda: self.raw(self.peer, arp(2, mac, PEER, HOST)))
        is_a_sign("a datagram to a third host", lambda: self.raw(
            self.peer, bytes.fromhex("02aabbccddee") + mac + udp_packet(PEER, "10.77.0.99")))
        is_a_sign("the echo reply to a ping from here", lambda: self.host.sh(f"ping -c1 -W1 {PEER}"))
        is_a_sign("a TCP reset", lambda: self.host.sh(f"nc -z -w1 {PEER} 9 || true"))

    def test_what_is_sent_to_it_or_in_its_name_from_here_does_not_count(self):
        holter = self.start(session("printer", PEER), session("own", HOST))
        mac = mac_of(self.host)
        for _ in range(20):
            self.raw(self.host, bytes.fromhex("02aabbccddee") + mac + udp_packet(HOST, "10.77.0.99"))
            self.raw(self.host, arp(1, mac, PEER, PEER))
            self.raw(self.host, mac_of(self.peer) + mac + udp_packet(PEER, HOST))
            self.raw(self.peer, arp(1, mac_of(self.peer), "0.0.0.0", PEER))
            time.sleep(0.1)
        for name in ("printer", "own"):
            found = holter.wait_session(name, "down")
            self.assertEqual((found["pulses"], found["last_heard"]), (0, None), name)

    def test_many_frames_are_few_signs(self):
        holter = self.start()
        before = time.monotonic()
        sender = self.peer.udp(PEER)
        for _ in range(20_000):
            sender.sendto(b"x", (HOST, 9))
        holter.wait_session("printer", "up")
        time.sleep(1.5)
        took = time.monotonic() - before
        self.assertLessEqual(holter.session("printer")["pulses"], took / SPACING + 1)

    def test_a_capture_that_ends_takes_nobody_down(self):
        holter = self.start()
        self.speak()
        holter.wait_session("printer", "up")
        self.host.sh("ip link set eth0 down")
        holter.wait_session("printer", "blind")
        blind = bed.eventually(lambda: {b["interface"]: b for b in holter.api("health")["blind"]}.get("capture"),
                               "holter says that it hears nobody")
        self.assertEqual(blind["sessions"], 1)
        self.assert_words(blind["why"], "nothing is captured on eth0", "goes on trying")
        time.sleep(3 * DETECTION)
        self.assertEqual(holter.session("printer")["state"], "blind")
        self.host.sh("ip link set eth0 up")
        bed.eventually(lambda: holter.api("health")["blind"] == [] or self.speak(), "it hears again", timeout=45)
        self.speak()
        holter.wait_session("printer", "up")
        self.assertEqual(self.downs(holter), [])
        gaps = [gap["where"] for gap in holter.api("health")["gaps"] if gap["cause"] == "blind"]
        self.assertIn("heartbeat capture", gaps)
        holter.wait_session("printer", "down")

    def test_without_a_capture_it_is_said_that_nobody_is_heard(self):
        for number, (more, options, why) in enumerate((
                ("[capture]\nenabled = false\n", ("--interface", "eth0"), "switched off by capture.enabled"),
                ("", ("--interface", "lo"), "only this host is on lo"),
                ("", ("--interface", "eth9"), "nothing is captured on eth9"))):
            holter = self.start(captures=False, options=options, more=more)
            blind = bed.eventually(lambda: holter.api("health")["blind"], "it says that it hears nobody")
            self.assertEqual([b["interface"] for b in blind], ["capture"], number)
            self.assert_words(blind[0]["why"], why)
            time.sleep(2 * DETECTION)
            self.assertEqual(holter.session("printer")["state"], "blind")
            self.assertEqual(holter.stop(), 0)

    def test_a_hub_without_a_capture_says_so(self):
        config = self.configure(session("printer", PEER))
        holter = self.bed.start(self.host, "--config", config, role="hub").wait_page()
        blind = bed.eventually(lambda: holter.api("health")["blind"], "it says that it hears nobody")
        self.assertEqual([(b["interface"], b["why"]) for b in blind],
                         [("capture", "a hub captures nothing; holter run does")])
        self.speak()
        time.sleep(2 * DETECTION)
        self.assertEqual(holter.session("printer")["state"], "blind")

    def test_a_reload_adds_and_removes(self):
        holter = self.start(session("other", "10.77.0.9"))
        holter.wait_session("other", "down")
        self.configure(session("printer", PEER))
        holter.send(signal.SIGHUP)
        holter.wait_session("printer", "init", "up")
        self.speak()
        holter.wait_session("printer", "up")
        self.configure("")
        holter.send(signal.SIGHUP)
        found = holter.wait_session("printer", "admin_down")
        self.assertEqual(self.downs(holter), [], found)
        holter.wait_log("session is closed", "its traffic is not awaited any more")

    def test_after_a_restart_it_has_a_whole_detection_time(self):
        holter = self.start()
        self.speak()
        holter.wait_session("printer", "up")
        self.assertEqual(holter.stop(), 0)
        self.assertNotIn("holter is blind", holter.log())
        holter = holter.again().wait_page()
        # It may not capture yet when its page is there.
        bed.eventually(lambda: self.speak() or holter.session("printer")["state"] == "up", "it is up again")
        self.assertEqual(self.downs(holter), [])


def udp_packet(source, destination):
    """An IPv4 datagram with its Ethernet type before it; its UDP checksum is left out."""
    header = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 29, 0, 0, 64, 17, 0, ip_of(source), ip_of(destination))
    total = sum(struct.unpack("!10H", header))
    while total > 0xffff:
        total = (total & 0xffff) + (total >> 16)
    header = header[:10] + struct.pack("!H", 0xffff - total) + header[12:]
    return struct.pack("!H", 0x0800) + header + struct.pack("!HHHH", 7, 9, 9, 0) + b"x"


if __name__ == "__main__":
    bed.main()
