#!/usr/bin/env python3
"""http and https probes against an nginx that packs what it sends and wants to know who asks."""
import json
import os
import subprocess

import bed

TEXT = "evidence, still there when it is asked for\n" * 2000
NGINX = """
daemon off; pid {home}/pid; error_log stderr; user root;
events {{ }}
http {{
  access_log off; default_type text/plain; gzip_types *; gzip_min_length 0;
  client_body_temp_path {home}/1; proxy_temp_path {home}/2; fastcgi_temp_path {home}/3; uwsgi_temp_path {home}/4;
  scgi_temp_path {home}/5;
  server {{ listen 80; root {home}; location /packed.txt {{ gzip on; }} }}
  server {{
    listen 443 ssl; root {home};
    ssl_certificate {home}/server.crt; ssl_certificate_key {home}/server.key;
    ssl_client_certificate {home}/ca.crt; ssl_verify_client on;
    location /who {{ return 200 "$ssl_client_s_dn\\n"; }}
  }}
}}
"""


class Nginx(bed.Case):
    def setUp(self):
        super().setUp()
        bed.need("nginx", "openssl")
        self.host, self.target = self.bed.pair()
        self.home = self.bed.path("nginx")
        os.mkdir(self.home)
        self.certificate("ca", "/CN=the authority", "-x509", "-addext", "basicConstraints=critical,CA:TRUE")
        self.certificate("server", "/CN=server", *self.signed_by("ca"), "-addext", "subjectAltName=IP:10.77.0.2")
        self.certificate("own", "/CN=a prober", *self.signed_by("ca"), "-addext", "extendedKeyUsage=clientAuth")
        self.certificate("stranger", "/CN=a stranger", "-x509")
        for name in ("packed.txt", "plain.txt"):
            with open(os.path.join(self.home, name), "w") as file:
                file.write(TEXT)
        settings = self.bed.path("nginx.conf")
        with open(settings, "w") as file:
            file.write(NGINX.format(home=self.home))
        self.bed._own(bed.Program(self.bed, self.target, ["nginx", "-e", "stderr", "-c", settings], "nginx"))
        bed.eventually(lambda: self.probe("http", "10.77.0.2/plain.txt")["outcome"] == "ok", "nginx answers")

    def file(self, name):
        return os.path.join(self.home, name)

    def signed_by(self, name):
        return ("-x509", "-CA", self.file(f"{name}.crt"), "-CAkey", self.file(f"{name}.key"))

    def certificate(self, name, subject, *options):
        subprocess.run(["openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
                        "-subj", subject, "-keyout", self.file(f"{name}.key"), "-out", self.file(f"{name}.crt"),
                        *options], check=True, capture_output=True)
        for end in ("key", "crt"):
            os.chmod(self.file(f"{name}.{end}"), 0o644)

    def probe(self, kind, target, *options):
        done = self.bed.holter(self.host, "probe", kind, target, *options, "--json")
        self.assertEqual(done.stderr, b"")
        return json.loads(done.stdout)

    def test_a_packed_body_is_unpacked(self):
        words = ("--expect", "body contains 'still there'")
        result = self.probe("http", "10.77.0.2/packed.txt", "--compressed", *words)
        self.assertEqual(result["outcome"], "ok", result)
        self.assertEqual((result["facts"]["encoding"], result["facts"]["body_bytes"]), (["gzip"], [len(TEXT)]))
        for path, options in (("packed.txt", ()), ("plain.txt", ("--compressed",))):
            result = self.probe("http", f"10.77.0.2/{path}", *options, *words)
            self.assertEqual((result["outcome"], result["facts"]["body_bytes"]), ("ok", [len(TEXT)]), result)
            self.assertNotIn("encoding", result["facts"])

    def test_the_own_certificate_is_shown(self):
        trust = ("--ca-file", self.file("ca.crt"))
        own = ("--certificate", self.file("own.crt"), "--key", self.file("own.key"))
        result = self.probe("https", "10.77.0.2/who", *trust, *own, "--expect", "body contains 'CN=a prober'")
        self.assertEqual((result["outcome"], result["facts"]["status"]), ("ok", [200]), result)
        stranger = ("--certificate", self.file("stranger.crt"), "--key", self.file("stranger.key"))
        for options, words in (((), "No required SSL certificate was sent"), (stranger, "The SSL certificate error")):
            result = self.probe("https", "10.77.0.2/who", *trust, *options, "--expect", f"body contains '{words}'",
                                "--expect", "status == 400")
            self.assertEqual(result["outcome"], "ok", result)
        result = self.probe("https", "10.77.0.2/who", *trust, "--certificate", self.file("own.crt"), "--key",
                            self.file("stranger.key"))
        self.assertEqual((result["outcome"], result["failed_in"]), ("not_permitted", "tls"), result)


if __name__ == "__main__":
    bed.main()
