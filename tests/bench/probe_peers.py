"""The peers of the benchmarks of probes, each run as its own documentation says, and counted the same way."""
import concurrent.futures
import http.client
import os
import re
import time

import bed
import cost
import probe_bed

PLUGINS = "/usr/lib/nagios/plugins"
BLACKBOX = "prometheus-blackbox-exporter"
BLACKBOX_PORT = 9115
AT_ONCE = 4  # connections that ask the exporter, each one probe after another
MODULES = """modules:
  icmp: {{prober: icmp, icmp: {{preferred_ip_protocol: ip4}}}}
  tcp: {{prober: tcp, tcp: {{preferred_ip_protocol: ip4}}}}
  http: {{prober: http, http: {{preferred_ip_protocol: ip4}}}}
  https: {{prober: http, http: {{preferred_ip_protocol: ip4, tls_config: {{ca_file: {ca_file}}}}}}}
  dns: {{prober: dns, dns: {{query_name: {name}, query_type: A, transport_protocol: udp, preferred_ip_protocol: ip4}}}}
"""


class Blackbox:
    """prometheus-blackbox-exporter, asked over connections that stay, so that the asking costs it little."""

    def __init__(self, wire):
        bed.need(BLACKBOX)
        self.node = wire.asker
        with open(wire.box.path("blackbox.yml"), "w") as file:
            file.write(MODULES.format(ca_file=wire.ca_file, name=probe_bed.NAME))
        self.program = probe_bed.own(wire.box, self.node, "blackbox", BLACKBOX, "--config.file",
                                     wire.box.path("blackbox.yml"), f"--web.listen-address=127.0.0.1:{BLACKBOX_PORT}",
                                     "--log.level=error")
        bed.eventually(lambda: probe_bed.serves(self.node, "127.0.0.1", BLACKBOX_PORT), "the exporter serves")

    def ask(self, module, targets, until):
        """(asked, well answered)"""
        with self.node.inside():
            connection = http.client.HTTPConnection("127.0.0.1", BLACKBOX_PORT, timeout=10)
            connection.connect()
        asked = good = 0
        while time.monotonic() < until:
            connection.request("GET", f"/probe?module={module}&target={targets[asked % len(targets)]}")
            good += b"\nprobe_success 1\n" in connection.getresponse().read()
            asked += 1
        connection.close()
        return asked, good

    def probe(self, module, targets, seconds):
        begun, spent = time.monotonic(), cost.cpu_seconds(self.program.pid)
        shares = [targets[n::AT_ONCE] or targets for n in range(AT_ONCE)]
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            asked = list(pool.map(lambda share: self.ask(module, share, begun + seconds), shares))
        return {"results": sum(one[0] for one in asked), "ok": sum(one[1] for one in asked),
                "seconds": time.monotonic() - begun, "cpu_seconds": cost.cpu_seconds(self.program.pid) - spent}


def plugin(wire, name, *words, times):
    """One of monitoring-plugins, which is a process for each probe."""
    path = os.path.join(PLUGINS, name)
    bed.need(path)
    script = f'i=0; good=0; while [ $i -lt {times} ]; do "$@" >/dev/null && good=$((good+1)); i=$((i+1)); done; echo $good'
    done, spent = probe_bed.finish(wire.asker, "sh", "-c", script, "sh", path, *words)
    return {"results": times, "ok": int(done.stdout), **spent}


def fping(wire, targets, seconds):
    """All targets as fast as it goes, over and over. It numbers its packets with 16 bits, keeps a number for 10 s and
    ends when it has none left: a run is what it can number."""
    bed.need("fping")
    total = {"results": 0, "ok": 0, "seconds": 0.0, "cpu_seconds": 0.0}
    while total["seconds"] < seconds:
        done, spent = probe_bed.finish(wire.asker, "fping", "-q", "-i", "0", "-p", "10", "-c", 65_535 // len(targets),
                                       text="\n".join(targets))
        counts = re.findall(r"xmt/rcv/%loss = (\d+)/(\d+)/", done.stderr)
        if len(counts) != len(targets):
            raise RuntimeError(f"fping: exit {done.returncode}: {done.stderr.strip()[-200:]}")
        total["results"] += sum(int(sent) for sent, _ in counts)
        total["ok"] += sum(int(answered) for _, answered in counts)
        total = total | {key: total[key] + spent[key] for key in spent}
    return total


def ping_flood(wire, target, count):
    bed.need("ping")
    done, spent = probe_bed.finish(wire.asker, "ping", "-f", "-q", "-c", count, target)
    sent, received = re.search(r"(\d+) packets transmitted, (\d+) received", done.stdout).groups()
    return {"results": int(sent), "ok": int(received), **spent}


def dnsperf(wire, target, seconds):
    bed.need("dnsperf")
    questions = wire.box.path("questions")  # read again and again, which a pipe is not
    with open(questions, "w") as file:
        file.write(f"{probe_bed.NAME} A\n")
    done, spent = probe_bed.finish(wire.asker, "dnsperf", "-s", target, "-l", round(seconds), "-T", 1, "-c", 1, "-d",
                                   questions)
    sent, answered = (int(re.search(rf"Queries {word}: +(\d+)", done.stdout)[1]) for word in ("sent", "completed"))
    return {"results": sent, "ok": answered, **spent}


def scamper(chain, targets, a_second, method):
    """(figures, its JSON lines) of one Paris trace to each target, all at once."""
    bed.need("scamper")
    path = chain.box.path("scamper.json")
    done, spent = probe_bed.finish(chain.asker, "scamper", "-O", "json", "-o", path, "-p", int(a_second), "-c",
                                   f"trace -P {method} -q 1 -w 1", "-i", *targets)
    if done.returncode != 0:
        raise RuntimeError(f"scamper: exit {done.returncode}: {done.stderr.strip()}")
    with open(path) as file:
        lines = file.read().splitlines()
    return {"results": len(targets), **spent}, lines


def mtr(chain, targets):
    bed.need("mtr")
    script = 'for target; do mtr -n -r -c 1 -i 0.1 "$target" >/dev/null; done'
    done, spent = probe_bed.finish(chain.asker, "sh", "-c", script, "sh", *targets)
    if done.returncode != 0:
        raise RuntimeError(f"mtr: exit {done.returncode}: {done.stderr.strip()}")
    return {"results": len(targets), **spent}

