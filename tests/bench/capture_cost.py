"""Loss and CPU of every program at the generator's top speed, in turns."""
import statistics

import bed
import capture_bed
import cost

TCPDUMP, DUMPCAP, HOLTER = "tcpdump -w /dev/null", "dumpcap -w /dev/null", "holter run"
# Of a program's CPU that holter may take: size of a frame -> program -> so many times.
BARS = {capture_bed.SMALL: {TCPDUMP: 2.0, DUMPCAP: 0.25}, capture_bed.LARGE: {TCPDUMP: 1.0, DUMPCAP: 0.25}}


def measure(effort):
    box = bed.Bed()
    with box.cleanup:
        wire = capture_bed.Wire(box)
        there = list(capture_bed.readers())
        runs = {}
        for _ in range(effort.rounds):
            for size in capture_bed.SIZES:
                for reader in there:
                    one = capture_bed.run(wire, reader, size, effort.frames)
                    runs.setdefault(size, {}).setdefault(reader.name, []).append(one)
    return {size: {name: {"ns": statistics.median(one["ns"] for one in of_one), "runs": of_one}
                   for name, of_one in of_size.items()} for size, of_size in runs.items()}


def row(name, found, ours, bars):
    runs = found["runs"]
    sent, lost = sum(one["sent"] for one in runs), sum(one["lost"] for one in runs)
    before, after = (statistics.median(one["own_mib"][when] for one in runs) for when in (0, 1))
    bar = bars.get(name)
    aim = "" if bar is None else f"at most {bar:g} ({'met' if ours <= bar * found['ns'] else 'not met'})"
    return (name, f"{statistics.median(one['rate'] for one in runs):,.0f}", f"{lost:,} ({lost / sent * 100:.2f} %)",
            f"{found['ns']:,.0f}", "" if name == HOLTER else f"{ours / found['ns']:.2f}", aim,
            f"{before:.1f} / {after:.1f}")


def report(found):
    text = []
    for size, of_size in found.items():
        ours = of_size[HOLTER]["ns"]
        heads = (f"{size} bytes", "offered a second", "lost of all", "CPU ns a packet", "holter run's CPU / its CPU",
                 "aim", "RssAnon MiB before / after")
        text.append(cost.table(heads, [row(name, one, ours, BARS[size]) for name, one in of_size.items()]))
    elsewhere = sum(one["in_its_own_time"] for of_size in found.values() for of_one in of_size.values()
                    for one in of_one["runs"])
    sent = sum(one["sent"] for of_size in found.values() for of_one in of_size.values() for one in of_one["runs"])
    text.append(f"Of {sent:,} frames {elsewhere:,} came in on the CPU of the program that captured.")
    return "\n\n".join(text)
