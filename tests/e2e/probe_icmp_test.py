#!/usr/bin/env python3
"""`holter probe icmp` in the test bed: every outcome, bursts over a lossy link, and its time against a capture."""
import json
import re
import subprocess

import bed
import testbed

WIRE = 0.010  # ms, p99


class Icmp(testbed.Case):
    def test_who_answers_is_up(self):
        for address, ttl in (("10.93.0.2", 64), ("fd93::2", 64), ("10.90.4.2", 60), ("fd90:4::2", 60)):
            with self.subTest(address):
                result = self.probe("icmp", address)
                self.assertEqual((result["outcome"], result["address"]), ("ok", address))
                self.assertEqual(result["facts"]["ttl"], [ttl])

    def test_who_does_not_is_told_apart(self):
        for address, outcome, words in (("10.94.0.1", "unreachable", "network unreachable from 10.90.3.2"),
                                        ("10.90.4.99", "unreachable", "host unreachable from 10.90.3.2"),
                                        ("10.96.0.1", "unreachable", "time to live exceeded from 10.90."),
                                        ("10.95.0.1", "timeout", "no reply within 1 s"),
                                        ("10.91.255.1", "timeout", "no reply within 1 s")):
            with self.subTest(address):
                # Linux asks three times, a second each, before it says that there is no such host.
                more = ("--timeout", "5s") if address == "10.90.4.99" else ()
                self.fails(self.probe("icmp", address, *more), outcome, "first_byte", words)

    def test_a_burst_over_a_lossy_link_tells_all_of_it(self):
        result = self.probe("icmp", "10.90.5.2", "--burst", "50", "--gap", "20ms", "--timeout", "2s")
        facts = {name: values for name, values in result["facts"].items()}
        self.assertEqual(facts["sent"], [50])
        self.assertEqual(facts["received"][0] + facts["lost"][0], 50)
        self.assertEqual(len(facts["echo_rtt_ms"]), facts["received"][0])
        self.assertLessEqual(facts["received"][0], 49)
        self.assertGreater(facts["received"][0], 25)
        self.assertGreater(min(facts["echo_rtt_ms"]), 20)

    def test_a_narrow_link_says_how_narrow(self):
        self.addCleanup(self.bed.sh, "mtu", "1500")
        self.bed.sh("mtu", "1400")
        for address, words in (("10.90.4.2", "fragmentation needed"), ("fd90:4::2", "packet too big")):
            with self.subTest(address):
                result = self.probe("icmp", address, "--size", "1432", "--whole")
                self.fails(result, "unreachable", "first_byte", words, "MTU 1400")
                self.assertEqual(result["facts"]["path_mtu"], [1400])
                self.assertEqual(self.probe("icmp", address, "--size", "1300", "--whole")["outcome"], "ok")

    def test_its_time_is_that_on_the_wire(self):
        capture = self.bed.path("icmp.pcap")
        tcpdump = subprocess.Popen(self.bed.command("probe", "tcpdump", "-i", "d0", "-w", capture, "-c", "400",
                                                    "--time-stamp-precision=nano", "icmp"),
                                   stderr=subprocess.PIPE, text=True)
        self.addCleanup(tcpdump.wait)
        self.addCleanup(tcpdump.kill)
        tcpdump.stderr.readline()
        code, text, errors = self.holter("probe", "icmp", "10.93.0.2", "--burst", "50", "--count", "4", "--interval",
                                         "200ms", "--timeout", "900ms", "--json", timeout=60)
        self.assertEqual((code, errors), (0, ""))
        tcpdump.communicate(timeout=10)
        reported = [rtt for line in text.splitlines() for rtt in json.loads(line)["facts"]["echo_rtt_ms"]]
        shown = subprocess.run(["tcpdump", "-r", capture, "-n", "-tt", "--time-stamp-precision=nano"],
                               capture_output=True, text=True, check=True).stdout
        sent, on_wire = {}, []
        for stamp, kind, number in re.findall(r"^(\d+\.\d+) .*ICMP echo (request|reply), id \d+, seq (\d+)", shown, re.M):
            nanoseconds = int(stamp.replace(".", ""))
            if kind == "request":
                sent[number] = nanoseconds
            else:
                on_wire.append((nanoseconds - sent[number]) / 1e6)
        self.assertEqual(len(on_wire), len(reported))
        differences = sorted(abs(ours - theirs) for ours, theirs in zip(reported, on_wire))
        print(f"\nicmp: |reported - on the wire| p50 {differences[100] * 1000:.1f} us, p99 {differences[-3] * 1000:.1f} us")
        self.assertLess(differences[len(differences) // 2], WIRE)


if __name__ == "__main__":
    bed.main()
