"""A web server that answers well or badly, by the path that is asked for.  Usage: web_server.py PORT [CERTIFICATE KEY]"""
import http.server
import socket
import ssl
import struct
import sys
import time

SIZE = 1234
LARGE = 2 * 1024 * 1024
SLOW = 60  # seconds


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        name = self.path.strip("/").split("?")[0] or "ok"
        getattr(self, "serve_" + name, self.serve_missing)()

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        for key, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(body)

    def serve_ok(self):
        self.answer(200, b"x" * SIZE)

    def serve_missing(self):
        self.answer(404)

    def serve_broken(self):
        self.answer(503)

    def serve_moved(self):
        self.answer(301, Location="/\x1b[31mnew")

    def serve_large(self):
        self.answer(200, b"x" * LARGE)

    def serve_slow(self):
        time.sleep(SLOW)

    def serve_stalling(self):
        self.answer(200, b"half", **{"Content-Length": "100"})
        time.sleep(SLOW)

    def serve_half(self):
        self.answer(200, b"half", **{"Content-Length": "100"})
        self.close_connection = True

    def serve_reset(self):
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def serve_nonsense(self):
        self.wfile.write(b"220 mail.example ESMTP\r\n\r\n")
        self.close_connection = True

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    address_family = socket.AF_INET6
    daemon_threads = True

    def handle_error(self, *_):
        pass  # clients that hang up are what these tests are about


def main():
    server = Server(("::", int(sys.argv[1])), Handler)
    if len(sys.argv) > 2:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[2], sys.argv[3])
        server.socket = context.wrap_socket(server.socket, server_side=True)
    print("listening", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
