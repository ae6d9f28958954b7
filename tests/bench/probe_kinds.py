"""One probe of a kind, its cost beside the peers and the bare loop: icmp, dns, tcp, http, https."""
import probe_bed
import probe_peers
from probe_bed import FIRST

TARGETS = 10_000
MANY_AT_ONCE = 64  # of holter's probes; else as many as the exporter is asked for
ECHOES_AT_ONCE = 128  # more than the usual buffer of a socket holds would be lost
PLUGINS_A_SECOND = 40  # of monitoring-plugins, about
SUSTAINED = 60  # s


def holter(wire, lines, seconds, at_once=probe_peers.AT_ONCE):
    return lambda: probe_bed.holter(wire.asker, "closed", at_once, seconds, lines)


def twice(wire, lines, seconds):
    """As few at once as the exporter is asked for, and as many as fill a core."""
    return {"holter": holter(wire, lines, seconds),
            f"holter, {MANY_AT_ONCE} at once": holter(wire, lines, seconds, MANY_AT_ONCE)}


def bare(wire, program, seconds, targets, port, *more):
    return lambda: probe_bed.figures_of(wire.asker, program, FIRST, targets, port, seconds, *more)


def exporter(wire, module, targets, seconds):
    return lambda: wire.blackbox.probe(module, targets, seconds)


def plugin(wire, seconds, name, *words):
    return lambda: probe_peers.plugin(wire, name, *words, times=max(10, round(seconds * PLUGINS_A_SECOND)))


def icmp(wire, effort):
    seconds, targets = effort.seconds, probe_bed.targets(TARGETS)
    lines = [f"icmp {target}" for target in targets]
    found = probe_bed.rounds({
        "holter": holter(wire, lines, seconds, ECHOES_AT_ONCE),
        "fping -q -i 0": lambda: probe_peers.fping(wire, targets, seconds),
        "ping -f, one target": lambda: probe_peers.ping_flood(wire, FIRST, round(seconds * 80_000)),
        "bare stamped sendmmsg, recvmmsg": bare(wire, "bare_icmp", seconds, TARGETS, 0),
        "blackbox_exporter": exporter(wire, "icmp", targets, seconds),
        "check_icmp": plugin(wire, seconds, "check_icmp", "-H", FIRST, "-n", "1")}, effort.rounds)
    found["sustained"] = probe_bed.holter(wire.asker, "closed", ECHOES_AT_ONCE, effort.sustained, lines)
    return found


def dns(wire, effort):
    seconds = effort.seconds
    return probe_bed.rounds({
        **twice(wire, [f"dns {FIRST} query={probe_bed.NAME}"], seconds),
        "blackbox_exporter": exporter(wire, "dns", [FIRST], seconds),
        "dnsperf": lambda: probe_peers.dnsperf(wire, FIRST, seconds),
        "check_dns": plugin(wire, seconds, "check_dns", "-H", probe_bed.NAME, "-s", FIRST)}, effort.rounds)


def tcp(wire, effort):
    seconds, targets = effort.seconds, [f"{target}:80" for target in probe_bed.targets(TARGETS)]
    return probe_bed.rounds({
        **twice(wire, [f"tcp {target}" for target in targets], seconds),
        "blackbox_exporter": exporter(wire, "tcp", targets, seconds),
        "bare connect, close": bare(wire, "bare_tcp", seconds, TARGETS, 80),
        "check_tcp": plugin(wire, seconds, "check_tcp", "-H", FIRST, "-p", "80")}, effort.rounds)


def http(wire, effort):
    seconds, targets = effort.seconds, [f"http://{target}/" for target in probe_bed.targets(TARGETS)]
    return probe_bed.rounds({
        **twice(wire, [f"http {target}" for target in targets], seconds),
        "blackbox_exporter": exporter(wire, "http", targets, seconds),
        "bare GET": bare(wire, "bare_http", seconds, TARGETS, 80),
        "check_http": plugin(wire, seconds, "check_http", "-I", FIRST)}, effort.rounds)


def https(wire, effort):
    seconds, target = effort.seconds, f"https://{FIRST}/"
    return probe_bed.rounds({
        **twice(wire, [f"https {target} ca_file={wire.ca_file}"], seconds),
        "blackbox_exporter": exporter(wire, "https", [target], seconds),
        "bare verifying client": bare(wire, "bare_https", seconds, 1, 443, wire.ca_file),
        "check_http -S": plugin(wire, seconds, "check_http", "-I", FIRST, "-S")}, effort.rounds)


AIMS = {
    "icmp": {"fping -q -i 0": (0.75, "at most 0.75"), "bare stamped sendmmsg, recvmmsg": (1.15, "at most 1.15")},
    "dns": {"blackbox_exporter": (1 / 20, "at most 1/20")},
    "tcp": {"blackbox_exporter": (1 / 12, "at most 1/12")},
    "http": {"blackbox_exporter": (1 / 5, "at most 1/5")},
    "https": {"bare verifying client": (1.5, "at most 1.5")},
}


def report_icmp(found):
    sustained = found.pop("sustained")
    told = probe_bed.table("icmp", found, AIMS["icmp"])
    found["sustained"] = sustained
    line = (f"\n\nholter for {sustained['seconds']:.0f} s: {probe_bed.rate(sustained):,.0f} probes/s, "
            f"{probe_bed.us(sustained):.1f} us each, {sustained['results'] - sustained['ok']:,} not answered, "
            f"at most {sustained['most_rss_kib'] / 1024:.0f} MiB")
    if "left_out" not in (fping := found["fping -q -i 0"]):
        line += f"; {probe_bed.rate(sustained) / probe_bed.rate(fping):.2f} of fping's rate (aim: at least 1.3, stretch 2)"
    return told + line + "."


MEASURES = {"icmp": icmp, "dns": dns, "tcp": tcp, "http": http, "https": https}


def report(kind, found):
    return report_icmp(found) if kind == "icmp" else probe_bed.table(kind, found, AIMS[kind])
