#!/usr/bin/env python3
"""1,000 connections that are slow in every way: who asks is answered within a second meanwhile, the program stays small,
and what was not served is counted. The same with 64 descriptors for everything."""
import os
import re
import resource
import signal
import socket
import time

import bed

CONNECTIONS = 1000
ANSWER_WITHIN = 1.0
MOST_CONNECTIONS = 256 + 64  # the limit, and those that have been given up and not ended yet
HEAD = b"GET /api/v1/%s HTTP/1.1\r\nHost: 127.0.0.1:4280\r\n"


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def processor_seconds(pid):
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_mib(pid):
    with open(f"/proc/{pid}/status") as file:
        return int(re.search(r"VmRSS:\s+(\d+)", file.read())[1]) / 1024


class Pressure(bed.Case):
    def setUp(self):
        super().setUp()
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if hard < CONNECTIONS + 200:
            raise bed.Skip(f"this test needs {CONNECTIONS + 200} descriptors, the limit is {hard}")
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, CONNECTIONS + 200), hard))
        self.node = self.bed.solo()

    def connect(self, count, first=b"", holter_port=4280):
        made = []
        with self.node.inside():
            for _ in range(count):
                connection = socket.socket()
                connection.settimeout(5)
                connection.connect(("127.0.0.1", holter_port))
                self.addCleanup(connection.close)
                if first:
                    try:
                        connection.sendall(first)
                    except OSError:
                        pass  # turned away already
                made.append(connection)
        return made

    def answers_at_once(self, holter, path="/api/v1/health"):
        began = time.monotonic()
        status, _, body = holter.request(path)
        took = time.monotonic() - began
        self.assertEqual(status, 200)
        self.assertTrue(body)
        self.assertLess(took, ANSWER_WITHIN * bed.TIME_FACTOR)

    @staticmethod
    def figure(holter, text):
        found = re.search(rf"^{re.escape(text)} (\d+)$", holter.request("/metrics")[2].decode(), re.MULTILINE)
        return int(found[1]) if found else 0  # they are counted together every five seconds

    def troubles(self, holter, why):
        return self.figure(holter, f'holter_http_troubles_total{{why="{why}"}}')

    def test_slow_in_every_way(self):
        holter = self.bed.start(self.node, "--interface", "lo").wait_page()
        before = descriptors(holter.pid)
        ways = {"header": HEAD % b"health", "nothing": b"",
                "body": b"POST /api/v1/health HTTP/1.1\r\nHost: 127.0.0.1:4280\r\nContent-Length: 100000\r\n\r\nx",
                "reader": HEAD % b"live" + b"\r\n", "answer": HEAD % b"results?limit=10000" + b"\r\n"}
        open_ones = []
        for way, first in ways.items():
            open_ones += self.connect(CONNECTIONS // len(ways), first)
            for _ in range(3):
                self.answers_at_once(holter)
                self.answers_at_once(holter, "/")
            self.assertLessEqual(descriptors(holter.pid), before + MOST_CONNECTIONS + 64, way)
        self.assertEqual(len(open_ones), CONNECTIONS)
        status = self.bed.holter(self.node, "status", env={"XDG_RUNTIME_DIR": holter.runtime})
        self.assertEqual(status.returncode, 0, status)
        for connection in open_ones[::7]:  # one more byte now and then keeps nobody
            try:
                connection.sendall(b"x")
            except OSError:
                pass
        self.answers_at_once(holter)

        def counted():
            gone = sum(self.troubles(holter, why) for why in ("given_up", "overflowed", "timed_out"))
            return gone + self.figure(holter, "holter_http_connections{}") >= CONNECTIONS - 64 and gone
        bed.eventually(counted, "each is open, or counted as given up, overflowed or timed out", 20)
        self.assertLess(resident_mib(holter.pid), 400 * bed.TIME_FACTOR)
        for connection in open_ones:
            connection.close()
        bed.eventually(lambda: descriptors(holter.pid) <= before + 4, "every descriptor is free again")
        self.assertEqual(holter.stop(), 0)

    def test_a_slow_request_is_ended(self):
        holter = self.bed.start(self.node, "--interface", "lo").wait_page()
        slow = self.connect(1, HEAD % b"health")[0]
        slow.settimeout(15 * bed.TIME_FACTOR)
        self.assertEqual(slow.recv(100), b"", "after ten seconds it is closed")
        bed.eventually(lambda: self.troubles(holter, "timed_out") == 1, "and counted")

    def test_64_descriptors(self):
        holter = self.bed.start(self.node, "--interface", "lo", prefix=["prlimit", "--nofile=64:64"])
        holter.wait_page()
        open_ones = self.connect(100, HEAD % b"health")
        began, used = time.monotonic(), processor_seconds(holter.pid)
        self.answers_at_once(holter)
        time.sleep(3)
        self.answers_at_once(holter)
        spent = (processor_seconds(holter.pid) - used) / (time.monotonic() - began)
        self.assertLess(spent, 0.5, "it does not spin")
        self.assertLessEqual(descriptors(holter.pid), 64)
        self.assertLessEqual(holter.log().count("cannot accept"), 1, holter.log())
        self.assertTrue(holter.results(), "results are stored and read")
        told = self.bed.holter(self.node, "pulse", "--to", "127.0.0.1", "--name", "n", "--message", "m")
        self.assertEqual(told.returncode, 0, told)
        for connection in open_ones:
            connection.close()
        bed.eventually(lambda: self.answers_at_once(holter) is None, "as before")
        self.assertFalse([p for p in holter.api("health")["problems"] if "store" in p])
        self.assertEqual(holter.stop(signal.SIGTERM), 0)

    def test_too_few_descriptors_are_said(self):
        holter = self.bed.start(self.node, prefix=["prlimit", "--nofile=24:24"])
        self.assertEqual(holter.wait(), 1, holter.log())
        self.assert_words(holter.log(), "24", "descriptors", "ulimit -n")


if __name__ == "__main__":
    bed.main()
