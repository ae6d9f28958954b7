#!/usr/bin/env python3
"""`holter probe`: every kind against real targets and real failures, its figures against tcpdump, its words and codes."""
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time

import bed

HERE = os.path.dirname(os.path.abspath(__file__))
WEB, TLS, CLOSED = 80, 443, 81
TRUSTED = "/etc/ssl/certs/ca-certificates.crt"
WIRE_TOLERANCE = 1.0  # ms
RULES = "nft add table inet t; nft add chain inet t in '{{ type filter hook input priority 0; }}'; nft add rule inet t in {}"


class ProbeCase(bed.Case):
    def setUp(self):
        super().setUp()
        self.host, self.target = self.bed.pair()

    def probe(self, *arguments, env=None):
        """(exit code, text, errors)"""
        done = self.bed.holter(self.host, "probe", *arguments, env=env)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def result(self, *arguments):
        """The one result, as JSON; the exit code says the same as the outcome."""
        code, text, errors = self.probe(*arguments, "--json")
        self.assertEqual(errors, "")
        result = json.loads(text)
        self.assertEqual(code, 0 if result["outcome"] == "ok" else 1)
        self.assertEqual(result["rtt_ms"] is not None, result["outcome"] in ("ok", "unexpected"))
        return result

    def fails(self, result, outcome, phase, *words):
        self.assertEqual((result["outcome"], result["failed_in"]), (outcome, phase), result)
        self.assert_words(result["detail"], *words)

    def serve(self, port=WEB, *certificate):
        server = bed.Program(self.bed, self.target, [sys.executable, "-B", os.path.join(HERE, "web_server.py"), str(port),
                                                     *certificate], f"web{port}")
        self.bed._own(server)
        bed.eventually(lambda: "listening" in server.out(), "the web server listens")
        return server

    def name(self, *names):
        path = self.bed.path("hosts")
        with open(path, "w") as file:
            file.write(f"127.0.0.1 localhost\n10.77.0.2 {' '.join(names)}\n")
        self.host.sh(f"mount --bind {path} /etc/hosts")

    def filter(self, rule):
        bed.need("nft")
        self.target.sh(RULES.format(rule))


class Tcp(ProbeCase):
    def test_an_open_port(self):
        self.serve()
        for address, target in (("10.77.0.2", "10.77.0.2:80"), ("fd77::2", "[fd77::2]:80")):
            result = self.result("tcp", target)
            self.assertEqual((result["outcome"], result["address"], result["detail"]), ("ok", address, "open"))
            self.assertGreaterEqual(result["phases_ms"]["connect"], result["rtt_ms"])
            self.assertIsNone(result["phases_ms"]["resolve"])

    def test_a_name_is_resolved_and_timed_apart(self):
        self.serve()
        self.name("web.example")
        result = self.result("tcp", "web.example:80")
        self.assertEqual((result["outcome"], result["address"]), ("ok", "10.77.0.2"))
        self.assertGreater(result["phases_ms"]["resolve"], 0)

    def test_a_closed_port_is_refused(self):
        result = self.result("tcp", f"10.77.0.2:{CLOSED}")
        self.fails(result, "refused", "connect", "Connection refused")

    def test_a_dropping_filter_is_a_timeout(self):
        self.serve()
        self.filter("tcp dport 80 drop")
        result = self.result("tcp", "10.77.0.2:80", "--timeout", "300ms")
        self.fails(result, "timeout", "connect", "no answer within 300 ms")

    def test_icmp_errors_are_told_in_their_words(self):
        self.serve()
        cases = {"icmp type host-unreachable": ("unreachable", "host unreachable from 10.77.0.2"),
                 "icmp type admin-prohibited": ("unreachable", "administratively prohibited from 10.77.0.2"),
                 "icmp type port-unreachable": ("refused", "port unreachable from 10.77.0.2"),
                 "tcp reset": ("refused", "Connection refused")}
        for reject, (outcome, words) in cases.items():
            with self.subTest(reject):
                self.filter(f"ip daddr 10.77.0.2 tcp dport 80 reject with {reject}")
                self.fails(self.result("tcp", "10.77.0.2:80"), outcome, "connect", words)
                self.fails(self.result("http", "http://10.77.0.2/"), outcome, "connect", words.split(" from ")[0])
                self.target.sh("nft flush ruleset")

    def test_icmpv6_errors_are_told_in_their_words(self):
        self.serve()
        cases = {"no-route": ("unreachable", "no route from fd77::2"),
                 "admin-prohibited": ("unreachable", "administratively prohibited from fd77::2"),
                 "port-unreachable": ("refused", "port unreachable from fd77::2")}
        for reject, (outcome, words) in cases.items():
            with self.subTest(reject):
                self.filter(f"ip6 daddr fd77::2 tcp dport 80 reject with icmpv6 type {reject}")
                self.fails(self.result("tcp", "[fd77::2]:80"), outcome, "connect", words)
                self.target.sh("nft flush ruleset")

    def test_no_way_at_all(self):
        self.fails(self.result("tcp", "192.0.2.1:80"), "unreachable", "connect", "Network is unreachable")
        self.fails(self.result("tcp", "10.77.0.9:80", "--timeout", "10s"), "unreachable", "connect", "host unreachable")
        self.fails(self.result("tcp", "nowhere.example:80", "--timeout", "20s"), "resolve_failed", "resolve")

    def test_what_this_host_forbids_is_not_permitted(self):
        bed.need("nft")
        self.host.sh("nft add table ip t; nft add chain ip t out '{ type filter hook output priority 0; }'; "
                     "nft add rule ip t out tcp dport 80 drop")
        result = self.result("tcp", "10.77.0.2:80", "--timeout", "300ms")
        self.assertIn(result["outcome"], ("not_permitted", "timeout"))


class Http(ProbeCase):
    def test_an_answer_has_all_its_phases(self):
        self.serve()
        self.name("web.example")
        result = self.result("http", "http://web.example/ok?x=1#part")
        self.assertEqual(result["detail"], "200 OK, HTTP/1.1, 1,234 bytes")
        self.assertEqual(result["address"], "10.77.0.2")
        phases = result["phases_ms"]
        self.assertIsNone(phases["tls"])
        self.assertTrue(all(phases[p] > 0 for p in ("resolve", "connect", "first_byte", "transfer")), phases)
        self.assertAlmostEqual(result["rtt_ms"], phases["connect"] + phases["first_byte"], places=3)

    def test_each_bad_answer_is_told(self):
        self.serve()
        cases = {"missing": ("bad_answer", "first_byte", "404 Not Found"),
                 "broken": ("bad_answer", "first_byte", "503 Service Unavailable"),
                 "half": ("bad_answer", "transfer", "200 OK, but", "96 bytes remaining"),
                 "reset": ("bad_answer", "first_byte", "reset"),
                 "large": ("bad_answer", "transfer", "200 OK, but the body is larger than 1048576 bytes"),
                 "nonsense": ("bad_answer", "transfer", "HTTP"),
                 "slow": ("timeout", "first_byte", "no answer within 500 ms"),
                 "stalling": ("timeout", "transfer", "no end of the answer within 500 ms")}
        for path, (outcome, phase, *words) in cases.items():
            with self.subTest(path):
                timeout = "500ms" if outcome == "timeout" else "20s"
                self.fails(self.result("http", f"http://10.77.0.2/{path}", "--timeout", timeout), outcome, phase, *words)

    def test_a_redirect_is_told_and_acts_on_no_terminal(self):
        self.serve()
        self.fails(self.result("http", "http://10.77.0.2/moved"), "bad_answer", "first_byte", "control character")
        code, text, _ = self.probe("http", "http://10.77.0.2/moved", "--redirects", "0")
        self.assertEqual(code, 0)
        self.assert_words(text, "301 Moved Permanently to /\\x1b[31mnew")
        self.assertNotIn("\x1b", text)

    def test_a_closed_port_and_a_missing_name(self):
        self.fails(self.result("http", f"http://10.77.0.2:{CLOSED}/"), "refused", "connect")
        self.fails(self.result("http", "http://nowhere.example/", "--timeout", "20s"), "resolve_failed", "resolve")

    def test_proxies_of_the_environment_are_not_asked(self):
        self.serve()
        proxy = {"http_proxy": "http://10.77.0.2:81", "ALL_PROXY": "http://10.77.0.2:81"}
        code, text, _ = self.probe("http", "http://10.77.0.2/", env=proxy)
        self.assertEqual(code, 0, text)

    def test_no_thread_is_needed(self):
        self.serve()
        program = bed.Program(self.bed, self.host, [bed.HOLTER, "probe", "http", "http://10.77.0.2/slow", "--timeout",
                                                    "60s"], "slow")
        self.bed._own(program)
        bed.eventually(lambda: self.connected(), "the request is under way")
        with open(f"/proc/{program.pid}/status") as file:
            status = file.read()
        self.assertIn("Name:\tholter\n", status)
        self.assertIn("\nThreads:\t1\n", status)

    def connected(self):
        return "10.77.0.2:80" in self.host.sh("ss -Htn state established")


class Denied(ProbeCase):
    def test_addresses_that_tell_a_machines_secrets_are_not_asked(self):
        for asked in (("http", "http://169.254.169.254/latest/"), ("tcp", "169.254.169.254:80"), ("icmp", "169.254.169.254"),
                      ("dns", "100.100.100.200")):
            self.fails(self.result(*asked), "not_permitted", "connect", "[policy] deny")
        listed = self.bed.path("list.json")
        with open(listed, "w") as file:
            json.dump({"servers": [{"name": "m", "host": "169.254.169.254", "port": 80, "service": "TCP", "interval": 1}]}, file)
        _, text, _ = self.probe("--list", listed, "--count", "1")
        self.assert_words(text, "not permitted")

    def test_unless_somebody_says_so(self):
        self.host.sh("ip route add 169.254.169.254 via 10.77.0.2")
        self.target.sh("ip addr add 169.254.169.254/32 dev lo")
        self.assertEqual(self.result("icmp", "169.254.169.254", "--any-target")["outcome"], "ok")


class Https(ProbeCase):
    def setUp(self):
        super().setUp()
        bed.need("openssl")
        self.name("web.example", "other.example")
        self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
                     "-subj", "/CN=holter test authority", "-keyout", "ca.key", "-out", "ca.pem")

    def openssl(self, *arguments):
        bed.run("openssl", *arguments, cwd=self.bed.directory)

    def certificate(self, days=20):
        """A leaf for web.example and 10.77.0.2, of the authority."""
        with open(self.bed.path("names"), "w") as file:
            file.write("subjectAltName=DNS:web.example,IP:10.77.0.2\n")
        self.openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=web.example",
                     "-keyout", "leaf.key", "-out", "leaf.csr")
        self.openssl("x509", "-req", "-in", "leaf.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days",
                     str(days), "-extfile", "names", "-out", "leaf.pem")
        return self.bed.path("leaf.pem"), self.bed.path("leaf.key")

    def trust(self):
        os.chmod(self.bed.path("ca.pem"), 0o644)
        self.host.sh(f"mount --bind {self.bed.path('ca.pem')} {TRUSTED}")

    def test_the_handshake_is_a_phase_and_the_certificate_is_told(self):
        self.trust()
        self.serve(TLS, *self.certificate())
        for url in ("https://web.example/", "https://10.77.0.2/"):
            result = self.result("http", url)
            self.assertEqual(result["outcome"], "ok", result)
            self.assert_words(result["detail"], "200 OK, HTTP/1.1, 1,234 bytes, TLSv1.3, certificate until ")
            phases = result["phases_ms"]
            self.assertGreater(phases["tls"], 0)
            total = phases["connect"] + phases["tls"] + phases["first_byte"]
            self.assertAlmostEqual(result["rtt_ms"], total, places=3)

    def test_certificates_that_do_not_hold_fail_in_tls(self):
        self.serve(TLS, *self.certificate())
        self.fails(self.result("http", "https://web.example/"), "bad_answer", "tls", "certificate")
        self.trust()
        self.fails(self.result("http", "https://other.example/"), "bad_answer", "tls", "other.example")

    def test_an_expired_certificate_fails_in_tls(self):
        self.trust()
        self.serve(TLS, *self.certificate(days=-1))
        self.fails(self.result("http", "https://web.example/"), "bad_answer", "tls", "expired")

    def test_a_host_without_trusted_certificates_says_what_to_install(self):
        self.host.sh(f"mount --bind /dev/null {TRUSTED}")
        self.fails(self.result("http", "https://web.example/"), "not_permitted", "tls", "ca-certificates")

    def test_what_speaks_no_tls_fails_in_tls(self):
        self.serve()
        self.fails(self.result("http", "https://web.example:80/"), "bad_answer", "tls")


class Figures(ProbeCase):
    def wire(self, expression, *probe):
        """(milliseconds between each packet that leaves and its answer by tcpdump, and rtt by holter)"""
        bed.need("tcpdump")
        command = ["tcpdump", "-i", "eth0", "-nn", "-tt", "-l", "--immediate-mode", expression]
        dump = bed.Program(self.bed, self.host, command, "tcpdump")
        self.bed._own(dump)
        dump.wait_log("listening on")
        code, text, _ = self.probe(*probe, "--count", "20", "--interval", "20ms", "--json")
        self.assertEqual(code, 0, text)
        seen = bed.eventually(lambda: (s := re.findall(r"^(\d+\.\d+) IP (\S+) >", dump.out(), re.MULTILINE)) and
                              len(s) >= 40 and s, "20 packets and their answers")
        pairs = [(float(a[0]), float(b[0])) for a, b in zip(seen[0:40:2], seen[1:40:2])]
        self.assertTrue(all(a[1].startswith("10.77.0.1") for a in seen[0:40:2]), seen)
        return [(b - a) * 1e3 for a, b in pairs], [json.loads(line) for line in text.splitlines()]

    def assert_close(self, wire, asked):
        # A busy machine may wake the loop late, never early. tcpdump's stamps are cut to microseconds.
        off = [rtt - seen for rtt, seen in zip(asked, wire)]
        self.assertGreater(min(off), -0.01, (wire, asked))
        self.assertLess(min(off), WIRE_TOLERANCE * bed.TIME_FACTOR, (wire, asked))

    def slow_wire(self):
        """10 ms on the way back, where the kernel can delay."""
        self.target.node_delay = subprocess.run(self.target.command("tc", "qdisc", "add", "dev", "eth0", "root", "netem",
                                                                    "delay", "10ms"), capture_output=True, check=False)

    def test_tcp_is_from_syn_to_syn_ack(self):
        self.serve()
        self.slow_wire()
        wire, results = self.wire("tcp[tcpflags] & tcp-syn != 0", "tcp", "10.77.0.2:80")
        self.assert_close(wire, [result["rtt_ms"] for result in results])

    def test_the_connect_phase_of_http_is_from_syn_to_syn_ack(self):
        self.serve()
        self.slow_wire()
        wire, results = self.wire("tcp[tcpflags] & tcp-syn != 0", "http", "http://10.77.0.2/")
        self.assert_close(wire, [result["phases_ms"]["connect"] for result in results])

    def test_icmp_is_from_request_to_reply(self):
        self.slow_wire()
        wire, results = self.wire("icmp", "icmp", "10.77.0.2")
        self.assertTrue(all(result["kernel_stamped"] for result in results[10:]), results)
        asked = [result["rtt_ms"] for result in results]
        self.assertLess(min(abs(a - w) for a, w in zip(asked, wire)), WIRE_TOLERANCE, (wire, asked))


class Words(ProbeCase):
    def test_a_line_a_probe_and_a_summary(self):
        code, text, errors = self.probe("icmp", "10.77.0.2", "--count", "3", "--interval", "20ms")
        self.assertEqual((code, errors), (0, ""))
        lines = text.splitlines()
        for number, line in enumerate(lines[:3], 1):
            self.assertRegex(line, rf"^{number}  10\.77\.0\.2  \d+\.\d\d\d ms$")
        self.assertEqual(lines[3:5], ["", "3 sent, 3 answered, 0 lost (0.0 %)"])
        self.assertRegex(lines[5], r"^rtt min \d+\.\d\d\d ms, median .* ms, max .* ms, jitter .* ms \(mean change")

    def test_a_resolver_is_asked(self):
        self.bed.dns(self.target)
        result = self.result("dns", "10.77.0.2", "--query", "nowhere.example")
        self.assertEqual((result["outcome"], result["detail"]), ("ok", "NXDOMAIN"))

    def test_what_is_not_as_expected_is_told_line_by_line(self):
        self.bed.dns(self.target)
        asked = ("dns", "10.77.0.2", "--query", "nowhere.example")
        self.assertEqual(self.probe(*asked, "--expect", "rcode == NXDOMAIN and rtt < 5s")[0], 0)
        code, text, _ = self.probe(*asked, "--expect", "rcode == NOERROR", "--expect", "answers > 0", "--count", "2",
                                   "--interval", "10ms")
        self.assertEqual(code, 1)
        self.assertRegex(text.splitlines()[0], r"^1  10\.77\.0\.2  unexpected in transfer  expected rcode == NOERROR, "
                                               r'found rcode "NXDOMAIN"$')
        self.assertEqual(text.splitlines()[1], "   expected answers > 0, found answers 0")
        self.assert_words(text, "2 sent, 2 answered, 0 lost (0.0 %), 2 not as expected")
        result = self.result(*asked, "--expect", "answers > 0")
        self.assertEqual((result["outcome"], result["failed_in"]), ("unexpected", "transfer"))
        self.assertEqual((result["facts"]["rcode"], result["facts"]["answers"]), (["NXDOMAIN"], [0]))
        code, _, errors = self.probe(*asked, "--expect", "rcod == x")
        self.assertEqual(code, 2)
        self.assert_words(errors, "there is no field 'rcod'; did you mean 'rcode'?", "^^^^")

    def test_one_failure_is_exit_code_1(self):
        code, text, _ = self.probe("tcp", f"10.77.0.2:{CLOSED}", "--count", "2", "--interval", "10ms")
        self.assertEqual(code, 1)
        self.assert_words(text, "refused in connect", "2 sent, 0 answered, 2 lost (100.0 %)")

    def test_an_interrupt_ends_with_the_summary(self):
        program = bed.Program(self.bed, self.host, [bed.HOLTER, "probe", "icmp", "10.77.0.2", "--count", "0",
                                                    "--interval", "50ms"], "endless")
        self.bed._own(program)
        bed.eventually(lambda: len(program.out().splitlines()) >= 3, "three probes")
        self.assertEqual(program.stop(signal.SIGINT), 0)
        self.assertRegex(program.out(), r"\n\n\d+ sent, \d+ answered, 0 lost \(0\.0 %\)\nrtt min ")

    def test_an_interrupt_does_not_wait_for_an_answer(self):
        self.serve()
        program = bed.Program(self.bed, self.host, [bed.HOLTER, "probe", "http", "http://10.77.0.2/slow", "--timeout",
                                                    "1m"], "waiting")
        self.bed._own(program)
        bed.eventually(lambda: "10.77.0.2:80" in self.host.sh("ss -Htn state established"), "the request is under way")
        started = time.monotonic()
        self.assertEqual(program.stop(signal.SIGTERM), 1)
        self.assertLess(time.monotonic() - started, 20 * bed.TIME_FACTOR)
        self.assertIn("0 sent, 0 answered", program.out())

    def test_wrong_input_is_exit_code_2_and_a_sentence(self):
        cases = {("tcp", "10.77.0.2"): "the target 10.77.0.2 needs a port",
                 ("tcp", "http://a/"): "is a URL; give HOST:PORT",
                 ("http", "file:///x"): "does not begin with http:// or https://",
                 ("http", "http://me:%secret@a/"): "the target http://***@a/ has a user or a password with a wrong %XX",
                 ("icmp", "a b"): 'the target "a b" is neither',
                 ("icmp", "\x1b[2J"): "\\x1b[2J",
                 ("dns", "10.77.0.2", "--query", "a..b"): "--query a..b is not a name",
                 ("tcp", "a:1", "--query", "b"): "--query is for dns",
                 ("icmp", "10.77.0.2", "--interval", "1ms"): "--interval is at least 10ms",
                 ("icmp", "10.77.0.2", "--timeout", "1h"): "--timeout is above 0 and at most 10m",
                 ("ftp", "10.77.0.2"): "is not icmp, trace, tcp, udp, http, https, dns or ntp"}
        for arguments, words in cases.items():
            with self.subTest(arguments):
                code, text, errors = self.probe(*arguments)
                self.assertEqual((code, text), (2, ""))
                self.assertIn(words, errors)
                self.assertNotIn("\x1b", errors)

    def test_without_any_way_to_ping_it_says_what_to_do(self):
        alone = self.bed.path("alone")
        os.mkdir(alone, 0o755)
        binary = shutil.copy(bed.HOLTER, alone)  # no broker beside it, and ping_group_range is nobody's
        done = subprocess.run(self.host.command(binary, "probe", "icmp", "10.77.0.2"), capture_output=True, text=True,
                              check=False, timeout=60)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assert_words(done.stderr, "cannot send ICMP", "holter-broker", "ping_group_range")
        self.host.sh("sysctl -qw net.ipv4.ping_group_range='0 65534'")
        done = subprocess.run(self.host.command(binary, "probe", "icmp", "10.77.0.2"), capture_output=True, text=True,
                              check=False, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    bed.main()
