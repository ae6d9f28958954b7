#!/usr/bin/env python3
"""`holter probe tcp` against the ports and the web servers of the test bed, and peers that speak STARTTLS."""
import os
import subprocess
import sys

import bed
import testbed

HERE = os.path.dirname(os.path.abspath(__file__))
TRUSTED = "/etc/ssl/certs/ca-certificates.crt"
DIRECT, MANY, PATH = "10.90.0.2", "10.93.0.2", "10.90.4.2"
NO_HOST, NO_NET, BLACKHOLE = "10.90.4.99", "10.94.0.1", "10.95.0.1"
STARTTLS = {"smtp": 2501, "imap": 2502, "pop3": 2503, "ftp": 2504, "ldap": 2505, "xmpp": 2506, "postgres": 2507}


class Case(testbed.Case):
    def ask(self, target, *options):
        return self.probe("tcp", target, "--timeout", "2s", *options)


class Connect(Case):
    def test_open_ports(self):
        for target in (f"{MANY}:{port}" for port in (7, 8, 14, 22, 80, 443, 8443, 8449)):
            with self.subTest(target):
                result = self.ask(target)
                self.assertEqual((result["outcome"], result["detail"], result["address"]), ("ok", "open", MANY), result)
                self.assertEqual(result["facts"]["port_state"], ["open"])
                self.assertGreaterEqual(result["phases_ms"]["connect"], result["rtt_ms"])

    def test_both_families_and_the_long_way(self):
        for target, address in (("[fd93::2]:80", "fd93::2"), (f"{PATH}:80", PATH), ("[fd90:4::2]:80", "fd90:4::2")):
            self.assertEqual(self.ask(target)["address"], address)

    def test_the_kernel_measures_too(self):
        result = self.ask(f"{DIRECT}:80")
        # Nothing but the own host stands between the kernel's figure and the loop's.
        self.assertGreater(result["facts"]["tcp_rtt_ms"][0], 0)
        self.assertLessEqual(result["facts"]["tcp_rtt_ms"][0], result["rtt_ms"] + 0.001)

    def test_closed_filtered_and_forbidden(self):
        for port in (9, 13):
            result = self.ask(f"{MANY}:{port}")
            self.fails(result, "refused", "connect", "Connection refused")
            self.assertEqual(result["facts"], {"port_state": ["closed"]})
        result = self.probe("tcp", f"{MANY}:10", "--timeout", "300ms")
        self.fails(result, "timeout", "connect", "no answer within 300 ms")
        self.assertEqual(result["facts"], {"port_state": ["filtered"]})
        result = self.ask(f"{MANY}:12")
        self.fails(result, "unreachable", "connect", "administratively prohibited from 10.9")
        self.assertEqual(result["facts"], {})

    def test_no_way(self):
        self.fails(self.ask(f"{NO_NET}:80"), "unreachable", "connect", "network unreachable from 10.90.3.2")
        self.fails(self.probe("tcp", f"{NO_HOST}:80", "--timeout", "10s"), "unreachable", "connect", "host unreachable")
        self.fails(self.probe("tcp", f"{BLACKHOLE}:80", "--timeout", "300ms"), "timeout", "connect")
        self.fails(self.ask("nowhere.holter.test:80"), "resolve_failed", "resolve")

    def test_of_two_families_the_one_that_answers_is_taken(self):
        rule = "add rule inet hb in ip6 daddr fd90:4::2 tcp dport 80"
        self.assertEqual(self.ask("target.holter.test:80")["address"], "fd90:4::2")
        self.assertEqual(self.ask("target.holter.test:80", "-4")["address"], PATH)
        for verdict, least in (("drop", 250), ("reject with tcp reset", 0)):
            with self.subTest(verdict):
                self.bed.sh("exec", "target", "nft", *rule.split(), *verdict.split())
                result = self.ask("target.holter.test:80")
                self.assertEqual((result["outcome"], result["address"]), ("ok", PATH), result)
                # The rtt is that of the address that answered; the phase has the waiting.
                self.assertGreaterEqual(result["phases_ms"]["connect"], max(least, result["rtt_ms"]))
                self.assertLess(result["rtt_ms"], 200 * bed.TIME_FACTOR)
                self.bed.sh("exec", "target", "nft", "delete", "rule", "inet", "hb", "in", "handle", self.newest_rule())

    def newest_rule(self):
        rules = self.bed.sh("exec", "target", "nft", "-a", "list", "chain", "inet", "hb", "in")
        return max((line.rsplit(" ", 1)[1] for line in rules.splitlines() if "fd90:4::2" in line), key=int)


class Talk(Case):
    def test_a_banner(self):
        result = self.ask(f"{MANY}:22", "--banner")
        self.assertEqual((result["outcome"], result["detail"]), ("ok", 'open, "SSH-2.0-holter_test"'))
        self.assertEqual(result["facts"]["banner"], ["SSH-2.0-holter_test"])
        self.assertGreater(result["phases_ms"]["first_byte"], 0)
        self.assertEqual(self.ask(f"{MANY}:22", "--expect", "banner ~ '^SSH-2'")["outcome"], "ok")
        self.fails(self.ask(f"{MANY}:22", "--expect", "banner ~ '^220'"), "unexpected", "transfer",
                   "expected banner ~ '^220', found banner", "SSH-2.0")

    def test_no_banner(self):
        self.fails(self.probe("tcp", f"{MANY}:8", "--banner", "--timeout", "300ms"), "timeout", "first_byte",
                   "no banner within 300 ms")
        self.fails(self.ask(f"{MANY}:14", "--banner"), "bad_answer", "first_byte",
                   "no banner: the target closed the connection")

    def test_what_is_sent_comes_back(self):
        result = self.ask(f"{MANY}:7", "--send", "PING\\r\\n", "--expect", "reply == \"PING\r\n\"")
        self.assertEqual((result["outcome"], result["detail"]), ("ok", 'open, 6 bytes "PING"'), result)
        result = self.ask(f"{MANY}:80", "--send", "HEAD / HTTP/1.0\\r\\n\\r\\n", "--expect", "reply ~ '^HTTP/1.1 200'")
        self.assertEqual(result["outcome"], "ok", result)
        result = self.probe("tcp", f"{MANY}:80", "--send", "HEAD / HTTP/1.0\\r\\n\\r\\n", "--expect",
                            "reply contains tea", "--timeout", "1s")
        self.fails(result, "unexpected", "transfer", "expected reply contains tea, found reply", "HTTP/1.1 200")

    def test_no_reply(self):
        self.fails(self.probe("tcp", f"{MANY}:8", "--send", "x", "--timeout", "300ms"), "timeout", "first_byte",
                   "no reply within 300 ms")

    def test_wrong_input_is_a_sentence(self):
        cases = {("--tls", "--starttls", "smtp"): "tls is there beside starttls",
                 ("--starttls", "gopher"): "starttls is smtp, imap, pop3, ftp, ldap, xmpp or postgres",
                 ("--insecure",): "insecure is there without tls", ("--send", "named:dns"): "which is for udp",
                 ("--silence-is-ok",): "tcp has no option 'silence_is_ok'"}
        for arguments, words in cases.items():
            with self.subTest(arguments):
                code, text, errors = self.holter("probe", "tcp", f"{MANY}:7", *arguments)
                self.assertEqual((code, text), (2, ""))
                self.assertIn(words, errors)


class Tls(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        authority = cls.bed.facts["HB_CA"]
        bed.run("mount", "--bind", authority, TRUSTED)
        cls.addClassCleanup(bed.run, "umount", TRUSTED)
        good = os.path.join(os.path.dirname(authority), "good")
        peers = [sys.executable, "-B", os.path.join(HERE, "starttls_peers.py"), good + ".crt", good + ".key"]
        cls.peers = subprocess.Popen(cls.bed.command("target", *peers), stdout=subprocess.PIPE, text=True)
        cls.addClassCleanup(cls.end_peers)
        assert cls.peers.stdout.readline() == "listening\n"

    @classmethod
    def end_peers(cls):
        cls.peers.terminate()
        cls.peers.wait()
        cls.peers.stdout.close()

    def test_a_certificate_that_holds(self):
        for target in (f"{DIRECT}:443", "target.holter.test:443", "[fd90::2]:443", f"{DIRECT}:8449"):
            with self.subTest(target):
                result = self.ask(target, "--tls")
                self.assertEqual(result["outcome"], "ok", result)
                self.assertRegex(result["detail"], r"^open, TLSv1\.3, certificate until 20\d\d-\d\d-\d\d$")
                self.assertEqual(result["facts"]["tls_version"], ["TLSv1.3"])
                self.assertGreater(result["phases_ms"]["tls"], 0)
        self.assertEqual(self.ask(f"{DIRECT}:8448", "--tls", "--expect", "tls_version == TLSv1.2")["outcome"], "ok")
        self.fails(self.ask(f"{DIRECT}:8446", "--tls", "--expect", "certificate_left > 14d"), "unexpected", "transfer",
                   "expected certificate_left > 14d, found certificate_left 4 d")

    def test_certificates_that_do_not_hold(self):
        cases = {8443: "the certificate does not hold: certificate has expired",
                 8444: "the certificate is not for 10.90.0.2",
                 8445: "the certificate does not hold: self-signed certificate",
                 8447: "the certificate does not hold: certificate is not yet valid"}
        for port, words in cases.items():
            with self.subTest(port):
                result = self.ask(f"{DIRECT}:{port}", "--tls")
                self.fails(result, "bad_answer", "tls", words)
                self.assertEqual(result["facts"]["tls_version"], ["TLSv1.3"])
                self.assertEqual(self.ask(f"{DIRECT}:{port}", "--tls", "--insecure")["outcome"], "ok")

    def test_another_name_may_be_asked_for(self):
        self.assertEqual(self.ask(f"{MANY}:443", "--tls", "--tls-name", "target.holter.test")["outcome"], "ok")
        self.fails(self.ask(f"{MANY}:443", "--tls", "--tls-name", "other.holter.test"), "bad_answer", "tls",
                   "the certificate is not for other.holter.test")

    def test_it_speaks_within_tls(self):
        result = self.ask(f"{DIRECT}:443", "--tls", "--send", "HEAD / HTTP/1.0\\r\\n\\r\\n", "--expect",
                          "reply ~ ' 200 OK'")
        self.assertEqual(result["outcome"], "ok", result)

    def test_what_is_no_tls(self):
        self.fails(self.ask(f"{DIRECT}:80", "--tls"), "bad_answer", "tls", "no TLS with the peer: ")
        self.fails(self.ask(f"{DIRECT}:22", "--tls"), "bad_answer", "tls", "no TLS with the peer: ")
        self.fails(self.ask(f"{DIRECT}:14", "--tls"), "bad_answer", "tls", "")
        self.fails(self.probe("tcp", f"{DIRECT}:8", "--tls", "--timeout", "300ms"), "timeout", "tls",
                   "no end of the TLS handshake within 300 ms")

    def test_a_host_that_trusts_nobody_says_what_to_install(self):
        bed.run("mount", "--bind", "/dev/null", TRUSTED)
        self.addCleanup(bed.run, "umount", TRUSTED)
        self.fails(self.ask(f"{DIRECT}:443", "--tls"), "not_permitted", "tls", "ca-certificates")

    def test_each_protocol_leads_to_tls(self):
        banners = {"smtp": ["220-mail.holter.test"], "imap": ["* OK IMAP4rev1 here"], "pop3": ["+OK POP3 here"],
                   "ftp": ["220-FTP"]}
        for protocol, port in STARTTLS.items():
            with self.subTest(protocol):
                result = self.ask(f"{DIRECT}:{port}", "--starttls", protocol, "--send", "hello\\n", "--expect",
                                  "reply ~ hello and certificate_left > 30d")
                self.assertEqual(result["outcome"], "ok", result)
                self.assertEqual(result["facts"].get("banner"), banners.get(protocol))
                self.assertEqual(result["facts"]["tls_version"], ["TLSv1.3"])
                name = self.ask(f"{DIRECT}:{port}", "--starttls", protocol, "--tls-name", "other.holter.test")
                self.fails(name, "bad_answer", "tls", "the certificate is not for other.holter.test")

    def test_what_does_not_lead_to_tls(self):
        cases = {(2601, "smtp"): "the peer does not offer STARTTLS",
                 (2602, "smtp"): "bytes came in the clear behind the word to begin TLS",
                 (2603, "ldap"): "the peer refuses TLS: result 52", (2604, "smtp"): "no TLS with the peer: ",
                 (2606, "ftp"): "more than 16 KiB came before TLS", (22, "smtp"): "what came is not of this protocol",
                 (2501, "imap"): "what came is not of this protocol", (14, "pop3"): "closed the connection before TLS"}
        for (port, protocol), words in cases.items():
            with self.subTest(words):
                self.fails(self.ask(f"{DIRECT}:{port}", "--starttls", protocol), "bad_answer", "tls", words)
        for port in (2605, 2607):
            result = self.probe("tcp", f"{DIRECT}:{port}", "--starttls", "smtp", "--timeout", "500ms")
            self.fails(result, "timeout", "tls", "nothing that leads to TLS within 500 ms")

    def test_a_slow_drip_ends_at_the_deadline(self):
        result = self.probe("tcp", f"{DIRECT}:2605", "--banner", "--timeout", "700ms")
        self.assertEqual(result["outcome"], "ok", result)
        self.assertRegex(result["facts"]["banner"][0], "^x+$")
        self.assertLess(result["phases_ms"]["transfer"], 800)


if __name__ == "__main__":
    bed.main()
