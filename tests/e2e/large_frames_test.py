#!/usr/bin/env python3
"""Frames larger than any wire carries: what the kernel hands to a device to be cut (GSO, BIG TCP), what it joined when it
came in (GRO), and the loopback's 64 KiB. Such a frame is one packet with its whole length, its sums are still to be
filled in by the device and therefore not bad, and what does not fit into a block of the ring is cut, not lost."""
import ctypes
import fcntl
import json
import os
import re
import signal
import socket
import struct
import threading

import bed
import captures

HOST = "10.77.0.1"
ADDRESSES = (HOST, "fd77::1")
MTU = 1500
FRAME = MTU + 14
BULK = 8 * 1024 * 1024
BIG = 400_000  # bytes of a frame of BIG TCP, more than a block of the ring (256 KiB) holds
BLOCK = 256 * 1024
SNAPLEN = 65_535
SIOCETHTOOL = 0x8946
ETHTOOL_STSO, ETHTOOL_SGSO, ETHTOOL_SGRO = 0x1f, 0x24, 0x2c  # linux/ethtool.h
IFLA_GSO_IPV4_MAX_SIZE, IFLA_GRO_IPV4_MAX_SIZE = 63, 64  # linux/if_link.h


class Large(bed.Case):
    def setUp(self):
        super().setUp()
        self.host, self.peer = self.bed.pair()
        for node, other, last in ((self.host, self.peer, 2), (self.peer, self.host, 1)):
            mac = other.sh("ip -brief link show eth0").split()[2]
            for address in (f"10.77.0.{last}", f"fd77::{last}"):
                node.sh(f"ip neigh replace {address} lladdr {mac} dev eth0 nud permanent")

    def start(self, interface="eth0"):
        """holter run that records packets: (it, its figures)."""
        config = self.bed.path("holter.toml")
        with open(config, "w", encoding="utf-8") as file:
            file.write("[capture]\npackets_per_second = 100000\n")
        holter = self.bed.start(self.host, "--interface", interface, "--targets", "none", "--config",
                                config).wait_page()
        bed.eventually(lambda: captured(holter)["state"] == "capturing", "capturing")
        return holter

    def send(self, address, count=BULK, chunk=1 << 20):
        """From the peer to the host over TCP, `count` bytes in writes as large as they can be; the port."""
        with self.host.inside():
            listener = socket.create_server((address, 0), family=family(address))
        port = listener.getsockname()[1]
        got = []

        def take():
            accepted, _ = listener.accept()
            with accepted:
                total = 0
                while part := accepted.recv(1 << 20):
                    total += len(part)
            got.append(total)
        taker = threading.Thread(target=take)
        taker.start()
        with self.peer.inside():
            sender = socket.socket(family(address), socket.SOCK_STREAM)
            sender.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 << 20)
            sender.connect((address, port))
        with sender:
            for _ in range(count // chunk):
                sender.sendall(bytes(chunk))
        taker.join(60)
        listener.close()
        self.assertEqual(got, [count])
        return port

    def stored(self, holter, expression):
        told = self.bed.holter(self.host, "packets", "--json", "--count", "0", expression, "--runtime",
                               holter.runtime + "/holter")
        self.assertEqual(told.returncode, 0, told.stderr)
        return [json.loads(line) for line in told.stdout.splitlines()]

    def conversation(self, holter, port):
        return next(c for c in holter.api("conversations?limit=1000")["conversations"] if c["responder_port"] == port)

    def assert_whole(self, holter, port, above):
        """Every byte of the transfer is counted, no packet is taken for damaged, some are larger than `above`: these."""
        flow = bed.eventually(lambda: (c := self.conversation(holter, port))["ended"] and c, "the conversation ended")
        packets = bed.eventually(lambda: len(p := self.stored(holter, f"tcp.port == {port}")) == sum(flow["packets"])
                                 and p, "its packets are stored")
        # One that was overtaken may have been sent in other pieces, some of them again.
        again = sum(flow["tcp"][what][0] for what in ("retransmissions", "spurious_retransmissions", "out_of_order"))
        self.assertTrue(again or flow["payload_bytes"][0] == BULK, flow)
        self.assertGreaterEqual(flow["payload_bytes"][0], BULK)
        self.assertEqual(flow["tcp"]["missing_bytes"], [0, 0])
        self.assertEqual(sum(p["original_length"] for p in packets), sum(flow["bytes"]))
        self.assertEqual({anomaly for p in packets for anomaly in p["anomalies"]}, set(), "left to the device, not bad")
        large = [p for p in packets if p["original_length"] > above]
        self.assertTrue(large, max(p["original_length"] for p in packets))
        return large

    def counted(self, holter):
        """What the kernel and holter have counted by now, after all is told: (packets, bytes) of either."""
        def both():
            now = captured(holter)
            self.assertEqual((now["kernel_drops"], now["undecoded"], now["truncated"]), (0, 0, 0))
            return device(self.host), (now["packets"], now["bytes"])
        return bed.settled(both)

    def assert_counted(self, before, after):
        kernel, own = ([b - a for a, b in zip(*pair)] for pair in zip(before, after))
        self.assertEqual(own, kernel)


def family(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def captured(holter):
    return holter.api("capture")["interfaces"][0]


def set_offload(node, name, what, on):
    """As ethtool does."""
    value = ctypes.create_string_buffer(struct.pack("=II", what, on))
    with node.inside():
        asked = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with asked:
        fcntl.ioctl(asked, SIOCETHTOOL, struct.pack("@16sP", name.encode(), ctypes.addressof(value)))


def device(node):
    """(packets, bytes) that passed eth0 in both directions."""
    stats = json.loads(node.sh("ip -json -stats link show eth0"))[0]["stats64"]
    return tuple(stats["rx"][what] + stats["tx"][what] for what in ("packets", "bytes"))


def set_link(node, name, attribute, value):
    """RTM_NEWLINK with a number that iproute2 has no word for; false when the kernel has none either."""
    with node.inside():
        index = socket.if_nametoindex(name)
        asked = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
    with asked:
        body = struct.pack("=BxHiII", socket.AF_UNSPEC, 0, index, 0, 0) + struct.pack("=HHI", 8, attribute, value)
        asked.send(struct.pack("=IHHII", 16 + len(body), 16, 5, 1, 0) + body)  # NLM_F_REQUEST | NLM_F_ACK
        error, = struct.unpack_from("=i", asked.recv(4096), 16)
    return error == 0


class Veth(Large):
    def test_segments_that_the_device_shall_cut_are_one_packet_each(self):
        holter = self.start()
        before = self.counted(holter)
        for address in ADDRESSES:
            self.assert_whole(holter, self.send(address), FRAME * 10)
        self.assert_counted(before, self.counted(holter))

    def test_segments_that_were_joined_on_their_way_in_are_one_packet_each(self):
        for what in (ETHTOOL_STSO, ETHTOOL_SGSO):
            set_offload(self.peer, "eth0", what, False)
        set_offload(self.host, "eth0", ETHTOOL_SGRO, True)
        holter = self.start()
        for address in ADDRESSES:
            self.assert_whole(holter, self.send(address), FRAME)

    def test_frames_larger_than_a_block_of_the_ring(self):
        self.allow_big_tcp()
        holter = self.start()
        before = self.counted(holter)
        for address in ADDRESSES:
            large = self.assert_whole(holter, self.send(address), BLOCK)
            self.assertEqual({p["captured_length"] for p in large}, {SNAPLEN})
        self.assert_counted(before, self.counted(holter))

    def test_a_file_of_frames_larger_than_a_block_of_the_ring(self):
        """As much of each as a block has room for, and its whole length."""
        bed.need("capinfos")
        self.allow_big_tcp()
        path = self.bed.path("large.pcapng")
        recording = self.bed._own(bed.Program(self.bed, self.host, [
            bed.HOLTER, "capture", "-i", "eth0", "--snaplen", "262144", "--ring", "4MiB", "-w", path, "tcp"], "capture"))
        bed.eventually(lambda: os.path.exists(path) and os.path.getsize(path) > 0, "it captures")
        for address in ADDRESSES:
            self.send(address)
        self.assertEqual(recording.stop(signal.SIGINT), 0)
        lengths = [struct.unpack_from("<II", body, 12) for kind, body in captures.blocks(path) if kind == 6]
        self.assertTrue(all(caught <= original for caught, original in lengths))
        cut = [caught for caught, original in lengths if original > BLOCK]
        self.assertTrue(cut)
        self.assertTrue(all(SNAPLEN < caught < BLOCK for caught in cut), cut)
        whole = [caught for caught, original in lengths if original < BLOCK - 4096]
        self.assertEqual(whole, [original for _, original in lengths if original < BLOCK - 4096])
        # So small a ring may have no room for some; each is counted.
        counted = {words.split()[0]: int(n) for n, words in re.findall(r"^ *(\d+) (.+)$", recording.log(), re.MULTILINE)}
        self.assertEqual(counted["recorded"], len(lengths))
        self.assertEqual(counted["received"], counted["recorded"] + counted["dropped"])
        self.assertIn(str(len(lengths)), bed.run("capinfos", "-Mc", path))

    def allow_big_tcp(self):
        for node in (self.host, self.peer):
            node.sh(f"ip link set dev eth0 gso_max_size {BIG} gro_max_size {BIG}; "
                    "sysctl -qw net.ipv4.tcp_wmem='4096 4194304 8388608' net.ipv4.tcp_rmem='4096 8388608 16777216'")
            for attribute in (IFLA_GSO_IPV4_MAX_SIZE, IFLA_GRO_IPV4_MAX_SIZE):
                bed.beside(set_link(node, "eth0", attribute, BIG), "BIG TCP for IPv4 in the kernel (6.3)")


class Loopback(Large):
    def test_the_largest_datagram_is_one_packet(self):
        holter = self.start("lo")
        receiver, sender = self.host.udp("127.0.0.1", 0), self.host.udp("127.0.0.1", 0)
        port = receiver.getsockname()[1]
        sender.sendto(bytes(65_507), ("127.0.0.1", port))
        packet, = bed.eventually(lambda: self.stored(holter, f"udp.port == {port}"), "it is stored")
        self.assertEqual((packet["original_length"], packet["captured_length"]), (14 + 65_535, SNAPLEN))
        self.assertEqual(packet["anomalies"], [])
        found = bed.eventually(lambda: self.conversation(holter, port), "the conversation")
        self.assertEqual((found["packets"], found["payload_bytes"]), ([1, 0], [65_507, 0]))
        self.assertEqual(captured(holter)["undecoded"], 0)


if __name__ == "__main__":
    bed.main()
