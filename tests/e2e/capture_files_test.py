#!/usr/bin/env python3
"""holter capture: rotation, several interfaces, conversations, statistics in between, and frames of every size."""
import glob
import json
import os
import re
import signal
import socket
import struct
import threading
import time

import bed
import terminal_screen
from captures import PORT, CaptureCase, blocks


class CaptureFiles(CaptureCase):
    def files(self, name):
        return sorted(glob.glob(self.bed.path(name)))

    def test_files_of_a_size_hold_everything_once(self):
        program = self.capture("-i", "eth0", "-w", self.bed.path("out.pcapng"), "-C", "64KiB")
        self.send(1000, 500)
        time.sleep(0.2)
        self.assertEqual(program.stop(signal.SIGINT), 0, program.log())
        files = self.files("out_*.pcapng")
        self.assertGreater(len(files), 7)
        self.assertTrue(all(re.search(r"/out_0000\d_\d{8}T\d{6}Z\.pcapng$", path) for path in files), files)
        self.assertTrue(all(os.path.getsize(path) <= 64 * 1024 for path in files))
        self.assertEqual([number for path in files for number in self.numbers(path)], list(range(1000)))
        self.assertTrue(all(blocks(path)[-1][0] == 5 for path in files), "statistics end each file")
        self.assertEqual(sum(len(self.tcpdump(path)) for path in files), 1000)
        figures = self.figures(program.log())
        self.assertEqual((figures["received"], figures["recorded"]), (1000, 1000))
        self.assert_words(program.log(), f"recorded in {len(files)} files beside")

    def test_only_the_newest_files_are_kept(self):
        path = self.bed.path("ring.pcap")
        program = self.capture("-i", "eth0", "-w", path, "-C", "64KiB", "-W", "3")
        self.send(1000, 500)
        time.sleep(0.2)
        self.assertEqual(program.stop(signal.SIGINT), 0, program.log())
        files = self.files("ring_*.pcap")
        self.assertEqual(len(files), 3)
        kept = [line for path in files for line in self.tcpdump(path)]
        self.assertGreater(len(kept), 200)
        self.assertLess(len(kept), 400)
        self.assert_words(program.log(), "of which the newest 3 are kept")
        self.assertFalse(os.path.exists(path))

    def test_files_of_a_time(self):
        program = self.capture("-i", "eth0", "-w", self.bed.path("time.pcapng"), "-G", "1s")
        for number in range(6):
            self.send(1, first=number)
            time.sleep(0.5)
        self.assertEqual(program.stop(signal.SIGINT), 0, program.log())
        files = self.files("time_*.pcapng")
        self.assertGreaterEqual(len(files), 3)
        self.assertEqual([number for path in files for number in self.numbers(path)], list(range(6)))

    def test_statistics_in_between(self):
        program = self.capture("-i", "eth0", "-w", self.bed.path("usr1.pcapng"))
        self.send(7)
        time.sleep(0.2)
        program.send(signal.SIGUSR1)
        program.wait_log("received by the kernel on eth0")
        self.assertEqual(self.figures(program.log())["recorded"], 7)
        self.send(5)
        time.sleep(0.2)
        self.assertEqual(program.stop(signal.SIGINT), 0, program.log())
        self.assertEqual(self.figures(program.log())["recorded"], 12, "it went on")

    def test_several_interfaces(self):
        path = self.bed.path("both.pcapng")
        program = self.capture("-i", "eth0", "-i", "lo", "-w", path)
        bed.eventually(lambda: self.sockets() == 2, "it captures on both")
        self.send(4)
        self.host.udp("127.0.0.1", 0).sendto(b"00000099", ("127.0.0.1", 9))
        time.sleep(0.2)
        self.assertEqual(program.stop(signal.SIGINT), 0, program.log())
        frames = [struct.unpack_from("<I", body)[0] for kind, body in blocks(path) if kind == 6]
        self.assertEqual(frames.count(0), 4)
        self.assertGreaterEqual(frames.count(1), 1)
        self.assertEqual([kind for kind, _ in blocks(path)].count(1), 2, "both are described")
        self.assert_words(program.log(), "4 received by the kernel on eth0", "received by the kernel on lo")
        lines = self.capture("-i", "eth0", "-i", "lo", "-c", "2", label="lines")
        bed.eventually(lambda: self.sockets() == 2, "it captures on both")
        self.send(2)
        self.assertEqual(lines.wait(), 0)
        self.assertTrue(all("eth0" in line for line in lines.out().splitlines()), lines.out())

    def test_conversations_at_the_end(self):
        for options in ((), ("--json",)):
            program = self.capture("-i", "eth0", "--flows", *options, label=f"flows{len(options)}")
            self.send(30)
            time.sleep(0.2)
            self.assertEqual(program.stop(signal.SIGINT), 0, program.log())
            self.assertEqual(self.figures(program.log())["counted"], 30)
            if options:
                flow = json.loads(program.out())
                self.assertEqual((flow["responder_port"], flow["packets"]), (PORT, [30, 0]))
            else:
                self.assert_words(program.out(), "INITIATOR", "10.77.0.1:9999", "udp", " 30 ")

    def test_conversations_on_a_terminal(self):
        terminal = terminal_screen.Terminal(self, self.host, bed.HOLTER, "capture", "-i", "eth0", "--flows")
        bed.eventually(lambda: self.sockets() > 0, "it captures")

        def shown():
            self.send(50)
            return any("10.77.0.1:9999" in row and "udp" in row for row in terminal.rows())
        bed.eventually(shown, "the conversation is shown while it goes on")
        self.assertIn("BYTES/S", terminal.text())
        terminal.type("q")
        self.assertEqual(terminal.end(), 0)

    def test_frames_larger_than_the_wire_carries(self):
        """A card that cuts segments by itself is handed them whole; none is cut or lost."""
        path = self.bed.path("large.pcapng")
        program = self.capture("-i", "eth0", "-w", path, "--filter", "tcp.src_port == 7070")
        with self.host.inside():
            listener = socket.create_server(("10.77.0.1", 7070))
        with self.peer.inside():
            client = socket.create_connection(("10.77.0.1", 7070))
        accepted, _ = listener.accept()
        sent = os.urandom(4_000_000)
        sending = threading.Thread(target=lambda: (accepted.sendall(sent), accepted.shutdown(socket.SHUT_WR)))
        sending.start()
        got = bytearray()
        while part := client.recv(1 << 16):
            got += part
        sending.join()
        for end in (client, accepted, listener):
            end.close()
        time.sleep(0.3)
        self.assertEqual(program.stop(signal.SIGINT), 0, program.log())
        self.assertEqual(bytes(got), sent)
        stream, longest = {}, 0
        for kind, body in blocks(path):
            if kind != 6:
                continue
            captured, original = struct.unpack_from("<II", body, 12)
            self.assertEqual(captured, original, "none is cut")
            longest = max(longest, captured)
            tcp = body[20 + 34:20 + captured]
            stream[struct.unpack_from(">I", tcp, 4)[0]] = tcp[(tcp[12] >> 4) * 4:]
        self.assertGreater(longest, 1514, "there were larger ones than the wire carries")
        first = min(stream)
        whole = b"".join(stream[number] for number in sorted(stream, key=lambda n: (n - first) % 2**32))
        self.assertTrue(whole == sent, f"{len(whole)} bytes of {len(sent)}")

    def test_a_snaplen_cuts_and_says_how_many(self):
        path = self.bed.path("short.pcapng")
        program = self.capture("-i", "eth0", "-w", path, "--snaplen", "50", "-c", "4")
        self.send(4, 200)
        self.assertEqual(program.wait(), 0)
        lengths = [struct.unpack_from("<II", body, 12) for kind, body in blocks(path) if kind == 6]
        self.assertEqual(lengths, [(50, 242)] * 4)
        self.assert_words(program.log(), "4 of them in part")

    def test_promiscuous_or_not(self):
        for options, expected in (((), "promiscuity 1"), (("--no-promiscuous",), "promiscuity 0")):
            program = self.capture("-i", "eth0", *options, label=f"promiscuous{len(options)}")
            self.assert_words(self.host.sh("ip -d link show eth0"), expected)
            program.process.kill()
            program.wait()
            bed.eventually(lambda: self.sockets() == 0, "it is gone")
            self.assert_words(self.host.sh("ip -d link show eth0"), "promiscuity 0")

    def test_wrong_wishes(self):
        for options, words in ((("-W", "3"), "give --rotate-size or --rotate-time"),
                               (("-C", "1MiB"), "name one with --write"),
                               (("-w", "x", "-C", "1KiB"), "at least 64 KiB"),
                               (("-w", "x", "--flows"), "give one of them"),
                               (("--snaplen", "0"), "from 1 to 262144"), (("--ring", "1KiB"), "from 512 KiB"),
                               (("-i", "eth0"), "given twice"), (("-i", "nosuch"), "there is no interface nosuch")):
            told = self.bed.holter(self.host, "capture", "-i", "eth0", *options)
            self.assertEqual(told.returncode, 2, told.stderr)
            self.assertIn(words, told.stderr.decode())


if __name__ == "__main__":
    bed.main()
