#!/usr/bin/env python3
"""Capture: counts are exact against the kernel's own, conversations have the right ends and sizes."""
import json
import random
import socket
import time

import bed

PACKETS = 2000
PAYLOAD = 100
FRAME = 14 + 20 + 8 + PAYLOAD  # Ethernet, IPv4, UDP
PORT, SENDER = 9999, 7777


class Capture(bed.Case):
    def setUp(self):
        super().setUp()
        # IPv4 alone, with the neighbours known: nothing is on the wire but what the tests send.
        self.host, self.peer = self.bed.pair(ipv6=False)
        for node, other in ((self.host, self.peer), (self.peer, self.host)):
            node.sh(f"ip neigh replace 10.77.0.{1 if other is self.host else 2} lladdr {hardware(other)} dev eth0 "
                    f"nud permanent")

    def start(self, *options):
        holter = self.bed.start(self.host, "--interface", "eth0", "--targets", "loopback", *options).wait_page()
        bed.eventually(lambda: interface(holter)["state"] == "capturing", "capturing")
        return holter

    def send(self, count, payload=PAYLOAD):
        receiver = self.host.udp("10.77.0.1", PORT)
        sender = self.peer.udp("10.77.0.2", SENDER)
        for number in range(count):
            sender.sendto(b"%08d" % number + bytes(payload - 8), ("10.77.0.1", PORT))
        return receiver, sender

    def conversation(self, holter, port=PORT):
        return next(c for c in holter.api("conversations?limit=1000")["conversations"] if c["responder_port"] == port)

    def test_every_packet_is_counted_once(self):
        holter = self.start()
        before, kernel_before = interface(holter), sum(self.host.counters("eth0"))
        self.send(PACKETS)
        self.assertEqual(sum(self.host.counters("eth0")) - kernel_before, PACKETS, "the wire was quiet")

        def counted():
            now = interface(holter)
            return now if now["packets"] + now["kernel_drops"] - before["packets"] >= PACKETS else None
        after = bed.eventually(counted, "the packets are counted")
        time.sleep(1.5)  # one more reading: nothing may be counted twice
        after = interface(holter)
        self.assertEqual(after["packets"] - before["packets"], PACKETS)
        self.assertEqual(after["bytes"] - before["bytes"], PACKETS * FRAME)
        self.assertEqual((after["kernel_drops"], after["undecoded"], after["flows_evicted"]), (0, 0, 0))
        self.assertTrue(any(point["packets_per_second"] > 0 for point in after["history"]))

    def test_a_conversation_has_its_ends_and_sizes(self):
        holter = self.start()
        receiver, _ = self.send(PACKETS)
        for number in range(3):
            receiver.sendto(b"answer %d" % number, ("10.77.0.2", SENDER))
        found = bed.eventually(lambda: (c := self.conversation(holter)) and c["packets"] == [PACKETS, 3] and c,
                               "the conversation")
        self.assertEqual((found["initiator"], found["initiator_port"]), ("10.77.0.2", SENDER))
        self.assertEqual((found["responder"], found["responder_port"]), ("10.77.0.1", PORT))
        self.assertEqual((found["protocol"], found["ip_protocol"], found["interface"]), ("udp", 17, "eth0"))
        self.assertEqual(found["bytes"], [PACKETS * FRAME, 3 * (FRAME - PAYLOAD + 8)])
        self.assertIsNone(found["vlan"])
        self.assertIsNone(found["ended"])
        self.assertLessEqual(found["first"], found["last"])

    def test_a_stored_packet_has_every_layer_and_can_be_asked_for_by_any_field(self):
        holter = self.start()
        self.send(3)

        def listed(asked):
            told = self.bed.holter(self.host, "packets", "--json", asked, "--runtime", holter.runtime + "/holter")
            return [json.loads(line) for line in told.stdout.splitlines()]
        expression = f"udp.dst_port == {PORT} and ipv4.total_length == {FRAME - 14}"
        packets = bed.eventually(lambda: len(found := listed(expression)) == 3 and found, "the packets are stored")
        layers = packets[0]["layers"]
        self.assertEqual(list(layers), ["frame", "ethernet", "ipv4", "udp"])
        self.assertEqual(layers["ipv4"]["ttl"], 64)
        self.assertEqual((layers["udp"]["src_port"], layers["udp"]["length"]), (SENDER, PAYLOAD + 8))
        self.assertEqual(layers["frame"]["original_length"], FRAME)
        self.assertEqual(listed(expression + " and ipv4.ttl < 64"), [])

    def test_a_tcp_conversation_ends(self):
        holter = self.start()
        with self.host.inside():
            listener = socket.create_server(("10.77.0.1", 8080))
        with self.peer.inside():
            client = socket.create_connection(("10.77.0.1", 8080))
        accepted, _ = listener.accept()
        client.sendall(b"x" * 1000)
        accepted.recv(1000, socket.MSG_WAITALL)
        client.close()
        accepted.close()
        listener.close()
        found = bed.eventually(lambda: (c := self.conversation(holter, 8080)) and c["ended"] and c, "it ended")
        self.assertEqual((found["initiator"], found["protocol"], found["ended"]), ("10.77.0.2", "tcp", "fin"))

    def test_own_traffic_is_no_conversation(self):
        holter = self.bed.start(self.host, "--interface", "lo", "--targets", "loopback").wait_page()
        bed.eventually(lambda: interface(holter)["state"] == "capturing", "capturing")
        self.bed.pulse(self.host, "db1", "--interval", "100ms")
        for _ in range(50):
            holter.api("health")
        self.host.udp("127.0.0.1", PORT)
        self.host.udp("127.0.0.1", SENDER).sendto(b"other", ("127.0.0.1", PORT))
        bed.eventually(lambda: self.conversation(holter), "other traffic is a conversation")
        time.sleep(2)
        ports = {(c["initiator_port"], c["responder_port"])
                 for c in holter.api("conversations?limit=1000")["conversations"] if c["protocol"] == "tcp"}
        self.assertEqual({pair for pair in ports if 4280 in pair}, set())
        self.assertGreater(interface(holter)["own"], 0, "they are counted apart")

    def test_conversations_survive_a_restart(self):
        holter = self.start()
        self.send(20)
        bed.eventually(lambda: self.conversation(holter), "the conversation")
        self.assertEqual(holter.stop(), 0)
        again = holter.again().wait_page()
        self.assertEqual(self.conversation(again)["packets"], [20, 0])
        self.assertEqual(self.conversation(again)["ended"], "shutdown")

    def test_an_interface_that_goes_and_comes_back(self):
        holter = self.start()
        self.host.sh("ip link set eth0 down")
        bed.eventually(lambda: interface(holter)["state"] == "waiting" and interface(holter)["why"], "waiting")
        self.host.sh("ip link set eth0 up")
        bed.eventually(lambda: interface(holter)["state"] == "capturing", "capturing again", timeout=30)

    def test_hostile_frames_are_counted_and_harmless(self):
        holter = self.start()
        rng = random.Random(7)
        with self.peer.inside():
            raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        raw.bind(("eth0", 0))
        own, other = (bytes.fromhex(hardware(n).replace(":", "")) for n in (self.host, self.peer))
        before = interface(holter)
        # No shorter than 6 bytes after the type: the kernel itself drops a VLAN tag that is cut off.
        kinds = (b"\x08\x00", b"\x86\xdd", b"\x08\x06", b"\x81\x00", b"\x88\xa8", b"\x12\x34")
        for number in range(600):
            start = bytes([0x45, 0]) if number % 6 == 0 else b""
            raw.send(own + other + kinds[number % 6] + start + rng.randbytes(rng.randrange(6, 200)))
        raw.close()
        bed.eventually(lambda: interface(holter)["packets"] - before["packets"] >= 600, "all are counted")
        self.assertGreater(interface(holter)["undecoded"], 0)
        self.assertTrue(holter.running())
        self.assertEqual(holter.stop(), 0)


def hardware(node):
    return node.sh("ip -brief link show eth0").split()[2]


def interface(holter):
    return holter.api("capture")["interfaces"][0]


if __name__ == "__main__":
    bed.main()
