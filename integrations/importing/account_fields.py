"""What an import can fill of a client, with the headings other programs use."""

from django.utils.translation import gettext_lazy as _

from integrations.fields import Field

ACCOUNT_FIELDS = (
    Field(
        name="name",
        label=_("Name"),
        is_required=True,
        synonyms=[
            "account",
            "client",
            "company",
            "organisation",
            "organization",
            "account name",
            "company name",
            "customer",
            "название",
            "клиент",
            "компания",
            "организация",
            "контрагент",
            "наименование",
        ],
    ),
    Field(name="external_id", label=_("Key in the other system"), synonyms=["id", "account id", "код"]),
    Field(name="kind", label=_("Kind"), kind="choice", synonyms=["type", "тип"]),
    Field(name="roles", label=_("Roles"), kind="choice", synonyms=["role", "роль", "роли"]),
    Field(name="industry", label=_("Industry"), synonyms=["sector", "отрасль", "сфера"]),
    Field(
        name="employees",
        label=_("Employees"),
        kind="number",
        synonyms=["headcount", "number of employees", "сотрудники", "сотрудников", "численность"],
    ),
    Field(
        name="annual_revenue",
        label=_("Annual revenue"),
        kind="amount",
        synonyms=["revenue", "turnover", "выручка", "оборот", "сумма"],
    ),
    Field(
        name="founded_year",
        label=_("Founded in"),
        kind="number",
        synonyms=["year established", "founded", "year", "год основания"],
    ),
    Field(name="website", label=_("Website"), synonyms=["site", "url", "web", "сайт"]),
    Field(
        name="parent", label=_("Subsidiary of"), synonyms=["parent", "parent account", "головная компания"]
    ),
    Field(name="owner", label=_("Owner"), synonyms=["responsible", "manager", "ответственный", "менеджер"]),
    Field(name="source", label=_("Source"), synonyms=["lead source", "channel", "источник", "канал"]),
    Field(name="tags", label=_("Tags"), synonyms=["labels", "теги", "метки"]),
    Field(
        name="about",
        label=_("About"),
        synonyms=["note", "notes", "description", "comment", "комментарий", "описание", "примечание"],
    ),
    Field(name="phone", label=_("Phone"), kind="phone", synonyms=["telephone", "mobile", "tel", "телефон"]),
    Field(
        name="email",
        label=_("E-mail"),
        kind="email",
        synonyms=["mail", "e mail address", "почта", "эл почта", "электронная почта"],
    ),
    Field(name="country", label=_("Country"), synonyms=["office location", "location", "страна"]),
    Field(name="city", label=_("City"), synonyms=["town", "город"]),
    Field(name="postcode", label=_("Postcode"), synonyms=["zip", "zip code", "postal code", "индекс"]),
    Field(name="street", label=_("Street and house"), synonyms=["address", "street", "адрес", "улица"]),
    Field(name="ru_inn", label=_("INN (Russia)"), synonyms=["inn", "инн"]),
    Field(name="ru_ogrn", label=_("OGRN (Russia)"), synonyms=["ogrn", "огрн"]),
    Field(name="eu_vat", label=_("VAT number (EU)"), synonyms=["vat", "vat number", "vat id"]),
)
TAX_NUMBERS = ("ru_inn", "ru_ogrn", "eu_vat")
POINTS = ("phone", "email")
ADDRESS = {"country": 80, "city": 120, "postcode": 20, "street": 255}
