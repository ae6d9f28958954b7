#!/usr/bin/env python3
"""holter capture: exact counts, files that others read, and every way in which a capture ends."""
import json
import os
import pty
import re
import signal
import socket
import struct
import subprocess
import time

import bed

from captures import PORT, CaptureCase, blocks


class CaptureCommand(CaptureCase):
    def test_every_packet_is_in_the_file_once(self):
        path = self.bed.path("all.pcapng")
        program = self.capture("-i", "eth0", "-w", path)
        self.send(2000)
        time.sleep(0.2)
        self.assertEqual(program.stop(signal.SIGINT), 0, program.log())
        figures = self.figures(program.log())
        self.assertEqual((figures["received"], figures["recorded"], figures["dropped"]), (2000, 2000, 0))
        payloads = re.findall(rb"\d{8}", b"".join(body[20 + 42:20 + 50] for kind, body in blocks(path) if kind == 6))
        self.assertEqual(payloads, [b"%08d" % number for number in range(2000)])
        self.assertEqual(len(self.tcpdump(path)), 2000)
        read = self.bed.holter(self.host, "read", path)
        self.assertEqual((read.returncode, read.stdout.count(b"\n")), (0, 2000))
        kind, body = blocks(path)[-1]
        self.assertEqual(kind, 5, "statistics at the end")
        options = body[12:]
        self.assertIn(struct.pack("<HHQ", 4, 8, 2000), options)
        self.assertIn(struct.pack("<HHQ", 5, 8, 0), options)
        section, interface = blocks(path)[:2]
        self.assertIn(b"holter 0", section[1])
        self.assertIn(b"eth0", interface[1])
        self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)

    def test_as_many_as_asked_one_a_line(self):
        for options in ((), ("--json",)):
            program = self.capture("-i", "eth0", "-c", "5", *options, label=f"lines{len(options)}")
            self.send(20)
            self.assertEqual(program.wait(), 0)
            lines = program.out().splitlines()
            self.assertEqual(len(lines), 5)
            if options:
                packet = json.loads(lines[4])
                self.assertEqual((packet["udp"]["dst_port"], packet["frame"]["number"]), (PORT, 5))
                self.assertEqual(packet["frame"]["interface"], "eth0")
            else:
                self.assert_words(lines[0], "UDP", "10.77.0.1:9999", "8 bytes")
            figures = self.figures(program.log())
            self.assertEqual(figures["shown"], 5)
            self.assertEqual(figures["received"], 5 + figures.get("arrived", 0))

    def test_a_filter_keeps_what_tcpdumps_own_keeps_and_every_packet_is_counted(self):
        everything, ours, theirs = (self.bed.path(name) for name in ("all.pcapng", "ours.pcapng", "theirs.pcap"))
        recorders = [self.capture("-i", "eth0", "-w", everything, label="all"),
                     self.capture("-i", "eth0", "-w", ours, "--filter", "icmp", label="ours")]
        self.send(300)
        self.peer.sh("ping -qc 5 -i 0.05 10.77.0.1")
        self.send(200)
        time.sleep(0.2)
        for program in recorders:
            self.assertEqual(program.stop(signal.SIGINT), 0, program.log())
        bed.run("tcpdump", "-r", everything, "-w", theirs, "icmp")
        self.assertEqual(self.tcpdump(ours, "-t"), self.tcpdump(theirs, "-t"), "each ring has stamps of its own")
        figures = self.figures(recorders[1].log())
        self.assertEqual((figures["recorded"], figures["left"], figures["dropped"]), (10, 500, 0))
        self.assertEqual(figures["received"], 510)
        shown = self.capture("-i", "eth0", "-c", "3", "--json", "--filter", f"udp.dst_port == {PORT}", label="shown")
        self.peer.sh("ping -qc 2 -i 0.05 10.77.0.1")
        self.send(3)
        self.assertEqual(shown.wait(), 0)
        self.assertEqual([json.loads(line)["udp"]["dst_port"] for line in shown.out().splitlines()], [PORT] * 3)
        figures = self.figures(shown.log())
        self.assertEqual((figures["received"], figures["shown"], figures["left"]), (7, 3, 4))

    def test_a_stuck_pipe_ends_with_the_second_interrupt(self):
        reading, writing = os.pipe()
        program = self.host.popen(bed.HOLTER, "capture", "-i", "eth0", "-w", "-", stdout=writing,
                                  stderr=subprocess.PIPE, text=True)
        os.close(writing)
        bed.eventually(lambda: self.sockets() > 0, "it captures")
        self.send(2000)  # more than the pipe holds, and nobody reads
        time.sleep(0.5)
        program.send_signal(signal.SIGINT)
        time.sleep(0.5)
        self.assertIsNone(program.poll(), "what was taken may still be read")
        begun = time.monotonic()
        program.send_signal(signal.SIGINT)
        self.assertEqual(program.wait(10 * bed.TIME_FACTOR), -signal.SIGINT)
        self.assertLess(time.monotonic() - begun, 2 * bed.TIME_FACTOR)
        program.stderr.close()
        os.close(reading)

    def test_a_stuck_pipe_that_is_read_again_gets_everything(self):
        program = self.host.popen(bed.HOLTER, "capture", "-i", "eth0", "-w", "-", stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE)
        bed.eventually(lambda: self.sockets() > 0, "it captures")
        self.send(2000)
        time.sleep(0.5)
        program.send_signal(signal.SIGINT)
        time.sleep(0.5)
        out, said = program.communicate(timeout=20 * bed.TIME_FACTOR)
        self.assertEqual(program.returncode, 0)
        self.assertEqual(len(re.findall(rb"\d{8}", out)), 2000)
        self.assertEqual(self.figures(said.decode())["recorded"], 2000)

    def test_the_name_says_the_format_and_a_file_is_not_overwritten(self):
        path = self.bed.path("classic.pcap")
        program = self.capture("-i", "eth0", "-w", path, "-c", "3")
        self.send(3)
        self.assertEqual(program.wait(), 0)
        with open(path, "rb") as file:
            self.assertEqual(file.read(4), b"\x4d\x3c\xb2\xa1")
        self.assertEqual(len(self.tcpdump(path)), 3)
        told = self.bed.holter(self.host, "capture", "-i", "eth0", "-w", path, "-c", "1")
        self.assertEqual(told.returncode, 2)
        self.assert_words(told.stderr.decode(), path, "exists", "--force")
        self.assertEqual(len(self.tcpdump(path)), 3, "it is as it was")
        program = self.capture("-i", "eth0", "-w", path, "-c", "1", "--force", label="again")
        self.send(1)
        self.assertEqual(program.wait(), 0)
        self.assertEqual(len(self.tcpdump(path)), 1)

    def test_into_a_pipe(self):
        script = f"{bed.HOLTER} capture -i eth0 -c 3 -w - | tcpdump -nr -"
        program = self.host.popen("sh", "-c", script, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        bed.eventually(lambda: self.sockets() > 0, "it captures")
        self.send(3)
        out, said = program.communicate(timeout=20 * bed.TIME_FACTOR)
        self.assertEqual(len(out.splitlines()), 3, said)
        self.assertEqual(self.figures(said)["recorded"], 3)

    def test_nobody_reads_any_more(self):
        for options, exact in ((("-w", "-"), True), ((), False)):
            program = self.host.popen(bed.HOLTER, "capture", "-i", "eth0", *options, stdout=subprocess.PIPE,
                                      stderr=subprocess.PIPE, text=True)
            bed.eventually(lambda: self.sockets() > 0, "it captures")
            program.stdout.close()
            self.send(3)
            said = program.stderr.read()
            program.stderr.close()
            self.assertEqual(program.wait(10), 0, said)
            self.assertEqual("nobody reads" in said, exact, said)

    def test_for_a_while(self):
        program = self.capture("-i", "eth0", "--duration", "500ms")
        self.assertEqual(program.wait(), 0)
        self.assertEqual(self.figures(program.log())["received"], 0)

    def test_no_such_interface(self):
        path = self.bed.path("none.pcapng")
        told = self.bed.holter(self.host, "capture", "-i", "nosuch\x1b", "-w", path)
        self.assertEqual(told.returncode, 2)
        self.assertEqual(told.stderr.decode(), "there is no interface nosuch\\x1b; there are: lo, eth0\n")
        self.assertFalse(os.path.exists(path))
        self.host.sh("ip link set eth0 down")
        told = self.bed.holter(self.host, "capture", "-i", "eth0")
        self.assertEqual(told.returncode, 1)
        self.assert_words(told.stderr.decode(), "eth0", "down")

    def test_the_interface_goes_away(self):
        for label, command in (("removed", "ip link del eth0"), ("down", "ip link set eth0 down")):
            with self.subTest(label):
                path = self.bed.path(f"{label}.pcapng")
                if label == "down":
                    self.setUp()
                program = self.capture("-i", "eth0", "-w", path, label=label)
                self.send(7)
                bed.eventually(lambda: len(blocks(path)) == 2 + 7, "they are in the file")
                self.host.sh(command)
                self.assertEqual(program.wait(), 1)
                self.assert_words(program.log(), "eth0 went down or was removed")
                figures = self.figures(program.log())
                self.assertEqual((figures["recorded"], figures["received"]), (7, 7))
                self.assertEqual(len(self.tcpdump(path)), 7)

    def test_the_interface_is_renamed(self):
        path = self.bed.path("renamed.pcapng")
        program = self.capture("-i", "eth0", "-w", path)
        self.send(3)
        done = subprocess.run(self.host.command("ip", "link", "set", "eth0", "name", "wire0"), check=False,
                              capture_output=True)
        if done.returncode != 0:
            raise bed.Skip("this kernel renames no interface that is up")
        self.send(4)
        bed.eventually(lambda: len(blocks(path)) == 2 + 7, "it goes on")
        self.assertEqual(program.stop(signal.SIGINT), 0)
        self.assertEqual(self.figures(program.log())["recorded"], 7)

    def test_a_tag_is_in_the_file(self):
        path = self.bed.path("tagged.pcap")
        program = self.capture("-i", "eth0", "-w", path, "-c", "1")
        with self.peer.inside():
            raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        raw.bind(("eth0", 0))
        raw.send(b"\xff" * 6 + b"\x02" * 6 + bytes.fromhex("81002005" "88b5") + b"tagged and long enough for it")
        raw.close()
        self.assertEqual(program.wait(), 0)
        self.assert_words(self.tcpdump(path, "-e")[0], "vlan 5", "p 1")

    def test_what_passes_devices_above_the_interface_is_there_once(self):
        kinds = [("vlan", "link eth0 name up{n} type vlan id 5"), ("macvlan", "link eth0 name up{n} type macvlan mode bridge"),
                 ("vxlan", "up{n} type vxlan id 7 remote {far} dstport 4789"),
                 ("gre", "up{n} type gre local {near} remote {far}"), ("ipip", "up{n} type ipip local {near} remote {far}")]
        above = []
        for n, (kind, how) in enumerate(kinds):
            try:
                for node, near, far in ((self.host, "10.77.0.1", "10.77.0.2"), (self.peer, "10.77.0.2", "10.77.0.1")):
                    node.sh(f"ip link add {how.format(n=n, near=near, far=far)}; ip addr add 10.78.{n}.{near[-1]}/24 dev up{n}; "
                            f"ip link set up{n} up")
            except RuntimeError as error:
                print(f"left out: this kernel has no {kind}: {error}")
                continue
            above.append(n)
        self.assertGreater(len(above), 1)
        path = self.bed.path("above.pcapng")
        program = self.capture("-i", "eth0", "-w", path, "ip")
        for n in above:
            self.host.udp(f"10.78.{n}.1", PORT)
            sender = self.peer.udp(f"10.78.{n}.2")
            for number in range(10):
                sender.sendto(b"%d-%08d" % (n, number), (f"10.78.{n}.1", PORT))
        time.sleep(0.5)
        self.assertEqual(program.stop(signal.SIGINT), 0, program.log())
        frames = [body for kind, body in blocks(path) if kind == 6]
        for n in above:
            for number in range(10):
                self.assertEqual(sum(b"%d-%08d" % (n, number) in frame for frame in frames), 1, (kinds[n][0], number))
        self.assertEqual(bed.run("tshark", "-r", path, "-T", "fields", "-e", "frame.interface_name").split(),
                         ["eth0"] * len(frames))

    def test_a_full_disk(self):
        small = self.bed.path("small")
        os.mkdir(small)
        self.host.sh(f"mount -t tmpfs -o size=32k none {small}; chmod 755 {small}")
        path = os.path.join(small, "full.pcapng")
        program = self.capture("-i", "eth0", "-w", path)
        self.send(2000)
        self.assertEqual(program.wait(), 1)
        self.assert_words(program.log(), "No space left on device", path)
        figures = self.figures(program.log())
        self.host.sh(f"cp {path} {self.bed.path('copy.pcapng')}")
        self.assertEqual(len(self.tcpdump(self.bed.path("copy.pcapng"))), figures["recorded"])
        self.assertGreater(figures["not"], 0)
        self.assertEqual(figures["received"], figures["recorded"] + figures["not"] + figures.get("arrived", 0) +
                         figures["dropped"])

    def test_without_privilege(self):
        bed.need("setpriv")
        done = subprocess.run(self.host.command("setpriv", "--bounding-set=-net_raw", "--inh-caps=-net_raw",
                                                bed.HOLTER, "capture", "-i", "eth0"), capture_output=True, text=True,
                              check=False)
        self.assertEqual(done.returncode, 1)
        self.assert_words(done.stderr, "setcap cap_net_raw=ep", "root")

    def test_status_on_a_terminal(self):
        ours, theirs = pty.openpty()
        path = self.bed.path("status.pcapng")
        program = self.host.popen(bed.HOLTER, "capture", "-i", "eth0", "-w", path, stdout=subprocess.DEVNULL,
                                  stderr=theirs)
        os.close(theirs)
        bed.eventually(lambda: self.sockets() > 0, "it captures")
        self.send(5)
        time.sleep(2.2)
        program.send_signal(signal.SIGINT)
        self.assertEqual(program.wait(10), 0)
        said = b""
        try:
            while part := os.read(ours, 4096):
                said += part
        except OSError:
            pass
        os.close(ours)
        text = said.decode()
        self.assertRegex(text, r"\r\x1b\[Keth0: 5 packets, \d+ a second, \d+ B, 0 dropped by the kernel\r\x1b\[K")
        self.assertRegex(text, r"\r\x1b\[K +5 received by the kernel on eth0\r\n")

    def test_wrong_wishes(self):
        for options, words in ((("-w", "x", "--json"), "give one of them"), (("-c", "0"), "at least 1"),
                               (("--filter", "udp.prt == 1"), "there is no field 'udp.prt'"),
                               (("--duration", "soon"), "is not a duration")):
            told = self.bed.holter(self.host, "capture", "-i", "eth0", *options)
            self.assertEqual(told.returncode, 2)
            self.assertIn(words, told.stderr.decode())
        self.assertEqual(self.bed.holter(self.host, "capture").returncode, 2)


if __name__ == "__main__":
    bed.main()
