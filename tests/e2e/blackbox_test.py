#!/usr/bin/env python3
"""GET /probe as blackbox_exporter answers it: the same questions to both, side by side; its limits and its guard."""
import concurrent.futures
import os
import re
import shutil
import socket
import sys
import time

import bed

HERE = os.path.dirname(os.path.abspath(__file__))
REAL = "prometheus-blackbox-exporter"
REAL_PORT, WEB, SILENT = 9115, 8080, 8081
MODULES = """modules:
  http_2xx: {prober: http, timeout: 5s, http: {preferred_ip_protocol: ip4}}
  tcp_connect: {prober: tcp, timeout: 2s, tcp: {preferred_ip_protocol: ip4}}
  icmp: {prober: icmp, icmp: {preferred_ip_protocol: ip4}}
  dns_mine: {prober: dns, timeout: 1s, dns: {query_name: example.org, query_type: A, preferred_ip_protocol: ip4}}
"""
SETTINGS = """[http]
probe = true
[[module]]
name = "dns_mine"
kind = "dns"
query = "example.org"
timeout = "1s"
[[module]]
name = "slow_tcp"
kind = "tcp"
timeout = "2s"
[[module]]
name = "fast"
kind = "icmp"
expect = ["rtt < 1us"]
"""
# Of the real one, where holter has nothing to tell: what a DNS answer holds beside its answers, and when a page changed.
NOT_OURS = {"probe_dns_additional_rrs", "probe_dns_authority_rrs", "probe_http_last_modified_timestamp_seconds"}
CROSS = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}


def metrics(body):
    """{sample: value} of a text in Prometheus' format, every family with help and type."""
    samples = {}
    for line in body.decode().splitlines():
        if line.startswith("#"):
            continue
        name, value = re.fullmatch(r"(\w+(?:\{[^}]*\})?) (\S+)", line).groups()
        samples[name] = float(value)
    families = {name.split("{")[0] for name in samples}
    for family in families:
        assert re.search(rf"^# HELP {family} \S", body.decode(), re.M), family
        assert f"# TYPE {family} gauge\n" in body.decode(), family
    return samples


class Blackbox(bed.Case):
    def setUp(self):
        super().setUp()
        self.node = self.bed.solo()

    def start(self, settings=SETTINGS, *options):
        path = self.bed.path("holter.toml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(settings)
        os.chmod(path, 0o644)
        return self.bed.start(self.node, "-c", path, "--targets", "none", *options).wait_page()

    def serve(self):
        web = bed.Program(self.bed, self.node, [sys.executable, "-B", os.path.join(HERE, "web_server.py"), str(WEB)], "web")
        self.bed._own(web)
        bed.eventually(lambda: "listening" in web.out(), "the web server listens")

    def probe(self, holter, module, target, headers=None, code=200):
        status, _, body = holter.request(f"/probe?module={module}&target={target}", headers=headers)
        self.assertEqual(status, code, body)
        return metrics(body) if code == 200 else body.decode()

    def test_the_same_questions_have_the_same_metrics(self):
        bed.beside(shutil.which(REAL), REAL)
        self.serve()
        self.node.udp("127.0.0.1", SILENT)
        path = self.bed.path("blackbox.yml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(MODULES)
        real = bed.Program(self.bed, self.node, [REAL, f"--config.file={path}",
                                                 f"--web.listen-address=127.0.0.1:{REAL_PORT}"], "real")
        self.bed._own(real)
        holter = self.start()

        def ask_real(module, target):
            port, holter.port = holter.port, REAL_PORT
            try:
                return metrics(holter.request(f"/probe?module={module}&target={target}")[2])
            finally:
                holter.port = port
        bed.eventually(lambda: ask_real("icmp", "127.0.0.1"), "the real one answers")
        for module, target in (("http_2xx", f"http://127.0.0.1:{WEB}/"), ("http_2xx", "127.0.0.1:9"),
                               ("http_2xx", f"http://127.0.0.1:{WEB}/status/404"), ("icmp", "127.0.0.1"), ("icmp", "localhost"),
                               ("tcp_connect", f"127.0.0.1:{WEB}"), ("tcp_connect", "127.0.0.1:9"),
                               ("tcp_connect", "nobody.invalid:80"), ("dns_mine", "127.0.0.1:9")):
            with self.subTest(module=module, target=target):
                theirs, ours = ask_real(module, target), self.probe(holter, module, target)
                missing = {name for name in theirs.keys() - ours.keys() if name not in NOT_OURS}
                self.assertEqual(missing, set())
                for name in ("probe_success", "probe_ip_protocol", "probe_http_status_code", "probe_http_version",
                             "probe_http_redirects", "probe_http_ssl", "probe_failed_due_to_regex",
                             "probe_icmp_reply_hop_limit", "probe_http_uncompressed_body_length"):
                    # It tells the family that a name which is nowhere was looked up in.
                    if target != "nobody.invalid:80":
                        self.assertEqual(ours.get(name), theirs.get(name), name)
                if target.startswith("127.0.0.1") or "//127.0.0.1" in target:
                    # Rounded in its text.
                    self.assertAlmostEqual(ours["probe_ip_addr_hash"], theirs["probe_ip_addr_hash"], delta=10)
                self.assertGreater(ours["probe_duration_seconds"], 0)

    def test_built_in_modules_and_those_of_the_settings(self):
        self.serve()
        holter = self.start()
        self.assertEqual(self.probe(holter, "icmp", "127.0.0.1")["probe_success"], 1)
        self.assertEqual(self.probe(holter, "fast", "127.0.0.1")["probe_success"], 0)
        page = self.probe(holter, "http_2xx", f"127.0.0.1:{WEB}")
        self.assertEqual((page["probe_success"], page["probe_http_status_code"]), (1, 200))
        self.assertEqual(self.probe(holter, "tcp_connect", "127.0.0.1")["probe_success"], 0, "a target without a port")
        self.assertIn('Unknown module "none"', self.probe(holter, "none", "a", code=400))
        self.assertIn("Target parameter is missing", self.probe(holter, "icmp", "", code=400))
        self.assertEqual(holter.results(), [], "nothing of it is recorded")
        bed.eventually(lambda: holter.figure('holter_probe_requests_total{answer="probed"}') == 4, "they are counted")

    def test_it_is_off_by_default_and_pages_of_others_are_refused(self):
        holter = self.start('[[module]]\nname = "m"\nkind = "icmp"\n')
        self.assertIn("http.probe = true", self.probe(holter, "m", "127.0.0.1", code=404))
        with open(self.bed.path("holter.toml"), "a", encoding="utf-8") as file:
            file.write("[http]\nprobe = true\n")
        reloaded = self.bed.holter(self.node, "config", "reload", env={"XDG_RUNTIME_DIR": holter.runtime})
        self.assertIn(b"http.probe changed", reloaded.stdout)
        self.assertEqual(self.probe(holter, "m", "127.0.0.1")["probe_success"], 1)
        self.probe(holter, "m", "127.0.0.1", headers=CROSS, code=403)
        for headers in ({"Host": "evil.example"}, {"Origin": "http://evil.example"}):
            status, _, _ = holter.request("/probe?module=m&target=127.0.0.1", headers=headers)
            self.assertEqual(status, 403)

    def test_what_sends_nothing_says_so(self):
        holter = self.start(SETTINGS, "--passive")
        self.assertIn("sends no probes", self.probe(holter, "icmp", "127.0.0.1", code=503))

    def silent(self):
        """A TCP port that never answers: nothing is accepted, and its queue is full."""
        with self.node.inside():
            listening = socket.socket()
            listening.bind(("127.0.0.1", SILENT))
            listening.listen(0)
            fillers = [socket.socket() for _ in range(4)]
        self.bed.cleanup.callback(listening.close)
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", SILENT))
            self.bed.cleanup.callback(filler.close)
        time.sleep(0.2)

    def test_the_deadline_of_the_scrape_counts(self):
        self.silent()
        holter = self.start()
        begun = time.monotonic()
        found = self.probe(holter, "slow_tcp", f"127.0.0.1:{SILENT}", headers={"X-Prometheus-Scrape-Timeout-Seconds": "0.8"})
        self.assertEqual(found["probe_success"], 0)
        self.assertLess(found["probe_duration_seconds"], 1.5 * bed.TIME_FACTOR)
        self.assertGreaterEqual(time.monotonic() - begun, 0.29)
        self.probe(holter, "icmp", "127.0.0.1", headers={"X-Prometheus-Scrape-Timeout-Seconds": "x"}, code=400)

    def test_too_many_at_once_are_refused_and_counted(self):
        self.silent()
        holter = self.start()

        def ask(_):
            return holter.request(f"/probe?module=slow_tcp&target=127.0.0.1:{SILENT}")[0]
        with concurrent.futures.ThreadPoolExecutor(70) as pool:
            statuses = list(pool.map(ask, range(70)))
        self.assertEqual((statuses.count(200), statuses.count(503)), (50, 20))
        bed.eventually(lambda: holter.figure('holter_probe_requests_total{answer="full"}') == 20, "they are counted")
        self.assertEqual(self.probe(holter, "icmp", "127.0.0.1")["probe_success"], 1, "and there is room again")


if __name__ == "__main__":
    bed.main()
