"""The beds of the benchmarks of probes: who asks, and whom: thousands of addresses with real servers, or a chain of
routers with targets behind; and the CPU of what ran there."""
import json
import os
import resource
import socket
import statistics
import subprocess
import time

import bed
import cost

LOADS = os.path.join(os.path.dirname(bed.HOLTER), "tests")
FIRST = "10.91.0.1"  # of the targets on the wire: a /16 that all are one host
FIRST_FAR = "10.92.0.1"  # of those behind the routers
ROUTERS = 5
NAME = "www.bench.test"  # what the DNS server knows
BODY = "It answers.\n" * 20
LONGEST = 180  # s, of any one program

NGINX = """daemon off; master_process on; worker_processes 1; pid {dir}/nginx.pid; error_log stderr error; user root;
events {{ worker_connections 4096; }}
http {{
  access_log off; client_body_temp_path {dir}; proxy_temp_path {dir}; fastcgi_temp_path {dir}; uwsgi_temp_path {dir};
  scgi_temp_path {dir}; default_type text/plain;
  server {{ listen 80 backlog=4096; location / {{ return 200 "{body}"; }} }}
  server {{
    listen 443 ssl backlog=4096; ssl_certificate {dir}/server.pem; ssl_certificate_key {dir}/server.key;
    ssl_session_cache off; ssl_session_tickets off; location / {{ return 200 "{body}"; }}
  }}
}}
"""
UNBOUND = """server:
  interface: 0.0.0.0
  interface-automatic: yes
  access-control: 0.0.0.0/0 allow
  do-daemonize: no
  use-syslog: no
  username: ""
  chroot: ""
  directory: "{dir}"
  pidfile: "{dir}/unbound.pid"
  local-zone: "bench.test." static
  local-data: "{name}. 300 IN A 192.0.2.80"
remote-control:
  control-enable: no
"""


def nth(first, n):
    """The n-th address behind the first."""
    parts = first.split(".")
    number = int(parts[2]) * 256 + int(parts[3]) + n
    return f"{parts[0]}.{parts[1]}.{number // 256}.{number % 256}"


def targets(count, first=FIRST):
    return [nth(first, n) for n in range(count)]


def make_certificates(box):
    """The file of a CA, which signed the certificate of the web server."""
    with open(box.path("san"), "w") as file:
        file.write(f"subjectAltName=IP:{FIRST}\n")
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    bed.run("openssl", "req", "-x509", *curve, "-days", "2", "-subj", "/CN=bench CA", "-keyout", "ca.key", "-out", "ca.pem",
            cwd=box.directory)
    bed.run("openssl", "req", *curve, "-subj", "/CN=bench", "-keyout", "server.key", "-out", "server.csr",
            cwd=box.directory)
    bed.run("openssl", "x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
            "-days", "2", "-extfile", "san", "-out", "server.pem", cwd=box.directory)
    os.chmod(box.path("ca.pem"), 0o644)
    return box.path("ca.pem")


def own(box, node, label, *command):
    program = bed.Program(box, node, list(map(str, command)), label)
    box.cleanup.callback(program.close)
    return program


def serves(node, address, port):
    with node.inside():
        with socket.create_connection((address, port), timeout=1):
            return True


def limit_errors(node, on):
    """The kernel's usual limits of ICMP errors, or none. Those of all peers together are the node's own since Linux 6.13."""
    of_each, of_all, burst = (1_000, 1_000, 50) if on else (0, 10_000_000, 10_000_000)
    node.sh(f"sysctl -qw net.ipv4.icmp_ratelimit={of_each}; "
            f"sysctl -qw net.ipv4.icmp_msgs_per_sec={of_all} net.ipv4.icmp_msgs_burst={burst} || true")


class Wire:
    """Two hosts on one wire; the far one is a /16 and serves http, https and DNS on each of its addresses."""

    def __init__(self, box):
        bed.need("nginx", "unbound", "openssl")
        self.box = box
        self.asker, self.far = box.pair(ipv6=False)
        self.asker.sh("ip route add 10.91.0.0/16 via 10.77.0.2; sysctl -qw net.ipv4.ping_group_range='0 2147483647' "
                      "net.ipv4.ip_local_port_range='1100 65000' net.core.somaxconn=4096")
        self.far.sh("ip route add local 10.91.0.0/16 dev lo; sysctl -qw net.core.somaxconn=4096")
        limit_errors(self.far, False)
        self.ca_file = make_certificates(box)
        for name, text in (("nginx.conf", NGINX), ("unbound.conf", UNBOUND)):
            with open(box.path(name), "w") as file:
                file.write(text.format(dir=box.directory, body=BODY.replace("\n", "\\n"), name=NAME))
        own(box, self.far, "nginx", "nginx", "-c", box.path("nginx.conf"), "-e", "stderr")
        own(box, self.far, "unbound", "unbound", "-d", "-c", box.path("unbound.conf"))
        for port in (80, 443, 53):
            bed.eventually(lambda p=port: serves(self.asker, FIRST, p), f"port {port} serves")


class Chain:
    """Who asks, ROUTERS routers in a row, and a host of 10.92.0.0/16 behind the last."""

    def __init__(self, box):
        self.box = box
        names = ["asker", *(f"r{n}" for n in range(1, ROUTERS + 1)), "far"]
        nodes = [box.node(name) for name in names]
        self.asker, self.routers, self.far = nodes[0], nodes[1:-1], nodes[-1]
        for n, (near, far) in enumerate(zip(nodes, nodes[1:])):
            near.sh(f"ip link add eth1 type veth peer name eth0 netns {far.holder.pid}; "
                    f"ip addr add 10.88.{n}.1/24 dev eth1; ip link set eth1 up")
            far.sh(f"ip addr add 10.88.{n}.2/24 dev eth0; ip link set eth0 up; ip route add default via 10.88.{n}.1; "
                   "sysctl -qw net.ipv4.ip_forward=1")
            near.sh(f"ip route add 10.92.0.0/16 via 10.88.{n}.2")
        self.asker.resolve_by("127.0.0.1")  # scamper does not start without
        self.asker.sh("ip route add 10.88.0.0/16 via 10.88.0.2; sysctl -qw net.ipv4.ping_group_range='0 2147483647'")
        self.far.sh("ip route add local 10.92.0.0/16 dev lo")
        limit_errors(self.far, False)

    def limit_routers(self, on):
        for router in self.routers:
            limit_errors(router, on)


def finish(node, *command, text=None):
    """(output, {"seconds", "cpu_seconds"}) of a program that ends by itself, and of all that it waited for."""
    used, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(node.command(*map(str, command)), input=text, capture_output=True, text=True, timeout=LONGEST,
                          check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime
    return done, {"seconds": time.monotonic() - begun, "cpu_seconds": spent}


def figures_of(node, program, *words, text=None):
    """The line of JSON of one of the loads beside the program under test."""
    done, _ = finish(node, os.path.join(LOADS, program), *words, text=text)
    if done.returncode != 0:
        raise RuntimeError(f"{program}: exit {done.returncode}: {done.stderr.strip()}")
    return json.loads(done.stdout)


def holter(node, mode, number, seconds, plan):
    """holter's own probers in probe_load.cc; `plan` are its lines."""
    return figures_of(node, "probe_load", mode, number, seconds, text="\n".join(plan) + "\n")


def us(figures):
    return figures["cpu_seconds"] / max(1, figures["results"]) * 1e6


def rate(figures):
    return figures["results"] / figures["seconds"]


def rounds(subjects, count):
    """Each subject in turn, round by round, so that what else the machine does falls on all: the run of each subject
    whose CPU per probe is the median. A subject that cannot run says why."""
    runs = {name: [] for name in subjects}
    left_out = {}
    for _ in range(count):
        for name, measure in subjects.items():
            if name in left_out:
                continue
            try:
                runs[name].append(measure())
            except bed.Skip as reason:
                left_out[name] = {"left_out": str(reason)}
    found = {name: sorted(of_one, key=us)[len(of_one) // 2] for name, of_one in runs.items() if of_one}
    for name, middle in found.items():
        middle["us"] = us(middle)
        middle["us_of_rounds"] = [us(run) for run in runs[name]]
        middle["failed"] = statistics.fmean(1 - run.get("ok", run["results"]) / max(1, run["results"]) for run in runs[name])
    return found | left_out


def rows(found, aims):
    """A row a subject. `aims`: subject -> (how much of its CPU holter may take, in words)."""
    mine = found["holter"]["us"]
    lines = []
    for name, one in found.items():
        if "left_out" in one:
            lines.append((name, f"left out: {one['left_out']}", "", "", "", ""))
            continue
        factor, words = aims.get(name, (None, ""))
        met = "" if factor is None else f" ({'met' if mine <= factor * one['us'] else 'not met'})"
        lines.append((name, f"{one['us']:,.1f}", f"{1e6 / one['us']:,.0f}", f"{rate(one):,.0f}",
                      "" if name.startswith("holter") else f"{mine / one['us']:.2f}", words + met))
    return lines


HEADS = ("CPU us a probe", "probes a second of CPU", "probes/s as run", "holter's CPU / its CPU", "aim")


def table(what, found, aims):
    return cost.table((what, *HEADS), rows(found, aims))
