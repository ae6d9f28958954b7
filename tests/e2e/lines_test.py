#!/usr/bin/env python3
"""Lines of text over TCP 4281: by netcat, over TLS, by hand; and what hostile peers can do with them (nothing)."""
import errno
import os
import random
import re
import resource
import select
import signal
import socket
import ssl
import subprocess
import time

import bed

PORT = 4281
CONNECTIONS = 4096
OF_ADDRESS = 64
KEY = "holter_line_troubles_total{{why=\"{}\"}}"


class Lines(bed.Case):
    def setUp(self):
        super().setUp()
        self.node = self.bed.solo()
        self.config = self.bed.path("holter.toml")
        self.configure()
        self.holter = self.bed.start(self.node, "-c", self.config, "--passive").wait_page()

    def configure(self, text=""):
        with open(self.config, "w", encoding="utf-8") as file:
            file.write("[capture]\nenabled = false\n[heartbeat]\n" + text)
        os.chmod(self.config, 0o644)

    def again(self, text):
        self.configure(text)
        self.assertEqual(self.holter.stop(), 0)
        self.holter = self.holter.again().wait_page()

    def connect(self, source="127.0.0.1", to="127.0.0.1", window=0):
        with self.node.inside():
            family = socket.AF_INET6 if ":" in to else socket.AF_INET
            made = socket.socket(family)
            made.bind((source, 0))
        if window:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
        made.settimeout(10 * bed.TIME_FACTOR)
        made.connect((to, PORT))
        self.addCleanup(made.close)
        return made

    def told(self, said, end=True, to="127.0.0.1"):
        """Everything that is answered until the end."""
        with self.connect("::1" if ":" in to else "127.0.0.1", to) as made:
            made.sendall(said)
            if end:
                made.shutdown(socket.SHUT_WR)
            return self.rest(made)

    @staticmethod
    def rest(made):
        got = b""
        while part := made.recv(65536):
            got += part
        return got

    @staticmethod
    def line(made):
        got = b""
        while not got.endswith(b"\n"):
            part = made.recv(1)
            if not part:
                break
            got += part
        return got

    def run_there(self, *command, said=b""):
        done = subprocess.run(self.node.command(*command), input=said, capture_output=True, check=False,
                              timeout=30 * bed.TIME_FACTOR)
        return done.stdout

    def trouble(self, why):
        try:
            return self.holter.figure(KEY.format(why))
        except KeyError:
            return 0

    def names(self):
        return sorted(session["name"] for session in self.holter.api("sessions")["sessions"])

    def changes(self, name):
        return [(change["to"], change["diagnostic"]) for change in reversed(self.holter.session(name)["changes"])]


class Said(Lines):
    def test_by_netcat(self):
        bed.need("nc")
        self.assertEqual(self.run_there("nc", "-q1", "localhost", "4281", said=b"db1 backup done\n"),
                         b"ok message taken\n")
        self.assertEqual(self.run_there("nc", "-N", "127.0.0.1", "4281", said=b"db2"), b"ok\n")
        self.assertEqual(self.run_there("nc", "-N", "::1", "4281", said=b"db1\r\ndb1 two\r\n"), b"ok\nok message taken\n")
        session = bed.eventually(lambda: (s := self.holter.session("db1"))["messages"] == 2 and s, "the messages")
        self.assertEqual((session["last_message"]["text"], session["state"]), ("two", "up"))
        self.assertEqual((session["way"], session["authentication"]), ("line", "loopback"))
        self.assertTrue(session["peer"].startswith("[::1]:"))
        self.holter.wait_log("message", "session=db1", 'text="backup done"')
        self.assertIn(b"NAME TEXT", self.run_there("nc", "-N", "localhost", "4281", said=b"help\n"))

    def test_taken_means_kept(self):
        for number in range(5):
            self.assertEqual(self.told(b"db%d message %d\n" % (number, number)), b"ok message taken\n")
            self.holter.stop(signal.SIGKILL)
            self.holter = self.holter.again().wait_page()
            kept = bed.eventually(lambda: self.holter.session(f"db{number}")["last_message"], "it is there again")
            self.assertEqual(kept["text"], f"message {number}")

    def test_states_and_words(self):
        made = self.connect()
        for said, answer, state in ((b"db1 interval=10s multiplier=4", b"ok", "up"),
                                    (b"db1 TERMINATE", b"ok session ended", "admin_down"),
                                    (b"db1 START", b"ok", "up"),
                                    (b"db1 FAIL exit status 3", b"ok failure taken", "down"),
                                    (b'"db1" -- TERMINATE', b"ok message taken", "up")):
            made.sendall(said + b"\n")
            self.assertEqual(self.line(made), answer + b"\n")
            self.holter.wait_session("db1", state)
        self.assertEqual(self.changes("db1"), [("up", "first_message"), ("admin_down", "terminated"), ("up", "reopened"),
                                               ("down", "failed"), ("up", "reopened")])
        session = bed.eventually(lambda: (s := self.holter.session("db1"))["last_message"]["text"] == "TERMINATE" and s,
                                 "the message")
        self.assertEqual((session["interval_seconds"], session["detection_time_seconds"]), (10.0, 40.0))

    def test_the_silent_are_asked_on_their_connection(self):
        self.again('silence = "1s"\nask_interval = "500ms"\n')
        made = self.connect()
        made.sendall(b"db1\n")
        self.assertEqual(self.line(made), b"ok\n")
        self.assertEqual(self.line(made), b"PULSE 1 of 3\n")
        self.holter.wait_session("db1", "pulsing")
        made.sendall(b"\n")
        self.assertEqual(self.line(made), b"ok\n")
        self.holter.wait_session("db1", "up")
        self.assertEqual(self.line(made), b"PULSE 1 of 3\n")
        self.assertEqual(self.line(made), b"PULSE 2 of 3\n")
        made.sendall(b"db2\n")
        self.assertEqual(self.line(made), b"ok\n")
        self.assertIn(b" for db", self.line(made))
        self.holter.wait_session("db1", "down")
        self.assertEqual(self.changes("db1")[:3], [("up", "first_message"), ("pulsing", "detection_time_expired"),
                                                   ("up", "answered")])

    def test_the_end_of_a_connection_ends_no_session(self):
        self.again('silence = "2s"\n')
        self.told(b"db1\n")
        self.assertEqual(self.holter.wait_session("db1", "up")["state"], "up")
        self.holter.wait_session("db1", "down")
        self.assertNotIn("terminated", [why for _, why in self.changes("db1")])
        self.told(b"db1 back\n")
        self.holter.wait_session("db1", "up")

    def test_many_names_on_a_connection(self):
        made = self.connect()
        made.sendall(b"".join(b"host%d interval=1m\n" % number for number in range(128)) + b"\n" + b"one more\n")
        for _ in range(129):
            self.assertEqual(self.line(made), b"ok\n")
        self.assertIn(b"error: this connection speaks for 128 names already", self.line(made))
        bed.eventually(lambda: len(self.names()) == 128, "the sessions")

    def test_who_comes_from_elsewhere_is_unauthenticated(self):
        left, right = self.bed.pair()
        there = self.bed.start(left, "--passive", "--insecure", "--lines", "10.77.0.1:4281", "--http", "10.77.0.1:4280",
                               label="there", host="10.77.0.1").wait_page()
        done = subprocess.run(right.command("nc", "-N", "10.77.0.1", "4281"), input=b"db1 hello\n", capture_output=True,
                              timeout=30, check=False)
        self.assertEqual(done.stdout, b"ok message taken, unauthenticated\n")
        session = bed.eventually(lambda: (s := there.session("db1"))["way"] == "line" and s, "the session")
        self.assertEqual((session["authentication"], session["peer"].split(":")[0]), ("none", "10.77.0.2"))
        made = self.bed.holter(left, "key", "create", "db1", "--runtime", os.path.join(there.runtime, "holter"))
        key = re.search(rb"hk1\.[\w-]{56}", made.stdout)
        self.assertTrue(key, made)

        def said(text):
            return subprocess.run(right.command("nc", "-N", "10.77.0.1", "4281"), input=text, capture_output=True,
                                  timeout=30, check=False).stdout
        proved = bed.eventually(lambda: (a := said(b"db1 key=" + key[0] + b" proved\n")).startswith(b"ok") and a, "a key")
        self.assertEqual(proved, b"ok message taken, but the key could be read on its way: use TLS\n")
        bed.eventually(lambda: {s["authentication"]: s["last_message"]["text"] for s in there.api("sessions")["sessions"]}
                       == {"none": "hello", "key": "proved"}, "two sessions of one name")
        self.assertTrue(said(b"db2 key=" + key[0] + b"\n").startswith(b"error: this is not the key of that name"))
        for number in range(70):
            answers = said(b"stranger%d\n" % number)
        self.assertIn(b"error: there is no room: ", answers)

    def test_a_taken_port_is_named_and_none_is_none(self):
        second = self.bed.start(self.node, "--passive", "--http", "127.0.0.1:4290", "--pulses", "127.0.0.1:4290",
                                label="second")
        self.assertEqual(second.wait(), 1)
        self.assert_words(second.log(), "TCP 127.0.0.1:4281 is taken by", "--lines")
        self.again("lines = []\n")
        with self.node.inside(), socket.socket() as made:
            self.assertEqual(made.connect_ex(("127.0.0.1", PORT)), errno.ECONNREFUSED)
        self.assertNotIn("of text", self.holter.out()[self.holter.out().rindex("holter  "):])


class Tls(Lines):
    def identity(self):
        return os.path.join(self.holter.data, "tls-certificate.pem")

    def over_tls(self, version=ssl.TLSVersion.TLSv1_3, trusted=None):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = context.maximum_version = version
        context.load_verify_locations(trusted or self.identity())
        return context.wrap_socket(self.connect(), server_hostname="localhost")

    def test_python_openssl_and_ncat(self):
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            with self.over_tls(version) as made:
                made.sendall(b"db1 hello\n")
                self.assertEqual(self.line(made), b"ok message taken\n")
        bed.need("openssl", "ncat")
        openssl = ["openssl", "s_client", "-quiet", "-verify_quiet", "-verify_return_error", "-CAfile", self.identity(),
                   "-verify_hostname", "localhost", "-connect", "localhost:4281"]
        self.assertEqual(self.run_there("timeout", "3", *openssl, said=b"db2 one\n"), b"ok message taken\n")
        self.run_there(*openssl, "-no_ign_eof", said=b"db2 two")  # ends TLS in order: it is a line
        bed.eventually(lambda: self.holter.session("db2")["last_message"]["text"] == "two", "the line without an end")
        with self.over_tls() as cut:
            cut.sendall(b"db2 thr")
            time.sleep(0.2)
        time.sleep(0.5)
        self.assertEqual(self.holter.session("db2")["last_message"]["text"], "two")
        self.assertEqual(self.run_there("ncat", "--ssl", "localhost", "4281", said=b"db3 two\n"), b"ok message taken\n")

    def test_a_new_certificate_is_made_once_and_its_fingerprint_said(self):
        bed.need("openssl")
        said = self.holter.wait_log("lines over TLS show this certificate").split("sha256=")[1]
        told = self.run_there("openssl", "x509", "-noout", "-fingerprint", "-sha256", "-in", self.identity()).decode()
        self.assertEqual(told.strip().split("=")[1], said)
        mode = os.stat(os.path.join(self.holter.data, "tls-key.pem")).st_mode & 0o777
        self.assertEqual(mode, 0o600)
        self.assertEqual(self.holter.stop(), 0)
        self.holter = self.holter.again().wait_page()
        self.assertEqual(self.holter.log().count(said), 2)

    def make(self, name):
        paths = [self.bed.path(f"{name}.{kind}") for kind in ("crt", "key")]
        self.run_there("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
                       "2", "-subj", f"/CN={name}", "-addext", "subjectAltName=DNS:localhost", "-out", paths[0], "-keyout",
                       paths[1])
        for path in paths:
            os.chmod(path, 0o644)
        return paths

    def test_the_certificate_of_the_settings_and_its_successor(self):
        bed.need("openssl")
        first, second = self.make("first"), self.make("second")
        certificate, key = self.bed.path("line.crt"), self.bed.path("line.key")

        def install(pair):
            for source, target in zip(pair, (certificate, key)):
                with open(source, "rb") as read, open(target, "wb") as write:
                    write.write(read.read())
                os.chmod(target, 0o644)
        install(first)
        self.again(f'certificate = "{certificate}"\nprivate_key = "{key}"\n')
        old = self.over_tls(trusted=first[0])
        old.sendall(b"db1\n")
        self.assertEqual(self.line(old), b"ok\n")
        install(second)
        self.holter.send(signal.SIGHUP)

        def new_one():
            try:
                with self.over_tls(trusted=second[0]):
                    return True
            except ssl.SSLError:
                return False
        bed.eventually(new_one, "the new certificate")
        old.sendall(b"db1\n")
        self.assertEqual(self.line(old), b"ok\n", "who is connected stays")
        install((first[0], second[1]))
        self.holter.send(signal.SIGHUP)
        self.holter.wait_log("warn", "the certificate is not taken over", "not that of the certificate")
        self.assertTrue(new_one(), "what was there stays")
        old.close()
        self.assertEqual(self.holter.stop(), 0)
        failed = self.holter.again()
        self.assertEqual(failed.wait(), 1)
        self.assert_words(failed.log(), "no certificate for lines over TLS", certificate)

    def test_hostile_handshakes(self):
        seed = int(os.environ.get("HOLTER_SEED", random.randrange(2**32)))
        print(f"HOLTER_SEED={seed}")
        rng = random.Random(seed)
        made = [self.connect() for _ in range(40)]
        for one in made:
            one.sendall(b"\x16\x03\x01" + rng.randbytes(rng.randrange(1, 3000)))
        half = [self.connect() for _ in range(10)]
        for one in half:
            one.sendall(b"\x16\x03\x01\x02\x00\x01")
        bed.eventually(lambda: self.trouble("no_tls") >= 50, "all are ended")
        for one in half:
            self.assertEqual(self.rest(one), b"")
        with self.over_tls() as good:
            good.sendall(b"db1\n")
            self.assertEqual(self.line(good), b"ok\n")


class Hostile(Lines):
    def test_bytes_that_are_no_lines(self):
        seed = int(os.environ.get("HOLTER_SEED", random.randrange(2**32)))
        print(f"HOLTER_SEED={seed}")
        rng = random.Random(seed)
        self.assertIn(b"error: a line has 8192 bytes at most", self.told(b"n" * 65536, end=False))
        self.assertIn(b"error: the name is too long", self.told(b"n" * 8000 + b"\n"))
        self.assertIn(b"error: the text has 8000 bytes", self.told(b"db1 " + b"t" * 8000 + b"\n"))
        for hostile in (b"\x1b]0;owned\x07\n", b"db\x00 1\n", b"\x7f\n", b"a\x08b\n"):
            self.assertIn(b"is the control character 0x", self.told(hostile))
        self.assertEqual(self.told(b'"db 1" \xff\xfe\n'), b"ok message taken\n")
        for _ in range(100):
            self.told(rng.randbytes(rng.randrange(1, 9000)).lstrip(b"\x16"))
        answer = self.told(b"POST / HTTP/1.1\r\nHost: 127.0.0.1:4281\r\n\r\ndb1 TERMINATE\r\n", end=False)
        self.assertTrue(answer.startswith(b"error: this is no HTTP"), answer)
        self.assertEqual(answer.count(b"\n"), 1)
        self.assertEqual(self.told(b"db1\n"), b"ok\n")
        bed.eventually(lambda: "db1" in self.names(), "the session is shown")
        bed.eventually(lambda: self.holter.figure('holter_lines_total{outcome="mistake"}') >= 5, "mistakes are counted")

    def test_who_does_not_end_a_line_who_says_nothing_and_who_does_not_read(self):
        began = time.monotonic()
        silent, half, drip = (self.connect() for _ in range(3))
        deaf = self.connect(window=2048)
        half.sendall(b"db1 this has no end")
        deaf.setblocking(False)
        try:
            for _ in range(200):
                deaf.send(b"help\n" * 1000)
        except BlockingIOError:
            pass
        deaf.setblocking(True)
        ended = {}
        while len(ended) < 3 and time.monotonic() - began < 75 * bed.TIME_FACTOR:
            for made, name in ((silent, "silent"), (half, "half"), (drip, "drip")):
                if name in ended or not select.select([made], [], [], 0.1)[0]:
                    continue
                ended[name] = (self.rest(made), time.monotonic() - began)
            if "drip" not in ended:
                try:
                    drip.sendall(b"x")
                except OSError:
                    pass
            time.sleep(0.7)
        self.assertEqual(sorted(ended), ["drip", "half", "silent"])
        self.assertEqual(ended["half"][0], b"error: the line was not ended within 30 s: end it with a newline\n")
        self.assertEqual(ended["drip"][0], ended["half"][0])
        self.assertIn(b"error: no session was said within 60 s", ended["silent"][0])
        for name, least in (("half", 29), ("drip", 29), ("silent", 59)):
            self.assertGreaterEqual(ended[name][1], least, name)
        self.assertEqual(self.names(), [])
        bed.eventually(lambda: self.trouble("half_line") == 2 and self.trouble("idle") >= 1, "they are counted")
        bed.eventually(lambda: self.trouble("unread") == 1, "who does not read is ended")

    def test_many_lines_wait_and_none_is_lost(self):
        said = b"".join(b"db1 message %d\n" % number for number in range(600))
        began = time.monotonic()
        self.assertEqual(self.told(said), b"ok message taken\n" * 600)
        self.assertGreater(time.monotonic() - began, 3)
        self.assertEqual(bed.eventually(lambda: (n := self.holter.session("db1")["messages"]) >= 600 and n, "all"), 600)
        self.assertGreater(self.trouble("throttled"), 0)

    def test_one_address_has_so_many(self):
        kept = [self.connect() for _ in range(OF_ADDRESS)]
        one_more = self.connect()
        self.assertEqual(self.rest(one_more), b"error: there are 64 connections from your address already: close one\n")
        other = self.connect("127.0.0.2")
        other.sendall(b"db1\n")
        self.assertEqual(self.line(other), b"ok\n")
        kept.pop().close()
        bed.eventually(lambda: self.told(b"db2\n") == b"ok\n", "room again")

    def test_thousands_of_connections(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if hard < 2 * CONNECTIONS:
            raise bed.Skip(f"this test needs {2 * CONNECTIONS} descriptors, the limit is {hard}")
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        self.bed.pulse(self.node, "db1", "--interval", "200ms")
        self.holter.wait_session("db1", "up")
        faithful = self.connect()
        faithful.sendall(b"db2\n")
        self.assertEqual(self.line(faithful), b"ok\n")
        made = []
        with self.node.inside():
            for number in range(CONNECTIONS + 500):
                one = socket.socket()
                one.bind((f"127.0.{1 + number // OF_ADDRESS}.1", 0))
                one.connect(("127.0.0.1", PORT))
                self.addCleanup(one.close)
                made.append(one)
        room = self.holter.figure  # counted every second
        bed.eventually(lambda: self.trouble("made_room") >= 400, "the oldest make room")
        self.assertLessEqual(room("holter_line_connections{}"), CONNECTIONS + 64)
        began = time.monotonic()
        self.assertEqual(self.told(b"db3 still heard\n"), b"ok message taken\n")
        self.assertLess(time.monotonic() - began, 2 * bed.TIME_FACTOR)
        faithful.sendall(b"db2\n")
        self.assertEqual(self.line(faithful), b"ok\n", "who said a session is not ended for others")
        self.assertEqual([to for to, _ in self.changes("db1")], ["up"])
        with open(f"/proc/{self.holter.pid}/status", encoding="utf-8") as file:
            resident = int(re.search(r"VmRSS:\s+(\d+)", file.read())[1]) / 1024
        self.assertLess(resident, 400)
        for one in made:
            one.close()
        bed.eventually(lambda: room("holter_line_connections{}") <= 2, "all are gone")


if __name__ == "__main__":
    bed.main()
