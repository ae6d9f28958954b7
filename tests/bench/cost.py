"""What programs cost: CPU to the nanosecond, memory, and figures made of many; for benchmarks."""
import os
import time


def cpu_seconds(pid):
    """CPU of a process so far, to the nanosecond."""
    return time.clock_gettime(~pid << 3 | 2)  # CPUCLOCK_SCHED of that process, as clock_getcpuclockid(3) makes it


def thread_cpu_seconds(pid, name):
    """CPU of the threads of that name, in steps of the kernel's tick."""
    total = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/stat") as file:
            comm, rest = file.read().split("(", 1)[1].rsplit(")", 1)
        if comm == name:
            total += sum(map(int, rest.split()[11:13]))
    return total / os.sysconf("SC_CLK_TCK")


def memory_kib(pid):
    """Rss, RssAnon, RssFile and Hwm (the most there was)."""
    names = {"VmRSS": "Rss", "RssAnon": "RssAnon", "RssFile": "RssFile", "VmHWM": "Hwm"}
    found = {}
    with open(f"/proc/{pid}/status") as file:
        for line in file:
            name, rest = line.split(":", 1)
            if name in names:
                found[names[name]] = int(rest.split()[0])
    return found


def of_all(values, share):
    """The value that `share` of them do not exceed; None of none."""
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * share))] if values else None


def shown(value, digits=1):
    if value is None:
        return "-"
    return f"{value:,.{digits}f}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)


def table(heads, rows):
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)
