"""`manage.py process_import FILE` and `process_export KEY`."""

import json

import pytest
from django.core.management import call_command
from django.utils import translation

from integrations.testing import shared_data
from processes.bpmn.reading import read
from processes.models import Process


def run(capsys, path, *options):
    call_command("process_import", str(path), *options)
    return capsys.readouterr().out


def path_of(name):
    return shared_data("bpmn") / f"{name}.bpmn"


def test_the_report_is_one_json_object(capsys):
    said = json.loads(run(capsys, path_of("B.2.0"), "--json"))
    for verdict in ("executed", "kept", "refused"):
        assert len(said[verdict]) == said["counts"][verdict]
    assert said["nodes"] == sum(each["nodes"] for each in said["processes"])
    assert said["flows"] == sum(each["flows"] for each in said["processes"])
    assert {each["kind"] for each in said["refused"]} >= {"inclusiveGateway", "boundaryEvent"}
    assert all(
        each["reason"].endswith(".") for verdict in ("executed", "kept", "refused") for each in said[verdict]
    )


def test_the_report_says_in_words_what_is_refused_and_why(capsys):
    said = run(capsys, path_of("B.2.0"))
    assert "Refused: to be replaced before the process can be published (22)" in said
    assert "inclusiveGateway Inclusive Gateway 6: Which branches it must wait for cannot be told" in said


def test_the_model_with_the_reminders_is_executed_whole(capsys):
    said = json.loads(run(capsys, path_of("C.9.1"), "--json"))
    assert said["refused"] == []
    assert [(each["key"], each["nodes"], each["flows"]) for each in said["processes"]] == [
        ("requestDocument_en", 10, 7)
    ]


def test_what_cannot_be_read_is_said_as_json_and_ends_with_2(capsys, tmp_path):
    broken = tmp_path / "half.bpmn"
    broken.write_bytes(b"<definitions")
    with pytest.raises(SystemExit) as ended:
        run(capsys, broken, "--json")
    assert ended.value.code == 2
    assert "not complete XML" in json.loads(capsys.readouterr().out)["error"]


def test_a_file_that_is_missing_is_said_in_a_sentence(capsys, tmp_path):
    with pytest.raises(SystemExit) as ended:
        run(capsys, tmp_path / "none.bpmn")
    assert ended.value.code == 2
    assert "cannot be opened" in capsys.readouterr().err


def test_verdicts_keep_their_english_names_in_json_whatever_the_language(capsys):
    with translation.override("ru"):
        said = json.loads(run(capsys, path_of("A.1.0"), "--json"))
    assert said["counts"] == {"executed": 9, "kept": 0, "refused": 0}


@pytest.mark.parametrize("name", ["A.4.0", "B.1.0", "C.9.1"])
def test_each_process_of_a_file_is_kept_as_a_draft_and_exported_as_it_came(cast, capsys, tmp_path, name):
    file = read(path_of(name).read_bytes())
    said = json.loads(run(capsys, path_of(name), "--save", "--as", cast.admin.email, "--json"))
    assert len(said["saved"]) == len([model for model in file.models if not model.is_empty])
    for key, model in zip(said["saved"], file.models, strict=True):
        assert Process.objects.get(key=key).owner == cast.admin
        target = tmp_path / f"{key}.bpmn"
        call_command("process_export", key, "--to", str(target))
        again = read(target.read_bytes())
        assert next(each for each in again.models if each.key == model.key).graph.sha256 == model.graph.sha256
        assert again.models[0].diagram == file.models[0].diagram


def test_a_process_drawn_here_is_exported_with_a_drawing(cast, capsys):
    run(capsys, path_of("C.9.1"), "--save", "--as", cast.admin.email)
    process = Process.objects.get()
    process.drawing = None
    process.save()
    call_command("process_export", process.key)
    file = read(capsys.readouterr().out.encode())
    assert file.models[0].name == process.name
    assert set(file.models[0].graph.nodes) <= set(file.models[0].diagram.shapes)


def test_a_draft_is_kept_only_by_somebody_who_may_draw_processes(cast, capsys):
    for email in ("nobody@romashka.example", cast.outsider.email):
        with pytest.raises(SystemExit):
            run(capsys, path_of("A.1.0"), "--save", "--as", email, "--json")
        assert "error" in json.loads(capsys.readouterr().out)
    assert not Process.objects.exists()


def test_a_process_that_is_not_there_is_not_exported(db, capsys):
    with pytest.raises(SystemExit) as ended:
        call_command("process_export", "none")
    assert ended.value.code == 2
