#!/usr/bin/env python3
"""Probe packets on the wire: what a capture saw of a probe's packets stands in its result and at the frames of a freeze,
over a wire that delays as it is told."""
import socket
import threading

import bed
import impair

TARGET = "10.77.0.2"
DELAY_MS = 20
WEB, ECHO, SILENT = 8080, 7000, 7001
RUNS = 3
PLAN = f"""
[capture]
interface = "eth0"
[[probe]]
name = "ping"
kind = "icmp"
target = "{TARGET}"
interval = "400ms"
[[probe]]
name = "burst"
kind = "icmp"
target = "{TARGET}"
interval = "500ms"
options = {{burst = 3}}
[[probe]]
name = "tcp"
kind = "tcp"
target = "{TARGET}:{WEB}"
interval = "400ms"
[[probe]]
name = "udp"
kind = "udp"
target = "{TARGET}:{ECHO}"
interval = "400ms"
[[probe]]
name = "dns"
kind = "dns"
target = "{TARGET}"
query = "example.org"
interval = "400ms"
[[probe]]
name = "http"
kind = "http"
target = "http://{TARGET}:{WEB}/"
interval = "400ms"
[[probe]]
name = "trace"
kind = "trace"
target = "{TARGET}"
interval = "1s"
"""


def answer_web(listener):
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:  # closed with the bed
            return
        with connection:
            connection.settimeout(0.5)
            try:
                if connection.recv(4096):
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
            except OSError:
                pass


class ProbePackets(bed.Case):
    def setUp(self):
        super().setUp()
        bed.need("tshark", "dnsmasq")
        self.wire = impair.Wire(self.bed, impair.seed())
        self.host, self.target = self.wire.host, self.wire.target
        self.bed.dns(self.target)
        self.target.echo(TARGET, ECHO)
        self.silent = self.target.udp(TARGET, SILENT)
        with self.target.inside():
            listener = socket.create_server((TARGET, WEB), backlog=64)
        self.bed.cleanup.callback(listener.close)
        threading.Thread(target=answer_web, args=(listener,), daemon=True).start()

    def start(self, plan, *options):
        config = self.bed.path("holter.toml")
        with open(config, "w", encoding="utf-8") as file:
            file.write(plan)
        holter = self.bed.start(self.host, "--targets", "none", "--config", config, *options).wait_page()
        bed.eventually(lambda: holter.api("capture")["interfaces"][0]["state"] == "capturing", "capturing")
        return holter

    def facts(self, holter, probe):
        return [{name: values for name, values in result["facts"].items() if name.startswith("wire")} |
                {"result": result} for result in holter.results(probe)]

    def seen(self, holter, probe, count=RUNS, word="answered"):
        """The newest results of which the capture saw the packets."""
        return bed.eventually(lambda: len(found := [facts for facts in self.facts(holter, probe)
                                                    if facts.get("wire") == [word]]) >= count and found,
                              f"{count} results of {probe} are {word}", 30)

    def freeze(self, holter):
        path = self.bed.path("frozen.pcapng")
        done = self.bed.holter(self.host, "freeze", "--last", "30s", "-w", path, "--force",
                               env={"XDG_RUNTIME_DIR": holter.runtime})
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        return path

    def comments(self, path, filter_text):
        out = bed.run("tshark", "-r", path, "-Y", filter_text, "-T", "fields", "-e", "frame.comment")
        return out.splitlines()

    def test_results_say_what_was_seen_on_the_wire(self):
        self.wire.fault(f"a>b ip delay {DELAY_MS}ms")
        holter = self.start(PLAN)
        for probe, requests in (("ping", 1), ("burst", 3), ("tcp", 1), ("udp", 1), ("dns", 1), ("http", 1)):
            with self.subTest(probe):
                for facts in self.seen(holter, probe):
                    result, times = facts["result"], facts["wire_rtt_ms"]
                    self.assertEqual(result["outcome"], "ok", result)
                    self.assertEqual(facts["wire_interface"], ["eth0"])
                    self.assertEqual(len(times), requests, facts)
                    self.assertGreaterEqual(min(times), DELAY_MS, facts)
                    self.assertGreaterEqual(facts["wire_sent_ms"][0], 0)
                    # Both are the same trip; a busy host is between them, and the rtt of http is that of its request.
                    if probe not in ("burst", "http"):
                        self.assertLess(abs(times[0] - result["rtt_ms"]), DELAY_MS * bed.TIME_FACTOR, facts)
        self.assertTrue(all("wire" not in facts for facts in self.facts(holter, "trace")))

    def test_frames_of_a_freeze_say_whose_they_are(self):
        holter = self.start(PLAN)
        for probe in ("ping", "burst", "tcp", "udp", "dns", "http"):
            self.seen(holter, probe)
        bed.eventually(lambda: holter.results("trace"), "a trace")
        path = self.freeze(holter)
        target = f"ip.dst == {TARGET}"
        back = f"ip.src == {TARGET}"
        for filter_text, comment in (
                (f"icmp.type == 8 && {target}", "holter: probe ping (icmp), its request"),
                (f"icmp.type == 8 && {target}", "holter: probe burst (icmp), its request 3 of 3"),
                (f"icmp.type == 0 && {back}", "holter: probe ping (icmp), the answer to its request"),
                (f"icmp.type == 0 && {back}", "holter: probe burst (icmp), the answer to its request 2 of 3"),
                (f"tcp.flags == 0x002 && {target}", "holter: probe tcp (tcp), sent on its connection"),
                (f"tcp.flags == 0x012 && {back}", "holter: probe tcp (tcp), came on its connection"),
                (f"tcp.dstport == {WEB} && tcp.len > 0 && {target}", "holter: probe http (http), sent on its connection"),
                (f"tcp.srcport == {WEB} && tcp.len > 0 && {back}", "holter: probe http (http), came on its connection"),
                (f"udp.dstport == {ECHO} && !icmp && {target}", "holter: probe udp (udp), its request"),
                (f"udp.srcport == {ECHO} && !icmp && {back}", "holter: probe udp (udp), the answer to its request"),
                (f"dns.flags.response == 0 && {target}", "holter: probe dns (dns), its request"),
                (f"dns.flags.response == 1 && {back}", "holter: probe dns (dns), the answer to its request"),
                (f"icmp.type == 3 && {back}", "holter: probe trace (trace), an error about its request")):
            with self.subTest(comment):
                self.assertIn(comment, self.comments(path, filter_text))
        with self.subTest("every one of them"):
            everything = self.comments(path, f"ip && {target} && (icmp || udp || tcp)")
            self.assertGreater(len(everything), 20)
            self.assertEqual([text for text in everything if not text.startswith("holter: probe ")], [])
        self.assertEqual(set(self.comments(path, "arp")) - {""}, set(), "nothing is said of what is no probe's")
        for why in ("box_full", "pushed_out"):
            self.assertEqual(holter.figure(f'holter_probe_packets_unannounced_total{{why="{why}"}}'), 0)
        self.assertEqual(holter.stop(), 0)

    def test_a_failure_says_whether_it_left(self):
        holter = self.start(f"""
[capture]
interface = "eth0"
[[probe]]
name = "silent"
kind = "udp"
target = "{TARGET}:{SILENT}"
interval = "1s"
timeout = "300ms"
[[probe]]
name = "ping"
kind = "icmp"
target = "{TARGET}"
interval = "400ms"
timeout = "300ms"
[[probe]]
name = "self"
kind = "icmp"
target = "127.0.0.1"
interval = "400ms"
""")
        silent = self.seen(holter, "silent", 1, "unanswered")[0]
        self.assertNotIn("wire_rtt_ms", silent)
        self.assertGreaterEqual(silent["wire_sent_ms"][0], 0)
        self.assertIn("on eth0 the capture saw it leave, and no answer", str(silent["result"]["transcript"]))
        self.seen(holter, "ping")
        with self.subTest("another interface"):
            results = bed.eventually(lambda: len(found := self.facts(holter, "self")) >= RUNS and found, "results")
            self.assertTrue(all(set(facts) == {"result"} and facts["result"]["outcome"] == "ok" for facts in results))
        with self.subTest("dropped before it leaves"):
            self.host.sh("nft 'add table inet t; add chain inet t o { type filter hook output priority 0; };"
                         " add rule inet t o icmp type echo-request drop'")
            unsent = self.seen(holter, "ping", 1, "unsent")[0]
            self.assertNotIn("wire_sent_ms", unsent)
            self.assertIn("saw none of its packets leave eth0", str(unsent["result"]["transcript"]))

    def test_an_agent_tells_its_hub(self):
        config = self.bed.path("hub.toml")
        with open(config, "w", encoding="utf-8") as file:
            file.write(PLAN)
        hub = self.bed.start(self.target, "--listen", f"{TARGET}:4282", "--http", f"{TARGET}:4280", "--insecure",
                             "--targets", "none", "--config", config, role="hub", host=TARGET).wait_page()
        agent = self.bed.start(self.host, "--hub", TARGET, "--insecure", "--interface", "eth0", role="agent")
        for probe in ("ping", "tcp", "dns"):
            for facts in self.seen(hub, probe):
                self.assertGreater(facts["wire_rtt_ms"][0], 0, facts)
                self.assertEqual(facts["wire_interface"], ["eth0"])
        self.assertIn("holter: probe ping (icmp), its request", self.comments(self.freeze(agent), "icmp.type == 8"))
        self.assertEqual(agent.stop(), 0)


if __name__ == "__main__":
    bed.main()
