#!/usr/bin/env python3
"""STARTTLS against real servers of Debian: exim, dovecot, vsftpd, slapd and prosody, each with what it needs alone."""
import json
import os
import shutil
import subprocess

import bed

NAME = "target.example"
TRUSTED = "/etc/ssl/certs/ca-certificates.crt"
EXIM = """
primary_hostname = {name}
daemon_smtp_ports = 25
tls_advertise_hosts = *
tls_certificate = {certificate}
tls_privatekey = {key}
spool_directory = {home}
log_file_path = {home}/%s.log
host_lookup =
rfc1413_query_timeout = 0s
exim_user = root
exim_group = root
"""
DOVECOT = """
base_dir = {home}/run
state_dir = {home}/state
log_path = /dev/stderr
protocols = imap pop3
listen = *
ssl = required
ssl_cert = <{certificate}
ssl_key = <{key}
passdb {{
  driver = static
  args = password=none
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={home}
}}
"""
VSFTPD = """
listen=YES
background=NO
anonymous_enable=YES
seccomp_sandbox=NO
secure_chroot_dir={home}
ssl_enable=YES
allow_anon_ssl=YES
rsa_cert_file={certificate}
rsa_private_key_file={key}
"""
SLAPD = """
pidfile {home}/pid
argsfile {home}/arguments
TLSCertificateFile {certificate}
TLSCertificateKeyFile {key}
"""
PROSODY = """
run_as_root = true
pidfile = "{home}/pid"
data_path = "{home}"
log = {{ info = "*console" }}
interfaces = {{ "*" }}
modules_enabled = {{ "tls", "saslauth" }}
modules_disabled = {{ "s2s" }}
c2s_require_encryption = true
ssl = {{ certificate = "{certificate}", key = "{key}" }}
VirtualHost "{name}"
"""
# protocol: (program, its settings, how it is started, port, what its greeting begins with)
SERVERS = {"smtp": ("exim4", EXIM, ("-C", "{settings}", "-bdf"), 25, f"220 {NAME} ESMTP Exim"),
           "imap": ("dovecot", DOVECOT, ("-F", "-c", "{settings}"), 143, "* OK [CAPABILITY"),
           "ftp": ("vsftpd", VSFTPD, ("{settings}",), 21, "220 (vsFTPd"),
           "ldap": ("slapd", SLAPD, ("-d", "0", "-h", "ldap:///", "-f", "{settings}"), 389, None),
           "xmpp": ("prosody", PROSODY, ("--config", "{settings}", "-F"), 5222, None)}
POP3 = (110, "+OK Dovecot")


class StartTls(bed.Case):
    def setUp(self):
        super().setUp()
        with open("/proc/self/uid_map") as file:
            if int(file.read().split()[2]) < 65536:
                raise bed.Skip("these servers have users of their own: only root can run them")
        bed.need("openssl")
        self.host, self.target = self.bed.pair()
        self.certificate, self.key = self.bed.path("certificate.pem"), self.bed.path("key.pem")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", f"/CN={NAME}",
                        "-addext", f"subjectAltName=DNS:{NAME}", "-keyout", self.key, "-out", self.certificate],
                       check=True, capture_output=True)
        bundle, hosts = self.bed.path("bundle.pem"), self.bed.path("hosts")
        with open(hosts, "w") as file:
            file.write(f"127.0.0.1 localhost\n10.77.0.2 {NAME}\n")
        shutil.copy(self.certificate, bundle)
        for path in (self.certificate, self.key, bundle, hosts):
            os.chmod(path, 0o644)
        self.host.sh(f"mount --bind {bundle} {TRUSTED}")
        for node in (self.host, self.target):
            node.sh(f"mount --bind {hosts} /etc/hosts")

    def serve(self, protocol):
        program, settings, arguments, port, _ = SERVERS[protocol]
        bed.need(program)
        home = self.bed.path(program)
        os.mkdir(home)
        path = self.bed.path(f"{program}.cfg.lua")  # prosody goes by the name's end, the others by none
        with open(path, "w") as file:
            file.write(settings.format(name=NAME, home=home, certificate=self.certificate, key=self.key))
        command = [program, *(argument.format(settings=path) for argument in arguments)]
        self.bed._own(bed.Program(self.bed, self.target, command, program))
        bed.eventually(lambda: self.ask(port)["outcome"] == "ok", f"{program} listens")

    def ask(self, port, *options):
        done = self.bed.holter(self.host, "probe", "tcp", f"{NAME}:{port}", "--timeout", "5s", *options, "--json")
        self.assertEqual(done.stderr, b"")
        return json.loads(done.stdout)

    def hold(self, protocol, port, greeting):
        result = self.ask(port, "--starttls", protocol)
        self.assertEqual(result["outcome"], "ok", result)
        self.assertIn(result["facts"]["tls_version"], (["TLSv1.2"], ["TLSv1.3"]))
        self.assertGreater(result["phases_ms"]["tls"], 0)
        if greeting:
            self.assertTrue(result["facts"]["banner"][0].startswith(greeting), result)
        wrong = self.ask(port, "--starttls", protocol, "--tls-name", "other.example")
        self.assertEqual((wrong["outcome"], wrong["failed_in"]), ("bad_answer", "tls"), wrong)

    def test_exim(self):
        self.serve("smtp")
        self.hold("smtp", 25, SERVERS["smtp"][4])

    def test_dovecot(self):
        self.serve("imap")
        self.hold("imap", 143, SERVERS["imap"][4])
        self.hold("pop3", *POP3)

    def test_vsftpd(self):
        self.serve("ftp")
        self.hold("ftp", 21, SERVERS["ftp"][4])

    def test_slapd(self):
        self.serve("ldap")
        self.hold("ldap", 389, None)

    def test_prosody(self):
        self.serve("xmpp")
        self.hold("xmpp", 5222, None)

    def test_a_server_that_has_no_certificate(self):
        bed.need("slapd")
        path = self.bed.path("bare.conf")
        with open(path, "w") as file:
            file.write(f"pidfile {self.bed.path('pid')}\n")
        self.bed._own(bed.Program(self.bed, self.target, ["slapd", "-d", "0", "-h", "ldap:///", "-f", path], "bare"))
        bed.eventually(lambda: self.ask(389)["outcome"] == "ok", "slapd listens")
        result = self.ask(389, "--starttls", "ldap")
        self.assertEqual((result["outcome"], result["failed_in"]), ("bad_answer", "tls"), result)


if __name__ == "__main__":
    bed.main()
