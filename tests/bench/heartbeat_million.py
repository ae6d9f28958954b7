"""1,000,000 sessions at 10 s on the loopback, 100,000 pulses a second, while 1,000 of them die one after another."""
import subprocess
import time

import bed
import cost
import holter_beds

SESSIONS, INTERVAL_MS, SECONDS, DYING = 1_000_000, 10_000, 30, 1_000
SESSION_BYTES = 144  # with timer and place in the index: src/heartbeat/session.h
NAME_BYTES = 8  # s0000000
TOLD_WITHIN = 1.5  # s, of figures
AIMS = {"cpu_share": 0.60, "rss_mib": 200, "late_ms": 20}
LATE_FAMILY = "holter_pulse_judgements_total"


def late_at(within, share):
    """The bound of the class in which `share` of the judgements are."""
    return next((bound for bound, count in within.items() if count >= share * within["any"]), "any")


def thread_cpu(pid):
    return cost.thread_cpu_seconds(pid, "heartbeat")


def measure():
    box = bed.Bed()
    with box.cleanup:
        holter = holter_beds.start(box, box.solo())
        before = cost.memory_kib(holter.pid)
        load = holter.node.popen(holter_beds.LOADS + "/pulse_load", "4280", str(SESSIONS), str(INTERVAL_MS),
                                 str(SECONDS), str(DYING), stdout=subprocess.PIPE, text=True)
        box.cleanup.callback(load.kill)
        load.stdout.readline()  # opened
        begun, cpu, thread = time.monotonic(), cost.cpu_seconds(holter.pid), thread_cpu(holter.pid)
        sent = load.stdout.readline().split()
        took = time.monotonic() - begun
        cpu, thread = cost.cpu_seconds(holter.pid) - cpu, thread_cpu(holter.pid) - thread
        memory = cost.memory_kib(holter.pid)
        time.sleep(TOLD_WITHIN)
        families = holter_beds.family(holter, LATE_FAMILY, "late_ms")
        dropped = holter.figure("holter_pulse_dropped_total{}")
        down = holter.figure('holter_pulse_sessions{state="down"}')
    pulses = int(sent[1]) - SESSIONS
    return {"sessions": SESSIONS, "pulses_per_second": pulses / took, "cpu_share": cpu / took,
            "cpu_share_presence": thread / took, "us_per_pulse": cpu / pulses * 1e6,
            "memory_before_kib": before, "memory_kib": memory, "rss_mib": memory["Rss"] / 1024, "judged": families,
            "late_ms": {str(share): late_at(families, share) for share in (0.5, 0.99, 0.999)},
            "dropped": dropped, "dead": DYING, "down": down, "load_late_ms": float(sent[3])}


def report(found):
    memory, before = found["memory_kib"], found["memory_before_kib"]
    rows = [("pulses/s", f"{found['pulses_per_second']:,.0f}", ""),
            ("CPU of the process", f"{found['cpu_share'] * 100:.1f} % of a core", f"at most {AIMS['cpu_share'] * 100:.0f} %"),
            ("of it, the presence thread", f"{found['cpu_share_presence'] * 100:.1f} %", ""),
            ("CPU of a pulse", f"{found['us_per_pulse']:.2f} us", ""),
            ("RSS", f"{found['rss_mib']:.1f} MiB (most: {memory['Hwm'] / 1024:.1f})", f"at most {AIMS['rss_mib']} MiB"),
            ("of it, the program's files", f"{memory['RssFile'] / 1024:.1f} MiB", ""),
            (f"of it, {SESSION_BYTES} bytes a session", f"{SESSIONS * SESSION_BYTES / 2**20:.1f} MiB", ""),
            ("of it, names", f"{SESSIONS * NAME_BYTES / 2**20:.1f} MiB", ""),
            ("RSS before the first session", f"{before['Rss'] / 1024:.1f} MiB", ""),
            ("timers late, p50 / p99 / p99.9", " / ".join(f"<= {ms}" for ms in found["late_ms"].values()) + " ms",
             f"p99.9 at most {AIMS['late_ms']} ms"),
            ("declared down", f"{found['down']:.0f}", f"the {found['dead']:,} that died"),
            ("datagrams dropped", f"{found['dropped']:.0f}", "0")]
    return cost.table(("1,000,000 sessions at 10 s", "measured", "aim"), rows)
