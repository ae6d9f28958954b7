#!/usr/bin/env python3
"""The outcome of every kind of probe against ground truth: a wire that loses, delays, doubles, overtakes and corrupts
as it is told and counts what it did, and a target whose filter drops or rejects. HOLTER_SEED replays."""
import bed
import ground_truth
from ground_truth import ECHO, TARGET, TARGET6, TLS, WEB, Row

SHORT = ("--timeout", "300ms")
LONG = ("--timeout", "20s")
AT_ONCE = 3000     # ms: long before the deadline, and told by a program that has to be started on a busy machine
MUCH = 300 + 2000  # ms until a short deadline has passed and holter has ended
# Of a deadline before which a busy machine still gets through the phases before.
UNHEARD = {"options": ("--timeout", "1s"), "words": ("within 1 s",), "least": 1000, "most": 1000 + 2000}
REJECTS4 = {"net-unreachable": "network unreachable", "host-unreachable": "host unreachable",
            "net-prohibited": "network", "host-prohibited": "host",
            "admin-prohibited": "administratively prohibited"}
REFUSALS4 = {"prot-unreachable": "protocol unreachable", "port-unreachable": "port unreachable"}
REJECTS6 = {"no-route": "no route", "admin-prohibited": "administratively prohibited",
            "addr-unreachable": "address unreachable"}
REFUSALS6 = {"port-unreachable": "port unreachable"}


class Datagrams(ground_truth.Case):
    """Kinds of one question and one answer, which nobody repeats."""

    def rows(self, probe, subject, incoming, doubled=None):
        """`subject` is what the wire calls them, `incoming` what the target's filter calls the question, `doubled` the
        facts of an answer that came twice."""
        def row(name, outcome, *faults, **more):
            more.setdefault("phase", None if outcome == "ok" else "first_byte")
            options = more.pop("options", LONG if outcome == "ok" else SHORT)
            return Row(f"{probe[0]}: {name}", (*probe, *options), outcome, faults=faults, **more)

        silent = {"words": ("no ", "within 300 ms"), "least": 300, "most": MUCH}
        yield row("nothing is wrong", "ok", f"{subject} lose 9", truth={"in": 2, "out": 2})
        yield row("the question is lost", "timeout", f"a>b {subject} lose 1", truth={"in": 1, "lost": 1}, **silent)
        yield row("the answer is lost", "timeout", f"b>a {subject} lose 1", truth={"in": 1, "lost": 1}, **silent)
        yield row("the target drops it", "timeout", drop=f"{incoming} drop", **silent)
        yield row("the question is corrupted", "timeout", f"a>b {subject} corrupt 1", truth={"corrupted": 1}, **silent)
        yield row("the answer is corrupted", "timeout", f"b>a {subject} corrupt 1", truth={"corrupted": 1}, **silent)
        yield row("both ways are long", "ok", f"{subject} delay 40ms", least=80)
        yield row("the answer is held", "ok", f"b>a {subject} hold 1 70ms", least=70, truth={"held": 1})
        yield row("the answer comes too late", "timeout", f"b>a {subject} delay 500ms", truth={"in": 1}, **silent)
        twice = {"in": 1, "duplicated": 1, "out": 2}
        yield row("the question comes twice", "ok", f"a>b {subject} double 1", truth=twice, facts=doubled or {})
        yield row("the answer comes twice", "ok", f"b>a {subject} double 1", truth=twice, facts=doubled or {})
        sixth = TARGET6 in probe[1]
        icmp, target = ("icmpv6", TARGET6) if sixth else ("icmp", TARGET)
        for codes, outcome in ((REJECTS6 if sixth else REJECTS4, "unreachable"),
                               (REFUSALS6 if sixth else REFUSALS4, "refused")):
            for code, words in codes.items():
                yield row(f"rejected with {code}", outcome, drop=f"{incoming} reject with {icmp} type {code}",
                          words=(words, f"from {target}"), most=AT_ONCE, options=LONG)

    def test_icmp(self):
        self.run_rows(self.rows(("icmp", TARGET), "echo", "icmp type echo-request"))

    def test_icmp_by_a_raw_socket(self):
        self.wire.host.sh("sysctl -qw net.ipv4.ping_group_range='1 0'")
        self.addCleanup(self.wire.host.sh, "sysctl -qw net.ipv4.ping_group_range='0 2147483647'")
        self.run_rows(self.rows(("icmp", TARGET), "echo", "icmp type echo-request"))
        self.run_rows(self.rows(("icmp", TARGET6), "echo", "icmpv6 type echo-request"))

    def test_duplicates_of_one_echo(self):
        probe = ("icmp", TARGET, "--linger", "100ms")
        self.run_rows([
            Row("icmp: the answer comes twice", probe, "ok", words=("1 reply, 1 duplicate",),
                faults=("b>a echo double 1",), facts={"duplicates": [1]}),
            Row("icmp: the question comes twice", probe, "ok", words=("1 reply, 1 duplicate",),
                faults=("a>b echo double 1",), facts={"duplicates": [1]}),
            Row("icmp: none comes twice", probe, "ok", facts={"duplicates": [0]})])

    def test_icmp_of_version_6(self):
        self.run_rows(self.rows(("icmp", TARGET6), "echo", "icmpv6 type echo-request"))

    def test_udp(self):
        for target in (TARGET, f"[{TARGET6}]"):
            self.run_rows(self.rows(("udp", f"{target}:{ECHO}"), f"udp port {ECHO}", f"udp dport {ECHO}",
                                    {"duplicates": [1]}))

    def test_dns(self):
        self.run_rows(self.rows(("dns", TARGET, "--query", "a.example"), "udp port 53", "udp dport 53"))

    def test_ntp(self):
        self.run_rows(self.rows(("ntp", TARGET), "udp port 123", "udp dport 123"))


class Connections(ground_truth.Case):
    """Kinds over TCP, whose kernel sends again what is lost."""
    RESENT = 1000  # ms until a SYN is sent again; the rtt has it
    RESENT_DATA = {"least": 150, "most": 2000}

    def rows(self, probe, port, round_trips, unheard, told_in=("rtt", "rtt")):
        """`round_trips` of an answer; `unheard` is the phase in which a target that takes connections and loses all
        data is given up; a late connection shows in the first of `told_in`, late data in the second."""
        name = " ".join(probe[:1] + probe[2:4])
        subject = f"tcp port {port}"
        connect, data = told_in

        def row(what, outcome, *faults, phase=None, options=None, **more):
            options = options or (LONG if outcome == "ok" else SHORT)
            return Row(f"{name}: {what}", (*probe, *options), outcome, faults=faults, phase=phase, **more)

        def in_time(*words):
            return {"words": (*words, "300 ms"), "least": 300, "most": MUCH}

        yield row("nothing is wrong", "ok")
        yield row("the first SYN is lost", "ok", f"a>b {subject} syn lose 1", least=self.RESENT,
                  told_in=connect, truth={"lost": 1})
        yield row("the first SYN/ACK is lost", "ok", f"b>a {subject} syn lose 1", least=self.RESENT,
                  told_in=connect, truth={"lost": 1})
        yield row("the second SYN is lost too", "timeout", f"a>b {subject} syn lose 1-2", phase="connect",
                  options=("--timeout", "1500ms"), least=1500, most=1500 + MUCH - 300, truth={"in": 2, "lost": 2})
        yield row("the SYN/ACK comes too late", "timeout", f"b>a {subject} syn delay 500ms", phase="connect",
                  **in_time())
        yield row("the SYN/ACK is corrupted", "timeout", f"b>a {subject} syn corrupt 1", phase="connect",
                  truth={"corrupted": 1}, **in_time())
        yield row("the target drops it", "timeout", drop=f"tcp dport {port} drop", phase="connect", **in_time())
        yield row("the target resets", "refused", drop=f"tcp dport {port} reject with tcp reset", phase="connect",
                  options=LONG, most=AT_ONCE)
        for codes, outcome in ((REJECTS4, "unreachable"), (REFUSALS4, "refused")):
            for code, words in codes.items():
                yield row(f"rejected with {code}", outcome, drop=f"tcp dport {port} reject with icmp type {code}",
                          phase="connect", options=LONG, words=(words, f"from {TARGET}"), most=AT_ONCE)
        yield row("both ways are long", "ok", f"{subject} delay 20ms", least=40 * round_trips,
                  told_in=connect)
        yield row("every segment comes twice", "ok", f"{subject} double 1-")
        if unheard is None:
            return
        yield row("no data gets through", "timeout", f"{subject} data lose 1-", phase=unheard, **UNHEARD)
        yield row("no data comes back", "timeout", f"b>a {subject} data lose 1-", phase=unheard, **UNHEARD)
        yield row("the first data is lost", "ok", f"a>b {subject} data lose 1", truth={"lost": 1},
                  told_in=data, **self.RESENT_DATA)
        yield row("the first answer is lost", "ok", f"b>a {subject} data lose 1", truth={"lost": 1},
                  told_in=data, **self.RESENT_DATA)
        yield row("the first data is corrupted", "ok", f"a>b {subject} data corrupt 1", truth={"corrupted": 1}, told_in=data, **self.RESENT_DATA)

    def test_tcp(self):
        self.run_rows(self.rows(("tcp", f"{TARGET}:{WEB}"), WEB, 1, None))

    def test_http(self):
        probe = ("http", f"http://{TARGET}/ok")
        self.run_rows(self.rows(probe, WEB, 2, "first_byte"))
        self.run_rows([Row("http: the body stays away", (*probe, *UNHEARD["options"]), "timeout", "transfer",
                           faults=(f"b>a tcp port {WEB} data lose 2-",), least=1000, most=UNHEARD["most"])])

    def test_https(self):
        probe = ("https", f"https://{TARGET}/ok", "--ca-file", self.bed.path("certificate.pem"))
        self.run_rows(self.rows(probe, TLS, 3, "tls"))
        self.run_rows([Row("https: the request stays away", (*probe, *UNHEARD["options"]), "timeout", "first_byte",
                           faults=(f"a>b tcp port {TLS} data lose 3-",), least=1000, most=UNHEARD["most"])])

    def test_dns_over_tcp(self):
        self.run_rows(self.rows(("dns", TARGET, "--transport", "tcp", "--query", "a.example"), 53, 1,
                                "first_byte", ("connect", "first_byte")))


class Names(ground_truth.Case):
    """What becomes of a name whose servers, or one of whose addresses, stay silent."""
    NAMED = (("icmp", "{}"), ("trace", "{}"), ("udp", f"{{}}:{ECHO}"), ("tcp", f"{{}}:{WEB}"), ("http", "http://{}/ok"),
             ("dns", "{}"), ("ntp", "{}"))

    def setUp(self):
        hosts = self.bed.path("hosts")
        with open(hosts, "w") as file:
            file.write(f"{TARGET6} both.example\n{TARGET} both.example\n")
        self.wire.host.sh(f"umount /etc/hosts || true; mount --bind {hosts} /etc/hosts")
        self.wire.host.resolve_by(TARGET)

    def test_no_server_answers(self):
        lost = {"faults": ("a>b udp port 53 lose 1-",), "phase": "resolve", "least": 300, "most": MUCH,
                "words": ("the name had no address within the probe's time",)}
        for kind, form in self.NAMED:
            probe = (kind, form.format("nowhere.example"), *SHORT)
            self.run_rows([Row(f"{kind}: no server answers", probe, "timeout", **lost)])

    def test_there_is_no_such_name(self):
        self.run_rows(Row(f"{kind}: no such name", (kind, form.format("nowhere.example")), "resolve_failed", "resolve",
                          most=AT_ONCE) for kind, form in self.NAMED)

    def test_one_address_is_silent(self):
        silent, tcp = f"meta nfproto ipv6 tcp dport {WEB} drop", ("tcp", f"both.example:{WEB}")
        self.run_rows([
            Row("tcp: the other is tried", tcp, "ok", drop=silent, told_in="connect", least=250),
            Row("tcp: its own time alone", tcp, "ok", drop=silent, most=200),
            Row("http: the other is tried", ("http", "http://both.example/ok"), "ok", drop=silent, told_in="connect",
                least=200),
            Row("tcp: both are silent", (*tcp, *SHORT), "timeout", "connect", drop=f"tcp dport {WEB} drop", least=300,
                most=MUCH)])

    def test_one_address_says_no(self):
        for no in ("tcp reset", "icmpv6 type admin-prohibited"):
            refused = f"meta nfproto ipv6 tcp dport {WEB} reject with {no}"
            self.run_rows([Row(f"{probe[0]}: the other is tried after {no}", probe, "ok", drop=refused, most=200,
                               told_in="connect")
                           for probe in (("tcp", f"both.example:{WEB}"), ("http", "http://both.example/ok"))])


class Bursts(ground_truth.Case):
    """What icmp counts is what the wire has counted."""
    COUNT = 50

    def burst(self, *faults, gap="2ms"):
        """(facts of the probe, counts of the first fault each way)"""
        self.wire.clear()
        self.wire.fault(*faults)
        result = self.ask("icmp", TARGET, "--burst", str(self.COUNT), "--gap", gap, "--timeout", "900ms")
        facts = {name: result["facts"][name][0] for name in ("sent", "received", "lost", "duplicates", "reordered")}
        told = self.wire.counts()["faults"][0]
        print(f"{faults}: {facts}", flush=True)
        self.assertEqual((facts["sent"], facts["received"] + facts["lost"]), (self.COUNT, self.COUNT))
        self.assertEqual(len(result["facts"]["echo_rtt_ms"]), facts["received"])
        return facts, told["a_to_b"], told["b_to_a"]

    def test_loss(self):
        for faults in ("echo lose 20%", "a>b echo lose 5% runs 6", "b>a echo lose 1,7-9,50", "echo lose 2-"):
            with self.subTest(faults):
                facts, there, back = self.burst(faults)
                self.assertEqual(facts["lost"], there["lost"] + back["lost"])
                self.assertEqual((facts["duplicates"], facts["reordered"]), (0, 0))

    def test_loss_of_all(self):
        self.wire.clear()
        self.wire.fault("echo lose 1-")
        result = self.ask("icmp", TARGET, "--burst", "5", "--timeout", "300ms")
        self.assertEqual((result["outcome"], result["facts"]["lost"]), ("timeout", [5]))
        self.assertEqual(self.wire.counts()["faults"][0]["a_to_b"]["lost"], 5)

    def test_duplicates(self):
        for faults in ("b>a echo double 30%", "a>b echo double 30%", "echo lose 10% double 30%"):
            with self.subTest(faults):
                facts, there, back = self.burst(faults)
                self.assertEqual(facts["received"] + facts["duplicates"], back["out"] or there["out"])

    def test_reordering(self):
        for faults in ("b>a echo hold 20% 15ms", "b>a echo delay 20ms jitter 8ms", "b>a echo hold 3 9ms lose 5",
                       "b>a echo lose 10% double 20% hold 20% 11ms"):
            with self.subTest(faults):
                facts, _, back = self.burst(faults)
                self.assertEqual(facts["reordered"], back["reordered"])
                self.assertEqual(facts["lost"], back["lost"])
                self.assertEqual(facts["duplicates"], back["duplicated"])

    def test_the_times_are_those_of_the_wire(self):
        self.wire.clear()
        self.wire.fault("b>a echo hold 2,4 60ms")
        rtts = self.ask("icmp", TARGET, "--burst", "5", "--gap", "5ms")["facts"]["echo_rtt_ms"]
        self.assertEqual([rtt >= 60 for rtt in rtts], [False, True, False, True, False], rtts)


class Traces(ground_truth.Case):
    """One hop; what routers do to a trace is tried in the test bed."""

    def rows(self, protocol, subject, incoming):
        probe = ("trace", TARGET, "--protocol", protocol, "--one-flow", "--ttl", "2", "--timeout", "20s")

        def row(what, outcome, *faults, **more):
            more.setdefault("phase", None if outcome == "ok" else "first_byte")
            return Row(f"trace by {protocol}: {what}", probe, outcome, faults=faults, **more)

        reached = {"facts": {"hops": [1], "path_end": ["reached"]}}
        yield row("nothing is wrong", "ok", **reached)
        yield row("two questions are lost", "ok", f"a>b {subject} lose 1-2", truth={"lost": 2}, **reached)
        yield row("an answer is lost", "ok", "b>a icmp lose 1", truth={"lost": 1}, **reached)
        yield row("an answer is corrupted", "ok", "b>a icmp corrupt 1", truth={"corrupted": 1}, **reached)
        yield row("all come twice", "ok", f"{subject} double 1-", **reached)
        yield row("both ways are long", "ok", "ip delay 30ms", least=60, **reached)
        yield row("the target drops it", "timeout", drop=f"{incoming} drop", words=("nobody answers beyond this host",),
                  facts={"path_end": ["silent"]}, most=20000)
        yield row("the target's own filter says so", "ok", drop=f"{incoming} reject with icmp type admin-prohibited",
                  **reached)

    def test_by_udp(self):
        self.run_rows(self.rows("udp", "udp", "udp dport 33434-33600"))

    def test_by_icmp(self):
        self.run_rows(self.rows("icmp", "echo", "icmp type echo-request"))


if __name__ == "__main__":
    bed.main()
