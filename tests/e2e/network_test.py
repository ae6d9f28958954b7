#!/usr/bin/env python3
"""What changes in the network is told once each by `holter network`: an address and a gateway at another MAC, a
neighbour that comes and is lost, another root, also of an instance, a lease, also of IPv6, a router that comes and
retires, a takeover. docs/network.md."""
import json
import socket
import struct
import time

import bed
from traffic_test import arp, mac_of

HOST, PEER = "10.77.0.1", "10.77.0.2"
SHORT = 3  # seconds that a neighbour or router says that it holds
WATCHED = SHORT + 4  # so long, and whoever comes is new
ALL_NODES = bytes.fromhex("ff02" + "00" * 13 + "01")


def mac(number):
    return bytes([2, 0, 0, 0, 0, number])


def lldp(name, port, ttl):
    def tlv(kind, value):
        return struct.pack("!H", kind << 9 | len(value)) + value
    return (bytes.fromhex("0180c200000e") + mac(0x51) + b"\x88\xcc" + tlv(1, b"\4" + mac(0x51)) +
            tlv(2, b"\5" + port.encode()) + tlv(3, struct.pack("!H", ttl)) + tlv(5, name.encode()) + tlv(0, b""))


def bpdu(root, sender):
    body = (b"\x42\x42\x03" + b"\0\0\0\0\0" + b"\x80\0" + mac(root) + struct.pack("!I", 4) + b"\x80\0" + mac(sender) +
            b"\x80\1" + struct.pack("!4H", 0, 20 * 256, 2 * 256, 15 * 256))
    return bytes.fromhex("0180c2000000") + mac(sender) + struct.pack("!H", len(body)) + body


def internet_sum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def router_advertisement(number, lifetime):
    source = bytes.fromhex("fe80" + "00" * 13) + bytes([number])
    message = (struct.pack("!BBHBBHII", 134, 0, 0, 64, 0, lifetime, 0, 0) + b"\1\1" + mac(number) +
               struct.pack("!BBBBIII", 3, 4, 64, 0xc0, 86400, 86400, 0) +
               bytes.fromhex("20010db8000000010000000000000000"))
    check = internet_sum(source + ALL_NODES + struct.pack("!II", len(message), 58) + message)
    message = message[:2] + struct.pack("!H", check) + message[4:]
    return (bytes.fromhex("333300000001") + mac(number) + b"\x86\xdd" + b"\x60\0\0\0" +
            struct.pack("!HBB", len(message), 58, 255) + source + ALL_NODES + message)


def dhcp(kind, client, address):
    asks = kind == 1
    body = (bytes([1 if asks else 2, 1, 6, 0]) + bytes(12) + (bytes(4) if asks else socket.inet_aton(address)) +
            bytes(8) + mac(client) + bytes(10 + 64 + 128) + b"\x63\x82\x53\x63" + bytes([53, 1, kind]) +
            (b"" if asks else b"\x36\4" + socket.inet_aton(PEER) + b"\x33\4" + struct.pack("!I", 3600) + b"\3\4" +
             socket.inet_aton(PEER)) + b"\xff")
    ports = (68, 67) if asks else (67, 68)
    udp = struct.pack("!4H", *ports, 8 + len(body), 0) + body
    source = bytes(4) if asks else socket.inet_aton(PEER)
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0) + source + b"\xff" * 4
    head = head[:10] + struct.pack("!H", internet_sum(head)) + head[12:]
    return b"\xff" * 6 + mac(client if asks else 0x21) + b"\x08\x00" + head + udp


def mst_bpdu(root_of_instance):
    """By bridge 3, of region "campus", whose instance 5 has this root."""
    body = (b"\x42\x42\x03" + b"\0\0\3\2\x3c" + b"\x80\0" + mac(1) + struct.pack("!I", 4) + b"\x80\0" + mac(2) + b"\x80\1" +
            struct.pack("!4H", 0, 20 * 256, 2 * 256, 15 * 256) + b"\0" + struct.pack("!H", 64 + 16) + b"\0" +
            b"campus".ljust(32, b"\0") + struct.pack("!H", 1) + b"\xac" * 16 + struct.pack("!I", 0) + b"\x80\0" + mac(3) +
            b"\x14" + b"\x3c\x60\5" + mac(root_of_instance) + struct.pack("!I", 0) + b"\x80\x80\x14")
    return bytes.fromhex("0180c2000000") + mac(3) + struct.pack("!H", len(body)) + body


def over_ipv6(source, target, ports, body):
    source, target = (socket.inet_pton(socket.AF_INET6, text) for text in (source, target))
    udp = struct.pack("!4H", *ports, 8 + len(body), 0) + body
    check = internet_sum(source + target + struct.pack("!II", len(udp), 17) + udp)
    return (bytes.fromhex("333300010002") + mac(0x21) + b"\x86\xdd" + b"\x60\0\0\0" +
            struct.pack("!HBB", len(udp), 17, 64) + source + target + udp[:6] + struct.pack("!H", check) + udp[8:])


def dhcpv6(kind, client, address=""):
    def option(code, value):
        return struct.pack("!HH", code, len(value)) + value
    given = option(5, socket.inet_pton(socket.AF_INET6, address) + struct.pack("!II", 1800, 3600)) if address else b""
    body = (bytes([kind, 1, 2, 3]) + option(1, b"\0\3\0\1" + mac(client)) +
            option(3, struct.pack("!III", 1, 0, 0) + given))
    if kind == 1:
        return over_ipv6("fe80::c", "ff02::1:2", (546, 547), body)
    return over_ipv6("fe80::1", "fe80::c", (547, 546), body + option(2, b"\0\3\0\1" + mac(0x21)))


def hsrp(router, state):
    body = bytes([0, 0, state, 3, 10, 100, 5, 0]) + b"cisco\0\0\0" + socket.inet_aton("10.77.0.100")
    udp = struct.pack("!4H", 1985, 1985, 8 + len(body), 0) + body
    head = (struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(udp), 0, 0, 1, 17, 0) + socket.inet_aton(f"10.77.0.{router}") +
            bytes([224, 0, 0, 2]))
    head = head[:10] + struct.pack("!H", internet_sum(head)) + head[12:]
    return bytes.fromhex("01005e000002") + bytes.fromhex("00000c07ac05") + b"\x08\x00" + head + udp


class Network(bed.Case):
    def setUp(self):
        super().setUp()
        self.host, self.peer = self.bed.pair(ipv6=False)
        self.host.sh(f"ip route add default via {PEER}")
        self.holter = self.bed.start(self.host, "--interface", "eth0", "--targets", "none").wait_page()
        bed.eventually(lambda: self.holter.api("capture")["interfaces"][0]["state"] == "capturing", "capturing")

    def send(self, *frames):
        with self.peer.inside(), socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0) as raw:
            raw.bind(("eth0", 0))
            for frame in frames:
                raw.send(frame)

    def told(self):
        """Oldest first, of what was seen on the wire."""
        shown = self.bed.holter(self.host, "network", "--json", "interface == eth0",
                                env={"XDG_RUNTIME_DIR": self.holter.runtime})
        self.assertEqual(shown.returncode, 0, shown.stderr)
        lines = [json.loads(line) for line in shown.stdout.decode().splitlines()]
        return [(c["what"], c["subject"], c["before"], c["after"]) for c in lines][::-1]

    def wait_told(self, *wanted):
        bed.eventually(lambda: len(self.told()) >= len(wanted), f"{len(wanted)} changes")
        time.sleep(1.5)  # nothing is told twice
        self.assertEqual(self.told(), list(wanted))

    def test_addresses_and_gateways_that_move(self):
        gateway = mac_of(self.peer).hex(":")
        self.peer.sh(f"ping -c 1 -W 2 {HOST}")
        self.send(arp(1, mac(1), "10.77.0.9", "10.77.0.9"))
        time.sleep(3)  # two that answer at once are no move
        self.send(*[arp(2, mac(2), "10.77.0.9", HOST)] * 3)
        self.peer.sh(f"ip link set eth0 address {mac(7).hex(':')}; ip neigh flush all; ping -c 2 -W 2 {HOST}")
        self.wait_told(("address", "10.77.0.9", mac(1).hex(":"), mac(2).hex(":")),
                       ("gateway", PEER, gateway, mac(7).hex(":")))
        text = self.bed.holter(self.host, "network", env={"XDG_RUNTIME_DIR": self.holter.runtime}).stdout.decode()
        self.assert_words(text, "time", "what", "gateway", PEER, gateway, mac(7).hex(":"))
        health = self.holter.api("health")["network_changes"]
        self.assertEqual([c["subject"] for c in health if c["interface"] == "eth0"], [PEER, "10.77.0.9"])

    def test_neighbours_trees_leases_and_routers(self):
        self.send(lldp("sw1", "Gi1/0/1", 120), bpdu(1, 1), router_advertisement(1, 1800), dhcp(5, 9, "10.77.0.60"))
        time.sleep(WATCHED)
        self.assertEqual(self.told(), [], "what was there before is no change")
        root = [f"32768 {mac(number).hex(':')}" for number in (0, 1)]
        self.send(lldp("sw2", "Gi1/0/7", SHORT), lldp("sw2", "Gi1/0/7", SHORT))
        self.send(bpdu(0, 1), bpdu(0, 1))
        self.send(dhcp(1, 8, ""), dhcp(5, 8, "10.77.0.50"), dhcp(5, 8, "10.77.0.50"))
        self.send(router_advertisement(2, SHORT), router_advertisement(2, SHORT), router_advertisement(2, 0))
        self.wait_told(
            ("neighbour", "sw2 port Gi1/0/7", "not seen", "seen by LLDP"),
            ("spanning_tree", "root", root[1], f"{root[0]}, says bridge {root[1]}"),
            ("lease", f"client {mac(8).hex(':')}", "none", f"10.77.0.50 from {PEER}, router {PEER}, for 1 h 0 min"),
            ("router", "fe80::2", "not seen",
             f"advertises itself, lifetime {SHORT} s; prefix 2001:db8:0:1::/64 on link, for addresses"),
            ("router", "fe80::2", f"lifetime {SHORT} s", "lifetime 0 s: no default router any more"),
            ("neighbour", "sw2 port Gi1/0/7", "seen by LLDP", f"lost: silent for {SHORT} s"))

    def test_instances_leases_of_ipv6_and_takeovers(self):
        self.send(mst_bpdu(4), dhcpv6(7, 9, "2001:db8::60"), hsrp(2, 16), hsrp(3, 8))
        time.sleep(WATCHED)
        self.assertEqual(self.told(), [], "what was there before is no change")
        self.send(mst_bpdu(3), mst_bpdu(3))
        self.send(dhcpv6(1, 8), dhcpv6(7, 8, "2001:db8::50"), dhcpv6(7, 8, "2001:db8::50"))
        self.send(hsrp(3, 16), hsrp(2, 4), hsrp(3, 16))
        self.wait_told(
            ("spanning_tree", "regional root of instance 5 in region campus", f"24581 {mac(4).hex(':')}",
             f"24581 {mac(3).hex(':')}"),
            ("lease", f"client {mac(8).hex(':')} (IPv6)", "none",
             f"2001:db8::50 from server {mac(0x21).hex(':')}, for 1 h 0 min"),
            ("virtual_router", "HSRP 5", "10.77.0.2", "10.77.0.3"))


if __name__ == "__main__":
    bed.main()
