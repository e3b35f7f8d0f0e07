"""Reading and writing XML without trusting it, and without losing a letter of what is not understood.

Prefixes stay as they were written, because BPMN uses them inside values ("bpmn:tFormalExpression"). Document types, and
so entities, are refused before anything of them is read.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from django.utils.translation import gettext as _

from foundation.errors import Refused

MOST_BYTES = 10 * 1024 * 1024
MOST_PARTS = 200_000
MOST_DEPTH = 100
ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
COMMENT = "!--"


@dataclass(slots=True)
class Part:
    """An element as it was written: `name` with its prefix, `uri` its namespace; texts stand among the children."""

    name: str
    uri: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Part | str"] = field(default_factory=list)

    @property
    def local(self) -> str:
        return self.name.rpartition(":")[2]

    @property
    def prefix(self) -> str:
        return self.name.rpartition(":")[0]

    @property
    def parts(self) -> list["Part"]:
        return [each for each in self.children if isinstance(each, Part) and each.name != COMMENT]

    @property
    def text(self) -> str:
        return "".join(each for each in self.children if isinstance(each, str)).strip()

    def get(self, attribute: str, otherwise: str = "") -> str:
        return self.attributes.get(attribute, otherwise)

    def all(self, *locals_: str) -> list["Part"]:
        """Children of this namespace with one of these names."""
        return [each for each in self.parts if each.uri == self.uri and each.local in locals_]

    def first(self, *locals_: str) -> "Part | None":
        return next(iter(self.all(*locals_)), None)

    def inside(self) -> Iterator["Part"]:
        """This and all below it, in the order of the file."""
        yield self
        for each in self.parts:
            yield from each.inside()

    def new(self, local: str, attributes: dict[str, str] | None = None) -> "Part":
        """A part of the same namespace, not yet put anywhere."""
        name = f"{self.prefix}:{local}" if self.prefix else local
        return Part(name, self.uri, dict(attributes or {}))


def parse(content: bytes) -> Part:
    """Raises Refused for what is too large, broken, or brings a document type along."""
    if len(content) > MOST_BYTES:
        raise Refused(_("The file is larger than 10 MB."))
    if not content.strip():
        raise Refused(_("The file is empty."))
    try:
        return _Builder().built(content)
    except (expat.ExpatError, ValueError, LookupError) as fault:
        raise Refused(_("The file is not complete XML: %(fault)s.") % {"fault": fault}) from None


class _Builder:
    def __init__(self) -> None:
        self.root: Part | None = None
        self.open: list[Part] = []
        self.namespaces: list[dict[str, str]] = [{"xml": "http://www.w3.org/XML/1998/namespace"}]
        self.count = 0

    def built(self, content: bytes) -> Part:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse_document_type
        parser.StartElementHandler = self._started
        parser.EndElementHandler = self._ended
        parser.CharacterDataHandler = self._said
        parser.CommentHandler = self._commented
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
        declared = {
            key[6:]: value for key, value in attributes.items() if key == "xmlns" or key.startswith("xmlns:")
        }
        known = {**self.namespaces[-1], **declared} if declared else self.namespaces[-1]
        self.namespaces.append(known)
        part = Part(name, known.get(name.rpartition(":")[0], ""), dict(attributes))
        if self.open:
            self.open[-1].children.append(part)
        else:
            self.root = part
        self.open.append(part)

    def _ended(self, name: str) -> None:
        self.open.pop()
        self.namespaces.pop()

    def _said(self, text: str) -> None:
        if self.open:
            self.open[-1].children.append(text)

    def _commented(self, text: str) -> None:
        if self.open:
            self.open[-1].children.append(Part(COMMENT, children=[text]))


def serialized(root: Part) -> bytes:
    """UTF-8 with a declaration."""
    pieces = ['<?xml version="1.0" encoding="UTF-8"?>\n']
    _write(root, pieces)
    pieces.append("\n")
    return "".join(pieces).encode()


def is_writable(text: str) -> bool:
    """Whether XML has a way to say each of its characters."""
    return not ILLEGAL.search(text)


def _write(part: Part, pieces: list[str]) -> None:
    if part.name == COMMENT:
        pieces.append(f"<!--{''.join(str(each) for each in part.children)}-->")
        return
    said = "".join(f' {name}="{_attribute(value)}"' for name, value in part.attributes.items())
    if not part.children:
        pieces.append(f"<{part.name}{said}/>")
        return
    pieces.append(f"<{part.name}{said}>")
    for each in part.children:
        if isinstance(each, str):
            pieces.append(_text(each))
        else:
            _write(each, pieces)
    pieces.append(f"</{part.name}>")


def _text(text: str) -> str:
    plain = ILLEGAL.sub("\ufffd", text)
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")


def _attribute(text: str) -> str:
    plain = _text(text).replace('"', "&quot;")
    return plain.replace("\n", "&#10;").replace("\t", "&#9;")


def indented(part: Part, depth: int = 0) -> Part:
    """Line breaks between parts that were put together here; those with words of their own are left alone."""
    if not part.parts or part.text:
        return part
    children: list[Part | str] = []
    for each in part.children:
        if isinstance(each, Part):
            children += ["\n" + "  " * (depth + 1), indented(each, depth + 1)]
    part.children = [*children, "\n" + "  " * depth]
    return part
