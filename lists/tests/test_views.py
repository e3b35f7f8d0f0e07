"""Saved views: kept, changed, shared, removed and brought back; used by those they are for, and showing no more."""

from types import SimpleNamespace
from urllib.parse import urlencode

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.testing import make_account
from deals.testing import make_deal, make_pipeline
from foundation.errors import Refused
from foundation.models import Event
from foundation.testing import assert_query_count
from lists.models import SavedView, Scope
from lists.operations import rows_of
from users.models import Role, User

URL = "/deals/"


@pytest.fixture
def base(cast):
    pipeline = make_pipeline()
    make_deal("Roses", owner=cast.salesperson, pipeline=pipeline, amount=300)
    make_deal("Lilies", owner=cast.colleague, pipeline=pipeline, amount=20)
    make_deal("Exports", owner=cast.outsider, pipeline=pipeline, amount=900)
    return SimpleNamespace(cast=cast, pipeline=pipeline)


def make_view(owner, name="Big ones", query="amount_from=100", scope=Scope.PRIVATE, **fields):
    fields = {"list": "deals", "columns": None} | fields
    return SavedView.create(name=name, query=query, scope=scope, by=owner, at=timezone.now(), **fields)


def save_as(browser, shown, **said):
    said = {"list": "deals", "next": shown, "name": "Big ones", "icon": "flame", "scope": "private"} | said
    return browser.post(reverse("lists:view_create"), said)


def tabs(answer):
    return [(tab.name, tab.is_current, tab.is_changed) for tab in answer.context["arrangement"].tabs]


def titles(answer):
    return {row.title for row in answer.context["page"].rows}


def test_what_is_shown_is_saved_with_filters_columns_and_order(base, client_of):
    person = client_of(base.cast.salesperson)
    person.post("/lists/columns/", {"list": "deals", "columns": ["amount", "owner"]})
    shown = f"{URL}?amount_from=100&where=all(state:in:open)&sort=-amount&cursor=x"
    answer = save_as(person, shown)
    view = SavedView.objects.get()
    assert (view.query, view.sort, view.columns) == (
        "amount_from=100&where=all(state:in:open)", "-amount", ["amount", "owner"]
    )  # fmt: skip
    opened = person.get(answer["Location"], follow=True)
    assert opened.redirect_chain == [(f"{URL}?{view_address(view)}", 302)]
    assert tabs(opened) == [("All", False, False), ("Big ones", True, False)]
    assert titles(opened) == {"Roses"}
    assert Event.objects.filter(name="view.created").exists()


def view_address(view):
    return f"{view.query}&sort={view.sort}&view={view.pk}"


def test_a_changed_view_shows_it_and_is_saved_or_left(base, client_of):
    person = client_of(base.cast.salesperson)
    view = make_view(base.cast.salesperson)
    changed = f"{URL}?amount_from=200&view={view.pk}"
    answer = person.get(changed)
    assert tabs(answer)[1] == ("Big ones", True, True)
    page = answer.content.decode()
    assert "Save as…" in page
    assert "Reset" in page
    kept = person.post(reverse("lists:view_keep", args=[view.pk]), {"next": changed})
    assert kept["Location"] == f"{URL}?view={view.pk}"
    view.refresh_from_db()
    assert view.query == "amount_from=200"
    assert tabs(person.get(kept["Location"], follow=True))[1] == ("Big ones", True, False)


def test_changing_columns_of_a_view_loses_no_filter_and_waits_for_save(base, client_of):
    person, view = client_of(base.cast.salesperson), make_view(base.cast.salesperson)
    here = f"{URL}?amount_from=100&view={view.pk}"
    answer = person.post("/lists/columns/", {"list": "deals", "next": here, "columns": ["owner", "stage"]})
    assert answer["Location"] == f"{here}&columns=owner,stage"
    shown = person.get(answer["Location"])
    assert [heading.name for heading in shown.context["headings"]] == ["title", "owner", "stage"]
    assert tabs(shown)[1] == ("Big ones", True, True)
    assert titles(shown) == {"Roses"}
    view.refresh_from_db()
    assert view.columns is None


@pytest.mark.parametrize(
    ("scope", "who"),
    [
        (Scope.PRIVATE, {"head"}),
        (Scope.DEPARTMENT, {"head", "salesperson", "colleague"}),
        (Scope.ROLE, {"head", "salesperson", "colleague", "outsider"}),
        (Scope.EVERYONE, {"head", "salesperson", "colleague", "outsider", "accountant", "admin"}),
    ],
)
def test_a_view_is_for_those_it_is_shared_with_and_shows_each_their_own(base, client_of, scope, who):
    cast = base.cast
    said = {
        Scope.DEPARTMENT: {"department": cast.sales},
        Scope.ROLE: {"role": Role.objects.get(key="salesperson")},
    }.get(scope, {})
    view = make_view(cast.head, scope=scope, **said)
    seen = {"salesperson": {"Roses"}, "outsider": {"Exports"}, "head": {"Roses"}, "colleague": set()}
    for name in ("salesperson", "colleague", "head", "outsider", "accountant", "admin"):
        answer = client_of(getattr(cast, name)).get(f"{URL}?amount_from=100&view={view.pk}")
        assert (("Big ones", True, False) in tabs(answer)) == (name in who), name
        assert titles(answer) == seen.get(name, {"Roses", "Exports"}), name


def test_rows_of_a_view_are_those_its_reader_sees(base):
    view = make_view(base.cast.head, query="where=all(owner:in:me;amount:from:10)", scope=Scope.EVERYONE)
    for person, expected in ((base.cast.colleague, {"Lilies"}), (base.cast.outsider, {"Exports"})):
        assert set(rows_of(view, person).values_list("title", flat=True)) == expected
    broken = make_view(base.cast.head, query="where=all(amount:from:x)")
    assert not rows_of(broken, base.cast.admin).exists()
    clients = make_view(base.cast.head, list="clients", query="owner=me")
    make_account("Acme", owner=base.cast.head)
    assert [account.name for account in rows_of(clients, base.cast.head)] == ["Acme"]


def test_only_its_owner_and_administrators_change_a_view(base, client_of):
    cast, view = base.cast, make_view(base.cast.salesperson, scope=Scope.EVERYONE)
    for name in ("view_change", "view_keep", "view_remove"):
        url = reverse(f"lists:{name}", args=[view.pk])
        said = {"next": f"{URL}?amount_from=1", "name": "Mine now", "icon": "list", "scope": "everyone"}
        assert client_of(cast.head).post(url, said).status_code == 403, name
    with pytest.raises(Refused):
        view.change({"name": "Mine now"}, by=cast.head, at=timezone.now())
    url = reverse("lists:view_change", args=[view.pk])
    said = {"name": "Large", "icon": "star", "scope": "everyone"}
    assert client_of(cast.admin).post(url, said).status_code == 302
    view.refresh_from_db()
    assert (view.name, view.icon) == ("Large", "star")


def test_of_a_view_that_is_not_theirs_to_use_nothing_is_told(base, client_of):
    view = make_view(base.cast.salesperson)
    outsider = client_of(base.cast.outsider)
    for name in ("view_change", "view_keep", "view_remove", "view_restore"):
        assert outsider.post(reverse(f"lists:{name}", args=[view.pk])).status_code == 404, name
    assert "Big ones" not in outsider.get(f"{URL}?view={view.pk}").content.decode()
    assert "Big ones" not in outsider.get("/lists/views/?list=deals").content.decode()


def test_a_form_without_a_name_or_a_department_says_so_and_keeps_what_was_typed(base, client_of):
    person = client_of(base.cast.salesperson)
    answer = save_as(person, URL, name=" ", icon="star")
    assert answer.status_code == 422
    assert 'value="star" selected' in answer.content.decode()
    answer = save_as(person, URL, scope="department", department="")
    assert answer.status_code == 422
    assert "Choose with whom you share the view." in answer.content.decode()
    assert not SavedView.objects.exists()


def test_removing_a_view_can_be_undone(base, client_of):
    person, view = client_of(base.cast.salesperson), make_view(base.cast.salesperson)
    answer = person.post(reverse("lists:view_remove", args=[view.pk]), follow=True)
    assert tabs(answer) == []
    undo = reverse("lists:view_restore", args=[view.pk])
    assert f"undo:{undo}" in answer.content.decode()
    assert ("Big ones", True, False) in tabs(person.post(undo, follow=True))
    told = list(Event.objects.order_by("pk").values_list("name", flat=True))
    assert told[-2:] == ["view.removed", "view.restored"]


def test_a_role_sees_its_first_view_and_everything_on_demand(base, client_of):
    cast, sales = base.cast, Role.objects.get(key="salesperson")
    admin = client_of(cast.admin)
    said = {"scope": "everyone", "usual_for": [sales.pk]}
    save_as(admin, f"{URL}?amount_from=100", **said)
    view = SavedView.objects.get()
    opened = client_of(cast.salesperson).get(URL, follow=True)
    assert opened.redirect_chain == [(f"{URL}?amount_from=100&view={view.pk}", 302)]
    assert client_of(cast.salesperson).get(f"{URL}?view=all").status_code == 200
    assert client_of(cast.salesperson).get(f"{URL}?state=open").status_code == 200
    assert client_of(cast.accountant).get(URL).status_code == 200
    save_as(admin, f"{URL}?state=open", name="Open", **said)
    newer = SavedView.objects.get(name="Open")
    assert list(newer.usual_for.all()) == [sales]
    assert not view.usual_for.exists()
    with pytest.raises(Refused):
        make_view(cast.head).be_usual_for([sales], by=cast.head, at=timezone.now())


def test_tabs_are_pinned_and_ordered_by_each_for_themselves(base, client_of):
    cast = base.cast
    first, second = make_view(cast.head, "A"), make_view(cast.head, "B")
    head = client_of(cast.head)

    def pin(view, how):
        head.post("/lists/views/", {"list": "deals", "pk": view.pk, "how": how})
        return [name for name, _current, _changed in tabs(head.get(URL))]

    assert [name for name, _current, _changed in tabs(head.get(URL))] == ["All", "A", "B"]
    assert pin(second, "up") == ["All", "B", "A"]
    assert pin(first, "unpin") == ["All", "B"]
    assert "More views" in head.get(URL).content.decode()
    assert pin(first, "pin") == ["All", "B", "A"]
    page = head.get("/lists/views/?list=deals").content.decode()
    assert page.index(">B<") < page.index(">A<")


def test_a_board_keeps_the_view_and_its_filters(base, client_of):
    view = make_view(base.cast.head, query="where=all(amount:from:100)")
    answer = client_of(base.cast.head).get(f"/deals/board/?where=all(amount:from:100)&view={view.pk}")
    text = answer.content.decode()
    assert "Roses" in text
    assert "Lilies" not in text
    assert ("Big ones", True, False) in tabs(answer)


def test_views_cost_a_list_no_statement(base, client_of):
    for n in range(5):
        view = make_view(base.cast.head, f"View {n}", scope=Scope.EVERYONE)
    person = client_of(base.cast.salesperson)
    with assert_query_count("list with views"):
        person.get(f"{URL}?amount_from=100&view={view.pk}")
    with assert_query_count("views"):
        person.get(f"/lists/views/?{urlencode({'list': 'deals', 'next': URL})}")
    assert User.objects.with_policy().get(pk=base.cast.head.pk).list_views
