#!/usr/bin/env python3
"""What one probe of each kind costs this host: CPU of `holter probe`, user and system, without its start.

Prints a Markdown table for docs/benchmarks.md. COUNT (300) may be given. HOLTER names the program.
"""
import os
import resource
import statistics
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "e2e"))
import bed  # noqa: E402 (stands in the folder beside)
import idle  # noqa: E402

DEFAULT_COUNT = 300
ROUNDS = 3
WEB_SERVER = os.path.join(bed.ROOT, "tests/e2e/web_server.py")
TRUSTED = "/etc/ssl/certs/ca-certificates.crt"


def cpu_of(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def cost(node, count, *probe):
    """Microseconds a probe: what `count` of them take beyond ten, divided; the median of some rounds."""
    def total(n):
        return cpu_of(node.command(bed.HOLTER, "probe", *probe, "--count", str(n), "--interval", "10ms"))
    return statistics.median((total(count + 10) - total(10)) / count * 1e6 for _ in range(ROUNDS))


def make_certificate(box):
    bed.run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-subj", "/CN=bench", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "cert.pem",
            cwd=box.directory)
    return box.path("cert.pem"), box.path("key.pem")


def measure(count):
    box = bed.Bed()
    with box.cleanup:
        node = box.solo()
        node.sh("sysctl -qw net.ipv4.ping_group_range='0 65534'")
        certificate = make_certificate(box)
        # The usual bundle and one more, so that its size is real.
        bundle = box.path("bundle.pem")
        with open(bundle, "w") as out:
            for path in (TRUSTED, certificate[0]):
                with open(path) as part:
                    out.write(part.read())
        os.chmod(bundle, 0o644)
        node.sh(f"mount --bind {bundle} {TRUSTED}")
        for port, extra in (("80", ()), ("443", certificate)):
            server = box._own(bed.Program(box, node, [sys.executable, "-B", WEB_SERVER, port, *extra], f"web{port}"))
            bed.eventually(lambda s=server: "listening" in s.out(), "the web server listens")
        return [("icmp", cost(node, count, "icmp", "127.0.0.1")),
                ("tcp", cost(node, count, "tcp", "127.0.0.1:80")),
                ("http", cost(node, count, "http", "http://127.0.0.1/")),
                ("https", cost(node, count, "http", "https://127.0.0.1/"))]


def report(count, costs):
    print("| probe of the loopback | CPU |\n|---|---|")
    for kind, microseconds in costs:
        print(f"| {kind} | {microseconds:.0f} us |")
    print(f"\nMachine: {idle.machine()}. Commit: {idle.commit()}. Command: `python3 tests/bench/probe_cost.py {count}`.")


if __name__ == "__main__":
    bed.isolate()
    wished = int(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_COUNT
    report(wished, measure(wished))
