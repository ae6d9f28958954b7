#!/usr/bin/env python3
"""`make install` (its last step): what is where, and that it works from there."""
import gzip
import os
import re
import stat
import subprocess

import bed

BUILD = os.path.dirname(bed.HOLTER)


class Install(bed.Case):
    def setUp(self):
        super().setUp()
        bed.need("cmake")
        with open(os.path.join(BUILD, "CMakeCache.txt"), encoding="utf-8") as file:
            self.prefix = re.search(r"^CMAKE_INSTALL_PREFIX:PATH=(.*)$", file.read(), re.MULTILINE)[1]
        self.install()

    def install(self):
        return bed.run("cmake", "--install", BUILD, env={**os.environ, "DESTDIR": self.bed.path("tree")})

    def at(self, path):
        """Where the installed file is: below the prefix, unless the path is absolute."""
        return self.bed.path("tree") + os.path.join(self.prefix, path)

    def text(self, path):
        with open(self.at(path), encoding="utf-8") as file:
            return file.read()

    def test_the_programs_find_each_other(self):
        self.assertEqual(stat.S_IMODE(os.stat(self.at("lib/holter/holter-broker")).st_mode), 0o750)
        holter = self.bed.start(self.bed.solo(), "--targets", "loopback", binary=self.at("bin/holter")).wait_page()
        holter.wait_outcome("loopback", "ok")
        self.assertEqual(holter.api("health")["problems"], [])

    def test_the_units_start_what_was_installed(self):
        for unit in ("holter", "holter-hub", "holter-agent"):
            self.assertIn(f"\nExecStart={self.prefix}/bin/holter ", self.text(f"lib/systemd/system/{unit}.service"))

    def test_each_command_has_its_page(self):
        told = subprocess.run([self.at("bin/holter"), "manual", "--list"], capture_output=True, text=True, check=True)
        self.assertEqual({f"{page}.1.gz" for page in told.stdout.split()}, set(os.listdir(self.at("share/man/man1"))))
        for page in os.listdir(self.at("share/man/man1")):
            with gzip.open(self.at(f"share/man/man1/{page}"), "rt", encoding="utf-8") as file:
                self.assertIn(".SH NAME", file.read(), page)

    def test_the_shells_have_their_completions(self):
        zsh = "share/zsh/vendor-completions" if self.prefix == "/usr" else "share/zsh/site-functions"
        for path in ("share/bash-completion/completions/holter", f"{zsh}/_holter",
                     "share/fish/vendor_completions.d/holter.fish"):
            self.assertIn("status", self.text(path), path)

    def test_the_settings_are_the_template_and_are_kept(self):
        told = bed.run(self.at("bin/holter"), "config", "check", self.at("/etc/holter/holter.toml"))
        self.assertIn("no mistake", told)
        with open(self.at("/etc/holter/holter.toml"), "a", encoding="utf-8") as file:
            file.write("# mine\n")
        self.install()
        self.assertTrue(self.text("/etc/holter/holter.toml").endswith("# mine\n"))

    def test_documents_lead_to_each_other(self):
        for path in ("README.md", "docs/installation.md", "docs/ancestors.md"):
            self.assertTrue(os.path.isfile(self.at(f"share/doc/holter/{path}")), path)


if __name__ == "__main__":
    bed.main()
