"""What round trips took on the wire, by a capture on the prober's own interface, beside what a prober says of them.

    between = WireTimes(box)                   # a host, and a target that answers icmp, udp, dns and ntp on ADDRESSES
    with between.capture("icmp") as wire: ...  # wire.trips afterwards: {address: [(sent at, took), ...]}, nanoseconds
"""
import contextlib
import datetime
import os
import socket
import struct
import subprocess
import time

import bed

COUNT = 50
ADDRESSES = [f"10.78.0.{number}" for number in range(1, COUNT + 1)]
PORTS = {"udp": 7, "dns": 53, "ntp": 123}
FILTERS = {"icmp": "icmp", **{kind: f"udp port {port}" for kind, port in PORTS.items()}}
CHRONY = "port 123\ncmdport 0\nbindcmdaddress /\nallow\nlocal stratum 5\npidfile {0}.pid\ndriftfile {0}.drift\n"
ECHO_REQUEST, ECHO_REPLY, ICMP, UDP = 8, 0, 1, 17
SNAPLEN = 96


def target_of(kind, address):
    return f"{address}:{PORTS[kind]}" if kind == "udp" else address


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def parts_of(frame):
    """(source, destination, (key, is the question)) of an IPv4 frame over Ethernet; nothing of another."""
    header = (frame[14] & 15) * 4
    source, destination = (socket.inet_ntoa(frame[at:at + 4]) for at in (26, 30))
    rest = frame[14 + header:]
    if frame[23] == ICMP and rest[0] in (ECHO_REQUEST, ECHO_REPLY):
        return source, destination, rest[4:8], rest[0] == ECHO_REQUEST
    if frame[23] == UDP:
        ports = struct.unpack(">HH", rest[:4])
        question = ports[1] in PORTS.values()
        return source, destination, ports[0 if question else 1], question
    return None


def trips_in(path):
    """{address that was asked: [(asked at, took), ...]} of a capture file with nanoseconds."""
    with open(path, "rb") as file:
        data = file.read()
    at, asked, trips = 24, {}, {}
    while at < len(data):
        seconds, nanoseconds, size, _ = struct.unpack_from("=IIII", data, at)
        stamp, frame = seconds * 10**9 + nanoseconds, data[at + 16:at + 16 + size]
        at += 16 + size
        found = parts_of(frame)
        if found is None:
            continue
        source, destination, key, question = found
        if question:
            asked[destination, key] = stamp
        elif (source, key) in asked:
            sent = asked.pop((source, key))
            trips.setdefault(source, []).append((sent, stamp - sent))
    return trips


class Capture:
    trips: dict


class WireTimes:
    def __init__(self, box, ends=None):
        bed.need("tcpdump", "dnsmasq", "chronyd")
        self.box = box
        self.host, self.target = ends or box.pair(ipv6=False)
        self.host.sh("ip route add 10.78.0.0/24 via 10.77.0.2; sysctl -qw net.ipv4.ping_group_range='0 2147483647'")
        self.target.sh("ip route add local 10.78.0.0/24 dev lo")
        for address in ADDRESSES:
            self.target.echo(address, PORTS["udp"])
        config = box.path("chrony.conf")
        with open(config, "w") as file:
            file.write(CHRONY.format(box.path("chrony")))
        box._own(bed.Program(box, self.target, ["chronyd", "-x", "-d", "-u", "root", "-f", config], "chrony"))
        box._own(bed.Program(box, self.target, ["dnsmasq", "--no-daemon", "--conf-file=/dev/null", "--no-resolv",
                                                "--no-hosts", "--user=root", "--pid-file=", "--local=/#/"], "dnsmasq"))
        for kind in PORTS:
            bed.eventually(lambda k=kind: self._once(k).returncode == 0, f"{kind} is answered")

    def _once(self, kind):
        return self.box.holter(self.host, "probe", kind, target_of(kind, ADDRESSES[0]))

    @contextlib.contextmanager
    def capture(self, kind):
        path = self.box.path(f"{kind}.pcap")
        # Stamps are the kernel's. Not in immediate mode: a capture that woke up for each packet would stand between
        # them and the sending.
        dump = self.host.popen("tcpdump", "-i", "eth0", "-nn", "-U", "-Z", "root", "-B", "16384", "-s", str(SNAPLEN),
                               "--time-stamp-precision=nano", "-w", path, FILTERS[kind], stderr=subprocess.PIPE,
                               text=True)
        while "listening on" not in dump.stderr.readline():
            if dump.poll() is not None:
                raise RuntimeError("tcpdump ended")
        found = Capture()
        try:
            yield found
            time.sleep(1.5)  # until the kernel gives its last block away
        finally:
            dump.terminate()
            dump.communicate()
        found.trips = trips_in(path)
        os.unlink(path)

    def by_running_holter(self, kind, at_once, interval="50ms", seconds=5, label="run"):
        """[(reported - on the wire in us, by the kernel's stamps), ...] of `at_once` probes in one running holter."""
        settings = self.box.path(f"{label}.toml")
        with open(settings, "w") as file:
            file.write('[capture]\nenabled = false\n[probes]\ntargets = "none"\n')
            for address in ADDRESSES[:at_once]:
                file.write(f'[[probe]]\nname = "{address}"\nkind = "{kind}"\ntarget = "{target_of(kind, address)}"\n'
                           f'interval = "{interval}"\ntimeout = "2s"\n')
        os.chmod(settings, 0o644)
        with self.capture(kind) as wire:
            holter = self.box.start(self.host, "-c", settings, label=f"{label}_{kind}_{at_once}").wait_page()
            time.sleep(seconds)
            results = holter.results()
            holter.stop()
        return list(self.differences(results, wire.trips))

    @staticmethod
    def differences(results, trips):
        """Each answered result beside the trip on the wire that began next after it."""
        waiting = {address: sorted(found) for address, found in trips.items()}
        for result in sorted(results, key=lambda one: one["at"]):
            if result["outcome"] != "ok":
                continue
            at = datetime.datetime.fromisoformat(result["at"].replace("Z", "+00:00")).timestamp() * 1e9
            found = waiting.get(result["address"], [])
            while found and found[0][0] < at - 1e6:
                found.pop(0)
            if found and found[0][0] < at + 40e6:
                yield result["rtt_ms"] * 1e3 - found.pop(0)[1] / 1e3, result["kernel_stamped"]
