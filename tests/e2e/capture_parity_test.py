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

# How frames of a file may differ, each with its verdict.
SNAPLEN = "the file holds more of a frame than the snaplen in its own header: libpcap cuts it off, holter shows what is there"
FRACTION = "a stamp's fraction is more than a second: libpcap's 32 bits overflow as nanoseconds, holter adds the seconds"
# A part of tcpdump's complaint -> what holter does instead.
COMPLAINTS = {
    "an interface has a type": "libpcap reads one link type a file, holter reads each interface with its own",
    "an interface has a snapshot length": "libpcap wants one snaplen a file, holter has no need of it",
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


def verdict_of(ours, theirs):
    """Of two unequal frames; None: holter is wrong."""
    # A frame cannot have been shorter than what was captured of it.
    (stamp, captured, original), (their_stamp, their_captured, their_original) = ours, theirs
    if original != max(their_original, captured):
        return None
    if stamp == their_stamp and captured > their_captured:
        return SNAPLEN
    if stamp != their_stamp and (stamp - their_stamp) % 2**32 == 0 and captured == their_captured:
        return FRACTION
    return None


def verdicts_of(ours, theirs, complaint):
    """The verdicts on all differences; one is None when there is none for it."""
    found = {verdict_of(our, their) for our, their in zip(ours, theirs)
             if our != (their[0], their[1], max(their[1:]))}
    if len(ours) != len(theirs) or complaint:
        found.add(next((words for part, words in COMPLAINTS.items() if part in complaint), None))
    return found


class Parity(bed.Case):
    def test_every_capture_has_the_same_frames(self):
        bed.need("tcpdump")
        bed.beside(os.path.isdir(CAPTURES), f"captures in {CAPTURES} (HOLTER_SHARED names the directory)")
        files = sorted(os.path.join(directory, name) for directory, _, names in os.walk(CAPTURES) for name in names
                       if not name.endswith(".md"))
        total, differing = 0, {}
        for path in files:
            name = os.path.relpath(path, CAPTURES)
            with self.subTest(name):
                theirs, complaint = frames_of_libpcap(path)
                ours, code, said = frames_of_holter(path)
                total += len(ours)
                self.assertIn(code, (0, 1), said)
                for verdict in verdicts_of(ours, theirs, complaint):
                    self.assertIsNotNone(verdict, f"holter: {len(ours)} frames, {code}, {said}\n"
                                                  f"libpcap: {len(theirs)} frames, {complaint}")
                    differing.setdefault(verdict, []).append(name)
        print(f"{len(files)} captures, {total} frames")
        for verdict, names in differing.items():
            print(f"{len(names)} differ: {verdict}\n  " + "\n  ".join(names))


if __name__ == "__main__":
    bed.main()
