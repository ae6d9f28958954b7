"""10,000 probes at 10 s, as a plan: what all of them take of a core, how much memory, and how late they start; by the
probers alone, by `holter run` with its store and page, and by the latter with the path to each target remembered."""
import os
import time

import bed
import cost
import probe_bed

PROBES, INTERVAL = 10_000, 10  # s
SHARES = (("icmp", 0.70), ("tcp", 0.15), ("http", 0.05), ("dns", 0.05), ("udp", 0.05))
SETTLE = 2 * INTERVAL  # s, of a start: first starts come sooner than their place
AIMS = {"cpu_share": 0.15, "rss_mib": 128, "late_ms": 5}


def probes():
    """(kind, target) of each."""
    found = []
    for kind, share in SHARES:
        first = len(found)
        for address in probe_bed.targets(first + round(PROBES * share))[first:]:
            whom = {"tcp": f"{address}:80", "http": f"http://{address}/", "udp": f"{address}:53"}.get(kind, address)
            found.append((kind, whom))
    return found


def lines():
    return [f"{kind} {target}" + (f" query={probe_bed.NAME}" if kind == "dns" else "") for kind, target in probes()]


def entries(wanted, prefix):
    text = ""
    for n, (kind, target) in enumerate(wanted):
        query = f'query = "{probe_bed.NAME}"\n' if kind == "dns" else ""
        text += f'[[probe]]\nname = "{prefix}{n}"\nkind = "{kind}"\ntarget = "{target}"\ninterval = "{INTERVAL}s"\n{query}'
    return text


def write(path, text):
    with open(path, "w") as file:
        file.write(text)


def configuration(box, label, paths):
    """The plan is in files of its own: one may not be larger than 1 MiB."""
    os.mkdir(box.path(label))
    os.chmod(box.path(label), 0o755)
    write(box.path(f"{label}/probes.toml"), entries(probes(), "p"))
    if paths:
        write(box.path(f"{label}/paths.toml"), entries([("trace", to) for to in probe_bed.targets(PROBES)], "t"))
    write(box.path(f"{label}.toml"), f'include = "{label}"\n[heartbeat]\nasks = 0\n[capture]\nenabled = false\n'
          '[probes]\ntargets = "none"\n')
    return box.path(f"{label}.toml")


def run(wire, label, paths, seconds):
    program = wire.box.start(wire.asker, "--config", configuration(wire.box, label, paths), label=label).wait_page()
    time.sleep(SETTLE)
    begun, spent = time.monotonic(), cost.cpu_seconds(program.pid)
    time.sleep(seconds)
    took, spent = time.monotonic() - begun, cost.cpu_seconds(program.pid) - spent
    threads = {name: cost.thread_cpu_seconds(program.pid, name) for name in ("probe", "holter")}
    memory = cost.memory_kib(program.pid)
    outcomes = {}
    for target in program.api("targets")["targets"]:
        outcomes[target["last"]["outcome"]] = outcomes.get(target["last"]["outcome"], 0) + 1
    program.stop()
    return {"cpu_share": spent / took, "rss_mib": memory["Rss"] / 1024, "most_mib": memory["Hwm"] / 1024,
            "threads": threads, "outcomes": outcomes}


def measure(effort):
    box = bed.Bed()
    with box.cleanup:
        wire = probe_bed.Wire(box)
        alone = probe_bed.holter(wire.asker, "schedule", INTERVAL * 1000, effort.planned, lines())
        found = {"probers alone": alone | {"cpu_share": alone["cpu_seconds"] / alone["seconds"],
                                           "rss_mib": alone["most_rss_kib"] / 1024}}
        found["holter run"] = run(wire, "plan", False, effort.planned)
        found["holter run, paths remembered"] = run(wire, "paths", True, effort.planned)
    return found


def report(found):
    def row(what, one):
        late = " / ".join(f"{ms:.1f}" for ms in one["late_ms"]) if "late_ms" in one else ""
        outcomes = one.get("outcomes", {"ok": one.get("ok", 0), "any": one.get("results", 0) - one.get("ok", 0)})
        return (what, f"{one['cpu_share'] * 100:.1f} % of a core", f"{one['rss_mib']:.0f} MiB", late,
                f"{sum(outcomes.values()) - outcomes.get('ok', 0):,} of {sum(outcomes.values()):,}")
    aims = ("aim, without paths", f"below {AIMS['cpu_share'] * 100:.0f} %", f"{AIMS['rss_mib']} MiB",
            f"p99 below {AIMS['late_ms']}", "")
    heads = (f"{PROBES:,} probes at {INTERVAL} s", "CPU", "RSS", "late by, ms, p50 / p99 / most", "last not ok")
    return cost.table(heads,
                      [*(row(what, one) for what, one in found.items()), aims])
