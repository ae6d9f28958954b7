"""`holter freeze` of 30 s out of a full ring of 256 MiB, while frames go on coming."""
import os
import threading
import time

import bed
import capture_bed
import cost

RING_MIB = 256
USUAL = 0.75  # of the ring, for frames that are of no monitored host
KEPT = 144  # bytes that a large frame takes in the ring, at the usual snaplen
FILL = round(RING_MIB * 2 ** 20 * USUAL / KEPT * 1.05)
RATES = (100_000, 300_000, 0)  # frames a second; 0: as fast as the generator can
FREEZES = 3
AIM = 0.5  # s


def frozen(holter, path, prefix=()):
    """What one freeze took: seconds until its file was whole, the running holter's CPU, and how large the file is."""
    command = holter.node.command(*prefix, bed.HOLTER, "freeze", "--last", "30s", "-w", path, "--force")
    begun, cpu = time.monotonic(), cost.cpu_seconds(holter.pid)
    bed.run(*command, env={**os.environ, **holter.bed.environment(), "XDG_RUNTIME_DIR": holter.runtime})
    return {"seconds": time.monotonic() - begun, "cpu_seconds": cost.cpu_seconds(holter.pid) - cpu,
            "mib": os.path.getsize(path) / 2 ** 20}


def offer(wire, holter, rate, seconds, freezes):
    """What was offered and dropped, and what the freezes took that went on beside."""
    before, told = capture_bed.interface(holter), []

    def freeze_some():
        time.sleep(seconds / 10)
        for _ in range(freezes):
            # All that is holter's on one CPU: the other one is the generator's.
            told.append(frozen(holter, wire.box.path("frozen.pcapng"), capture_bed.PINNED))
    freezing = threading.Thread(target=freeze_some)
    freezing.start()
    sent = wire.send(seconds * (rate or 400_000), capture_bed.LARGE, rate)
    freezing.join()
    bed.settled(lambda: capture_bed.interface(holter)["packets"])
    after = capture_bed.interface(holter)
    return {"rate": sent["sent"] / sent["seconds"], "sent": sent["sent"],
            "dropped": after["kernel_drops"] - before["kernel_drops"],
            "taken": after["packets"] - before["packets"], "freezes": told}


def measure(effort):
    box = bed.Bed()
    with box.cleanup:
        wire = capture_bed.Wire(box)
        config = box.path("holter.toml")
        with open(config, "w") as file:
            file.write(f'[recorder]\nbytes = "{RING_MIB}MiB"\nreserve = "{round(RING_MIB * (1 - USUAL))}MiB"\n')
        holter = capture_bed.Run("--config", config).start(wire)
        wire.send(FILL, capture_bed.LARGE, 300_000)
        seconds = effort.paced * 4
        found = {"quiet": [frozen(holter, box.path("quiet.pcapng")) for _ in range(effort.rounds)]}
        for rate in RATES:
            found[f"{rate}"] = {"without": offer(wire, holter, rate, seconds, 0),
                                "with": offer(wire, holter, rate, seconds, min(FREEZES, effort.rounds))}
        return found


def most(freezes, what):
    return max(one[what] for one in freezes)


def row(rate, of_rate):
    without, beside = of_rate["without"], of_rate["with"]
    return (f"{beside['rate']:,.0f}" + (" (top speed)" if rate == "0" else ""),
            f"{without['dropped']:,} of {without['sent']:,}", f"{beside['dropped']:,} of {beside['sent']:,}",
            len(beside["freezes"]), f"{most(beside['freezes'], 'seconds'):.3f}")


def report(found):
    quiet = found["quiet"]
    heads = ("frames a second", "dropped without a freeze", "dropped with freezes", "freezes", "longest, s")
    rows = [row(rate, of_rate) for rate, of_rate in found.items() if rate != "quiet"]
    return (f"With nothing coming: {most(quiet, 'seconds'):.3f} s at most until a file of {most(quiet, 'mib'):.0f} MiB is "
            f"whole, of which {most(quiet, 'cpu_seconds'):.3f} s are the running holter's CPU (aim: under {AIM} s).\n\n"
            + cost.table(heads, rows))
