"""XML from outside as a tree of plain parts: no document type, no entities, limits on size, number and depth."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from django.utils.translation import gettext as _

from foundation.errors import Refused

MOST_PARTS, MOST_DEPTH = 4_000_000, 40


@dataclass(slots=True)
class Part:
    """An element: its name without namespace, attributes, text and what is inside."""

    name: str
    uri: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    text: str = ""
    inside: list["Part"] = field(default_factory=list)

    def all(self, path: str) -> Iterator["Part"]:
        """Parts at a path such as “Acct/Id”."""
        first, _slash, rest = path.partition("/")
        for each in self.inside:
            if each.name == first:
                if rest:
                    yield from each.all(rest)
                else:
                    yield each

    def one(self, *paths: str) -> "Part | None":
        """The first part at the first of the paths that leads anywhere."""
        return next((each for path in paths for each in self.all(path)), None)

    def said(self, *paths: str) -> str:
        """The first text at the paths, or nothing."""
        return next((each.text for path in paths for each in self.all(path) if each.text), "")


def parse(content: bytes) -> Part:
    """Refused for what is broken, too deep, or brings a document type along."""
    try:
        return _Builder().built(content)
    except (expat.ExpatError, ValueError, LookupError):
        raise Refused(
            _("The file is no complete XML: it breaks off or is damaged. Download it again.")
        ) from None


class _Builder:
    def __init__(self) -> None:
        self.root: Part | None = None
        self.open: list[Part] = []
        self.count = 0

    def built(self, content: bytes) -> Part:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse_document_type
        parser.StartElementHandler = self._started
        parser.EndElementHandler = self._ended
        parser.CharacterDataHandler = self._said
        parser.Parse(content, True)
        if self.root is None:
            raise ValueError("no element found")
        return self.root

    def _refuse_document_type(self, *_said: object) -> None:
        raise Refused(_("The file declares a document type or entities; such files are not read."))

    def _started(self, name: str, attributes: dict[str, str]) -> None:
        self.count += 1
        if self.count > MOST_PARTS or len(self.open) >= MOST_DEPTH:
            raise Refused(_("The file holds too many elements, or they are nested too deeply."))
        uri, _space, local = name.rpartition(" ")
        part = Part(local, uri, attributes)
        if self.open:
            self.open[-1].inside.append(part)
        else:
            self.root = part
        self.open.append(part)

    def _ended(self, _name: str) -> None:
        part = self.open.pop()
        part.text = part.text.strip()

    def _said(self, text: str) -> None:
        self.open[-1].text += text
