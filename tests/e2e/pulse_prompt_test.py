#!/usr/bin/env python3
"""`holter pulse -i`: a person at a terminal, and a script in a pipe; `holter pulse --exec`."""
import os
import signal
import stat
import subprocess
import time

import bed
from terminal_screen import Terminal


class Prompt(bed.Case):
    def setUp(self):
        super().setUp()
        self.node = self.bed.solo()
        self.holter = self.bed.start(self.node, "--targets", "loopback").wait_page()

    def prompt(self, *options, **more):
        return Terminal(self, self.node, bed.HOLTER, "pulse", "-i", *options, **more)

    def db1(self, *options, **more):
        """At its prompt."""
        terminal = self.prompt("--to", "127.0.0.1", "--name", "db1", *options, **more)
        terminal.wait_last("db1>")
        return terminal

    def message_of(self, name):
        return (self.holter.session(name)["last_message"] or {}).get("text")

    def wait_message(self, name, text):
        bed.eventually(lambda: self.message_of(name) == text, f"{text!r} of {name}")

    def let_the_hub_ask(self, terminal):
        """The pulses pause until the hub asks, and then go on."""
        self.holter.wait_session("db1", "up")
        terminal.send(signal.SIGSTOP)
        self.holter.wait_session("db1", "pulsing")
        terminal.send(signal.SIGCONT)
        terminal.wait("asked whether we live (ask")
        self.holter.wait_session("db1", "up")

    def test_welcomes_and_asks_for_what_it_was_not_told(self):
        terminal = self.prompt()
        screen = terminal.wait("Name of this session [")
        self.assert_words(screen, "Welcome to holter pulse", "This host is ", "loopback")
        terminal.type("db7\r")
        terminal.wait("Hub to pulse [localhost]:")
        terminal.type("no such:0\r")
        terminal.wait("'no such:0' is no host; write it as HOST, HOST:PORT")
        terminal.type("127.0.0.1\r")
        terminal.wait("pulsing 127.0.0.1:4280 as db7 every 1 s, from 127.0.0.1:")
        terminal.wait_last("db7>")
        self.holter.wait_session("db7", "up")

    def test_takes_what_it_offers(self):
        terminal = self.prompt()
        terminal.wait("Name of this session [")
        terminal.type("\r")
        terminal.wait("Hub to pulse [localhost]:")
        terminal.type("\r")
        terminal.wait("pulsing ", ":4280 as ")

    def test_a_message_is_seen_by_sessions(self):
        terminal = self.db1()
        terminal.type("message it is warm here\r")
        terminal.wait("delivered to 127.0.0.1:4280")
        self.assertEqual(self.message_of("db1"), "it is warm here")
        terminal.type("the fan is loud äöü\r")
        self.wait_message("db1", "the fan is loud äöü")
        shown = self.bed.holter(self.node, "sessions", "--runtime", self.holter.runtime + "/holter").stdout.decode()
        self.assertIn("the fan is loud äöü", shown)

    def test_answers_while_half_a_line_is_typed(self):
        terminal = self.db1("--interval", "200ms")
        terminal.type("message half of")
        terminal.wait_last("db1> message half of")
        self.let_the_hub_ask(terminal)
        terminal.wait_last("db1> message half of")
        above = terminal.rows()[-2]
        self.assertRegex(above, r"^127\.0\.0\.1:4280 asked whether we live \(ask \d\); answered$")
        terminal.type(" it\r")
        self.wait_message("db1", "half of it")

    def test_a_line_of_several_rows_stays_whole(self):
        terminal = self.db1("--interval", "200ms", columns=60)
        words = "message " + "x" * 150 + " end"
        terminal.type(words)
        terminal.wait_last(("db1> " + words)[120:])
        self.let_the_hub_ask(terminal)
        terminal.wait_last(("db1> " + words)[120:])
        rows = terminal.rows()
        self.assertEqual("".join(rows[-3:]), "db1> " + words)
        self.assertEqual(sum(row.startswith("db1> message") for row in rows), 1, rows)
        self.assertIn("asked whether we live", rows[-4])

    def test_a_resize_keeps_the_line(self):
        terminal = self.db1(columns=100)
        terminal.type("message a line that is longer than forty columns are")
        terminal.wait("forty columns are")
        terminal.resize(40, 24)
        bed.eventually(lambda: terminal.rows()[-2:] == ["db1> message a line that is longer than", "forty columns are"],
                       "the line in two rows")
        terminal.resize(100, 24)
        terminal.type(" wide\r")
        self.wait_message("db1", "a line that is longer than forty columns are wide")

    def test_changes_between_two_hubs(self):
        second = self.bed.start(self.node, "--passive", "--http", "127.0.0.2:4280", "--pulses", "127.0.0.2:4280",
                                "--lines", "127.0.0.2:4281", label="second", host="127.0.0.2").wait_page()
        terminal = self.db1()
        self.holter.wait_session("db1", "up")
        terminal.type("hub 127.0.0.2\r")
        terminal.wait("pulsing 127.0.0.2:4280 as db1", "ended, and 127.0.0.1:4280 knows")
        self.holter.wait_session("db1", "admin_down")
        second.wait_session("db1", "up")
        terminal.type("hub nowhere.invalid\r")
        terminal.wait("cannot pulse to nowhere.invalid")
        terminal.type("message to the second\r")
        bed.eventually(lambda: second.session("db1")["last_message"]["text"] == "to the second", "the message")
        self.assertIsNone(self.message_of("db1"))
        terminal.type("hub 127.0.0.1\r")
        self.holter.wait_session("db1", "up")
        second.wait_session("db1", "admin_down")

    def test_terminates_and_opens_again(self):
        terminal = self.db1()
        self.holter.wait_session("db1", "up")
        terminal.type("Terminate\r")
        terminal.wait("ended, and 127.0.0.1:4280 knows", "`hub` opens it again")
        terminal.wait_last("db1 (closed)>")
        self.holter.wait_session("db1", "admin_down")
        terminal.type("message x\r")
        terminal.wait("no session is open")
        terminal.type("hub\r")
        terminal.wait_last("db1>")
        self.holter.wait_session("db1", "up")

    def test_really_exits_in_any_letter_case(self):
        for number, word in enumerate(("exit", "EXIT", "Exit", "quit", "QuIt")):
            with self.subTest(word):
                terminal = self.prompt("--to", "127.0.0.1", "--name", f"e{number}")
                terminal.wait_last(f"e{number}>")
                self.holter.wait_session(f"e{number}", "up")
                terminal.type(word + "\r")
                self.assertEqual(terminal.end(), 0)
                self.holter.wait_session(f"e{number}", "admin_down")
                self.assertIn("ended, and 127.0.0.1:4280 knows", terminal.text())

    def test_nonsense_is_answered_with_the_nearest_command(self):
        terminal = self.db1()
        terminal.type("statsu\r")
        terminal.wait("there is no command 'statsu'; did you mean 'status'?")
        terminal.type("xyzzy\r")
        terminal.wait("there is no command 'xyzzy'")
        terminal.type("HELP\r")
        terminal.wait("message TEXT", "terminate ", "Tab completes")
        terminal.type("status\r")
        terminal.wait("pulsing 127.0.0.1:4280 as db1", "never asked; no message delivered")
        self.assertIsNone(self.message_of("db1"))

    def test_the_history_is_there_the_next_time(self):
        terminal = self.db1()
        terminal.type("message remembered words\r")
        terminal.wait("delivered")
        terminal.type("exit\r")
        self.assertEqual(terminal.end(), 0)
        path = self.bed.path("home/.local/state/holter/history")
        self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600)
        terminal = self.db1()
        terminal.type("\x1b[A\x1b[A")
        terminal.wait_last("db1> message remembered words")
        terminal.type(" again\r")
        self.wait_message("db1", "remembered words again")
        terminal.type("\x12remem")  # Ctrl-R
        terminal.wait("message remembered words again", "bck:remem")
        terminal.type("\r")
        terminal.wait("delivered")

    def test_tab_completes(self):
        terminal = self.db1()
        terminal.type("me\t")
        terminal.wait_last("db1> message")
        terminal.type("by tab\r")
        self.wait_message("db1", "by tab")
        terminal.type("h\t")
        terminal.wait("help  hub")
        terminal.wait_last("db1> h")
        terminal.type("ub 127\t")
        terminal.wait_last("db1> hub 127.0.0.1:4280")

    def test_ctrl_c_leaves_half_a_line_and_then_ends(self):
        terminal = self.db1()
        self.holter.wait_session("db1", "up")
        terminal.type("message never sen")
        terminal.wait_last("db1> message never sen")
        terminal.type("\x03")
        terminal.wait("db1> message never sen^C")
        terminal.wait_last("db1>")
        terminal.type("\x03")
        self.assertEqual(terminal.end(), 0)
        self.holter.wait_session("db1", "admin_down")
        self.assertIsNone(self.message_of("db1"))

    def test_ctrl_d_ends(self):
        terminal = self.db1()
        self.holter.wait_session("db1", "up")
        terminal.type("\x04")
        self.assertEqual(terminal.end(), 0)
        self.holter.wait_session("db1", "admin_down")

    def test_a_signal_and_a_hangup_end_in_good_order(self):
        for number in (signal.SIGTERM, signal.SIGHUP):
            terminal = self.db1()
            self.holter.wait_session("db1", "up")
            terminal.type("half")
            terminal.send(number)
            self.assertEqual(terminal.end(), 0)
            self.holter.wait_session("db1", "admin_down")

    def test_a_silent_hub_is_given_up_at_once_by_ctrl_c(self):
        silent = self.node.udp("127.0.0.1", 4999)
        terminal = self.prompt("--to", "127.0.0.1:4999", "--name", "db1")
        terminal.wait_last("db1>")
        terminal.type("message nobody hears\rexit\r")
        terminal.wait("db1> exit")
        began = time.monotonic()
        terminal.type("\x03")
        self.assertEqual(terminal.end(), 1)
        self.assertLess(time.monotonic() - began, 5 * bed.TIME_FACTOR)
        self.assertIn("the hub may not know", terminal.text())
        self.assertTrue(silent.recv(2000))

    def test_debug_shows_each_datagram_above_the_line(self):
        terminal = self.db1("--debug", columns=240)
        terminal.type("message x")
        terminal.wait("type=pulse session=db1 sequence=2")
        terminal.wait_last("db1> message x")
        terminal.type("\r")
        terminal.wait("type=message session=db1", "text=x", "way=received", "type=ack")
        terminal.wait_last("db1>")

    def test_text_of_any_kind_does_nothing_to_the_screen(self):
        terminal = self.db1()
        terminal.type("message \x16\x1b[2Jboo\r")  # Ctrl-V takes the escape as it is
        self.wait_message("db1", "\x1b[2Jboo")
        terminal.type("\x16\x1b[2Jboo\r")
        terminal.wait("there is no command '\\x1b[2Jboo'")
        terminal.type("message " + "z" * 1300 + "\r")
        terminal.wait("a message has at most 1200 bytes, this one has 1300")
        self.assertEqual(self.message_of("db1"), "\x1b[2Jboo")

    def test_a_stop_gives_the_terminal_back(self):
        terminal = self.db1()
        terminal.type("half")
        terminal.wait_last("db1> half")
        terminal.send(signal.SIGTSTP)
        bed.eventually(lambda: os.waitpid(terminal.pid, os.WNOHANG | os.WUNTRACED)[0], "it stops")
        self.assertIn("isig icanon", " ".join(self.modes(terminal)))
        terminal.send(signal.SIGCONT)
        terminal.wait_last("db1> half")
        self.assertIn("-icanon", self.modes(terminal))
        terminal.type(" of it\r")
        self.wait_message("db1", "half of it")
        terminal.type("exit\r")
        self.assertEqual(terminal.end(), 0)
        self.assertIn("icanon", self.modes(terminal))

    @staticmethod
    def modes(terminal):
        told = subprocess.run(["stty", "-a"], stdin=terminal.descriptor, capture_output=True, text=True, check=True)
        return told.stdout.split()


class Script(bed.Case):
    def setUp(self):
        super().setUp()
        self.node = self.bed.solo()
        self.holter = self.bed.start(self.node, "--targets", "loopback").wait_page()

    def script(self, text, *options):
        return subprocess.run(self.node.command(bed.HOLTER, "pulse", "-i", *options), input=text, capture_output=True,
                              text=True, timeout=60 * bed.TIME_FACTOR, check=False,
                              env={**os.environ, **self.bed.environment()})

    def test_lines_from_a_pipe_are_taken_one_by_one(self):
        told = self.script("message one\nmessage two\nstatus\n", "--to", "127.0.0.1", "--name", "db1")
        self.assertEqual((told.returncode, told.stderr), (0, ""))
        self.assert_words(told.stdout, "2 messages delivered", "ended, and 127.0.0.1:4280 knows")
        self.assertNotIn("Welcome", told.stdout)
        session = self.holter.session("db1")
        self.assertEqual((session["messages"], session["last_message"]["text"]), (2, "two"))
        self.assertFalse(os.path.exists(self.bed.path("home/.local/state/holter/history")))

    def test_the_hub_may_be_named_by_the_script(self):
        told = self.script("hub 127.0.0.1\nmessage hi\nexit\nmessage after\n", "--name", "db1")
        self.assertEqual(told.returncode, 0, told)
        self.assertEqual(self.holter.session("db1")["messages"], 1)

    def test_a_mistake_of_a_script_is_told_by_the_exit_code(self):
        told = self.script("mesage one\n", "--to", "127.0.0.1", "--name", "db1")
        self.assertEqual(told.returncode, 1)
        self.assertIn("did you mean 'message'?", told.stderr)

    def test_a_hub_that_is_not_there(self):
        told = self.script("message one\n", "--to", "127.0.0.1:4999", "--name", "db1")
        self.assertEqual(told.returncode, 1)
        self.assert_words(told.stderr, "not delivered", "refused")

    def test_what_does_not_go_with_it_is_refused(self):
        for option in (["--message", "x"], ["--terminate"], ["--count", "3"]):
            told = self.script("", "--to", "127.0.0.1", "--name", "db1", *option)
            self.assertEqual(told.returncode, 2)
            self.assertIn(f"--interactive does not go with {option[0]}", told.stderr)


class Exec(bed.Case):
    def setUp(self):
        super().setUp()
        self.node = self.bed.solo()
        self.holter = self.bed.start(self.node, "--targets", "loopback").wait_page()

    def run_it(self, command, to="127.0.0.1"):
        return self.bed.holter(self.node, "pulse", "--to", to, "--name", "job", "--exec", command)

    def last_message(self):
        return self.holter.session("job")["last_message"]["text"]

    def test_success_is_told_and_closes(self):
        told = self.run_it("echo out; echo err >&2")
        self.assertEqual((told.returncode, told.stdout, told.stderr), (0, b"out\n", b"err\n"))
        self.assertRegex(self.last_message(), r"^exit status 0 after [\d.]+ \w+: (out \| err|err \| out)$")
        session = self.holter.wait_session("job", "admin_down")
        self.assertEqual(session["messages"], 2)

    def test_failure_takes_it_down_with_the_reason(self):
        told = self.run_it("echo no tape >&2; exit 3")
        self.assertEqual(told.returncode, 3)
        session = self.holter.wait_session("job", "down")
        self.assertEqual(session["changes"][0]["diagnostic"], "failed")
        self.assertRegex(self.last_message(), r"^exit status 3 after .*: no tape$")
        time.sleep(2)
        self.assertEqual(self.holter.session("job")["state"], "down")

    def test_a_signal_that_ends_it(self):
        self.assertEqual(self.run_it("kill -KILL $$").returncode, 137)
        self.assertRegex(self.last_message(), "^killed by signal 9 after ")

    def test_pulses_while_it_runs_and_forwards_signals(self):
        trap = "trap 'echo got it; exit 5' {}; echo up; while :; do sleep 0.1; done"
        for number, name in ((signal.SIGTERM, "TERM"), (signal.SIGINT, "INT")):
            program = self.bed.pulse(self.node, "job", "--interval", "200ms", "--exec", trap.format(name))
            bed.eventually(lambda: "up" in program.out(), "it runs")
            self.holter.wait_session("job", "up")
            before = self.holter.session("job")["pulses"]
            bed.eventually(lambda: self.holter.session("job")["pulses"] > before + 5, "pulses")
            program.send(number)
            self.assertEqual(program.wait(), 5)
            self.assertIn("got it", program.out())
            self.holter.wait_session("job", "down")

    def test_a_missing_program_is_a_failure(self):
        told = self.run_it("/no/such/program")
        self.assertEqual(told.returncode, 127)
        self.assertIn("not found", self.last_message())

    def test_large_output_passes_through(self):
        told = self.run_it("head -c 5000000 /dev/zero | tr '\\0' x; echo; echo the end")
        self.assertEqual(told.returncode, 0)
        self.assertEqual(len(told.stdout), 5_000_009)
        text = self.last_message()
        self.assertTrue(text.endswith("xxx | the end"), text[-40:])
        self.assertLessEqual(len(text), 1200)

    def piped(self, command, size=4096):
        """With standard output in a pipe of a page that nobody reads yet."""
        program = self.node.popen(bed.HOLTER, "pulse", "--to", "127.0.0.1", "--name", "job", "--interval", "200ms",
                                  "--exec", command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, pipesize=size)
        self.addCleanup(lambda: (program.kill(), program.wait(), program.stdout.close()))
        return program

    def test_pulses_go_on_while_nobody_reads_its_output(self):
        program = self.piped("seq 1 200000; exit 7")
        self.holter.wait_session("job", "up")
        began, before = time.monotonic(), self.holter.session("job")["pulses"]
        while time.monotonic() < began + 3:
            time.sleep(0.1)
            self.assertEqual(self.holter.session("job")["state"], "up")
        session = self.holter.session("job")
        self.assertGreaterEqual(session["pulses"] - before, 10)
        self.assertEqual([change["to"] for change in session["changes"]], ["up"], "the hub had to ask")
        self.assertIsNone(program.poll())
        self.assertEqual(program.stdout.read(), b"".join(b"%d\n" % n for n in range(1, 200001)))
        self.assertEqual(program.wait(30), 7)
        self.assertRegex(self.last_message(), "^exit status 7 after .* 200000$")

    def test_the_end_is_told_while_nobody_reads_its_output(self):
        program = self.piped("head -c 60000 /dev/zero; exit 3")
        self.holter.wait_session("job", "down")
        self.assertRegex(self.last_message(), "^exit status 3 after ")
        time.sleep(1)
        self.assertIsNone(program.poll(), "what the command wrote is for its reader")
        self.assertEqual(program.stdout.read(), bytes(60000))
        self.assertEqual(program.wait(30), 3)

    def test_a_signal_ends_the_wait_for_a_reader(self):
        program = self.piped("head -c 60000 /dev/zero; exit 3")
        self.holter.wait_session("job", "down")
        program.send_signal(signal.SIGTERM)
        self.assertEqual(program.wait(30), 3)

    def test_a_reader_that_leaves_does_not_end_the_command(self):
        program = self.piped("seq 1 200000; exit 7")
        program.stdout.readline()
        program.stdout.close()
        self.assertEqual(program.wait(30), 7)
        self.holter.wait_session("job", "down")

    def test_it_runs_without_a_hub(self):
        for to in ("127.0.0.1:4999", "nowhere.invalid"):
            told = self.run_it("echo done; exit 4", to)
            self.assertEqual((told.returncode, told.stdout), (4, b"done\n"))
            self.assertIn(b"holter: ", told.stderr)

    def test_what_does_not_go_with_it_is_refused(self):
        for option in (["--message", "x"], ["--terminate"], ["--count", "3"], ["-i"]):
            told = self.bed.holter(self.node, "pulse", "--to", "127.0.0.1", "--name", "job", "--exec", "true", *option)
            self.assertEqual(told.returncode, 2)
        self.assertEqual(self.run_it("").returncode, 2)


if __name__ == "__main__":
    bed.main()
