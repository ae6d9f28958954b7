#!/usr/bin/env python3
"""Start, stop, suspend, second instance, taken ports, refused addresses; and that --passive is silent."""
import os
import signal
import socket
import threading
import time

import bed

STOP_WITHIN = 2.0


def process_state(pid):
    with open(f"/proc/{pid}/stat") as file:
        return file.read().rsplit(")", 1)[1].split()[0]


class Lifecycle(bed.Case):
    def load(self, node, holter, readers=8):
        """Live readers that read, live readers that do not, and requests without an end, until the test ends."""
        ended = threading.Event()

        def ask():
            while not ended.is_set():
                try:
                    holter.results()
                except (OSError, AssertionError, ValueError):
                    pass

        threads = [threading.Thread(target=ask, daemon=True) for _ in range(4)]
        with node.inside():
            streams = [socket.create_connection(("127.0.0.1", holter.port)) for _ in range(readers)]
        for stream in streams:
            stream.sendall(b"GET /api/v1/live HTTP/1.1\r\nHost: 127.0.0.1:4280\r\n\r\n")
        for thread in threads:
            thread.start()

        def end():
            ended.set()
            for stream in streams:
                stream.close()
            for thread in threads:
                thread.join()
        self.addCleanup(end)

    def test_ends_within_two_seconds_under_load(self):
        node = self.bed.solo()
        for number in (signal.SIGTERM, signal.SIGINT):
            holter = self.bed.start(node, label=f"run{number:d}").wait_page()
            clients = [self.bed.pulse(node, f"c{i}", "--interval", "50ms") for i in range(3)]
            self.load(node, holter)
            holter.wait_session("c2", "up")
            began = time.monotonic()
            self.assertEqual(holter.stop(number), 0)
            self.assertLess(time.monotonic() - began, STOP_WITHIN * bed.TIME_FACTOR)
            self.assertIn("stopped", holter.log())
            for client in clients:
                client.close()
            self.assertFalse(os.path.exists(os.path.join(holter.runtime, "holter/control.sock")), "socket is gone")

    def test_ends_at_once_after_the_start(self):
        node = self.bed.solo()
        for number in range(3):
            holter = self.bed.start(node, label=f"run{number}")
            bed.eventually(holter.out, "the first line")
            self.assertEqual(holter.stop(), 0)

    def test_leaves_no_process_behind(self):
        holter = self.bed.start(self.bed.solo()).wait_page()
        self.assertEqual(holter.stop(), 0)
        bed.eventually(lambda: not live_programs(), "every process of holter ended", timeout=3)
        again = holter.again().wait_page()
        again.stop(signal.SIGKILL)
        bed.eventually(lambda: not live_programs(), "the broker ends with a killed holter", timeout=3)

    def test_a_second_instance_is_told_so(self):
        node = self.bed.solo()
        holter = self.bed.start(node).wait_page()
        told = self.bed.holter(node, "run", "--data", holter.data, "--http", "127.0.0.1:4290",
                               "--pulses", "127.0.0.1:4290", "--lines", "127.0.0.1:4291")
        self.assertEqual(told.returncode, 4, told)
        self.assert_words(told.stderr.decode(), holter.data, str(holter.pid))
        self.assertTrue(holter.running())
        holter.stop(signal.SIGKILL)
        holter.again().wait_page()  # a lock left behind by a kill is no lock

    def test_tells_the_service_manager_when_it_is_ready_and_when_it_stops(self):
        path = self.bed.path("notify")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
            told.bind(path)
            told.settimeout(10 * bed.TIME_FACTOR)
            holter = self.bed.start(self.bed.solo(), env={"NOTIFY_SOCKET": path, "WATCHDOG_USEC": "400000"})
            said = []
            while not any(b"READY=1" in message for message in said):
                said.append(told.recv(4096))
            holter.api("health")  # it is served
            while said.count(b"WATCHDOG=1\n") + said.count(b"WATCHDOG=1") < 3:
                said.append(told.recv(4096))
            self.assertEqual(holter.stop(), 0)
            while not any(b"STOPPING=1" in message for message in said):
                said.append(told.recv(4096))

    def test_suspended_and_resumed(self):
        node = self.bed.solo()
        holter = self.bed.start(node).wait_page()
        self.bed.pulse(node, "db1", "--interval", "300ms")
        holter.wait_session("db1", "up")
        holter.send(signal.SIGTSTP)
        bed.eventually(lambda: process_state(holter.pid) == "T", "holter stops itself")
        time.sleep(6)  # longer than detection (0.9 s) and three asks
        holter.send(signal.SIGCONT)

        def gap():
            return next(g for g in holter.api("health")["gaps"] if g["cause"] == "suspended")
        bed.eventually(gap, "the gap")
        self.assertGreater(gap()["to"], gap()["from"])
        time.sleep(3)
        session = holter.session("db1")
        self.assertEqual(session["state"], "up")
        self.assertNotIn("down", [c["to"] for c in session["changes"]])
        self.assertEqual(holter.stop(), 0)
        again = holter.again().wait_page()
        self.assertIn("suspended", [g["cause"] for g in again.api("health")["gaps"]], "the gap is kept")

    def test_a_taken_port_is_named(self):
        node = self.bed.solo()
        with node.inside():
            taken = socket.create_server(("127.0.0.1", 4280))
        holter = self.bed.start(node)
        self.assertEqual(holter.wait(), 1)
        self.assert_words(holter.log(), "127.0.0.1:4280", "--http")
        taken.close()
        node.udp("127.0.0.1", 4280)
        node.udp("::1", 4280)
        holter = self.bed.start(node, label="second")
        self.assertEqual(holter.wait(), 1)
        self.assert_words(holter.log(), "4280", "--pulses")

    def test_other_than_loopback_needs_insecure(self):
        host, _ = self.bed.pair()
        for role, option in (("run", "--http"), ("hub", "--listen")):
            told = self.bed.holter(host, role, "--data", self.bed.path("d"), option, "0.0.0.0:4300")
            self.assertEqual(told.returncode, 2, (role, option, told))
            self.assert_words(told.stderr.decode(), "0.0.0.0:4300", "--insecure")
        told = self.bed.holter(host, "agent", "--data", self.bed.path("d"), "--hub", "10.77.0.2")
        self.assertEqual(told.returncode, 2, told)
        self.assertIn(b"--insecure", told.stderr)
        told = self.bed.holter(host, "run", "--check", "--pulses", "0.0.0.0:4280")
        self.assertEqual(told.returncode, 0, "keys prove pulses: %r" % told)
        holter = self.bed.start(host, "--http", "0.0.0.0:4280", "--insecure", host="10.77.0.1").wait_page()
        self.assertEqual(holter.request("/api/v1/health")[0], 200)
        self.assertEqual(holter.request("/api/v1/health", headers={"Host": "evil.example:4280"})[0], 403)

    def test_wrong_usage(self):
        node = self.bed.solo()
        for arguments in ([], ["fly"], ["run", "--colour"], ["run", "--http", "nowhere"], ["run", "--budget", "lots"],
                          ["pulse", "--to", "127.0.0.1"], ["agent"], ["run", "--targets", "all"]):
            told = self.bed.holter(node, *arguments)
            self.assertEqual(told.returncode, 2, (arguments, told))
            self.assertTrue(told.stderr, arguments)
        for arguments in (["--help"], ["run", "--help"], ["pulse", "--help"], ["version"]):
            told = self.bed.holter(node, *arguments)
            self.assertEqual((told.returncode, told.stderr), (0, b""), arguments)

    def test_passive_sends_nothing(self):
        host, gateway = self.bed.gateway_pair()
        for node in (host, gateway):
            node.sh("sysctl -qw net.ipv6.conf.all.disable_ipv6=1")
        time.sleep(1)  # what the kernel had still to say about IPv6
        holter = self.bed.start(host, "--passive").wait_page()
        before = gateway.counters("eth0")[0]
        time.sleep(5)
        self.assertEqual(gateway.counters("eth0")[0] - before, 0)
        self.assertEqual(holter.results(), [])
        self.assertIn("--passive", holter.out())
        holter.stop()
        holter = self.bed.start(host, label="active").wait_page()
        bed.eventually(lambda: gateway.counters("eth0")[0] > before, "without --passive it does")


def live_programs():
    """The processes of holter in this PID namespace that are not zombies."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/comm") as file:
                if file.read().startswith("holter") and process_state(pid) != "Z":
                    found.append(pid)
        except (FileNotFoundError, ProcessLookupError):
            pass
    return found


if __name__ == "__main__":
    bed.main()
