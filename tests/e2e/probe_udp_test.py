#!/usr/bin/env python3
"""`holter probe udp` against the ports of the test bed, DNS and NTP servers, and its figure against tcpdump."""
import json
import os
import re
import subprocess
import tempfile
import time

import bed
import testbed

DIRECT, DIRECT6, PATH = "10.90.0.2", "fd90::2", "10.90.4.2"
NO_HOST, NO_NET = "10.90.4.99", "10.94.0.1"
MANY = "10.93.1."  # the name servers answer from each of them


class Udp(testbed.Case):
    def ask(self, target, *options):
        return self.probe("udp", target, "--timeout", "1s", *options)

    def test_an_echo(self):
        for target, address in ((f"{DIRECT}:7", DIRECT), (f"[{DIRECT6}]:7", DIRECT6), (f"{PATH}:7", PATH)):
            with self.subTest(target):
                result = self.ask(target, "--send", "hello\\n")
                self.assertEqual((result["outcome"], result["detail"]), ("ok", '6 bytes "hello"'), result)
                self.assertEqual(result["address"], address)
                self.assertEqual(result["facts"], {"port_state": ["open"], "reply": ["hello\n"], "reply_bytes": [6],
                                                   "duplicates": [0]})
                self.assertEqual(result["phases_ms"]["first_byte"], result["rtt_ms"])

    def test_bytes_and_the_usual_text(self):
        self.assertEqual(self.ask(f"{DIRECT}:7", "--send", "hex:00 ff41")["facts"]["reply"], ["\x00\\xffA"])
        self.assertEqual(self.ask(f"{DIRECT}:7")["detail"], '8 bytes "holter"')

    def test_a_reply_is_as_expected_or_not(self):
        asked = (f"{DIRECT}:16", "--send", "stressed")
        self.assertEqual(self.ask(*asked, "--expect", "reply ~ '^desserts$'")["outcome"], "ok")
        result = self.ask(*asked, "--expect", "reply ~ '^stressed$'")
        self.fails(result, "unexpected", "transfer", "expected reply ~ '^stressed$', found reply", "desserts")

    def test_a_closed_port_is_refused(self):
        for target, from_ in ((f"{DIRECT}:9", DIRECT), (f"[{DIRECT6}]:9", DIRECT6), (f"{PATH}:9", PATH)):
            with self.subTest(target):
                result = self.ask(target)
                self.fails(result, "refused", "first_byte", f"port unreachable from {from_}")
                self.assertEqual(result["facts"], {"port_state": ["closed"]})

    def test_silence_and_a_filter_look_the_same(self):
        for port in (10, 11):
            result = self.probe("udp", f"{DIRECT}:{port}", "--timeout", "300ms")
            self.fails(result, "timeout", "first_byte", "open or filtered: no reply within 300 ms")
            self.assertEqual(result["facts"], {"port_state": ["open_or_filtered"]})

    def test_silence_is_good_where_it_is_asked_for(self):
        code, text, _ = self.holter("probe", "udp", f"{DIRECT}:11", "--timeout", "300ms", "--silence-is-ok")
        self.assertEqual((code, text), (0, f"1  {DIRECT}  silent  open or filtered: no reply within 300 ms\n"))
        code, _, _ = self.holter("probe", "udp", f"{DIRECT}:9", "--silence-is-ok")
        self.assertEqual(code, 1)

    def test_a_reply_of_another_address_is_none(self):
        # The echo answers from the address that leads back, which is another one.
        result = self.ask("10.93.0.2:7", "--send", "x")
        self.fails(result, "timeout", "first_byte", "no reply within 1 s, but a datagram from 10.90.0.2:7")

    def test_a_filter_that_says_so(self):
        self.bed.sh("exec", "target", "nft", "add rule inet hb in udp dport 12 reject with icmpx type admin-prohibited")
        result = self.ask(f"{DIRECT}:12")
        self.fails(result, "unreachable", "first_byte", "administratively prohibited from 10.9")
        self.assertEqual(result["facts"], {})

    def test_duplicates_are_counted(self):
        result = self.ask(f"{DIRECT}:15", "--send", "x")
        self.assertEqual((result["outcome"], result["detail"]), ("ok", '1 byte "x", and 1 duplicate'))
        self.assertEqual(result["facts"]["duplicates"], [1])

    def test_no_way(self):
        self.fails(self.ask(f"{NO_NET}:7"), "unreachable", "first_byte", "network unreachable from 10.90.3.2")
        self.fails(self.probe("udp", f"{NO_HOST}:7", "--timeout", "10s"), "unreachable", "first_byte",
                   "host unreachable from 10.90.")
        self.fails(self.ask("nowhere.holter.test:7"), "resolve_failed", "resolve")

    def test_a_name_has_two_families(self):
        for family, address in (("-4", DIRECT), ("-6", DIRECT6)):
            self.assertEqual(self.ask("direct.holter.test:7", family)["address"], address)

    def test_real_servers_answer_what_their_port_suggests(self):
        for port, least in ((53, 17), (123, 48)):
            result = self.ask(f"{DIRECT}:{port}")
            self.assertEqual(result["outcome"], "ok", result)
            self.assertGreaterEqual(result["facts"]["reply_bytes"][0], least)
        # chrony answers with the time that was sent as its origin; knot with the id. Mode 4: a server.
        result = self.ask(f"{DIRECT}:123", "--send", "named:ntp", "--expect", r"reply ~ '(?s)^[\\x24]'")
        self.assertEqual(result["outcome"], "ok", result)

    def test_named_messages_go_to_any_port(self):
        lengths = {"dns": 17, "ntp": 48, "snmp": 64, "quic": 1200}
        for name, length in lengths.items():
            result = self.ask(f"{DIRECT}:7", "--send", f"named:{name}")
            self.assertEqual(result["facts"]["reply_bytes"], [length])
        result = self.ask(f"{DIRECT}:7", "--send", "named:sip", "--expect", f"reply contains 'sip:{DIRECT}:7'")
        self.assertEqual(result["outcome"], "ok", result)

    def test_the_way_is_as_asked(self):
        result = self.ask(f"{DIRECT}:7", "--ttl", "1", "--source", "10.90.0.1", "--interface", "d0", "--dscp", "46")
        self.assertEqual(result["outcome"], "ok", result)
        self.fails(self.ask(f"{PATH}:7", "--ttl", "1"), "unreachable", "first_byte", "exceeded", "10.90.1.2")

    def test_wrong_input_is_a_sentence(self):
        cases = {(DIRECT,): "needs a port", (f"{DIRECT}:7", "--send", "named:x"): "names none of dns, ntp, snmp",
                 (f"{DIRECT}:7", "--send", "hex:1"): "bytes of two digits", ("",): "is empty",
                 ("http://a:7/",): "is a URL; give HOST:PORT", (f"{DIRECT}:7", "--tls"): "udp has no option 'tls'"}
        for arguments, words in cases.items():
            with self.subTest(arguments):
                code, text, errors = self.holter("probe", "udp", *arguments)
                self.assertEqual((code, text), (2, ""))
                self.assertIn(words, errors)


COUNT = 100


class Wire(testbed.Case):
    """The kernel's stamps against those of a capture of the same interface."""

    def test_rtt_is_that_of_the_wire(self):
        for at_once in (1, 10):
            with self.subTest(at_once=at_once):
                off = self.off_wire(at_once)
                print(f"udp, {at_once} at once: |reported - on the wire| median {off[len(off) // 2]:.1f} us, "
                      f"p99 {off[len(off) * 99 // 100]:.1f} us, of {len(off)}")
                # A busy machine may hold some packets between two stamps, not most of them.
                self.assertLess(off[len(off) // 2], 20)

    def off_wire(self, at_once):
        """Sorted microseconds."""
        bed.need("tcpdump")
        path = tempfile.mkstemp(suffix=".pcap")[1]
        self.addCleanup(os.unlink, path)
        # Not in immediate mode: waking tcpdump for each packet would stand between its stamp and the socket's.
        dump = subprocess.Popen(self.bed.command("probe", "tcpdump", "-i", "d0", "--nano", "-s", "64", "-Z", "root",
                                                 "-w", path, "udp port 53 and net 10.93.1.0/24"),
                                stderr=subprocess.PIPE, text=True)
        self.addCleanup(dump.wait)
        self.addCleanup(dump.terminate)
        while "listening" not in dump.stderr.readline():
            pass
        programs = [subprocess.Popen(self.bed.command(
            "probe", bed.HOLTER, "probe", "udp", f"{MANY}{i + 1}:53", "--count", str(COUNT),
            "--interval", "10ms", "--json"), stdout=subprocess.PIPE, text=True) for i in range(at_once)]
        results = {}
        for i, program in enumerate(programs):
            results[f"{MANY}{i + 1}"] = [json.loads(line) for line in program.communicate(timeout=60)[0].splitlines()]
        time.sleep(1.5)  # until the kernel gives its last block away
        dump.terminate()
        dump.communicate()
        text = bed.run("tcpdump", "-nn", "-tt", "--nano", "-r", path)
        seen = re.findall(r"^(\d+)\.(\d+) IP (\S+)\.(\d+) > (\S+)\.(\d+):", text, re.MULTILINE)
        return sorted(self.differences(seen, results))

    def differences(self, seen, results):
        sent, rtts = {}, {}
        for seconds, nanos, source, source_port, to, port in seen:
            at = int(seconds) * 10**9 + int(nanos)
            if port == "53":
                sent[to, source_port] = at
            elif (source, port) in sent:
                rtts.setdefault(source, []).append((sent[source, port], at - sent.pop((source, port))))
        for address, asked in results.items():
            stamped = [(r["rtt_ms"], wire) for r, (_, wire) in zip(asked, sorted(rtts[address])) if r["kernel_stamped"]]
            self.assertGreater(len(stamped), COUNT * 0.9)
            yield from (abs(rtt * 1e3 - wire / 1e3) for rtt, wire in stamped)


if __name__ == "__main__":
    bed.main()
