"""The highest rate of frames at which a program loses none, found by halving."""
import bed
import capture_bed
import cost

LOWEST = 20_000  # a second


def highest(wire, reader, size, effort):
    """{"rate", "top"}: frames a second without a loss; top: the generator can no more. Rate 0: not even LOWEST."""
    first = capture_bed.run(wire, reader, size, effort.frames / 2)
    if first["lost"] == 0:
        return {"rate": first["rate"], "top": True}
    good, bad = 0.0, first["rate"]
    for _ in range(effort.steps):
        middle = (max(good, LOWEST) + bad) / 2
        one = capture_bed.run(wire, reader, size, middle * effort.paced, middle)
        if one["lost"] == 0:
            good = one["rate"]
        else:
            bad = middle
    return {"rate": good, "top": False}


def measure(effort):
    box = bed.Bed()
    with box.cleanup:
        wire = capture_bed.Wire(box)
        return {reader.name: {size: highest(wire, reader, size, effort) for size in capture_bed.SIZES}
                for reader in capture_bed.readers()}


def shown(one):
    return f"{one['rate']:,.0f}" + (" (all that the generator sends)" if one["top"] else "")


def report(found):
    heads = ("frames a second without a loss", *(f"{size} bytes" for size in capture_bed.SIZES))
    return cost.table(heads, [(name, *map(shown, of_one.values())) for name, of_one in found.items()])
