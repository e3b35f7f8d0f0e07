"""The wire between a browser and the server, which a test can cut: before a request, or before its answer."""

import re
import socket
from contextlib import suppress
from threading import Thread
from urllib.parse import urlsplit

REQUEST = re.compile(rb"[A-Z]+ /")


class Wire:
    """A proxy that passes bytes on. Cut, it takes no connection; deaf, the server hears and its answer is lost."""

    def __init__(self, server_url: str) -> None:
        parts = urlsplit(server_url)
        self._server = (parts.hostname, parts.port)
        self._door = socket.create_server(("127.0.0.1", 0))
        self._open: set[socket.socket] = set()
        self.url = f"http://127.0.0.1:{self._door.getsockname()[1]}"
        self.is_cut = False
        self.is_deaf_to = b""
        self.lost = 0  # answers
        Thread(target=self._serve, daemon=True).start()

    def cut(self) -> None:
        self.is_cut = True
        for each in list(self._open):
            _close(each)

    def mend(self) -> None:
        self.is_cut = False
        self.is_deaf_to = b""

    def close(self) -> None:
        self.cut()
        _close(self._door)

    def _serve(self) -> None:
        while True:
            try:
                browser, _address = self._door.accept()
            except OSError:
                return
            if self.is_cut:
                _close(browser)
                continue
            Thread(target=self._pass_on, args=(browser,), daemon=True).start()

    def _pass_on(self, browser: socket.socket) -> None:
        try:
            server = socket.create_connection(self._server)
        except OSError:
            return _close(browser)
        self._open |= {browser, server}
        asked = bytearray()
        Thread(target=self._copy, args=(browser, server, asked), daemon=True).start()
        self._copy(server, browser, None, asked)
        self._open -= {browser, server}
        return None

    def _copy(
        self,
        source: socket.socket,
        target: socket.socket,
        into: bytearray | None,
        asked: bytearray | None = None,
    ) -> None:
        with suppress(OSError):
            while piece := source.recv(65536):
                if into is not None:
                    if REQUEST.match(piece):  # a form's body may come in a piece of its own
                        into[:] = piece
                elif self.is_deaf_to and asked is not None and asked.startswith(self.is_deaf_to):
                    self.lost += 1
                    self.cut()
                    break
                target.sendall(piece)
        _close(source)
        _close(target)


def _close(each: socket.socket) -> None:
    with suppress(OSError):
        each.shutdown(socket.SHUT_RDWR)
    with suppress(OSError):
        each.close()
