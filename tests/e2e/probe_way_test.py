#!/usr/bin/env python3
"""How a probe goes out: family, source, interface, TTL and DSCP, seen on the wire of the test bed."""
import ipaddress
import subprocess

import bed
import testbed

KINDS = (("icmp", "{}"), ("tcp", "{}:80"), ("dns", "{}"))


def target_of(form, address):
    return form.format(f"[{address}]" if ":" in address and form != "{}" else address)


class Way(testbed.Case):
    def test_time_to_live_is_that_of_every_kind(self):
        for kind, form in KINDS:
            result = self.probe(kind, target_of(form, "10.90.4.2"), "--ttl", "2")
            self.assertEqual(result["outcome"], "unreachable", result)
            self.assertIn("time to live exceeded", result["detail"])
            self.assertRegex(result["detail"], r"from 10\.90\.1[12]\.2")

    def test_source_and_codepoint_are_on_the_wire(self):
        for address, source, field in (("10.93.0.2", "10.90.0.1", "tos 0xb8"), ("fd93::2", "fd90:0::1", "class 0xb8")):
            for kind, form in KINDS:
                with self.subTest(kind=kind, address=address):
                    seen = self.wire(address, kind, target_of(form, address), "--source", source, "--dscp", "46",
                                     "--interface", "d0")
                    self.assertIn(field, seen)
                    self.assertIn(f"{ipaddress.ip_address(source)}", seen)

    def wire(self, address, *arguments):
        """The first packet to `address` in tcpdump's words."""
        capture = subprocess.Popen(self.bed.command("target", "tcpdump", "-i", "d0", "-n", "-v", "-c", "1", "-l", "dst",
                                                    "host", address), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   text=True)
        self.addCleanup(capture.wait)
        self.addCleanup(capture.kill)
        capture.stderr.readline()
        self.assertIn(self.probe(*arguments)["outcome"], ("ok", "bad_answer"))  # knot refuses what is not its own
        return capture.communicate(timeout=20)[0]

    def test_a_family_is_kept(self):
        self.fails(self.probe("icmp", "10.93.0.2", "-6"), "resolve_failed", "resolve", "no IPv6 address")
        self.assertEqual(self.probe("tcp", "[fd93::2]:80", "-6")["outcome"], "ok")
        self.assertEqual(self.probe("tcp", "localhost:1", "-4")["address"], "127.0.0.1")

    def test_what_cannot_be_is_said(self):
        for arguments, words in ((("--ttl", "0"), "ttl is a whole number from 1 to 255"),
                                 (("--dscp", "64"), "dscp is a whole number from 0 to 63"),
                                 (("--source", "here"), "source is an address of this host"),
                                 (("-4", "-6"), "ipv6 is there beside its opposite")):
            code, _, errors = self.holter("probe", "icmp", "10.93.0.2", *arguments)
            self.assertEqual((code, errors), (2, words + "\n"))
        self.fails(self.probe("tcp", "10.93.0.2:80", "--source", "10.1.2.3"), "unreachable", "connect", "10.1.2.3")
        self.fails(self.probe("tcp", "10.93.0.2:80", "--interface", "none0"), "unreachable", "connect", "none0")


if __name__ == "__main__":
    bed.main()
