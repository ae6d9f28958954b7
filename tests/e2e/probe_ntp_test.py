#!/usr/bin/env python3
"""The ntp kind against chrony and against clocks that are off, decline, or answer another question."""
import datetime

import bed
import testbed
import wire

CLOCK = "10.90.4.2"
UNSYNCHRONISED, AHEAD, KISS, WRONG_ORIGIN, FAR, SILENT, CLOSED = 1123, 2123, 3123, 4123, 5123, 10, 9


def at(port):
    return f"{CLOCK}:{port}"


class Ntp(testbed.Case):
    def test_the_rtt_is_that_of_the_wire(self):
        off = wire.differences(self, 123, "ntp", wire.DIRECT)
        self.assertLess(min(abs(us) for us in off), wire.TOLERANCE * bed.TIME_FACTOR, off)

    def test_chrony_is_read(self):
        for target in (CLOCK, "fd90:4::2", at(123), "[fd90:4::2]:123"):
            with self.subTest(target):
                result = self.probe("ntp", target)
                self.assertEqual(result["outcome"], "ok", result)
                self.assertTrue(result["kernel_stamped"], result)
                facts = result["facts"]
                self.assertEqual((facts["version"], facts["stratum"], facts["leap"]), (["NTPv4"], [5], ["none"]))
                self.assertEqual(facts["reference_id"], ["127.127.1.1"])
                self.assertNotIn("kiss", facts)
                self.assertEqual(set(facts), {"version", "stratum", "leap", "reference_id", "offset_ms", "delay_ms",
                                              "root_delay_ms", "root_dispersion_ms", "server_time"})

    def test_both_clocks_are_one_here(self):
        result = self.probe("ntp", CLOCK, "--expect", "offset < 20ms and stratum <= 5")
        self.assertEqual(result["outcome"], "ok", result)
        self.assertLessEqual(result["facts"]["delay_ms"][0], result["rtt_ms"])

    def test_version_3(self):
        result = self.probe("ntp", CLOCK, "--version", "3")
        self.assertEqual((result["outcome"], result["facts"]["version"]), ("ok", ["NTPv3"]))

    def test_the_time_of_the_target_is_printed(self):
        code, text, _ = self.holter("probe", "ntp", at(AHEAD))
        self.assertEqual(code, 0)
        self.assertRegex(text, r"^1  10\.90\.4\.2  \d+\.\d{3} ms  20\d\d-\d\d-\d\dT[\d:.]+Z, offset \+2\.5 s, stratum 2\n$")
        told = datetime.datetime.fromisoformat(text.split("  ")[3].split(",")[0].replace("Z", "+00:00"))
        ahead = told - datetime.datetime.now(datetime.timezone.utc)
        self.assertLess(abs(ahead.total_seconds() - 2.5), 1 * bed.TIME_FACTOR)

    def test_an_offset_counts_by_its_size(self):
        result = self.probe("ntp", at(AHEAD), "--expect", "offset < 1s")
        self.fails(result, "unexpected", "transfer", "expected offset < 1s, found offset 2.5 s")
        self.assertEqual(self.probe("ntp", at(AHEAD), "--expect", "offset > 2s and offset < 3s")["outcome"], "ok")

    def test_a_far_clock_is_a_clock(self):
        self.assertEqual(self.probe("ntp", at(FAR))["facts"]["stratum"], [15])
        self.fails(self.probe("ntp", at(FAR), "--expect", "stratum <= 3"), "unexpected", "transfer", "found stratum 15")

    def test_a_clock_that_follows_none_says_so(self):
        result = self.probe("ntp", at(UNSYNCHRONISED))
        self.fails(result, "bad_answer", "first_byte", "not synchronised: 20", "stratum 16")
        self.assertEqual((result["facts"]["leap"], result["facts"]["stratum"]), (["unsynchronised"], [16]))
        self.assertEqual(self.probe("ntp", at(UNSYNCHRONISED), "--expect", "leap == unsynchronised")["outcome"], "ok")
        self.fails(self.probe("ntp", at(UNSYNCHRONISED), "--expect", "stratum < 10"), "unexpected", "transfer")

    def test_a_kiss_is_told_in_words(self):
        result = self.probe("ntp", at(KISS))
        self.fails(result, "bad_answer", "first_byte", "kiss-o'-death RATE: asked too often")
        self.assertEqual(result["facts"], {"version": ["NTPv4"], "leap": ["unsynchronised"], "kiss": ["RATE"]})
        self.assertEqual(self.probe("ntp", at(KISS), "--expect", "kiss == RATE")["outcome"], "ok")

    def test_a_reply_to_another_question_is_not_believed(self):
        result = self.probe("ntp", at(WRONG_ORIGIN), "--timeout", "300ms")
        self.fails(result, "bad_answer", "first_byte", "no answer to the question within 300 ms, but 1 message that is none")
        self.assertIn("48 bytes that are no answer", str(result["transcript"]))

    def test_silence_and_a_closed_port(self):
        self.fails(self.probe("ntp", at(SILENT), "--timeout", "300ms"), "timeout", "first_byte", "no answer within 300 ms")
        self.fails(self.probe("ntp", at(CLOSED)), "refused", "first_byte", f"port unreachable from {CLOCK}")
        self.fails(self.probe("ntp", "10.94.0.1"), "unreachable", "first_byte", "network unreachable")
        self.fails(self.probe("ntp", "nowhere.example", "--timeout", "5s"), "resolve_failed", "resolve")

    def test_wrong_input(self):
        for arguments, words in {("ntp://a",): "is neither the name nor an address of a host",
                                 ("a", "--version", "2"): "version is 3 or 4",
                                 ("a", "--version", "x"): "version is 3 or 4"}.items():
            code, text, errors = self.holter("probe", "ntp", *arguments)
            self.assertEqual((code, text), (2, ""), errors)
            self.assertIn(words, errors)


if __name__ == "__main__":
    bed.main()
