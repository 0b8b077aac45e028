"""Accept and forget mail on loopback as fast as Python can: `python -m bench.sink` prints its port and serves."""

from __future__ import annotations

import socket
import threading

REPLIES = {
    b"EHLO": b"250-sink\r\n250-8BITMIME\r\n250-PIPELINING\r\n250-SMTPUTF8\r\n250 SIZE 99999999\r\n",
    b"DATA": b"354 go on\r\n",
    b"QUIT": b"221 2.0.0 bye\r\n",
}


def serve(connection: socket.socket) -> None:
    """Answer one client: what came in one piece is answered in one (RFC 2920 3.2); a body is only read to its end."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.sendall(b"220 sink ESMTP\r\n")
    pending = replies = verb = b""
    while block := connection.recv(1 << 18):
        pending += block
        while b"\r\n" in pending:
            line, _, pending = pending.partition(b"\r\n")
            verb = line[:4].upper()
            replies += REPLIES.get(verb, b"250 2.0.0 ok\r\n")
            if verb == b"DATA":
                connection.sendall(replies)
                pending = drain(connection, b"\r\n" + pending)
                replies = b"250 2.0.0 accepted\r\n"
        connection.sendall(replies)
        replies = b""
        if verb == b"QUIT":
            break
    connection.close()


def drain(connection: socket.socket, tail: bytes) -> bytes:
    """Read to the final dot and return what came after it; keeps only the last five bytes of the body."""
    while (end := tail.find(b"\r\n.\r\n")) < 0:
        block = connection.recv(1 << 18)
        if not block:
            return b""
        tail = tail[-5:] + block
    return tail[end + 5 :]


def main() -> None:
    """Serve until killed."""
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=serve, args=(connection,), daemon=True).start()


if __name__ == "__main__":
    main()
