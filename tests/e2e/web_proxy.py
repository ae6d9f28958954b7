"""A proxy for plain HTTP, which it answers itself, and for tunnels (CONNECT). Says on a line who asked for what.
Usage: web_proxy.py PORT"""
import base64
import socket
import sys
import threading


def pass_on(source, sink):
    try:
        while part := source.recv(65536):
            sink.sendall(part)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def serve(connection):
    request = b""
    while b"\r\n\r\n" not in request:
        part = connection.recv(65536)
        if not part:
            return
        request += part
    method, target = request.decode().split(" ")[:2]
    lines = request.decode().split("\r\n")
    user = [line.split(" ")[2] for line in lines if line.startswith("Proxy-Authorization: Basic ")]
    print(method, target, *(base64.b64decode(word).decode() for word in user), flush=True)
    if method != "CONNECT":
        return connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    host, port = target.rsplit(":", 1)
    with socket.create_connection((host, int(port))) as onward:
        connection.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
        threading.Thread(target=pass_on, args=(onward, connection), daemon=True).start()
        pass_on(connection, onward)


def main():
    listener = socket.create_server(("", int(sys.argv[1])))
    print("listening", flush=True)
    while True:
        connection = listener.accept()[0]
        threading.Thread(target=serve, args=(connection,), daemon=True).start()


if __name__ == "__main__":
    main()
