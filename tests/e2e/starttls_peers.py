#!/usr/bin/env python3
"""Peers that speak a protocol up to TLS and send back what they hear within it; and some that do it wrongly.

starttls_peers.py CERTIFICATE KEY: says "listening" when all of PORTS are.
"""
import socket
import ssl
import sys
import threading
import time

XMPP_TLS = b"urn:ietf:params:xml:ns:xmpp-tls"
LDAP_DONE = bytes.fromhex("300c02010178070a010004000400")
LDAP_REFUSES = bytes.fromhex("300e02010178090a0134040004026e6f")


def smtp(peer, extensions=b"250-SIZE\r\n250 STARTTLS\r\n", go=b"220 go ahead\r\n"):
    peer.sendall(b"220-mail.holter.test\r\n220 ESMTP here\r\n")
    wait_for(peer, b"EHLO holter.invalid\r\n")
    peer.sendall(b"250-mail.holter.test\r\n" + extensions)
    wait_for(peer, b"STARTTLS\r\n")
    peer.sendall(go)


def imap(peer):
    peer.sendall(b"* OK IMAP4rev1 here\r\n")
    tag = wait_for(peer, b" STARTTLS\r\n").split(b" ")[0]
    peer.sendall(b"* NOTE\r\n" + tag + b" OK begin\r\n")


def pop3(peer):
    peer.sendall(b"+OK POP3 here\r\n")
    wait_for(peer, b"STLS\r\n")
    peer.sendall(b"+OK begin\r\n")


def ftp(peer):
    peer.sendall(b"220-FTP\r\n here\r\n220 ready\r\n")
    wait_for(peer, b"AUTH TLS\r\n")
    peer.sendall(b"234 begin\r\n")


def ldap(peer, answer=LDAP_DONE):
    wait_for(peer, b"1.3.6.1.4.1.1466.20037")
    for byte in answer:
        peer.sendall(bytes([byte]))
        time.sleep(0.001)


def xmpp(peer):
    wait_for(peer, b"etherx.jabber.org/streams'>")
    peer.sendall(b"<?xml version='1.0'?><stream:stream xmlns='jabber:client'><stream:features>"
                 b"<starttls xmlns='" + XMPP_TLS + b"'><required/></starttls></stream:features>")
    wait_for(peer, b"<starttls xmlns='" + XMPP_TLS + b"'/>")
    peer.sendall(b"<proceed xmlns='" + XMPP_TLS + b"'/>")


def postgres(peer):
    assert peer.recv(8) == bytes.fromhex("0000000804d2162f")
    peer.sendall(b"S")


def without(peer):
    smtp(peer, b"250 SIZE\r\n")


def injecting(peer):
    smtp(peer, go=b"220 go ahead\r\nQUIT\r\n")


def refusing(peer):
    ldap(peer, LDAP_REFUSES)


def garbage(peer):
    smtp(peer)
    peer.recv(4096)
    peer.sendall(b"this is no TLS at all " * 10)
    peer.recv(4096)


def dripping(peer):
    while True:
        peer.sendall(b"x")
        time.sleep(0.02)


def endless(peer):
    while True:
        peer.sendall(b"220-" + b"x" * 1000 + b"\r\n")


def quiet(peer):
    peer.recv(4096)
    time.sleep(600)


GOOD = {2501: smtp, 2502: imap, 2503: pop3, 2504: ftp, 2505: ldap, 2506: xmpp, 2507: postgres}
PORTS = {**GOOD, 2601: without, 2602: injecting, 2603: refusing, 2604: garbage, 2605: dripping, 2606: endless,
         2607: quiet}


def wait_for(peer, end):
    heard = b""
    while not heard.endswith(end):
        more = peer.recv(4096)
        if not more:
            raise ConnectionError(heard)
        heard += more
    return heard


def serve(listener, talk, context):
    while True:
        peer, _ = listener.accept()
        threading.Thread(target=meet, args=(peer, talk, context), daemon=True).start()


def meet(peer, talk, context):
    try:
        with peer:
            talk(peer)
            if talk in GOOD.values():
                with context.wrap_socket(peer, server_side=True) as secure:
                    while part := secure.recv(4096):
                        secure.sendall(part)
    except OSError:
        pass


def main(certificate, key):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    for port, talk in PORTS.items():
        listener = socket.create_server(("0.0.0.0", port))
        threading.Thread(target=serve, args=(listener, talk, context), daemon=True).start()
    print("listening", flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
