"""Groups of conditions as trees say them, and as rows of a form mean them."""

from typing import Any


def written_as(join: str, parts: list[Any]) -> Any:
    return {"not": {"any": parts}} if join == "none" else {join: parts}


def joined(tree: Any) -> tuple[str, list[Any]]:
    """(how they are joined, the parts) of a tree; anything that is no group is one of one."""
    if isinstance(tree, dict) and len(tree) == 1:
        ((word, inner),) = tree.items()
        if word in ("all", "any"):
            return word, list(inner)
        if word == "not" and isinstance(inner, dict) and set(inner) == {"any"}:
            return "none", list(inner["any"])
        if word == "not" and not (isinstance(inner, dict) and "some" in inner):
            return "none", [inner]
    return "all", [tree]


def of_list(how: str, name: str, inner: Any) -> Any:
    match how:
        case "none":
            return {"not": {"some": [name, inner]}}
        case "every":
            return {"not": {"some": [name, {"not": inner}]}}
    return {"some": [name, inner]}


def listed(tree: dict[str, Any]) -> tuple[str, str, Any] | None:
    """(how many, which list, what is asked of its rows); None where it is about no list."""
    if "some" in tree:
        return ("some", *tree["some"])
    denied = tree.get("not")
    if isinstance(denied, dict) and "some" in denied:
        name, inner = denied["some"]
        if isinstance(inner, dict) and "not" in inner:
            return "every", name, inner["not"]
        return "none", name, inner
    return None
