"""A person at a browser, as far as the server can tell: cookies, the sign-in form, forms with their token."""

import http.client
import re
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass(frozen=True)
class Answer:
    status: int
    seconds: float
    statements: int
    body: bytes


@dataclass
class Browser:
    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def sign_in(self, email: str) -> "Browser":
        page = self.get("/account/login/")
        token = TOKEN.search(page.body.decode())
        if token is None:
            raise SystemExit("The sign-in page has no form to send.")
        fields = {"login": email, "password": "demo", "csrfmiddlewaretoken": token[1]}
        answer = self.request("POST", "/account/login/", fields)
        if answer.status != 302:
            raise SystemExit(f"{email} could not sign in: the page answered {answer.status}.")
        return self

    def get(self, path: str) -> Answer:
        return self.request("GET", path)

    def post(self, path: str, fields: dict[str, str], headers: dict[str, str] | None = None) -> Answer:
        return self.request(
            "POST", path, fields | {"csrfmiddlewaretoken": self.cookies["csrftoken"]}, headers
        )

    def request(
        self,
        method: str,
        path: str,
        fields: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """One request on a connection of its own, timed from connecting to the last byte."""
        said = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())} | (
            headers or {}
        )
        body = None
        if fields is not None:
            body = urlencode(fields)
            said["Content-Type"] = "application/x-www-form-urlencoded"
        started = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        connection.request(method, path, body, said)
        response = connection.getresponse()
        read = response.read()
        seconds = time.perf_counter() - started
        connection.close()
        for name, value in response.getheaders():
            if name.lower() == "set-cookie":
                key, _equals, rest = value.partition("=")
                self.cookies[key] = rest.split(";")[0]
        statements = re.search(r'statements;desc="(\d+)"', response.getheader("Server-Timing") or "")
        return Answer(response.status, seconds, int(statements[1]) if statements else 0, read)
