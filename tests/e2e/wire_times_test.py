#!/usr/bin/env python3
"""What holter says a round trip took against a capture of the same interface, for one probe and for fifty in one
holter. Bounds are wide, as others use the machine; `tests/bench/probe_truth.py` measures."""
import bed
import impair
import wire_times

MEDIAN = 20  # us
SECONDS = 3
STAMPED = 0.95


class WireTimesCase(bed.Case):
    def hold(self, between, kind, at_once):
        off = between.by_running_holter(kind, at_once, seconds=SECONDS)
        absolute = [abs(microseconds) for microseconds, _ in off]
        stamped = sum(by_kernel for _, by_kernel in off)
        median = wire_times.percentile(absolute, 0.5)
        print(f"{kind}, {at_once} at once: |reported - on the wire| p50 {median:.1f} us, p99 "
              f"{wire_times.percentile(absolute, 0.99):.1f} us of {len(off)}", flush=True)
        self.assertGreater(len(off), at_once * SECONDS / 0.05 / 2)
        self.assertGreater(stamped, STAMPED * len(off))
        self.assertLess(median, MEDIAN * bed.TIME_FACTOR)

    def test_one_and_fifty_at_once(self):
        between = wire_times.WireTimes(self.bed)
        for kind in wire_times.FILTERS:
            for at_once in (1, wire_times.COUNT):
                with self.subTest(kind=kind, at_once=at_once):
                    self.hold(between, kind, at_once)

    def test_fifty_under_way_at_once(self):
        wire = impair.Wire(self.bed, impair.seed())
        wire.fault("ip delay 20ms jitter 4ms")
        between = wire_times.WireTimes(self.bed, (wire.host, wire.target))
        for kind in ("icmp", "dns"):
            with self.subTest(kind):
                self.hold(between, kind, wire_times.COUNT)


if __name__ == "__main__":
    bed.main()
