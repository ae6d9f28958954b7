#!/usr/bin/env python3
"""Filters as people type them: `holter filter explain`, JSON, rare fields and tcpdump's expressions over a file."""
import json
import struct

import bed

# As they stand on the page of the ancestor, which captured and filtered packets.
ANCESTORS_PORTS = """{
        "IPv4":{
          "Source_Address":"127.0.0.1",
          "Destination_Address":"127.0.0.1"
        },
        "TCP":{
          "Destination_Port":5000,
        }
      }"""
ANCESTORS_INTERFACE = """{
        "AF_Packet":{"Interface_Name":"lo"},
        "IPv4":{}
      }"""


def checksum(data):
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def segment(source, destination, identification):
    """An Ethernet frame with an empty TCP segment between two ports of 127.0.0.1."""
    home = bytes((127, 0, 0, 1))
    tcp = struct.pack(">HHIIBBHHH", source, destination, 1, 0, 0x50, 2, 1024, 0, 0)
    header = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 40, identification, 0x4000, 64, 6, 0, home, home)
    header = header[:10] + struct.pack(">H", checksum(header)) + header[12:]
    return bytes(12) + b"\x08\x00" + header + tcp


def pcapng(frames, interface):
    """A capture on one interface that has a name."""
    def block(kind, body):
        length = 12 + len(body)
        return struct.pack("<II", kind, length) + body + struct.pack("<I", length)
    name = interface.encode()
    option = struct.pack("<HH", 2, len(name)) + name + bytes(-len(name) % 4) + bytes(4)
    out = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)) + block(1, struct.pack("<HHI", 1, 0, 65535) + option)
    for number, frame in enumerate(frames):
        head = struct.pack("<IIIII", 0, 0, number, len(frame), len(frame))
        out += block(6, head + frame + bytes(-len(frame) % 4))
    return out


class FilterCommand(bed.Case):
    def setUp(self):
        super().setUp()
        self.node = self.bed.solo()
        self.path = self.bed.path("lo.pcapng")
        with open(self.path, "wb") as file:
            file.write(pcapng([segment(40000, 5000, 7), segment(5000, 40000, 8), segment(40000, 80, 9)], "lo"))

    def numbers(self, text):
        """Of the packets that match, from 1."""
        told = self.bed.holter(self.node, "read", "--json", self.path, text)
        self.assertEqual(told.returncode, 0, told)
        return [json.loads(line)["frame"]["number"] for line in told.stdout.splitlines()]

    def explain(self, *arguments, code=0):
        told = self.bed.holter(self.node, "filter", "explain", *arguments)
        self.assertEqual(told.returncode, code, told)
        return (told.stderr if code else told.stdout).decode()

    def test_filters_of_the_ancestor_as_they_are(self):
        self.assertEqual(self.numbers(ANCESTORS_PORTS), [1])
        self.assertEqual(self.numbers(ANCESTORS_INTERFACE), [1, 2, 3])
        self.assertEqual(self.numbers(ANCESTORS_INTERFACE.replace('"lo"', '"eth0"')), [])

    def test_every_kind_of_term_over_a_file(self):
        self.assertEqual(self.numbers('{"tcp": {"dst_port": ["80", "4000-6000"]}}'), [1, 3])
        self.assertEqual(self.numbers("ipv4.id in {8, 9}"), [2, 3])
        self.assertEqual(self.numbers('bpf:"tcp dst port 80"'), [3])
        self.assertEqual(self.numbers("tcp.checksum_state == bad and not bpf:'src port 5000'"), [1, 3])
        self.assertEqual(self.numbers("interface != lo"), [])

    def test_a_filter_is_explained(self):
        told = self.explain("tcp.dst_port == 443 and ipv4.id == 5")
        for words in ("expression  tcp.dst_port == 443 and ipv4.id == 5", "full decode", "kernel      tcp.dst_port == 443",
                      "jeq      #0x1bb"):
            self.assertIn(words, told)
        as_json = json.loads(self.explain("--json", ANCESTORS_PORTS))
        self.assertEqual(as_json["expression"], "ipv4.src == 127.0.0.1 and ipv4.dst == 127.0.0.1 and tcp.dst_port == 5000")
        self.assertEqual([step["yes"] for step in as_json["program"]], [1, 2, "accept"])
        self.assertEqual(as_json["needs"], {"fields": False, "checksums": False, "frame": False})
        self.assertGreater(len(as_json["kernel"]["program"]), 5)
        self.assertIn("rtt", self.explain("--subject", "results", "rtt > 20ms"))

    def test_a_mistake_has_its_place(self):
        self.assertIn('{"TCP":{"Destination_Prot":1}}\n          ^^^^^^^^^^^^^^^^^^\n',
                      self.explain('{"TCP":{"Destination_Prot":1}}', code=2))
        self.assertIn("did you mean 'tcp.dst_port'?", self.explain("tcp.dst_prot == 1", code=2))
        self.assertIn("tcpdump does not take this", self.explain("bpf:'tcp prot 1'", code=2))


if __name__ == "__main__":
    bed.main()
