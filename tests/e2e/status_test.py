#!/usr/bin/env python3
"""`holter status`: the same as the page, in the terminal, over the control socket."""
import json
import os
import stat

import bed


class Status(bed.Case):
    def test_without_a_holter_it_says_what_to_do(self):
        told = self.bed.holter(self.bed.solo(), "status", env={"XDG_RUNTIME_DIR": self.bed.path("nothing")})
        self.assertEqual(told.returncode, 3, told)
        self.assertEqual(told.stdout, b"")
        self.assert_words(told.stderr.decode(), "no holter is running", "holter run")

    def test_shows_targets_and_sessions(self):
        node = self.bed.solo()
        holter = self.bed.start(node).wait_page()
        self.bed.pulse(node, "db1", "--interval", "200ms", "--message", "backup done")
        holter.wait_session("db1", "up")
        holter.wait_outcome("loopback", "ok")
        told = self.bed.holter(node, "status", "--runtime", os.path.join(holter.runtime, "holter"))
        self.assertEqual((told.returncode, told.stderr), (0, b""))
        self.assert_words(told.stdout.decode(), "loopback", "127.0.0.1", "db1", "up", "backup done")
        self.assertNotIn(b"\x1b", told.stdout, "no colours into a pipe")

    def test_json_is_what_the_api_says(self):
        node = self.bed.solo()
        holter = self.bed.start(node).wait_page()
        holter.wait_outcome("loopback", "ok")
        told = self.bed.holter(node, "status", "--json", env={"XDG_RUNTIME_DIR": holter.runtime})
        self.assertEqual((told.returncode, told.stderr), (0, b""))
        answer = json.loads(told.stdout)
        self.assertEqual(set(answer), {"health", "targets", "sessions", "capture", "conversations"})
        self.assertEqual(answer["health"]["agent"], holter.api("health")["agent"])
        self.assertEqual(set(answer["targets"][0]), set(holter.api("targets")["targets"][0]))

    def test_the_control_socket_is_for_its_owner_only(self):
        holter = self.bed.start(self.bed.solo()).wait_page()
        for path in (os.path.join(holter.runtime, "holter/control.sock"), holter.data):
            self.assertEqual(stat.S_IMODE(os.stat(path).st_mode) & 0o077, 0, path)

    def test_the_version_is_three_numbers(self):
        node = self.bed.solo()
        told = self.bed.holter(node, "--version")
        self.assertEqual(told.returncode, 0, told)
        self.assertRegex(told.stdout.decode(), r"\d+\.\d+\.\d+")


if __name__ == "__main__":
    bed.main()
