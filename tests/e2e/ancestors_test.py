#!/usr/bin/env python3
"""What the ancestors of holter gave their users and no other test shows: docs/ancestors.md names these."""
import datetime
import json
import os
import re
import signal
import socket
import struct
import subprocess

import bed
import pulse_datagram

README, FORMAT = (os.path.join(bed.ROOT, path) for path in ("README.md", "docs/formats/pulse.md"))
HUB = ("127.0.0.1", 4280)
ETHERNET = 1


class Heartbeats(bed.Case):
    def test_its_own_addresses_are_said_at_the_start(self):
        left, _ = self.bed.pair()
        holter = self.bed.start(left, "--targets", "loopback").wait_page()
        line = bed.eventually(lambda: re.search(r"^host .*", holter.out(), re.MULTILINE), "the line of the host")[0]
        self.assert_words(line, "10.77.0.1", "fd77::1")

    def test_nonsense_is_refused_in_words(self):
        node = self.bed.solo()
        for option, nonsense in (("--interval", "soon"), ("--interval", "0s"), ("--interval", "-1s"), ("--count", "x")):
            told = self.bed.holter(node, "pulse", "--to", "127.0.0.1", "--name", "db1", option, nonsense)
            self.assertEqual(told.returncode, 2, (option, nonsense, told))
            self.assert_words(told.stderr.decode(), option, nonsense)
            if option == "--interval":
                self.assertIn(b"500ms", told.stderr, "how to write one")

    def test_an_unknown_word_is_answered_with_the_nearest(self):
        node = self.bed.solo()
        for arguments, nearest in ((["puls"], "pulse"), (["run", "--passiv"], "--passive")):
            told = self.bed.holter(node, *arguments)
            self.assertEqual(told.returncode, 2, told)
            self.assertIn(nearest, told.stderr.decode())

    def test_the_log_tells_the_life_of_a_session(self):
        node = self.bed.solo()
        holter = self.bed.start(node, "--targets", "loopback").wait_page()
        client = self.bed.pulse(node, "db1", "--interval", "200ms", "--message", "backup done")
        self.assert_words(holter.wait_log("session is up", "db1"), "peer=127.0.0.1:")
        holter.wait_log("message", "db1", "backup done")
        client.send(signal.SIGKILL)
        for step in (1, 2, 3):
            holter.wait_log("session is silent, asking", "db1", f"{step} of 3")
        holter.wait_log("gave up on session", "db1")
        self.bed.holter(node, "pulse", "--to", "127.0.0.1", "--name", "db2", "--message", "hello")
        self.bed.holter(node, "pulse", "--to", "127.0.0.1", "--name", "db2", "--terminate")
        holter.wait_log("session was ended by its beacon", "db2")

    def test_status_says_how_long_a_client_is_silent(self):
        node = self.bed.solo()
        holter = self.bed.start(node, "--targets", "loopback").wait_page()
        node.udp("127.0.0.1").sendto(pulse_datagram.pulse(b"db1", 1, interval_ms=60000), HUB)
        holter.wait_session("db1", "up")

        def silent():
            told = self.bed.holter(node, "status", env={"XDG_RUNTIME_DIR": holter.runtime}).stdout.decode()
            return float(found[1]) if (found := re.search(r"^db1 +up +([\d.]+) s ", told, re.MULTILINE)) else None
        first = bed.eventually(silent, "a silence of seconds")
        bed.eventually(lambda: (silent() or 0) > first, "a longer one")

    def test_many_clients_are_judged_at_the_same_time(self):
        node = self.bed.solo()
        holter = self.bed.start(node, "--targets", "loopback").wait_page()
        sender = node.udp("127.0.0.1")
        names = [f"client{number:02}" for number in range(40)]
        lives, dies = names[:20], names[20:]
        sequence = 0

        def pulse_all(which):
            nonlocal sequence
            sequence += 1
            for name in which:
                sender.sendto(pulse_datagram.pulse(name.encode(), sequence, interval_ms=500), HUB)

        def states(which):
            found = {session["name"]: session for session in holter.api("sessions")["sessions"]}
            return {found[name]["state"] for name in which}

        def all_are(which, state):
            pulse_all(names if state == "up" else lives)
            return states(which) == {state}
        bed.eventually(lambda: all_are(names, "up"), "all are up")
        bed.eventually(lambda: all_are(dies, "down"), "the silent are down")
        self.assertEqual(states(lives), {"up"})
        downs = [next(change["at"] for change in session["changes"] if change["to"] == "down")
                 for session in holter.api("sessions")["sessions"] if session["name"] in dies]
        first, last = (datetime.datetime.fromisoformat(at) for at in (min(downs), max(downs)))
        one_after_another = len(dies) * 3 * 1.1  # as their ancestor would have been asked
        self.assertLess((last - first).total_seconds(), one_after_another / 4)


class WithoutHolter(bed.Case):
    """The one-liners of the README and of the format's page, as they stand there."""

    def setUp(self):
        super().setUp()
        self.node = self.bed.solo()
        self.holter = self.bed.start(self.node, "--targets", "loopback").wait_page()

    def recipe(self, page, word):
        """The block of commands of the page that contains the word."""
        with open(page, encoding="utf-8") as file:
            blocks = re.findall(r"(?:^    .*\n)+", file.read(), re.MULTILINE)
        found = [block for block in blocks if word in block]
        self.assertEqual(len(found), 1, word)
        return "".join(line[4:] for line in found[0].splitlines(keepends=True))

    def run_twice(self, script):
        for count in (1, 2):
            command = self.node.command("sh", "-ec", f"cd {self.bed.directory}\n{script}")
            told = subprocess.run(command, capture_output=True, check=False, timeout=30, stdin=subprocess.DEVNULL)
            self.assertEqual((told.returncode, told.stderr), (0, b""))
            bed.eventually(lambda n=count: self.holter.session("db1")["pulses"] == n, f"pulse {count} is heard")
        session = self.holter.wait_session("db1", "up")
        self.assertEqual((session["interval_seconds"], session["detect_multiplier"]), (60.0, 3))

    def test_a_pulse_by_netcat(self):
        bed.need("nc")
        self.run_twice(self.recipe(FORMAT, "nc -u"))

    def test_a_pulse_by_python(self):
        self.run_twice(self.recipe(FORMAT, "python3 -c"))

    def test_a_line_by_netcat(self):
        bed.need("nc")
        self.assertEqual(self.node.sh(self.recipe(README, "nc -q1")), "ok message taken\n")
        session = self.holter.wait_session("db1", "up")
        self.assertEqual((session["interval_seconds"], session["way"]), (60.0, "line"))
        self.assertEqual(session["last_message"]["text"], "backup done")

    def test_a_ping_by_curl(self):
        bed.need("curl")
        self.node.sh(self.recipe(README, "/ping/"))
        self.assertEqual(self.holter.wait_session("backup", "up")["way"], "ping")

    def test_the_state_by_curl(self):
        bed.need("curl")
        told = self.node.sh(self.recipe(README, "curl -s http://127.0.0.1:4280/api/v1/sessions"))
        self.assertEqual(json.loads(told), {"complete": True, "sessions": []})


class Monitoring(bed.Case):
    def test_several_agents_work_for_one_hub(self):
        node = self.bed.solo()
        hub = self.bed.start(node, "--targets", "loopback", role="hub").wait_page()
        agents = {name: self.bed.start(node, "--hub", "127.0.0.1", "--name", name, role="agent", label=name)
                  for name in ("east", "west")}

        def connected():
            return {agent["name"] for agent in hub.api("health")["agents"] if agent["connected"]}

        def probed():
            return {target["agent_name"] for target in hub.api("targets")["targets"] if target["last"]["outcome"] == "ok"}
        bed.eventually(lambda: connected() == set(agents), "both are connected")
        bed.eventually(lambda: probed() == set(agents), "both probe")
        agents["west"].stop()
        bed.eventually(lambda: connected() == {"east"}, "one is away, and is said to be")
        self.assertIn("west", {agent["name"] for agent in hub.api("health")["agents"]})


    def test_a_list_of_ones_own_in_a_file(self):
        node = self.bed.solo()
        path = self.bed.path("holter.toml")
        with open(path, "w", encoding="utf-8") as file:
            file.write('[probes]\ntargets = "none"\n'
                       '[[probe]]\nname = "page"\nkind = "http"\ntarget = "http://127.0.0.1:4280/api/v1/health"\n'
                       'interval = "300ms"\n'
                       '[[probe]]\nname = "port"\nkind = "tcp"\ntarget = "127.0.0.1:4280"\ninterval = "400ms"\n'
                       '[[probe]]\nname = "closed"\nkind = "tcp"\ntarget = "127.0.0.1:9"\n')
        os.chmod(path, 0o644)
        holter = self.bed.start(node, "--config", path).wait_page()
        for probe, outcome in (("page", "ok"), ("port", "ok"), ("closed", "refused")):
            holter.wait_outcome(probe, outcome)
        self.assertEqual({target["probe"] for target in holter.api("targets")["targets"]}, {"page", "port", "closed"})


def udp6_behind_hop_by_hop(payload):
    """An Ethernet frame: IPv6, a hop-by-hop header that says nothing, UDP."""
    source, destination = (socket.inet_pton(socket.AF_INET6, address) for address in ("fd77::1", "fd77::2"))
    length = 8 + len(payload)
    udp = struct.pack(">HHHH", 4000, 4001, length, 0) + payload
    words = source + destination + struct.pack(">II", length, socket.IPPROTO_UDP) + udp + bytes(length % 2)
    total = sum(struct.unpack(f">{len(words) // 2}H", words))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    udp = udp[:6] + struct.pack(">H", ~total & 0xFFFF) + payload
    extension = bytes([socket.IPPROTO_UDP, 0, 1, 4, 0, 0, 0, 0])
    ip = struct.pack(">IHBB", 6 << 28, len(extension) + length, 0, 64) + source + destination
    return bytes.fromhex("020000000002" "020000000001" "86dd") + ip + extension + udp


class NetworkMonitor(bed.Case):
    def test_a_template_of_the_configuration_is_written_once(self):
        node, path = self.bed.solo(), self.bed.path("my.toml")
        self.assertEqual(self.bed.holter(node, "config", "init", path).returncode, 0)
        with open(path, encoding="utf-8") as file:
            written = file.read()
        self.assert_words(written, "[capture]", "#interface = ")
        self.assertEqual(self.bed.holter(node, "config", "check", path).returncode, 0)
        again = self.bed.holter(node, "config", "init", path)
        self.assertEqual(again.returncode, 2, again)
        with open(path, encoding="utf-8") as file:
            self.assertEqual(file.read(), written)

    def listed(self, node, noun):
        told = self.bed.holter(node, noun, "--json")
        self.assertEqual((told.returncode, told.stderr), (0, b""))
        return [json.loads(line) for line in told.stdout.splitlines()]

    def test_checksums_and_extension_headers_are_told(self):
        path = self.bed.path("made.pcap")
        good = udp6_behind_hop_by_hop(b"hello")
        with open(path, "wb") as file:
            file.write(struct.pack("<IHHIIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, ETHERNET))
            for frame in (good, good[:-1] + b"!"):
                file.write(struct.pack("<IIII", 1, 0, len(frame), len(frame)) + frame)
        told = self.bed.holter(self.bed.solo(), "read", path, "--json")
        self.assertEqual(told.returncode, 0, told)
        packets = [json.loads(line) for line in told.stdout.splitlines()]
        self.assertEqual([packet["udp"]["checksum_state"] for packet in packets], ["good", "bad"])
        self.assertEqual(["ipv6_hop_by_hop" in packet for packet in packets], [True] * 2)

    def test_interfaces_are_listed(self):
        left, _ = self.bed.pair()
        found = {interface["name"]: interface for interface in self.listed(left, "interfaces")}
        self.assertEqual(set(found), {"lo", "eth0"})
        self.assertTrue({"10.77.0.1", "fd77::1"} <= {address.split("/")[0] for address in found["eth0"]["addresses"]})
        self.assertEqual(found["eth0"]["mac"], json.loads(left.sh("ip -json link show eth0"))[0]["address"])
        told = self.bed.holter(left, "interfaces").stdout.decode()
        self.assertRegex(told, r"(?m)^eth0 +up +\S+ +.*10\.77\.0\.1")

    def test_gateways_are_listed(self):
        host, gateway = self.bed.gateway_pair(resolver=False)
        self.assertEqual([(one["address"], one["interface"]) for one in self.listed(host, "gateways")],
                         [("10.77.0.2", "eth0")])
        self.assertRegex(self.bed.holter(host, "gateways").stdout.decode(), r"(?m)^10\.77\.0\.2 +eth0")
        self.assertEqual(self.listed(gateway, "gateways"), [])


if __name__ == "__main__":
    bed.main()
