#!/usr/bin/env python3
"""Capture under more than it can take, and with faults: every frame that was sent is received or counted as dropped."""
import os
import signal
import subprocess
import threading
import time

import bed
from captures import PORT, CaptureCase, blocks

RING = 512 * 1024
PAYLOAD = 900
ROOM = RING // (PAYLOAD + 42 + 80)  # frames, about


class CaptureLoss(CaptureCase):
    def end(self, program, sent, path):
        """The figures, checked against each other and the file."""
        time.sleep(0.2)
        self.assertEqual(program.stop(signal.SIGINT), 0, program.log())
        figures = self.figures(program.log())
        self.assertEqual(figures["received"], sent, "the kernel's count is the generator's")
        self.assertEqual(figures["recorded"] + figures["dropped"], sent, "to the frame")
        numbers = self.numbers(path)
        self.assertEqual(len(numbers), figures["recorded"])
        self.assertEqual(numbers, sorted(set(numbers)), "each once, in order")
        statistics = blocks(path)[-1]
        self.assertEqual(statistics[0], 5)
        return figures

    def test_a_reader_that_stops_for_a_second(self):
        for times in (1, 2, 5):
            path = self.bed.path(f"stopped{times}.pcapng")
            program = self.capture("-i", "eth0", "-w", path, "--ring", "512KiB", label=f"stopped{times}")
            os.kill(program.pid, signal.SIGSTOP)
            self.send(times * ROOM, PAYLOAD)
            time.sleep(1)
            os.kill(program.pid, signal.SIGCONT)
            time.sleep(0.2)
            self.send(10, PAYLOAD, first=times * ROOM)
            figures = self.end(program, times * ROOM + 10, path)
            if times > 1:
                self.assertGreater(figures["dropped"], 0, times)
            self.assertGreater(figures["recorded"], 10)

    def test_a_reader_that_gets_a_fifth_of_the_time(self):
        path = self.bed.path("quota.pcapng")
        program = self.capture("-i", "eth0", "-w", path, "--ring", "512KiB")
        over = threading.Event()

        def hold_back():
            while not over.is_set():
                os.kill(program.pid, signal.SIGSTOP)
                time.sleep(0.04)
                os.kill(program.pid, signal.SIGCONT)
                time.sleep(0.01)
        holding = threading.Thread(target=hold_back)
        holding.start()
        try:
            self.send(20_000, PAYLOAD)
        finally:
            over.set()
            holding.join()
        self.end(program, 20_000, path)

    def test_of_a_running_holter_every_frame_is_received_or_dropped(self):
        holter = self.bed.start(self.host, "--interface", "eth0", "--targets", "loopback").wait_page()

        def now():
            return holter.api("capture")["interfaces"][0]
        bed.eventually(lambda: now()["state"] == "capturing", "capturing")
        before = now()
        sent = 30_000
        os.kill(holter.pid, signal.SIGSTOP)
        self.send(sent, 1400)
        os.kill(holter.pid, signal.SIGCONT)

        def counted():
            after = now()
            return after["packets"] + after["kernel_drops"] - before["packets"] - before["kernel_drops"]
        bed.eventually(lambda: counted() >= sent, "they are counted", timeout=30)
        time.sleep(1.5)
        self.assertEqual(counted(), sent)
        self.assertGreater(now()["kernel_drops"], 0)

    def test_what_a_filter_refuses_in_the_kernel_is_counted(self):
        path = self.bed.path("kernel.pcapng")
        program = self.capture("-i", "eth0", "-w", path, "--ring", "512KiB", f"udp.dst_port == {PORT}")
        other = self.peer.udp("10.77.0.2", 0)
        sent = 20 * ROOM
        os.kill(program.pid, signal.SIGSTOP)
        for _ in range(sent):
            other.sendto(bytes(PAYLOAD), ("10.77.0.1", 7))
        self.send(50)
        os.kill(program.pid, signal.SIGCONT)
        time.sleep(0.3)
        self.assertEqual(program.stop(signal.SIGINT), 0, program.log())
        figures = self.figures(program.log())
        answers = figures["received"] - sent - 50  # the host says that nobody listens there
        self.assertGreaterEqual(answers, 0)
        self.assertEqual((figures["recorded"], figures["dropped"]), (50, 0), "what is refused takes no room")
        self.assertEqual(figures["left"], sent + answers)
        self.assert_words(program.log(), f"{figures['left']} left out by the filter, {figures['left']} in the kernel")

    def test_two_on_one_interface(self):
        paths = [self.bed.path(f"{name}.pcapng") for name in ("first", "second")]
        programs = [self.capture("-i", "eth0", "-w", path, label=os.path.basename(path)) for path in paths]
        self.send(1000)
        for program, path in zip(programs, paths):
            self.assertEqual(self.end(program, 1000, path)["dropped"], 0)

    def test_another_mtu(self):
        path = self.bed.path("mtu.pcapng")
        program = self.capture("-i", "eth0", "-w", path)
        self.send(3, 1400)
        for node in (self.host, self.peer):
            node.sh("ip link set eth0 mtu 9000")
        self.send(3, 8000, first=3)
        for node in (self.host, self.peer):
            node.sh("ip link set eth0 mtu 1500")
        self.send(3, 1400, first=6)
        self.assertEqual(self.end(program, 9, path)["recorded"], 9)

    def test_one_of_two_interfaces_goes_away(self):
        path = self.bed.path("one.pcapng")
        program = self.capture("-i", "eth0", "-i", "lo", "-w", path)
        bed.eventually(lambda: self.sockets() == 2, "it captures on both")
        self.send(5)
        time.sleep(0.2)
        self.host.sh("ip link set eth0 down")
        time.sleep(0.3)
        self.assertTrue(program.running(), "the other goes on")
        self.assertEqual(program.stop(signal.SIGINT), 1)
        self.assert_words(program.log(), "eth0 went down or was removed", "5 received by the kernel on eth0")
        self.assertEqual(len(self.numbers(path)), 5)

    def test_killed_in_the_middle_the_file_is_whole_up_to_its_last_write(self):
        path = self.bed.path("killed.pcapng")
        program = self.capture("-i", "eth0", "-w", path)
        self.send(500)
        bed.eventually(lambda: len(self.numbers(path)) == 500, "they are written")
        program.process.kill()
        program.wait()
        self.assertEqual(len(self.tcpdump(path)), 500)
        read = self.bed.holter(self.host, "read", path)
        self.assertEqual((read.returncode, read.stdout.count(b"\n")), (0, 500))

    def test_the_disk_is_full_in_a_rotation(self):
        small = self.bed.path("small")
        os.mkdir(small)
        self.host.sh(f"mount -t tmpfs -o size=160k none {small}; chmod 755 {small}")
        program = self.capture("-i", "eth0", "-w", os.path.join(small, "full.pcapng"), "-C", "64KiB")
        self.send(2000, PAYLOAD)
        self.assertEqual(program.wait(), 1)
        self.assert_words(program.log(), "No space left on device", "full_0000")
        figures = self.figures(program.log())
        self.assertEqual(figures["received"], figures["recorded"] + figures["not"] + figures.get("arrived", 0) +
                         figures["dropped"])
        copies = self.bed.path("copies")
        self.host.sh(f"mkdir {copies}; cp {small}/* {copies}")
        whole = [self.tcpdump(os.path.join(copies, name)) for name in os.listdir(copies)
                 if os.path.getsize(os.path.join(copies, name)) > 0]
        self.assertEqual(sum(map(len, whole)), figures["recorded"])

    def test_a_namespace_without_an_interface(self):
        bare = self.bed.node("bare")
        bare.sh("ip link set lo down")
        told = self.bed.holter(bare, "capture", "-i", "eth0")
        self.assertEqual((told.returncode, told.stderr), (2, b"there is no interface eth0; there are: lo\n"))
        told = self.bed.holter(bare, "capture", "-i", "lo")
        self.assertEqual(told.returncode, 1)
        self.assert_words(told.stderr.decode(), "interface lo is down", "bring it up first")

    def test_no_privilege_leaves_no_file(self):
        bed.need("setpriv")
        done = self.host.popen("setpriv", "--bounding-set=-net_raw", "--inh-caps=-net_raw", bed.HOLTER, "capture",
                               "-i", "eth0", "-w", self.bed.path("none.pcapng"), stderr=subprocess.DEVNULL)
        self.assertEqual(done.wait(10), 1)
        self.assertFalse(os.path.exists(self.bed.path("none.pcapng")))


if __name__ == "__main__":
    bed.main()
