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


def frozen(holter, path):
    """Seconds that it took, and the file's bytes. All that is holter's shares a CPU."""
    command = holter.node.command(*capture_bed.PINNED, bed.HOLTER, "freeze", "--last", "30s", "-w", path, "--force")
    begun = time.monotonic()
    bed.run(*command, env={**os.environ, **holter.bed.environment(), "XDG_RUNTIME_DIR": holter.runtime})
    return time.monotonic() - begun, os.path.getsize(path)


def offer(wire, holter, rate, seconds, freezes):
    """What was offered and dropped, and what the freezes took that went on beside."""
    before, told = capture_bed.interface(holter), []

    def freeze_some():
        time.sleep(seconds / 10)
        for _ in range(freezes):
            told.append(frozen(holter, wire.box.path("frozen.pcapng")))
    freezing = threading.Thread(target=freeze_some)
    freezing.start()
    sent = wire.send(seconds * (rate or 400_000), capture_bed.LARGE, rate)
    freezing.join()
    bed.settled(lambda: capture_bed.interface(holter)["packets"])
    after = capture_bed.interface(holter)
    return {"rate": sent["sent"] / sent["seconds"], "sent": sent["sent"],
            "dropped": after["kernel_drops"] - before["kernel_drops"],
            "taken": after["packets"] - before["packets"], "seconds": [took for took, _ in told],
            "mib": [size / 2 ** 20 for _, size in told]}


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
        quiet = [frozen(holter, box.path("quiet.pcapng")) for _ in range(effort.rounds)]
        found = {"quiet": {"seconds": [took for took, _ in quiet], "mib": [size / 2 ** 20 for _, size in quiet]}}
        for rate in RATES:
            found[f"{rate}"] = {"without": offer(wire, holter, rate, seconds, 0),
                                "with": offer(wire, holter, rate, seconds, min(FREEZES, effort.rounds))}
        return found


def row(rate, of_rate):
    without, beside = of_rate["without"], of_rate["with"]
    return (f"{beside['rate']:,.0f}" + (" (top speed)" if rate == "0" else ""),
            f"{without['dropped']:,} of {without['sent']:,}", f"{beside['dropped']:,} of {beside['sent']:,}",
            len(beside["seconds"]), cost.shown(max(beside["seconds"], default=None), 3),
            cost.shown(max(beside["mib"], default=None)))


def report(found):
    quiet = found["quiet"]
    heads = ("frames a second", "dropped without a freeze", "dropped with freezes", "freezes", "longest, s", "MiB each")
    rows = [row(rate, of_rate) for rate, of_rate in found.items() if rate != "quiet"]
    return (f"Nothing coming: {max(quiet['seconds']):.3f} s at most for {max(quiet['mib']):.0f} MiB, process and file "
            f"included (aim: under {AIM} s).\n\n" + cost.table(heads, rows))
