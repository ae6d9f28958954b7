"""What round trips took on the wire, by a capture's stamps in the test bed's probe host, beside what holter says of them."""
import json
import os
import re
import subprocess

import bed

DIRECT = "10.90.0.2"  # over the idle link d0
TOLERANCE = 1000  # us; a busy machine: what is exact is told, not asserted


def differences(case, port, *probe, count=20):
    """Microseconds, reported - on the wire, for each of `count` probes of a UDP port over the direct link."""
    bed.need("tcpdump")
    path = f"/tmp/{case.bed.prefix}-testbed/wire.pcap"
    # Stamps are the kernel's; a capture that woke up for each packet would stand between them and the send.
    dump = subprocess.Popen(case.bed.command("probe", "tcpdump", "-i", "d0", "-nn", "-U", "-Z", "root",
                                             "--time-stamp-precision=nano", "-w", path, f"udp port {port}"),
                            stderr=subprocess.PIPE, text=True)
    try:
        while "listening on" not in dump.stderr.readline():
            case.assertIsNone(dump.poll(), "tcpdump ended")
        code, text, errors = case.holter("probe", *probe, "--count", str(count), "--interval", "10ms", "--json")
        case.assertEqual((code, errors), (0, ""), text)
        bed.eventually(lambda: os.path.getsize(path) > 24 and len(seen(path, port)) >= count, "the capture's block ends")
    finally:
        dump.terminate()
        dump.communicate()
    results = [json.loads(line) for line in text.splitlines()]
    case.assertEqual([result["kernel_stamped"] for result in results[5:]], [True] * (count - 5))
    return [result["rtt_ms"] * 1e3 - wire for result, wire in zip(results, seen(path, port))]


def seen(path, port):
    """Microseconds between each question and its answer, by the port it came from."""
    text = subprocess.run(["tcpdump", "-r", path, "-nn", "-tt", "--time-stamp-precision=nano"], capture_output=True, text=True,
                          check=False).stdout
    asked, took = {}, []
    for seconds, nanoseconds, source, target in re.findall(r"^(\d+)\.(\d{9}) IP (\S+) > (\S+):", text, re.MULTILINE):
        at = int(seconds) * 10**9 + int(nanoseconds)
        if target.endswith(f".{port}"):
            asked[source] = at
        elif target in asked:
            took.append((at - asked.pop(target)) / 1e3)
    return took
