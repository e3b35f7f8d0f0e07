"""PDF out of our own HTML. What it shows is handed over with it; nothing is fetched, by network or from disk."""

from collections.abc import Mapping
from dataclasses import dataclass

SCHEME = "document:"


@dataclass(frozen=True)
class Part:
    """A picture or a font that the HTML names as `document:<name>`."""

    content: bytes
    kind: str


def pdf_of(html: str, *, parts: Mapping[str, Part] | None = None) -> bytes:
    """The bytes of a PDF with its fonts inside. An address that is not among the parts is left out."""
    from weasyprint import HTML  # takes a second and much memory: only a worker needs it
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    known = dict(parts or {})

    class Closed(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> object:
            part = known.get(url.removeprefix(SCHEME)) if url.startswith(SCHEME) else None
            if part is None:
                raise ValueError(f"A document fetches nothing from outside: {url[:80]}")
            return URLFetcherResponse(url, part.content, {"Content-Type": part.kind})

    written = HTML(string=html, base_url=None, url_fetcher=Closed()).write_pdf()
    return bytes(written)
