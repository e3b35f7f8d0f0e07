"""Files that are broken, huge, or mean harm: a sentence for a person, and nothing else."""

from random import Random

import pytest

from foundation.errors import Refused
from processes.bpmn import ours
from processes.bpmn.reading import read
from processes.bpmn.writing import is_same, write
from processes.bpmn.xml import MOST_BYTES, parse, serialized
from processes.tests.bpmn_models import HEAD, NAMES, around, file_of, flow, real

BOMB = """<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p" name="&b;"/></definitions>"""
OUTSIDE = """<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p" name="&x;"/></definitions>"""


def refusal(content):
    with pytest.raises(Refused) as refused:
        read(content)
    assert refused.value.message.endswith(".")
    return refused.value.message


@pytest.mark.parametrize("content", [BOMB, OUTSIDE, "<!DOCTYPE html><html/>"])
def test_document_types_and_entities_are_refused_before_they_are_read(content):
    assert "document type" in refusal(content.encode())


def test_entities_are_refused_in_another_encoding_too():
    assert "document type" in refusal(BOMB.replace('<?xml version="1.0"?>\n', "").encode("utf-16"))


def test_a_file_of_more_than_ten_megabytes_is_refused():
    assert "10 MB" in refusal(b" " * (MOST_BYTES + 1))


def test_a_file_nested_very_deeply_is_refused():
    assert "deeply" in refusal(b"<a>" * 5000)


def test_a_file_of_very_many_elements_is_refused():
    assert "too many" in refusal(b"<a>" + b"<b/>" * 300_000 + b"</a>")


def test_a_process_of_very_many_steps_is_refused():
    tasks = "".join(f'<bpmn:task id="t{at}"/>' for at in range(20_001))
    assert "20,000" in refusal(file_of(tasks))


@pytest.mark.parametrize(
    "content", [b"", b"  \n", b"\x00\x01\x02", b"PK\x03\x04", "Процесс".encode(), b"{}", b"<a"]
)
def test_what_is_no_xml_is_refused(content):
    refusal(content)


def test_half_a_file_is_refused():
    content = real("B.2.0")
    refusal(content[: len(content) // 2])


@pytest.mark.parametrize(
    "content",
    [
        b"<html><body/></html>",
        b'<definitions xmlns="http://www.omg.org/spec/DMN/20151101/dmn.xsd"/>',
        b"<definitions/>",
        b'<process xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>',
    ],
)
def test_xml_that_is_not_bpmn_is_refused(content):
    assert "BPMN" in refusal(content)


def test_a_file_without_a_process_is_refused():
    refusal(f"{HEAD}</bpmn:definitions>".encode())


def test_an_unknown_encoding_is_refused():
    refusal(b'<?xml version="1.0" encoding="martian"?><a/>')


def test_two_elements_of_one_id_are_refused():
    refusal(file_of(around('<bpmn:task id="x"/><bpmn:task id="x"/>')))


def test_an_endless_id_is_refused():
    refusal(file_of(around(f'<bpmn:task id="{"x" * 1000}"/>')))


@pytest.mark.parametrize(
    "said",
    [
        "not json",
        "[1]",
        '{"key": 3}',
        '{"key": ""}',
        '{"kind": "scope"}',
        '{"kind": "nonsense"}',
        '{"data": [1]}',
        '{"data": {"who": NaN}}',
        '{"data": {"who": "\\u0000"}}',
        '{"data": {"who": "\\ud800"}}',
        '{"without": "all"}',
        "[" * 5000,
    ],
)
def test_words_of_ours_that_somebody_has_spoiled_are_not_believed(said):
    extension = (
        f'<bpmn:extensionElements><r:said xmlns:r="{ours.OURS}">{said}</r:said></bpmn:extensionElements>'
    )
    node = (
        read(file_of(around(f'<bpmn:userTask id="x">{extension}</bpmn:userTask>'))).models[0].graph.nodes["x"]
    )
    assert (str(node.kind), dict(node.data)) == ("task", {})


def test_words_of_ours_that_take_another_step_s_key_are_refused():
    said = f'<r:said xmlns:r="{ours.OURS}">{{"key": "s"}}</r:said>'
    extension = f"<bpmn:extensionElements>{said}</bpmn:extensionElements>"
    refusal(file_of(around(f'<bpmn:userTask id="x">{extension}</bpmn:userTask>')))


@pytest.mark.parametrize(
    "steps",
    [
        '<bpmn:boundaryEvent id="b" attachedToRef="b"/>',
        '<bpmn:startEvent id="s"/><bpmn:endEvent id="e"/>' + flow("e", "s") + flow("s", "s"),
        '<bpmn:exclusiveGateway/><bpmn:sequenceFlow/><bpmn:subProcess id="x"/>',
        '<bpmn:eventBasedGateway id="g" default="nothing"/><bpmn:callActivity id="c"/>',
        '<bpmn:task id="a"/><bpmn:task id="b"/>' + flow("a", "b") + flow("b", "a"),
        '<bpmn:subProcess id="x"><bpmn:subProcess id="y" triggeredByEvent="true"/></bpmn:subProcess>',
        '<bpmn:task id="a:start"/><bpmn:task id="p"/>',
    ],
)
def test_strange_processes_are_read_written_and_read_as_the_same(steps):
    file = read(file_of(steps))
    model = file.models[0]
    again = read(write(model.graph, file.extras_of(model))).models[0]
    assert again.graph == model.graph


@pytest.mark.parametrize(
    "bounds", ['x="NaN" y="1" width="1" height="1"', 'x="" y="1"', 'x="1e999" y="0" width="1" height="1"']
)
def test_places_that_are_no_numbers_are_not_believed(bounds):
    drawing = (
        '<di:BPMNDiagram xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI"><di:BPMNPlane>'
        f'<di:BPMNShape bpmnElement="x"><dc:Bounds xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" {bounds}/>'
        "</di:BPMNShape></di:BPMNPlane></di:BPMNDiagram>"
    )
    content = file_of(around('<bpmn:task id="x"/>')).replace(
        b"</bpmn:definitions>", f"{drawing}</bpmn:definitions>".encode()
    )
    box = read(content).models[0].diagram.shapes["x"].box
    assert box.width > 1


def test_letters_xml_cannot_say_survive_beside_the_element():
    file = read(file_of(around('<bpmn:task id="x" name="a&#13;&#10;&#9;b &amp; &lt;c&gt; &quot;d&quot;"/>')))
    name = file.models[0].graph.nodes["x"].name
    assert name == 'a\r\n\tb & <c> "d"'
    assert read(write(file.models[0].graph)).models[0].graph.nodes["x"].name == name


def test_comments_and_white_space_of_a_file_survive():
    content = file_of('<!-- why & how -->\n  <bpmn:task id="x"/>\n')
    file = read(content)
    assert (
        "<!-- why & how -->\n  <bpmn:task"
        in write(file.models[0].graph, file.extras_of(file.models[0])).decode()
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_file_somebody_has_torn_at_is_refused_or_read_written_and_read_as_the_same(name):
    for seed in range(10):
        content = torn(real(name), Random(seed))
        try:
            file = read(content)
        except Refused:
            continue
        for model in file.models:
            again = read(write(model.graph, file.extras_of(model)))
            assert next(each for each in again.models if each.key == model.key).graph == model.graph
            assert is_same(read(write(model.graph)).models[0].graph, model.graph)


def torn(content, random):
    """Elements taken out, put elsewhere, renamed; attributes dropped or exchanged."""
    root = parse(content)
    parts = [each for process in root.all("process") for each in process.inside()][1:]
    for _times in range(random.randrange(1, 12)):
        part, other = random.choice(parts), random.choice(parts)
        change = random.choice(["empty", "move", "name", "drop", "exchange"])
        if change == "empty":
            part.children = []
        elif change == "move" and other not in part.inside():
            other.children.append(part)
        elif change == "name":
            part.name = other.name
        elif change == "drop" and part.attributes:
            part.attributes.pop(random.choice(list(part.attributes)))
        elif change == "exchange":
            part.attributes, other.attributes = other.attributes, part.attributes
    return serialized(root)
