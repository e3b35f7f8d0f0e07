"""Sequence flows by where they lead."""

from dataclasses import dataclass

from processes.bpmn.xml import Part


@dataclass(frozen=True)
class Ways:
    """The sequence flows of one stage, by the element they leave and reach."""

    flows: list[Part]
    out_of: dict[str, list[Part]]
    into: dict[str, list[Part]]

    @classmethod
    def of(cls, stage: Part) -> "Ways":
        flows = stage.all("sequenceFlow")
        out_of: dict[str, list[Part]] = {}
        into: dict[str, list[Part]] = {}
        for flow in flows:
            out_of.setdefault(flow.get("sourceRef"), []).append(flow)
            into.setdefault(flow.get("targetRef"), []).append(flow)
        return cls(flows, out_of, into)
