#!/usr/bin/env python3
"""The grammar of the command line at work: help, examples, exit codes, manual pages, completions."""
import os
import re
import shutil
import signal
import subprocess
import time

import bed

NEEDS_NO_HOLTER = 1.5  # seconds after which an example that never ends by itself is interrupted


def sections(text):
    """What `holter help X` shows, by its headings; what stands before the first is under ''."""
    found, title = {"": []}, ""
    for line in text.splitlines():
        if re.fullmatch(r"(Operands|Options|Examples)", line):
            title = line
            found[title] = []
        else:
            found[title].append(line)
    return found


def examples(text):
    """The lines to type: two columns in, their explanation four."""
    return [line[2:] for line in sections(text).get("Examples", []) if re.match(r"  \S", line)]


class Help(bed.Case):
    def setUp(self):
        super().setUp()
        self.node = self.bed.solo()

    def text(self, *arguments, code=0):
        told = self.bed.holter(self.node, *arguments)
        self.assertEqual(told.returncode, code, told)
        return told.stdout.decode()

    def commands(self):
        """("config check", ...), from the names of the pages."""
        pages = self.text("manual", "--list").split()
        listed = re.findall(r"^  (\w+(?: [\w-]+)?)  +\S", self.text("help"), re.MULTILINE)
        by_page = {"holter-" + words.replace(" ", "-"): words for words in listed}
        self.assertEqual(pages[0], "holter")
        return [by_page[page] for page in pages[1:]]

    def test_every_command_has_help_and_examples(self):
        for words in self.commands():
            with self.subTest(words):
                text = self.text(*words.split(), "--help")
                self.assertEqual(text, self.text("help", *words.split()))
                self.assertTrue(text.startswith(f"holter {words}"), text)
                self.assertTrue(examples(text), "a command without an example")
                self.assertLessEqual(max(map(len, text.splitlines())), 100)
                for line in examples(text):
                    self.assertTrue(line.startswith("holter "), line)

    def test_every_example_runs(self):
        settings = self.bed.path("settings.toml")
        with open(settings, "w", encoding="utf-8") as file:
            file.write('[[notify]]\nname = "pager"\nprogram = ["/bin/sh", "-c", "cat > /dev/null"]\n')
        os.chmod(settings, 0o644)
        with open(self.bed.path("services.json"), "w", encoding="utf-8") as file:
            file.write('{"servers": [{"name": "self", "host": "127.0.0.1", "service": "ping", "interval": 1}]}')
        holter = self.bed.start(self.node, "-c", settings).wait_page()
        holter.wait_outcome("loopback", "ok")
        spare = self.bed.node("spare")  # for those that record themselves
        prepare = f"tcpdump -i lo -c 4 -w {self.bed.path('capture.pcap')} icmp & sleep 0.5; ping -c 2 127.0.0.1; wait"
        self.node.sh(prepare)
        for words in self.commands():
            for line in examples(self.text("help", *words.split())):
                with self.subTest(line):
                    self.run_example(line, spare if words in ("run", "hub", "agent") else self.node, holter)

    def run_example(self, line, node, holter):
        environment = {**os.environ, **self.bed.environment(), "PATH": self.path()}
        environment["XDG_RUNTIME_DIR"] = holter.runtime if node is self.node else self.bed.path("spare.runtime")
        endless = node is not self.node or any(word in line + " " for word in ("--follow", " watch ", "heartbeat-server",
                                                                               "| tcpdump"))
        # Another mount namespace begins at its root, whatever directory one comes from.
        script = f"cd {self.bed.directory} && " + (f"exec {line}" if "|" not in line else line)
        program = subprocess.Popen(node.command("sh", "-c", script), env=environment, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
        try:
            if endless:
                time.sleep(NEEDS_NO_HOLTER * bed.TIME_FACTOR)
                self.assertIsNone(program.poll(), program.communicate()[0] if program.poll() is not None else "")
                os.killpg(program.pid, signal.SIGINT)
            said, _ = program.communicate(timeout=30 * bed.TIME_FACTOR)
        finally:
            if program.poll() is None:
                os.killpg(program.pid, signal.SIGKILL)
        self.assertEqual(program.returncode, 0, said.decode(errors="replace"))

    def path(self):
        return os.path.dirname(bed.HOLTER) + ":" + os.environ["PATH"]

    def test_the_reference_is_made_from_the_same_table(self):
        with open(os.path.join(bed.ROOT, "docs/commands.md"), encoding="utf-8") as file:
            self.assertEqual(file.read(), self.text("manual", "--markdown"),
                             "make it anew: holter manual --markdown > docs/commands.md")

    def test_the_pages_are_manual_pages(self):
        bed.need("scdoc", "man")
        for page in self.text("manual", "--list").split():
            with self.subTest(page):
                made = subprocess.run(["scdoc"], input=self.text("manual", page), capture_output=True, text=True,
                                      check=True).stdout
                path = self.bed.path(f"{page}.1")
                with open(path, "w", encoding="utf-8") as file:
                    file.write(made)
                shown = subprocess.run(["man", "--warnings", "-l", path], capture_output=True, text=True, check=True,
                                       env={**os.environ, "MANWIDTH": "80", "LC_ALL": "C.UTF-8"})
                self.assertEqual(shown.stderr, "")
                self.assertIn("NAME", shown.stdout)

    def test_bash_completes_commands_options_and_choices(self):
        bed.need("bash")
        script = self.bed.path("completion.bash")
        with open(script, "w", encoding="utf-8") as file:
            file.write(self.text("completion", "bash"))
        cases = {"holter sta": ["status"], "holter completion z": ["zsh"], "holter status --js": ["--json"],
                 "holter run --targets lo": ["loopback"], "holter run -i l": ["lo"]}
        for line, wanted in cases.items():
            with self.subTest(line):
                words = line.split(" ")
                ask = (f"source {script}; COMP_WORDS=({line}); COMP_CWORD={len(words) - 1}; _holter; "
                       "printf '%s\\n' \"${COMPREPLY[@]}\"")
                self.assertEqual(bed.run(*self.node.command("bash", "-c", ask)).split(), wanted)

    def test_other_shells_read_their_completions(self):
        for shell in ("zsh", "fish"):
            if shutil.which(shell) is None:
                raise bed.Skip(f"{shell} is not installed")
            path = self.bed.path(f"completion.{shell}")
            with open(path, "w", encoding="utf-8") as file:
                file.write(self.text("completion", shell))
            subprocess.run([shell, "-n", path], check=True)

    def test_pipes_get_no_colours_and_wrong_usage_says_how(self):
        self.assertNotIn("\x1b", self.text("help"))
        told = self.bed.holter(self.node, "statsu")
        self.assertEqual(told.returncode, 2)
        self.assertEqual(told.stderr.decode(), "there is no command 'statsu'; did you mean 'status'?\n"
                                               "See `holter help`.\n")


if __name__ == "__main__":
    bed.main()
