#!/usr/bin/env python3
"""`holter config import`: configurations of others become ones that holter reads, and what cannot be taken is listed."""
import json
import os

import bed

BLACKBOX = """modules:
  web:
    prober: http
    timeout: 4s
    http:
      valid_status_codes: [200, 204]
      colour: red
  port: {prober: tcp}
  rpc: {prober: grpc}
"""
PROMETHEUS = """scrape_configs:
  - job_name: ports
    metrics_path: /probe
    scrape_interval: 200ms
    params: {module: [port]}
    static_configs:
      - targets: ["127.0.0.1:9"]
        labels: {site: attic}
    relabel_configs:
      - {source_labels: [__address__], target_label: __param_target}
    ec2_sd_configs: []
"""
GATUS = """endpoints:
  - name: site
    group: core
    url: http://127.0.0.1:8080/
    interval: 30s
    conditions: ["[STATUS] == any(200, 204)", "[DOMAIN_EXPIRATION] > 1h"]
  - {name: ping, url: "icmp://127.0.0.1", interval: 10s}
"""
SMOKEPING = """*** Probes ***
+ FPing
*** Targets ***
probe = FPing
+ local
++ me
host = 127.0.0.1
++ odd
probe = LDAP
host = ldap.example
"""
SHIPPED = "/etc/prometheus/blackbox.yml"


class Import(bed.Case):
    def setUp(self):
        super().setUp()
        self.host = self.bed.solo()

    def file(self, name, text):
        path = self.bed.path(name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, 0o644)
        return path

    def holter(self, *arguments, code=0):
        done = self.bed.holter(self.host, *arguments)
        self.assertEqual(done.returncode, code, done)
        return done.stdout.decode(), done.stderr.decode()

    def imported(self, *arguments):
        """({table: {key: value} in order}, notes) of an import that loads without a mistake."""
        text, notes = self.holter("config", "import", *arguments)
        shown = json.loads(self.holter("config", "show", "--json", self.file("imported.toml", text))[0])["settings"]
        items = []
        for line in shown:
            if line["table"] not in ("[[probe]]", "[[module]]"):
                continue
            if line["key"] == "name":
                items.append({"table": line["table"].strip("[]")})
            items[-1][line["key"]] = line["value"]
        return items, notes

    def test_blackbox_exporter_with_the_targets_of_prometheus(self):
        items, notes = self.imported(self.file("blackbox.yml", BLACKBOX), "--targets", self.file("prometheus.yml", PROMETHEUS))
        probe = next(item for item in items if item["table"] == "probe")
        modules = [item for item in items if item["table"] == "module"]
        self.assertEqual([module["name"] for module in modules], ['"web"', '"port"'])
        self.assertEqual((modules[0]["timeout"], modules[0]["expect"]), ('"4s"', '["status in {200, 204}"]'))
        self.assertEqual((probe["name"], probe["kind"], probe["target"], probe["interval"], probe["labels"]),
                         ('"ports 127.0.0.1:9"', '"tcp"', '"127.0.0.1:9"', '"200ms"', '{site = "attic"}'))
        self.assert_words(notes, "blackbox.yml:7: not taken: module 'web': http: 'colour' has no counterpart here",
                          "blackbox.yml:9: not taken: module 'rpc': there is no prober 'grpc' here",
                          "prometheus.yml:11: not taken: job 'ports': 'ec2_sd_configs' has no counterpart here",
                          "1 probe and 2 modules taken")

    def test_what_was_imported_is_probed_and_answers_prometheus(self):
        text, _ = self.holter("config", "import", self.file("blackbox.yml", BLACKBOX), "--targets",
                              self.file("prometheus.yml", PROMETHEUS))
        settings = self.file("holter.toml", text + "\n[http]\nprobe = true\n[probes]\ntargets = \"none\"\n")
        holter = self.bed.start(self.host, "-c", settings).wait_page()
        holter.wait_outcome("ports 127.0.0.1:9", "refused")
        status, _, body = holter.request("/probe?module=port&target=127.0.0.1:4280")
        self.assertEqual(status, 200)
        self.assertIn(b"probe_success 1\n", body)

    def test_gatus(self):
        items, notes = self.imported(self.file("gatus.yaml", GATUS))
        self.assertEqual([(i["name"], i["kind"], i["target"], i["interval"]) for i in items],
                         [('"site"', '"http"', '"http://127.0.0.1:8080/"', '"30s"'),
                          ('"ping"', '"icmp"', '"127.0.0.1"', '"10s"')])
        self.assertEqual((items[0]["expect"], items[0]["labels"]), ('["status in {200, 204}"]', '{group = "core"}'))
        self.assert_words(notes, "gatus.yaml:6: not taken: endpoint 'site': condition '[DOMAIN_EXPIRATION] > 1h'")

    def test_smokeping(self):
        items, notes = self.imported(self.file("smokeping.conf", SMOKEPING))
        self.assertEqual([(i["name"], i["kind"], i["target"], i["interval"]) for i in items],
                         [('"local/me"', '"icmp"', '"127.0.0.1"', '"5m"')])
        self.assert_words(notes, "smokeping.conf:10: not taken: 'local/odd': there is no probe 'LDAP' here")

    def test_what_debian_ships_is_read(self):
        bed.beside(os.path.exists(SHIPPED), SHIPPED)
        items, notes = self.imported(SHIPPED)
        self.assertIn('"http_2xx"', [item["name"] for item in items])
        self.assert_words(notes, "there is no prober 'grpc' here")

    def test_what_is_nobodys_is_said_to_be_so(self):
        for name, text, words in (("a.yml", "a: 1\n", "is neither a list of services nor"),
                                  ("b.yml", "a: [\n", "b.yml: line 2: "),
                                  ("c.conf", "*** Targets ***\n+++ deep\n", "c.conf: line 2: ")):
            out, errors = self.holter("config", "import", self.file(name, text), code=2)
            self.assertEqual(out, "")
            self.assert_words(errors, words)
        _, errors = self.holter("config", "import", self.file("g.yml", GATUS), "--from", "blackbox", code=2)
        self.assert_words(errors, "is neither")
        _, errors = self.holter("config", "import", self.bed.path("none"), code=2)
        self.assert_words(errors, "there is no such file")


if __name__ == "__main__":
    bed.main()
