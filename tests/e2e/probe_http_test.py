#!/usr/bin/env python3
"""`holter probe http` and `https`: against the real nginx of the test bed, and against a server that misbehaves."""
import json
import os
import re
import resource
import socket
import subprocess
import sys
import threading
import time

import bed
import testbed

HERE = os.path.dirname(os.path.abspath(__file__))
MAX_MEMORY = 96 * 1024  # KiB, of a holter that probes what misbehaves
TIMEOUT = 1.0


class Nginx(testbed.Case):
    def https(self, target, *arguments):
        return self.probe("https", target, "--ca-file", self.bed.facts["HB_CA"], *arguments)

    def facts(self, result):
        """The first of each name."""
        return {name: values[0] for name, values in result["facts"].items()}

    def test_a_page_over_http_and_its_phases(self):
        result = self.probe("http", "10.90.4.2")
        self.assertEqual(result["outcome"], "ok", result)
        self.assertEqual((result["kind"], result["target"], result["address"]), ("http", "10.90.4.2", "10.90.4.2"))
        facts = self.facts(result)
        self.assertEqual((facts["status"], facts["version"], facts["body_bytes"]), (200, "HTTP/1.1", 19))
        self.assertEqual((facts["url"], facts["redirects"]), ("http://10.90.4.2/", 0))
        self.assertEqual(self.probe("http", "http://target.holter.test/")["outcome"], "ok")
        self.assertEqual(self.probe("http", "http://[fd90:4::2]/")["outcome"], "ok")

    def test_https_tells_the_certificate_and_what_was_agreed_on(self):
        result = self.https("target.holter.test")
        self.assertEqual(result["outcome"], "ok", result)
        self.assertEqual(result["kind"], "https")
        facts = self.facts(result)
        self.assertEqual((facts["version"], facts["tls_version"]), ("HTTP/2", "TLSv1.3"))
        self.assertIn("AES", facts["tls_cipher"])
        self.assertEqual((facts["certificate_chain"], facts["certificate_host"]), ("good", True))
        self.assertEqual((facts["certificate_subject"], facts["certificate_issuer"]),
                         ("CN=target.holter.test", "CN=holter test CA"))
        self.assertEqual((facts["certificate_key"], facts["certificate_key_bits"], facts["ocsp"]), ("EC", 256, "none"))
        phases = result["phases_ms"]
        self.assertGreater(phases["tls"], 0)
        self.assertAlmostEqual(result["rtt_ms"], phases["connect"] + phases["tls"] + phases["first_byte"], places=3)

    def test_versions_are_fixed(self):
        for version, words in (("1.1", "HTTP/1.1"), ("2", "HTTP/2")):
            self.assertEqual(self.facts(self.https("target.holter.test", "--http-version", version))["version"], words)
        self.fails(self.https("target.holter.test:8448", "--http-version", "2"), "bad_answer", "first_byte", "HTTP/1.1")
        self.assertEqual(self.facts(self.https("target.holter.test:8448"))["tls_version"], "TLSv1.2")

    def test_certificates_that_do_not_hold_fail_in_tls_and_are_told(self):
        cases = {8443: ("certificate has expired", "certificate_chain", "certificate has expired"),
                 8444: ("target.holter.test", "certificate_host", False),
                 8445: ("self-signed certificate", "certificate_chain", "self-signed certificate"),
                 8447: ("certificate is not yet valid", "certificate_chain", "certificate is not yet valid")}
        for port, (words, fact, value) in cases.items():
            with self.subTest(port):
                result = self.https(f"target.holter.test:{port}")
                self.fails(result, "bad_answer", "tls", words)
                self.assertEqual(self.facts(result)[fact], value)
                result = self.https(f"target.holter.test:{port}", "--verify", "false")
                self.assertEqual(result["outcome"], "ok", result)
                self.assertEqual(self.facts(result)[fact], value)
        self.fails(self.probe("https", "target.holter.test"), "bad_answer", "tls", "certificate")

    def test_expectations_of_a_certificate(self):
        result = self.https("target.holter.test:8446", "--expect", "certificate_left > 14d")
        self.assertEqual(result["outcome"], "unexpected", result)
        self.assertIn("expected certificate_left > 14d, found certificate_left 4 d 2", result["detail"])
        result = self.https("target.holter.test", "--expect", "certificate_left > 14d and certificate_key == EC "
                            "and certificate_issuer contains 'test CA'")
        self.assertEqual(result["outcome"], "ok", result)

    def test_the_own_certificate(self):
        self.fails(self.https("target.holter.test:8449"), "bad_answer", "first_byte", "400")
        tls = os.path.dirname(self.bed.facts["HB_CA"])
        os.chmod(f"{tls}/good.key", 0o644)
        own = ("--certificate", f"{tls}/good.crt", "--key", f"{tls}/good.key")
        # The bed's certificate is for servers: nginx sees it and does not like it, which is not what it says without one.
        for options, words in (((), "No required SSL certificate was sent"), (own, "The SSL certificate error")):
            result = self.https("target.holter.test:8449", *options, "--expect",
                                f"status == 400 and body contains '{words}'")
            self.assertEqual(result["outcome"], "ok", result)
        result = self.https("target.holter.test:8449", "--certificate", "/no/such")
        self.fails(result, "not_permitted", "tls", "/no/such")
        result = self.probe("https", "target.holter.test", "--ca-file", "/dev/null")
        self.fails(result, "not_permitted", "tls", "/dev/null")

    def test_statuses(self):
        for status in (200, 204, 404, 500, 503):
            outcome = "ok" if status < 400 else "bad_answer"
            result = self.probe("http", f"10.90.4.2/status/{status}")
            self.assertEqual(result["outcome"], outcome, result)
            self.assertIn(str(status), result["detail"])
        self.assertEqual(self.probe("http", "10.90.4.2/status/404", "--expect", "status == 404")["outcome"], "ok")
        self.fails(self.probe("http", "10.90.4.2/", "--expect", "status == 404"), "unexpected", "transfer",
                   "expected status == 404, found status 200")

    def test_redirects(self):
        result = self.probe("http", "10.90.4.2/redir")
        self.assertEqual(result["outcome"], "ok", result)
        facts = self.facts(result)
        self.assertEqual((facts["redirects"], facts["url"]), (1, "http://10.90.4.2/index.html"))
        self.fails(self.probe("http", "10.90.4.2/loop", "--redirects", "3"), "bad_answer", "first_byte",
                   "redirected more than 3 times")
        result = self.probe("http", "10.90.4.2/redir", "--redirects", "0", "--expect", "status == 302")
        self.assertEqual(result["outcome"], "ok", result)
        self.assertTrue(self.facts(result)["location"].endswith("/index.html"))

    def test_requests_and_what_is_expected_of_headers_and_bodies(self):
        self.ok("10.90.4.2/hdr", "header contains 'x-holter: yes'", r"header ~ '^content-type: text/plain'", 'body == "h\n"')
        self.ok("10.90.4.2/echo", "body ~ '^OPTIONS nobody'",
                options=("--method", "OPTIONS", "--header", "User-Agent: nobody"))
        self.ok("10.90.4.2/status/200", "status == 200",
                options=("--body", "a=b", "--header", "Content-Type: text/plain"))
        self.ok("10.90.4.2/", "status == 200 and body_bytes == 0", options=("--method", "HEAD"))
        self.ok("10.90.4.2/health.json", "json == UP and json_number == 12",
                options=("--json-path", "$.status", "--json-path", "$.db.latency_ms"))
        self.ok("10.90.4.2/1m.bin", "body_bytes == 1048576")
        result = self.probe("http", "10.90.4.2/hdr", "--expect", "header contains 'x-other'")
        self.fails(result, "unexpected", "transfer", "found header")
        self.assertNotIn("header", self.facts(result))

    def ok(self, target, *expect, options=()):
        words = [word for line in expect for word in ("--expect", line)]
        result = self.probe("http", target, *options, *words)
        self.assertEqual(result["outcome"], "ok", result)

    def test_packed_bodies(self):
        result = self.probe("http", "10.90.4.2/health.json", "--compressed")
        self.assertEqual(self.facts(result)["body_bytes"], 65)
        result = self.probe("http", "10.90.4.2/gz", "--compressed", "--expect", "body contains latency_ms")
        self.assertEqual(result["outcome"], "ok", result)

    def test_who_is_asking_and_that_nobody_sees_it(self):
        self.fails(self.probe("http", "10.90.4.2/auth"), "bad_answer", "first_byte", "401")
        self.fails(self.probe("http", "10.90.4.2/bearer"), "bad_answer", "first_byte", "401")
        for target, options in (("10.90.4.2/auth", ("--user", "user:secret")),
                                ("10.90.4.2/bearer", ("--bearer", "t0ken")),
                                ("http://user:secret@10.90.4.2/auth", ()), ("user:secret@10.90.4.2/auth", ())):
            for json_too in ((), ("--json",)):
                code, text, errors = self.holter("probe", "http", target, "--transcript", *options, *json_too)
                self.assertEqual((code, errors), (0, ""), text)
                self.assertNotIn("secret", text)
                self.assertNotIn("t0ken", text)
        code, _, errors = self.holter("probe", "http", "http://user:sec/ret@10.90.4.2:x/")
        self.assertEqual(code, 2)
        self.assertNotIn("ret@", errors)

    def test_slow_answers_and_garbage(self):
        self.fails(self.probe("http", "10.90.4.2:8081/d/3000", "--timeout", "300ms"), "timeout", "first_byte",
                   "no answer within 300 ms")
        self.fails(self.probe("http", "10.90.4.2/trickle", "--timeout", "1s"), "timeout", "transfer")
        self.assertEqual(self.probe("http", "10.90.4.2:8082/")["outcome"], "bad_answer")
        self.assertEqual(self.probe("http", "10.90.4.2:14/")["outcome"], "bad_answer")
        self.fails(self.probe("http", "10.90.4.2:9/"), "refused", "connect")
        self.fails(self.probe("http", "10.90.4.2:10/", "--timeout", "300ms"), "timeout", "connect")
        self.fails(self.probe("https", "10.90.4.2:80"), "bad_answer", "tls")
        self.fails(self.probe("http", "nowhere.holter.test"), "resolve_failed", "resolve")

    def test_the_way_is_kept(self):
        self.assertEqual(self.probe("http", "target.holter.test", "-6")["address"], "fd90:4::2")
        self.assertEqual(self.probe("http", "target.holter.test", "-4")["address"], "10.90.4.2")
        self.fails(self.probe("http", "10.90.4.2", "--ttl", "2"), "unreachable", "connect", "time to live exceeded")
        self.fails(self.probe("http", "10.90.4.2", "--source", "10.1.2.3"), "unreachable", "connect", "10.1.2.3")
        self.assertEqual(self.probe("http", "10.93.0.2", "--source", "10.90.0.1", "--interface", "d0")["outcome"], "ok")

    def test_a_link_local_address_with_its_zone(self):
        out = subprocess.run(self.bed.command("target", "ip", "-6", "addr", "show", "dev", "d0", "scope", "link"),
                             capture_output=True, text=True, check=True).stdout
        address = re.search(r"inet6 (fe80::[0-9a-f:]+)/", out)[1]
        result = self.probe("http", f"http://[{address}%25d0]/")
        self.assertEqual(result["outcome"], "ok", result)

    def test_a_unix_socket(self):
        path = f"/tmp/{self.bed.prefix}-web.sock"
        seen = []
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(path)
            self.addCleanup(os.unlink, path)
            os.chmod(path, 0o666)
            listener.listen()
            thread = threading.Thread(target=answer_one, args=(listener, seen))
            thread.start()
            result = self.probe("http", "http://engine.example/version", "--unix-socket", path)
            thread.join(10)
        self.assertEqual(result["outcome"], "ok", result)
        self.assertTrue(seen[0].startswith(b"GET /version HTTP/1.1\r\nHost: engine.example\r\n"), seen)
        self.fails(self.probe("http", "http://a/", "--unix-socket", "/no/such.sock"), "unreachable", "connect")

    def test_a_proxy(self):
        program = os.path.join(HERE, "web_proxy.py")
        proxy = subprocess.Popen(self.bed.command("target", sys.executable, "-B", program, "3128"),
                                 stdout=subprocess.PIPE, text=True)
        self.addCleanup(proxy.wait)
        self.addCleanup(proxy.kill)
        self.addCleanup(proxy.stdout.close)
        self.assertEqual(proxy.stdout.readline(), "listening\n")
        # The proxy knows names that the probe host does not.
        result = self.probe("http", "http://elsewhere.example/", "--proxy", "http://ann:secret@10.90.4.2:3128")
        self.assertEqual((result["outcome"], result["address"]), ("ok", "10.90.4.2"), result)
        self.assertIn("GET http://elsewhere.example/ ann:secret", proxy.stdout.readline())
        result = self.https("target.holter.test", "--proxy", "http://10.90.4.2:3128")
        self.assertEqual(result["outcome"], "ok", result)
        self.assertEqual(self.facts(result)["certificate_chain"], "good")
        self.assertIn("CONNECT target.holter.test:443", proxy.stdout.readline())


def answer_one(listener, seen):
    connection, _ = listener.accept()
    with connection:
        seen.append(connection.recv(65536))
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")


class Hostile(bed.Case):
    def setUp(self):
        super().setUp()
        self.host, self.target = self.bed.pair()
        program = os.path.join(HERE, "hostile_web.py")
        server = bed.Program(self.bed, self.target, [sys.executable, "-B", program, "80"], "web")
        self.bed._own(server)
        bed.eventually(lambda: "listening" in server.out(), "the web server listens")

    def probe(self, target, *arguments, kind="http"):
        done = self.bed.holter(self.host, "probe", kind, target, "--timeout", f"{TIMEOUT:g}s", *arguments)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def test_each_ends_in_time_as_a_typed_failure_with_bounded_memory(self):
        large = ("bad_answer", "larger than")
        late = ("timeout", "no end of the answer within 1 s")
        cases = {"endless": large, "endless_chunks": large, "endless_gzip": large, "endless_headers": large,
                 "endless_header": ("bad_answer", "longer than"), "endless_status": ("bad_answer", "longer than"),
                 "endless_trailers": large,
                 "endless_1xx": large, "drip_header": late, "drip_body": late,
                 "gzip_bomb": ("bad_answer", "when unpacked"), "brotli_bomb": ("bad_answer", "when unpacked"),
                 "twice_packed": ("bad_answer", "coded more than once"), "gzip_lie": ("bad_answer", "is broken"),
                 "gzip_half": ("bad_answer", "breaks off"), "chunk_nonsense": ("bad_answer", "hexadecimal"),
                 "chunk_large": ("bad_answer", ""), "length_negative": ("bad_answer", ""), "zero": ("bad_answer", "header"),
                 "length_huge": ("bad_answer", "larger than any length"),
                 "length_twice": ("bad_answer", "different lengths"),
                 "http09": ("bad_answer", "HTTP/0.9"), "nothing": ("bad_answer", ""), "escapes": ("bad_answer", "404"),
                 "escapes_location": ("bad_answer", "control character"), "to_ftp": ("bad_answer", "ftp://10.77.0.2/x"),
                 "to_file": ("bad_answer", "file:///etc/passwd"), "to_user": ("bad_answer", "http://***@10.77.0.2/"),
                 "loop": ("bad_answer", "redirected more than 10 times")}
        for path, (outcome, words) in cases.items():
            with self.subTest(path):
                started = time.monotonic()
                code, text, errors = self.probe(f"10.77.0.2/{path}", "--json")
                self.assertLess(time.monotonic() - started, (TIMEOUT + 3) * bed.TIME_FACTOR)
                self.assertEqual((code, errors), (1, ""), text)
                result = json.loads(text)
                self.assertEqual(result["outcome"], outcome, result)
                self.assertIn(words, result["detail"])
                self.assertNotIn("secret", text)
        # Of all that were waited for: the largest.
        if bed.TIME_FACTOR == 1:
            self.assertLess(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, MAX_MEMORY)

    def test_a_length_may_be_told_twice(self):
        code, text, errors = self.probe("10.77.0.2/length_same", "--expect", "body == hello")
        self.assertEqual((code, errors), (0, ""), text)

    def test_nothing_is_printed_raw(self):
        for path in ("escapes", "escapes_location", "http09"):
            for arguments in (("--transcript",), ("--json",), ("--expect", "header contains nothing"),
                              ("--expect", "status == 404 and body == x")):
                code, text, errors = self.probe(f"10.77.0.2/{path}", *arguments)
                self.assertEqual(code, 1)
                for character in "\x1b\x07\x00":
                    self.assertNotIn(character, text + errors)

    def test_garbage_in_the_place_of_tls_or_http2(self):
        code, text, _ = self.probe("10.77.0.2:80", "--json", kind="https")
        result = json.loads(text)
        self.assertEqual((code, result["outcome"], result["failed_in"]), (1, "bad_answer", "tls"), text)
        code, text, _ = self.probe("10.77.0.2/escapes", "--json", "--http-version", "2")
        self.assertEqual((code, json.loads(text)["outcome"]), (1, "bad_answer"), text)

    def test_json_that_is_nested_too_deeply(self):
        code, text, _ = self.probe("10.77.0.2/deep_json", "--json-path", "$.a", "--json")
        self.assertEqual((code, json.loads(text)["detail"]), (1, "200 OK, but the JSON has more than 64 levels"))

    def test_targets_that_are_none(self):
        cases = {("http", "file:///etc/passwd"): "does not begin with http:// or https://",
                 ("https", "ftp://10.77.0.2/"): "does not begin with http:// or https://",
                 ("https", "http://10.77.0.2/"): "is plain http; that is the kind http",
                 ("http", "b\u00fccher.example"): "write a host's name as xn--",
                 ("http", "http://[fe80::1%25]/"): "neither a name nor an address",
                 ("http", ""): "is empty", ("http", "a" * 3000): "has more than 2048 bytes",
                 ("http", "http://ann:secret@a b/"): "holds a space"}
        for (kind, target), words in cases.items():
            code, text, errors = self.probe(target, kind=kind)
            self.assertEqual((code, text), (2, ""), errors)
            self.assertIn(words, errors)
            self.assertNotIn("secret", errors)


if __name__ == "__main__":
    bed.main()
