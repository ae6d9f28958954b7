#!/usr/bin/env python3
"""holter flows: the conversations of made and real captures, beside tshark's totals, and the same twice."""
import json
import os
import socket
import struct
import subprocess
import sys

import bed

SHARED = os.environ.get("HOLTER_SHARED", os.path.join(bed.ROOT, "../shared"))
CAPTURES = os.path.join(SHARED, "pcaps")
COMPARED = 150
SYN, ACK, FIN = 2, 16, 1

sys.path.insert(0, os.path.join(bed.ROOT, "tests/parity"))


def packet(source, target, protocol, inside):
    header = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(inside), 0, 0, 64, protocol, 0,
                         socket.inet_aton(source), socket.inet_aton(target))
    return bytes(12) + b"\x08\x00" + header + inside


def tcp(near, far, flags, sequence, acknowledged, payload=b""):
    header = struct.pack(">HHIIBBHHH", near[1], far[1], sequence, acknowledged, 0x50, flags, 1000, 0, 0)
    return packet(near[0], far[0], 6, header + payload)


def udp(near, far, payload):
    return packet(near[0], far[0], 17, struct.pack(">HHHH", near[1], far[1], 8 + len(payload), 0) + payload)


def pcap(frames):
    out = struct.pack("<IHHIIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
    for milliseconds, frame in frames:
        stamp = divmod(milliseconds, 1000)
        out += struct.pack("<IIII", 1_700_000_000 + stamp[0], stamp[1] * 1000, len(frame), len(frame)) + frame
    return out


NEAR, FAR = ("192.0.2.1", 40000), ("192.0.2.2", 80)
TALK = [(0, tcp(NEAR, FAR, SYN, 100, 0)), (20, tcp(FAR, NEAR, SYN | ACK, 500, 101)), (25, tcp(NEAR, FAR, ACK, 101, 501)),
        (26, tcp(NEAR, FAR, ACK, 101, 501, b"question")), (300, tcp(NEAR, FAR, ACK, 101, 501, b"question")),
        (320, tcp(FAR, NEAR, ACK, 501, 109, b"answer")), (330, tcp(NEAR, FAR, FIN | ACK, 109, 507)),
        (340, tcp(FAR, NEAR, FIN | ACK, 507, 110)), (341, udp(("192.0.2.1", 5353), ("192.0.2.9", 53), b"x" * 100))]


class Flows(bed.Case):
    def flows(self, *arguments, data=None):
        """(exit code, lines, what it said on standard error)"""
        done = subprocess.run([bed.HOLTER, "flows", *arguments], input=data, capture_output=True, check=False,
                              timeout=60 * bed.TIME_FACTOR)
        return done.returncode, done.stdout.decode().splitlines(), done.stderr.decode()

    def test_a_conversation_tells_how_it_went(self):
        code, lines, said = self.flows("-", "--json", data=pcap(TALK))
        self.assertEqual(code, 0, said)
        self.assertIn("9 packets read", said)
        self.assertIn("2 conversations", said)
        talk = next(flow for flow in map(json.loads, lines) if flow["protocol"] == "tcp")
        self.assertEqual([talk["initiator"], talk["initiator_port"]], list(NEAR))
        self.assertEqual(talk["packets"], [5, 3])
        self.assertEqual(talk["payload_bytes"], [16, 6])
        self.assertEqual(talk["ended"], "fin")
        self.assertEqual(talk["tcp"]["state"], "closed")
        self.assertEqual(talk["tcp"]["closed_by"], "initiator")
        self.assertEqual(talk["tcp"]["retransmissions"], [1, 0])
        self.assertAlmostEqual(talk["tcp"]["responder_rtt_ms"], 20, delta=0.001)
        self.assertAlmostEqual(talk["tcp"]["initiator_rtt_ms"], 5, delta=0.001)
        self.assertEqual(talk["history"], "ShADTdFf")

    def test_order_count_and_filter(self):
        data = pcap(TALK)
        _, lines, said = self.flows("-", "--json", "--sort", "bytes", "-n", "1", data=data)
        self.assertEqual([json.loads(line)["protocol"] for line in lines], ["tcp"])
        self.assertIn("1 not shown", said)
        _, lines, said = self.flows("-", "udp", "--json", data=data)
        self.assertEqual([json.loads(line)["protocol"] for line in lines], ["udp"])
        self.assertIn("8 left out by the filter", said)
        code, lines, _ = self.flows("-", data=data)
        self.assertEqual(code, 0)
        self.assertEqual(len(lines), 3, "the titles and two conversations")

    def test_a_conn_log_has_the_fields_of_zeek(self):
        _, lines, _ = self.flows("-", "--format", "zeek", data=pcap(TALK))
        fields = next(line for line in lines if line.startswith("#fields")).split("\t")[1:]
        rows = [dict(zip(fields, line.split("\t"), strict=True)) for line in lines if not line.startswith("#")]
        talk = next(row for row in rows if row["proto"] == "tcp")
        self.assertEqual([talk[name] for name in ("conn_state", "history", "orig_pkts", "resp_pkts", "orig_bytes")],
                         ["SF", "ShADTdFf", "5", "3", "16"])
        self.assertEqual(talk["duration"], "0.340000")

    def test_wrong_use_and_wrong_files(self):
        self.assertEqual(self.flows("-", "--json", "--format", "zeek", data=pcap([]))[0], 2)
        self.assertEqual(self.flows("-", "-n", "0", data=pcap([]))[0], 2)
        self.assertEqual(self.flows("-", data=b"no capture file")[0], 2)
        self.assertEqual(self.flows("-", data=pcap(TALK)[:-3])[0], 1, "what is whole was shown")
        self.assertEqual(self.flows("-", "--json", data=pcap([]))[:2], (0, []))

    def test_real_captures_have_the_totals_of_tshark_and_are_the_same_twice(self):
        bed.need("tshark")
        import flows_parity
        bed.beside(os.path.isdir(CAPTURES), f"captures in {CAPTURES} (HOLTER_SHARED names the directory)")
        os.environ.setdefault("HOLTER_PARITY_CACHE", self.bed.path("tshark"))
        paths = flows_parity.sample(flows_parity.captures_under(CAPTURES), COMPARED, flows_parity.SEED)
        self.assertEqual(flows_parity.run(bed.HOLTER, paths, 2), 0)
        for path in paths[::10]:
            for form in ("json", "zeek", "text"):
                self.assertEqual(self.flows(path, "--format", form)[1:], self.flows(path, "--format", form)[1:], path)


if __name__ == "__main__":
    bed.main()
