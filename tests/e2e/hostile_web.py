"""A web server that misbehaves, by the path that is asked for, byte by byte.  Usage: hostile_web.py PORT"""
import gzip
import itertools
import socket
import sys
import threading
import time

# 256 MiB of zeros in brotli (RFC 7932).
BROTLI_BOMB = bytes.fromhex(
    "cfffff7f002400e2b14072effff9ffff0f8004401c1680eefd3fffffff01900088c302d0bdffe7ffff3f001200715800"
    "baf7fffcffff074002200e0b40f7fe9fffffff004800c46101e8defff3ffff1f000980382c00ddfb7ffeffff03200110"
    "8705a07bffcfffff7f002400e2b00074effff9ffff0f8004401c1680eefd3fffffff01900088c302d0bdffe7ffff3f00"
    "1200715800baf7fffcffff074002200e0b40f7fe9fffffff004800c46101e8defff3ffff1f000980382c00ddfbfffcff"
    "ff072001108705a07bff0f")
GZIP_BOMB = gzip.compress(bytes(64 * 1024 * 1024))
DRIP = 0.05  # seconds
OK = b"HTTP/1.1 200 OK\r\n"
ESCAPES = b"\x1b[2J\x1b]0;owned\x07\xff\xfe"


def redirect(to):
    return b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + to + b"\r\n\r\n"


def whole(head, body):
    return OK + head + b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body


def drip(data):
    for byte in data:
        time.sleep(DRIP)
        yield bytes([byte])


def endless(first, again):
    return itertools.chain([first], itertools.repeat(again * 64))


def endless_gzip():
    block = gzip.compress(bytes(65536), mtime=0)
    return endless(OK + b"Content-Encoding: gzip\r\n\r\n", block)


ANSWERS = {
    "endless": lambda: endless(OK + b"\r\n", b"x" * 100),
    "endless_chunks": lambda: endless(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"64\r\n" + b"x" * 100 + b"\r\n"),
    "endless_gzip": endless_gzip,
    "endless_headers": lambda: endless(OK, b"X-Name: value\r\n"),
    "endless_header": lambda: endless(OK + b"X-Name: ", b"x" * 100),
    "endless_status": lambda: endless(b"HTTP/1.1 200 ", b"O" * 100),
    "endless_trailers": lambda: endless(OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"X-Name: value\r\n"),
    "endless_1xx": lambda: endless(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
    "drip_header": lambda: drip(OK + b"X-Name: value\r\n" * 1000),
    "drip_body": lambda: itertools.chain([OK + b"\r\n"], drip(b"x" * 1000)),
    "gzip_bomb": lambda: [whole(b"Content-Encoding: gzip", GZIP_BOMB)],
    "brotli_bomb": lambda: [whole(b"Content-Encoding: br", BROTLI_BOMB)],
    "twice_packed": lambda: [whole(b"Content-Encoding: gzip, gzip", gzip.compress(GZIP_BOMB))],
    "gzip_lie": lambda: [whole(b"Content-Encoding: gzip", b"this is no gzip")],
    "gzip_half": lambda: [whole(b"Content-Encoding: gzip", gzip.compress(b"a text that is long enough" * 10)[:-20])],
    "chunk_nonsense": lambda: [OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nno chunk\r\n"],
    "chunk_large": lambda: [OK + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nno chunk\r\n"],
    "length_negative": lambda: [OK + b"Content-Length: -5\r\n\r\nhello"],
    "length_huge": lambda: itertools.chain([OK + b"Content-Length: 99999999999999999999\r\n\r\n"], drip(b"x" * 1000)),
    "length_twice": lambda: [OK + b"Content-Length: 5\r\nContent-Length: 3\r\n\r\nhello"],
    "length_same": lambda: [OK + b"Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello"],
    "http09": lambda: [b"just a text, as in 1991\n"],
    "nothing": lambda: [],
    "zero": lambda: [OK + b"X-Name: \x00\r\n\r\n"],
    "escapes": lambda: [b"HTTP/1.1 404 " + ESCAPES + b"\r\nX-" + ESCAPES + b": " + ESCAPES + b"\r\n\r\n" + ESCAPES],
    "escapes_location": lambda: [redirect(b"/" + ESCAPES)],
    "to_ftp": lambda: [redirect(b"ftp://10.77.0.2/x")],
    "to_file": lambda: [redirect(b"file:///etc/passwd")],
    "to_user": lambda: [redirect(b"http://ann:secret@10.77.0.2/")],
    "loop": lambda: [redirect(b"/loop")],
    "deep_json": lambda: [whole(b"Content-Type: application/json", b"[" * 500000)],
}


def serve(connection):
    with connection:
        request = b""
        while b"\r\n\r\n" not in request:
            part = connection.recv(65536)
            if not part:
                return
            request += part
            if request[:1] == b"\x16":  # somebody begins with TLS
                return connection.sendall(b"\x16\x03\x03\x40\x00" + ESCAPES * 2000)
        name = request.split(b" ")[1].decode().strip("/")
        for part in ANSWERS[name]():
            connection.sendall(part)


def quietly(connection):
    try:
        serve(connection)
    except OSError:
        pass  # who hangs up is what these tests are about


def main():
    listener = socket.create_server(("", int(sys.argv[1])), backlog=64)
    print("listening", flush=True)
    while True:
        threading.Thread(target=quietly, args=(listener.accept()[0],), daemon=True).start()


if __name__ == "__main__":
    main()
