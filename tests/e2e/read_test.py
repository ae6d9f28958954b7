#!/usr/bin/env python3
"""holter read: real captures, files that stop anywhere, wrong files, pipes."""
import json
import os
import struct
import subprocess
import time

import bed

FRAME = bytes.fromhex("020000000002020000000001" "88b5") + b"holter test"
PACKETS = 3


def pcap(count=PACKETS, frame=FRAME):
    header = struct.pack("<IHHIIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
    return header + b"".join(struct.pack("<IIII", n, n, len(frame), len(frame)) + frame for n in range(count))


def block(kind, body):
    body += bytes(-len(body) % 4)
    return struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)


def pcapng(count=PACKETS, frame=FRAME):
    out = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
    out += block(1, struct.pack("<HHI", 1, 0, 0) + struct.pack("<HH", 2, 4) + b"eth0")
    return out + b"".join(block(6, struct.pack("<IIIII", 0, 0, n, len(frame), len(frame)) + frame)
                          for n in range(count))


class Read(bed.Case):
    def read(self, *arguments, data=None):
        """(exit code, lines, what it said on standard error)"""
        done = subprocess.run([bed.HOLTER, "read", *arguments], input=data, capture_output=True, check=False,
                              timeout=60 * bed.TIME_FACTOR)
        return done.returncode, done.stdout.decode().splitlines(), done.stderr.decode()

    def file(self, name, data):
        path = self.bed.path(name)
        with open(path, "wb") as file:
            file.write(data)
        return path

    def test_a_real_capture_is_read_as_tcpdump_reads_it(self):
        bed.need("tcpdump", "ping")
        node, path = self.bed.solo(), self.bed.path("real.pcap")
        node.sh(f"tcpdump -i lo -c 8 -w {path} icmp or icmp6 2>{path}.log & "
                f"until grep -q listening {path}.log; do sleep 0.05; done; ping -qc 2 -i 0.2 127.0.0.1; "
                "ping -qc 2 -i 0.2 ::1; wait")
        code, lines, said = self.read(path)
        self.assertEqual((code, said), (0, "8 packets read\n"))
        self.assertEqual(len(lines), 8)
        theirs = bed.run("tcpdump", "-ttnr", path).splitlines()
        for ours, other in zip(lines, theirs):
            self.assertEqual(ours[20:26], other.split()[0].partition(".")[2], "the same microsecond")
            words = "echo request" if "echo request" in other else "echo reply"
            self.assert_words(ours, words, "127.0.0.1" if "127.0.0.1" in other else "::1")
        code, lines, _ = self.read(path, "--json")
        first = json.loads(lines[0])
        self.assertEqual((code, first["icmp"]["type"], first["ipv4"]["src"]), (0, 8, "127.0.0.1"))
        self.assertEqual([json.loads(line)["frame"]["number"] for line in lines], list(range(1, 9)))

    def test_a_filter_shows_what_tcpdumps_own_shows_and_counts_the_rest(self):
        bed.need("tcpdump", "ping")
        node, path = self.bed.solo(), self.bed.path("mixed.pcap")
        node.sh(f"tcpdump -i lo -c 12 -w {path} 2>{path}.log & until grep -q listening {path}.log; do sleep 0.05; done; "
                "ping -qc 2 -i 0.2 127.0.0.1; ping -qc 2 -i 0.2 ::1; ping -qc 2 -i 0.2 127.0.0.7; wait")
        for ours, theirs in (("icmp", "icmp"), ("icmpv6", "icmp6"), ("not ipv4", "not ip"), ("tcp", "tcp"),
                             ("icmp and ipv4.src == 127.0.0.7", "icmp and src host 127.0.0.7"),
                             ("length >= 100", "greater 100")):
            with self.subTest(ours):
                expected = len(bed.run("tcpdump", "-nr", path, theirs).splitlines())
                left = 12 - expected
                words = "12 packets read" + (f"; {left} left out by the filter" if left else "") + "\n"
                for arguments in ((ours,), ("--filter", ours)):
                    code, lines, said = self.read(path, *arguments)
                    self.assertEqual((code, len(lines), said), (0, expected, words))
        code, lines, said = self.read(path, "ip", "--filter", "icmp", "-c", "1", "--json")
        self.assertEqual((code, json.loads(lines[0])["ipv4"]["src"], len(lines)), (0, "127.0.0.1", 1))
        numbers = [json.loads(line)["frame"]["number"] for line in self.read(path, "icmpv6", "--json")[1]]
        self.assertEqual(numbers, [5, 6, 7, 8], "the number in the file")

    def test_a_wrong_filter_is_drawn(self):
        path = self.file("three.pcap", pcap())
        for arguments, name in (((path, "tcp.dst_prot == 443"), "FILTER"), ((path, "--filter", "tcp.dst_prot == 443"), "--filter")):
            code, lines, said = self.read(*arguments)
            self.assertEqual((code, lines), (2, []))
            self.assertEqual(said, f"{name}: there is no field 'tcp.dst_prot'; did you mean 'tcp.dst_port'?\n"
                                   "  tcp.dst_prot == 443\n  ^^^^^^^^^^^^\n")
        self.assertNotIn("\x1b", self.read(path, "tcp.\x1b]0;x")[2])

    def test_a_file_that_stops_at_any_byte(self):
        for name, whole, header, begin, each in (("pcap", pcap(), 24, 24, 16 + len(FRAME)),
                                                 ("pcapng", pcapng(), 28, 28 + 28, 32 + len(FRAME) + 3)):
            self.assertEqual(len(whole), begin + PACKETS * each, name)
            for size in range(len(whole) + 1):
                with self.subTest(f"{name}: {size} of {len(whole)} bytes"):
                    code, lines, said = self.read("-", data=whole[:size])
                    packets = max(0, (size - begin) // each)
                    at_an_end = size in (header, begin) or (size > begin and (size - begin) % each == 0)
                    self.assertEqual(len(lines), packets)
                    self.assertEqual(code, 0 if at_an_end else 2 if size < header else 1, said)
                    if size >= header:
                        self.assertIn(f"{packets} packet{'' if packets == 1 else 's'} read", said)
                    if code == 1:
                        self.assertRegex(said, f"the capture stops inside (packet {packets + 1}|block .*) at byte {size}")
                    elif code == 2:
                        self.assertRegex(said, "empty|no capture file|stops inside its (file|section) header")

    def test_what_is_no_capture_file_says_what_it_is(self):
        cases = {"": "the file is empty", "hello, world\n": "it looks like text", '{"a":1}': "it looks like JSON",
                 "\x7fELF\x02\x01": "it looks like a program"}
        for content, words in cases.items():
            with self.subTest(words):
                code, lines, said = self.read(self.file("wrong", content.encode()))
                self.assertEqual((code, lines), (2, []))
                self.assert_words(said, words, "wrong")
        gzip = subprocess.run(["gzip", "-c"], input=pcap(), capture_output=True, check=True).stdout
        self.assertIn("3 packets read", self.read("-", data=gzip)[2])
        for path, words in ((self.bed.path("none"), "No such file"), (self.bed.directory, "is a directory")):
            code, lines, said = self.read(path)
            self.assertEqual((code, lines), (2, []))
            self.assert_words(said, path, words)

    def test_a_name_of_a_file_acts_on_no_terminal(self):
        code, _, said = self.read(self.bed.path("\x1b]0;owned\x07"))
        self.assertEqual(code, 2)
        self.assertNotIn("\x1b", said)

    def test_a_damaged_file_is_shown_up_to_the_damage(self):
        data = bytearray(pcap())
        second = 24 + 16 + len(FRAME)
        data[second + 8:second + 12] = b"\xff\xff\xff\x7f"
        code, lines, said = self.read(self.file("damaged.pcap", data))
        self.assertEqual((code, len(lines)), (1, 1))
        self.assert_words(said, "1 packet read", f"at byte {second}", "packet 2", "2147483647")
        data = bytearray(pcapng())
        second = 56 + 32 + len(FRAME) + 3
        data[second + 4:second + 8] = b"\x05\0\0\0"
        code, lines, said = self.read(self.file("damaged.pcapng", data))
        self.assertEqual((code, len(lines)), (1, 1))
        self.assert_words(said, "1 packet read", f"at byte {second}", "block 4 (enhanced packet)")

    def test_as_many_packets_as_asked(self):
        path = self.file("three.pcapng", pcapng())
        self.assertEqual(len(self.read(path, "-c", "2")[1]), 2)
        self.assertEqual(self.read(path, "--count", "9")[2], "3 packets read; 3 not decoded (ether type 0x88b5: 3)\n")
        self.assertEqual(self.read(path, "-c", "0")[0], 2)

    def test_nobody_reads_and_reading_does_not_go_on(self):
        program = subprocess.Popen([bed.HOLTER, "read", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        program.stdout.close()
        data, sent = pcap(20_000), 0
        try:
            for _ in range(100):
                os.write(program.stdin.fileno(), data if sent == 0 else data[24:])
                sent += len(data)
        except BrokenPipeError:
            pass
        self.assertLess(sent, 50 * len(data))
        program.stdin.close()
        said = program.stderr.read()
        program.stderr.close()
        self.assertIn(program.wait(10), (0, -13))
        self.assertEqual(said, b"")
        with open("/dev/full", "wb") as full:
            done = subprocess.run([bed.HOLTER, "read", self.file("a.pcap", pcap())], stdout=full, stderr=subprocess.PIPE,
                                  check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"No space left on device", done.stderr)

    def test_packets_are_shown_as_they_come(self):
        program = subprocess.Popen([bed.HOLTER, "read", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL)
        program.stdin.write(pcap(1))
        program.stdin.flush()
        self.assertIn(b"0x88b5", program.stdout.readline())
        program.stdin.close()
        program.stdout.close()
        self.assertEqual(program.wait(10), 0)

    def test_memory_does_not_grow_with_the_file(self):
        program = subprocess.Popen([bed.HOLTER, "read", "-"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        data = pcap(200, FRAME + bytes(1400))

        def anonymous():
            with open(f"/proc/{program.pid}/status") as file:
                return int(next(line for line in file if line.startswith("RssAnon")).split()[1])
        program.stdin.write(data)
        sizes = []
        for number in range(300):  # 85 MB
            program.stdin.write(data[24:])
            if number in (50, 299):
                program.stdin.flush()
                time.sleep(0.05)
                sizes.append(anonymous())
        program.stdin.close()
        self.assertEqual(program.wait(30), 0)
        self.assertLess(sizes[1] - sizes[0], 2048, "kB")


if __name__ == "__main__":
    bed.main()
