"""The bed of the benchmark of live capture: a wire, a generator on one CPU, and the programs that capture on another."""
import dataclasses
import json
import os
import re
import shutil
import signal
import sys
import time

import bed
import cost
import probe_bed

LOADS = os.path.join(os.path.dirname(bed.HOLTER), "tests")
GENERATOR_CPU, READER_CPU = 0, 1
PINNED = ("taskset", "-c", str(READER_CPU))
CONVERSATIONS = 1_000
SMALL, LARGE = 64, 1400  # bytes of a frame
SIZES = (SMALL, LARGE)
STARTED = 0.7  # s; what a start puts off is over then, and not counted
SETTLED = 1.2  # s; every program has taken what was sent by then: tcpdump's ring hands over within a second


@dataclasses.dataclass
class Effort:
    rounds: int
    frames: int  # of one run at top speed
    paced: float  # s, of a run at a rate
    steps: int  # of a bisection


THOROUGH = Effort(rounds=3, frames=2_000_000, paced=1.5, steps=5)
QUICK = Effort(rounds=1, frames=300_000, paced=0.4, steps=2)


class Wire:
    """Frames go from `far` to `near`, where nobody has their address, so that nothing but the capture looks at them."""

    def __init__(self, box):
        if not {GENERATOR_CPU, READER_CPU} <= os.sched_getaffinity(0):
            raise bed.Skip("one CPU for the generator and one for the program that captures")
        bed.need("taskset")
        self.box = box
        self.near, self.far = box.pair(ipv6=False)
        self.runs = 0
        os.sched_setaffinity(0, {GENERATOR_CPU})  # this script and what it starts
        box.cleanup.callback(os.sched_setaffinity, 0, {GENERATOR_CPU, READER_CPU})

    def send(self, frames, size, rate=0):
        """{"sent", "seconds", "cpu_seconds"}; as fast as it can without a rate."""
        return json.loads(self.far.sh(
            f"exec {LOADS}/frame_load eth0 {round(frames)} {size} {CONVERSATIONS} {round(rate)}"))

    def captured_by(self):
        """How many packet sockets are bound to an interface of `near`."""
        table = self.near.sh("cat /proc/net/packet").splitlines()[1:]
        return sum(1 for line in table if line.split()[4] != "0")

    def label(self):
        self.runs += 1
        return f"reader{self.runs}"


def taken_in_by(cpu):
    """Frames that softirqs of this CPU took in so far, of all interfaces."""
    with open("/proc/net/softnet_stat") as file:
        return int(file.readlines()[cpu].split()[0], 16)


def interface(holter):
    return holter.api("capture")["interfaces"][0]


@dataclasses.dataclass
class Reader:
    """A program that captures until SIGINT and then says how many frames it took."""
    name: str
    command: list
    took: str  # a pattern of what it says at its end

    def there(self):
        return shutil.which(self.command[0]) is not None

    def start(self, wire):
        program = probe_bed.own(wire.box, wire.near, wire.label(), *PINNED, *self.command)
        bed.eventually(lambda: wire.captured_by() > 0, f"{self.name} captures")
        time.sleep(STARTED)
        return program

    def finish(self, program):
        """Frames it took."""
        program.stop(signal.SIGINT)
        return int(re.search(self.took, program.out() + program.log())[1])


class Run:
    """`holter run` as it is without configuration, but for probes: decode, conversations, packet records, recorder."""
    name = "holter run"

    def __init__(self, *options):
        self.options = options

    def there(self):
        return True

    def start(self, wire):
        label = wire.label()
        # Its runtime directory is memory, as it is where holter is at home.
        wire.near.sh("mkdir -m 0777 {0}; mount -t tmpfs -o mode=0777 none {0}".format(wire.box.path(f"{label}.runtime")))
        holter = wire.box.start(wire.near, "--interface", "eth0", "--passive", *self.options, label=label,
                                prefix=PINNED).wait_page()
        bed.eventually(lambda: interface(holter)["state"] == "capturing", "capturing")
        time.sleep(STARTED)
        return holter

    def finish(self, holter):
        taken = bed.settled(lambda: interface(holter)["packets"])
        holter.stop()
        return taken


READERS = (
    Run(),
    Reader("holter capture -w /dev/null", [bed.HOLTER, "capture", "-i", "eth0", "-w", "/dev/null", "--force"],
           r"(\d+) recorded"),
    Reader("tcpdump -w /dev/null", ["tcpdump", "-n", "-i", "eth0", "-w", "/dev/null"], r"(\d+) packets captured"),
    Reader("dumpcap -w /dev/null", ["dumpcap", "-q", "-i", "eth0", "-w", "/dev/null"],
           r"received/dropped on interface 'eth0': (\d+)/"),
    # A ring as large as holter's: the one of its own choice takes seconds to be made.
    Reader("netsniff-ng --out /dev/null", ["netsniff-ng", "--in", "eth0", "--out", "/dev/null", "--silent",
                                           "--no-sock-mem", "--notouch-irq", "--ring-size", "16MiB"],
           r"(\d+)\s+packets incoming"),
    Reader("bare TPACKET_V3 loop", [LOADS + "/bare_ring", "eth0"], r'"packets": (\d+)'),
)


def readers():
    for reader in READERS:
        if reader.there():
            yield reader
        else:
            print(f"{reader.name}: not installed, left out", file=sys.stderr)


def run(wire, reader, size, frames, rate=0):
    """One run of a program from its start to its end: what was offered, what it took, and what that cost."""
    program = reader.start(wire)
    elsewhere, cpu, memory = taken_in_by(READER_CPU), cost.cpu_seconds(program.pid), cost.memory_kib(program.pid)
    sent = wire.send(frames, size, rate)
    time.sleep(SETTLED)
    cpu, after = cost.cpu_seconds(program.pid) - cpu, cost.memory_kib(program.pid)
    elsewhere = taken_in_by(READER_CPU) - elsewhere
    taken = reader.finish(program)
    return {"sent": sent["sent"], "rate": sent["sent"] / sent["seconds"], "taken": taken, "lost": sent["sent"] - taken,
            "ns": cpu / max(1, taken) * 1e9, "own_mib": [memory["RssAnon"] / 1024, after["RssAnon"] / 1024],
            "in_its_own_time": elsewhere}
