"""A program on a terminal of its own, and what a person sees there: a pty whose output is drawn by pyte."""
import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time

import bed

sys.path.append("/usr/lib/python3/dist-packages")  # where Debian has it, whichever Python this is
try:
    import pyte
except ImportError:
    pyte = None


class Terminal:
    """`type()` is the keyboard, `rows()` what the screen shows."""

    def __init__(self, case, node, *command, columns=80, rows=24, env=None):
        if pyte is None:
            raise bed.Skip("python3-pyte is not installed")
        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.ByteStream(self.screen)
        self.raw = b""
        self.code = None
        environment = {**os.environ, **case.bed.environment(), "TERM": "xterm-256color", **(env or {})}
        self.pid, self.descriptor = pty.fork()
        if self.pid == 0:
            os.execvpe("nsenter", node.command(*command), environment)
        case.addCleanup(self.close)
        self._tell_size(columns, rows)

    def _tell_size(self, columns, rows):
        fcntl.ioctl(self.descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def resize(self, columns, rows):
        self.read()
        self.screen.resize(rows, columns)
        self._tell_size(columns, rows)

    def type(self, text):
        os.write(self.descriptor, text.encode())

    def read(self):
        """Whatever is there now."""
        while select.select([self.descriptor], [], [], 0.02)[0]:
            try:
                some = os.read(self.descriptor, 65536)
            except OSError:
                return
            if not some:
                return
            self.raw += some
            self.stream.feed(some)

    def rows(self):
        self.read()
        return [row.rstrip() for row in self.screen.display if row.strip()]

    def text(self):
        return "\n".join(self.rows())

    def wait(self, *words, timeout=15.0):
        """The rows, once they hold all words."""
        def there():
            text = self.text()
            return text if all(word in text for word in words) else None
        try:
            return bed.eventually(there, f"{words} on the screen", timeout)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.text()}") from None

    def wait_last(self, row, timeout=15.0):
        try:
            return bed.eventually(lambda: self.rows()[-1] == row, f"{row!r} in the last row", timeout)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.text()}") from None

    def end(self, timeout=15.0):
        """The exit code, once the program has ended by itself."""
        def ended():
            self.read()
            done, status = os.waitpid(self.pid, os.WNOHANG)
            if done:
                self.code = os.waitstatus_to_exitcode(status)
            return done
        bed.eventually(ended, "the program ends", timeout)
        return self.code

    def send(self, number):
        os.kill(self.pid, number)

    def close(self):
        if self.code is None:
            try:
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
            except (ProcessLookupError, ChildProcessError):
                pass
        os.close(self.descriptor)
