#!/usr/bin/env python3
"""holter read beside libpcap, over every capture that lies beside the clone: the same frames with the same stamps and
lengths, to the nanosecond. Every difference stands here with its verdict."""
import calendar
import json
import os
import struct
import subprocess
import time

import bed

SHARED = os.environ.get("HOLTER_SHARED", os.path.join(bed.ROOT, "../shared"))
CAPTURES = os.path.join(SHARED, "pcaps")

# A part of tcpdump's complaint -> what holter does instead, and why that is right.
VERDICTS = {
    "an interface has a type": "libpcap reads one link type a file; holter reads each interface with its own",
    "an interface has a snapshot length": "libpcap wants one snaplen a file; holter has no need of it",
}


def frames_of_libpcap(path):
    """([(nanoseconds, captured, original)], its complaint), through tcpdump's copy of the file."""
    done = subprocess.run(["tcpdump", "--time-stamp-precision=nano", "-r", path, "-w", "-"], capture_output=True,
                          check=False, timeout=60 * bed.TIME_FACTOR)
    data, frames, at = done.stdout, [], 24
    while at + 16 <= len(data):
        seconds, nanoseconds, captured, original = struct.unpack_from("<IIII", data, at)
        frames.append((seconds * 10**9 + nanoseconds, captured, original))
        at += 16 + captured
    complaints = [line for line in done.stderr.decode(errors="replace").splitlines()
                  if not line.startswith(("reading from", "Warning: interface names"))]
    return frames, "\n".join(complaints) if done.returncode != 0 else ""


def nanoseconds(text):
    whole, _, fraction = text.rstrip("Z").partition(".")
    return calendar.timegm(time.strptime(whole, "%Y-%m-%dT%H:%M:%S")) * 10**9 + int(fraction)


def frames_of_holter(path):
    done = subprocess.run([bed.HOLTER, "read", "--json", path], capture_output=True, check=False,
                          timeout=60 * bed.TIME_FACTOR)
    frames = []
    for line in done.stdout.splitlines():
        frame = json.loads(line)["frame"]
        # A frame without a stamp has 0 in libpcap.
        stamp = nanoseconds(frame["time"]) if frame["time"] is not None else 0
        frames.append((stamp % (2**32 * 10**9), frame["captured_length"], frame["original_length"]))
    return frames, done.returncode, done.stderr.decode()


class Parity(bed.Case):
    def test_every_capture_has_the_same_frames(self):
        bed.need("tcpdump")
        if not os.path.isdir(CAPTURES):
            raise bed.Skip(f"no captures in {CAPTURES}; HOLTER_SHARED names the directory")
        files = sorted(os.path.join(directory, name) for directory, _, names in os.walk(CAPTURES) for name in names
                       if not name.endswith(".md"))
        total, verdicts = 0, {}
        for path in files:
            name = os.path.relpath(path, CAPTURES)
            with self.subTest(name):
                theirs, complaint = frames_of_libpcap(path)
                ours, code, said = frames_of_holter(path)
                total += len(ours)
                self.assertIn(code, (0, 1), said)
                if ours == self.as_holter_tells(theirs) and (code == 0) == (complaint == ""):
                    continue
                verdict = next((words for part, words in VERDICTS.items() if part in complaint), None)
                self.assertIsNotNone(verdict, f"holter: {len(ours)} frames, {code}, {said}\n"
                                              f"libpcap: {len(theirs)} frames, {complaint}")
                self.assertGreaterEqual(len(ours), len(theirs))
                verdicts.setdefault(verdict, []).append(name)
        print(f"{len(files)} captures, {total} frames")
        for verdict, names in verdicts.items():
            print(f"{len(names)} differ: {verdict}\n  " + "\n  ".join(names))

    @staticmethod
    def as_holter_tells(frames):
        """A frame cannot have been shorter than what was captured of it."""
        return [(stamp, captured, max(captured, original)) for stamp, captured, original in frames]


if __name__ == "__main__":
    bed.main()
