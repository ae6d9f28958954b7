#!/usr/bin/env python3
"""The dns kind against knot and unbound, and against resolvers that are silent, refuse, or answer something else."""
import json
import os
import subprocess

import bed
import testbed
import wire

KNOT, UNBOUND = "10.90.4.2", "10.90.4.2:5353"
DROPPED, SILENT, WRONG_ID, SERVFAIL, REFUSED, JUNK, CLOSED = 54, 5354, 5355, 5356, 5357, 5358, 9
TCP_SILENT, TCP_ENDS, TCP_BANNER = 8, 14, 22
DOT, DOH = 8530, 4430
ROUND = ["10.91.0.1", "10.91.0.2", "10.91.0.3"]
UNBOUND_OVER_TLS = """
server:
  interface: 0.0.0.0@{dot}
  interface: 0.0.0.0@{doh}
  tls-port: {dot}
  https-port: {doh}
  tls-service-key: {tls}/good.key
  tls-service-pem: {tls}/good.crt
  access-control: 0.0.0.0/0 allow
  username: ""
  chroot: ""
  directory: "{directory}"
  pidfile: ""
  use-syslog: no
  do-daemonize: no
  do-not-query-localhost: no
  module-config: "iterator"
  local-zone: "test." nodefault
stub-zone:
  name: "holter.test"
  stub-addr: 127.0.0.1@53
remote-control:
  control-enable: no
"""


def at(port):
    return f"10.90.4.2:{port}"


class DnsCase(testbed.Case):
    def ask(self, target, name, *options):
        """Of the zone holter.test."""
        return self.probe("dns", target, "--query", f"{name}holter.test", *options)

    def key(self):
        """The key of holter.test, as knot says it."""
        done = subprocess.run(self.bed.command("probe", "dig", "+noall", "+answer", f"@{KNOT}", "holter.test", "DNSKEY"),
                              capture_output=True, text=True, check=True, timeout=30)
        return done.stdout.strip()


class Questions(DnsCase):
    def test_the_rtt_is_that_of_the_wire(self):
        off = wire.differences(self, 53, "dns", wire.DIRECT, "--query", "target.holter.test")
        self.assertLess(min(abs(us) for us in off), wire.TOLERANCE * bed.TIME_FACTOR, off)

    def test_each_type_is_asked_for_and_read(self):
        cases = {("target.", "A"): [KNOT],
                 ("target.", "AAAA"): ["fd90:4::2"],
                 ("", "MX"): ["10 mail.holter.test.", "20 mail2.holter.test."],
                 ("", "NS"): ["ns.holter.test."],
                 ("txt.", "TXT"): ['"hello world" "second string"'],
                 ("_ntp._udp.", "SRV"): ["0 5 123 target.holter.test."],
                 ("", "CAA"): ['0 issue "holter.test"'],
                 ("", "TYPE257"): ['0 issue "holter.test"'],
                 ("www.", "CNAME"): ["target.holter.test."]}
        for (name, kind), answers in cases.items():
            with self.subTest(f"{kind} {name}"):
                result = self.ask(KNOT, name, "--type", kind)
                self.assertEqual((result["outcome"], result["facts"]["answer"]), ("ok", answers), result)
                self.assertEqual(result["facts"]["answers"], [len(answers)])
                self.assertEqual((result["facts"]["authoritative"], result["facts"]["ttl"]), ([True], [60]))
                self.assertTrue(result["kernel_stamped"])

    def test_the_serial_of_a_zone(self):
        facts = self.ask(KNOT, "", "--type", "SOA", "--expect", "serial >= 1")["facts"]
        self.assertRegex(facts["answer"][0], rf"^ns\.holter\.test\. admin\.holter\.test\. {facts['serial'][0]} ")

    def test_answers_are_sorted_whatever_the_order_they_come_in(self):
        for _ in range(5):
            result = self.ask(UNBOUND, "multi.")
            self.assertEqual((result["facts"]["answer"], result["detail"]), (ROUND, "NOERROR " + ", ".join(ROUND)))

    def test_aliases_are_told_apart_from_answers(self):
        facts = self.ask(KNOT, "chain1.")["facts"]
        self.assertEqual(facts["alias"], ["chain2.holter.test.", "www.holter.test.", "target.holter.test."])
        self.assertEqual((facts["answer"], facts["answers"]), ([KNOT], [1]))

    def test_expectations_on_answers(self):
        for fulfilled in ("answer == 10.91.0.2", "answers == 3", "answer_address == 10.91.0.0/16", "ttl in {1..60}",
                          "answers == 3 and answer == 10.91.0.1 and answer == 10.91.0.2 and answer == 10.91.0.3",
                          "answer_address not in {10.92.0.0/16}", "rcode == NOERROR and authoritative and not truncated"):
            with self.subTest(fulfilled):
                self.assertEqual(self.ask(KNOT, "multi.", "--expect", fulfilled)["outcome"], "ok")
        result = self.ask(KNOT, "multi.", "--expect", "answer_address == 10.92.0.0/16")
        self.fails(result, "unexpected", "transfer", 'found answer_address "10.91.0.1", "10.91.0.2", "10.91.0.3"')

    def test_what_is_asked_without_a_query(self):
        result = self.probe("dns", "target.holter.test:5353")
        self.assertEqual(result["facts"]["answer"], [KNOT])
        self.assertGreater(result["phases_ms"]["resolve"], 0)
        self.assertIn("NS . to 10.90.4.2:5354", str(self.probe("dns", at(SILENT), "--timeout", "200ms")["transcript"]))
        self.assertIn("PTR 2.4.90.10.in-addr.arpa. to",
                      str(self.probe("dns", KNOT, "--query", "10.90.4.2", "--type", "PTR")["transcript"]))

    def test_recursion_is_asked_for_unless_told(self):
        self.assertEqual(self.ask(UNBOUND, "lossy.", "--recurse", "true")["outcome"], "ok")
        self.fails(self.ask(UNBOUND, "v4only.", "--recurse", "false"), "bad_answer", "first_byte", "REFUSED")

    def test_over_version_6(self):
        result = self.ask("fd90:4::2", "target.", "--type", "AAAA")
        self.assertEqual((result["address"], result["facts"]["answer"]), ("fd90:4::2", ["fd90:4::2"]))
        self.assertEqual(self.ask("target.holter.test", "target.", "-4")["address"], KNOT)


class Answers(DnsCase):
    def test_nxdomain_and_no_data_are_answers(self):
        self.assertEqual(self.ask(KNOT, "nope.")["detail"], "NXDOMAIN")
        facts = self.ask(KNOT, "target.", "--type", "MX")["facts"]
        self.assertEqual((facts["rcode"], facts["answers"]), (["NOERROR"], [0]))

    def test_what_is_too_large_for_udp_is_told_and_comes_over_tcp(self):
        result = self.ask(KNOT, "big.", "--type", "TXT")
        self.assertEqual((result["outcome"], result["facts"]["truncated"]), ("ok", [True]))
        self.fails(self.ask(KNOT, "big.", "--type", "TXT", "--expect", "not truncated"), "unexpected", "transfer")
        result = self.ask(KNOT, "big.", "--type", "TXT", "--transport", "tcp", "--expect", "not truncated")
        self.assertEqual((result["outcome"], result["facts"]["answers"]), ("ok", [1]), result)
        self.assertGreater(result["phases_ms"]["connect"], 0)
        self.assertEqual(result["rtt_ms"], result["phases_ms"]["first_byte"])
        self.assertIn("a" * 200, result["facts"]["answer"][0])

    def test_each_bad_resolver_is_told(self):
        silent = "no answer within 300 ms"
        strange = "no answer to the question within 300 ms, but 1 message that is none"
        for port, (outcome, words) in {DROPPED: ("timeout", silent), SILENT: ("timeout", silent),
                                       WRONG_ID: ("bad_answer", strange), JUNK: ("bad_answer", strange),
                                       SERVFAIL: ("bad_answer", "SERVFAIL"), REFUSED: ("bad_answer", "REFUSED"),
                                       CLOSED: ("refused", f"port unreachable from {KNOT}")}.items():
            with self.subTest(port):
                self.fails(self.ask(at(port), "target.", "--timeout", "300ms"), outcome, "first_byte", words)

    def test_each_bad_resolver_over_tcp_is_told(self):
        for port, (outcome, phase, words) in {CLOSED: ("refused", "connect", "Connection refused"),
                                              10: ("timeout", "connect", "no connection within 300 ms"),
                                              TCP_SILENT: ("timeout", "first_byte", "no answer within 300 ms"),
                                              TCP_BANNER: ("timeout", "first_byte", "no answer within 300 ms"),
                                              TCP_ENDS: ("bad_answer", "first_byte", "ended the connection")}.items():
            with self.subTest(port):
                result = self.ask(at(port), "target.", "--transport", "tcp", "--timeout", "300ms")
                self.fails(result, outcome, phase, words)

    def test_who_expects_a_code_decides_alone(self):
        self.assertEqual(self.ask(at(REFUSED), "target.", "--expect", "rcode == REFUSED")["outcome"], "ok")
        self.fails(self.ask(KNOT, "nope.", "--expect", "rcode == NOERROR"), "unexpected", "transfer", "NXDOMAIN")

    def test_wrong_input(self):
        for options, words in {("--type", "AXFR"): "type is no type", ("--transport", "x"): "transport is udp, tcp, dot or doh",
                               ("--query", "a..b"): "--query a..b is not a name", ("--edns", "1"): "edns is a number of bytes",
                               ("--anchor", "x"): "anchor is a DS or DNSKEY record",
                               ("--anchor", self.key()): "anchor is for validate"}.items():
            code, _, errors = self.holter("probe", "dns", KNOT, *options)
            self.assertEqual(code, 2)
            self.assertIn(words, errors)


class Dnssec(DnsCase):
    def test_the_resolvers_word(self):
        self.assertEqual(self.ask(UNBOUND, "target.", "--expect", "ad")["outcome"], "ok")
        self.assertEqual(self.ask(KNOT, "target.", "--dnssec")["facts"]["ad"], [False])
        self.fails(self.probe("dns", UNBOUND, "--query", "target.bogus.test"), "bad_answer", "first_byte", "SERVFAIL")

    def test_own_proof_up_to_an_anchor(self):
        anchor = ("--validate", "--anchor", self.key())
        for name, kind in (("target.", "A"), ("www.", "A"), ("x.wild.", "A"), ("nope.", "A"), ("target.", "MX"), ("", "SOA"),
                           ("big.", "TXT")):
            for target in (KNOT, UNBOUND):
                with self.subTest(f"{kind} {name} at {target}"):
                    transport = ("--transport", "tcp") if name == "big." else ()
                    result = self.ask(target, name, "--type", kind, *anchor, *transport)
                    self.assertEqual((result["outcome"], result["facts"]["dnssec"]), ("ok", ["secure"]), result)

    def test_what_is_not_proved_is_a_bad_answer(self):
        result = self.ask(KNOT, "target.", "--validate")
        self.fails(result, "bad_answer", "transfer", "indeterminate: the zone above holter.test. names no key of it")
        digest = "0123456789ABCDEF" * 4
        forged = ("--validate", "--anchor", f"bogus.test. DS 12345 13 2 {digest}")
        result = self.probe("dns", UNBOUND, "--query", "target.bogus.test", *forged)
        self.fails(result, "bad_answer", "transfer", "bogus: no key of bogus.test. is the one that is trusted")
        self.assertEqual(result["facts"]["dnssec"], ["bogus"])
        result = self.probe("dns", UNBOUND, "--query", "target.bogus.test", *forged, "--expect", "dnssec == bogus")
        self.assertEqual(result["outcome"], "ok")
        self.fails(self.ask(KNOT, "big.", "--type", "TXT", "--validate", "--anchor", self.key()), "bad_answer", "transfer",
                   "indeterminate: the answer is truncated")


class Tls(DnsCase):
    """A resolver that is asked over TLS and over HTTPS, with the certificate of the bed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        state = f"/tmp/{cls.bed.prefix}-testbed"
        path = os.path.join(state, "tls.conf")
        with open(path, "w") as file:
            file.write(UNBOUND_OVER_TLS.format(dot=DOT, doh=DOH, tls=f"{state}/tls", directory=state))
        cls.resolver = subprocess.Popen(cls.bed.command("target", "unbound", "-d", "-c", path), stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        cls.addClassCleanup(cls.stop)
        cls.trust = f"{state}/tls/ca.crt"

    @classmethod
    def stop(cls):
        cls.resolver.terminate()
        cls.resolver.wait()

    def trusting(self, *arguments):
        """A probe where the bed's authority is the one that is trusted."""
        script = 'mount --bind "$1" /etc/ssl/certs/ca-certificates.crt; shift; exec "$@"'
        done = subprocess.run(self.bed.command("probe", "unshare", "-m", "sh", "-ec", script, "sh", self.trust, bed.HOLTER,
                                               "probe", "dns", *arguments, "--json"), capture_output=True, text=True, timeout=60)
        self.assertEqual(done.stderr, "")
        return json.loads(done.stdout)

    def test_an_answer_over_https(self):
        url = f"https://{at(DOH)}/dns-query"
        result = bed.eventually(lambda: (r := self.trusting(url, "--query", "multi.holter.test"))["outcome"] == "ok" and r,
                                "the resolver answers")
        self.assertEqual(result["facts"]["answer"], ROUND)
        self.assertEqual(result["address"], KNOT)
        phases = result["phases_ms"]
        self.assertTrue(phases["connect"] > 0 and phases["tls"] > 0, phases)
        self.assertEqual(result["rtt_ms"], phases["first_byte"])
        other = self.trusting(at(DOH), "--transport", "doh", "--query", "multi.holter.test")
        self.assertEqual(other["facts"]["answer"], ROUND)

    def test_an_answer_over_tls(self):
        asked = (at(DOT), "--transport", "dot", "--query", "multi.holter.test")
        result = bed.eventually(lambda: (r := self.trusting(*asked))["outcome"] == "ok" and r, "the resolver answers")
        self.assertEqual(result["facts"]["answer"], ROUND)
        phases = result["phases_ms"]
        self.assertTrue(phases["connect"] > 0 and phases["tls"] > 0, phases)
        self.assertEqual(result["rtt_ms"], phases["first_byte"])
        self.assertIn("TLSv1.3", str(result["transcript"]))
        self.fails(self.probe("dns", *asked), "bad_answer", "tls", "certificate")
        self.fails(self.trusting("10.93.0.77:8530", *asked[1:]), "bad_answer", "tls", "not for 10.93.0.77")
        self.fails(self.trusting(KNOT, "--transport", "dot"), "refused", "connect")
        self.fails(self.trusting(at(22), "--transport", "dot"), "bad_answer", "tls")

    def test_what_is_no_resolver(self):
        self.fails(self.probe("dns", f"https://{at(8445)}/dns-query"), "bad_answer", "tls", "certificate")
        self.fails(self.probe("dns", "http://10.90.4.2/status/404"), "bad_answer", "first_byte", "HTTP status 40")
        self.fails(self.probe("dns", f"http://{at(CLOSED)}/"), "refused", "connect")


if __name__ == "__main__":
    bed.main()
