"""The one table of hostile strings, for every place where a name can stand, and what is whole of a text for a person."""
import re

STRINGS = {
    "clear the screen": b"\x1b[2J\x1b[H",
    "title": b"\x1b]0;owned\x07",
    "link": b"\x1b]8;;http://evil.example\x1b\\x\x1b]8;;\x1b\\",
    "c1 csi": b"\x9b31m",
    "c1 in utf-8": "\u009b31m".encode(),
    "newline": b"a\nb",
    "forged line": b"x\n2026-01-01T00:00:00.000Z info    holter: stopped",
    "carriage return": b"good\revil",
    "tab": b"a\tb",
    "backspace": b"abc\b\b\bxyz",
    "nul": b"a\0b",
    "bidi override": "\u202egpj.exe".encode(),
    "bidi isolate": "\u2066x\u2069".encode(),
    "line separator": "a\u2028b\u2029c".encode(),
    "zero width": "a\u200b\ufeffb".encode(),
    "invalid utf-8": b"\xff\xfe\xc0\x80",
    "cut utf-8": b"ok\xe2\x82",
    "surrogate": b"\xed\xa0\x80",
    "script": b"<script>alert(1)</script>",
    "image": b"<img src=x onerror=alert(1)>",
    "attribute": b"\"' onmouseover=alert(1) x='",
    "entity": b"&lt;&#60;",
    "quotes": b"'\"`\\",
    "json": b'","role":"hub","x":"',
    "metrics": b'"} 1\nholter_store_bytes{} 0\n# EOF\n',
    "log field": b'x" level=error fake="y z=1',
    "format": b"%s%n%x{}{0}",
    "sql": b"'; DROP TABLE tail; --",
    "shell": b"$(reboot)`reboot`;|&",
    "path": b"../../etc/passwd",
    "combining": ("e" + "\u0301" * 60).encode(),
    "wide": "\u6f22\u5b57\U0001f469\u200d\U0001f4bb".encode(),
    "longest": b"x" * 255,
    "longest of wide": ("\u6f22" * 85).encode(),
}

# Without NUL, which no argument can hold.
ARGUMENTS = {name: text for name, text in STRINGS.items() if b"\0" not in text}

ACTING = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"
                    "\ufff9-\ufffb\ud800-\udfff]")
LOG_LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z? (debug|info|warn|warning|error) +[\w.-]+: ")


def acts(text):
    """What of `text` (str or bytes) would act on a screen instead of being shown; None when all is whole."""
    if isinstance(text, bytes):
        text = text.decode("utf-8", errors="surrogateescape")
    found = ACTING.search(text)
    return ascii(text[max(0, found.start() - 30):found.end() + 30]) if found else None
