"""What an import can fill of a contact, with the headings Google, Outlook and vCards use."""

from django.utils.translation import gettext_lazy as _

from integrations.fields import Field

# The headings of the n-th phone and mail in the exports of Google (“Phone 2 - Value”) and Outlook.
OUTLOOK_PHONES = {
    1: ["mobile phone", "мобильный телефон"],
    2: ["business phone", "рабочий телефон"],
    3: ["business phone 2", "рабочий телефон 2"],
    4: ["home phone", "домашний телефон"],
    5: ["home phone 2"],
    6: ["company main phone"],
    7: ["primary phone"],
    8: ["other phone"],
    9: ["assistant s phone"],
    10: ["car phone"],
}
MOST_PHONES, MOST_EMAILS, MOST_SITES = 12, 8, 6


def _numbered(name: str, label: object, count: int, kind: str, synonyms: dict[int, list[str]]) -> list[Field]:
    """`name`, `name_2`, …, each with its own headings."""
    return [
        Field(
            name=name if number == 1 else f"{name}_{number}",
            label=label if number == 1 else f"{label} {number}",
            kind=kind,
            synonyms=synonyms.get(number, []),
        )
        for number in range(1, count + 1)
    ]


def contact_fields() -> tuple[Field, ...]:
    """In the reader's language: the numbered ones have their number behind the word."""
    phones = {
        n: [f"phone {n}", f"phone {n} value", f"telephone {n}", f"телефон {n}", *OUTLOOK_PHONES.get(n, [])]
        for n in range(1, MOST_PHONES + 1)
    }
    phones[1] += ["telephone", "tel", "mobile", "cell", "телефон", "мобильный", "моб телефон"]
    mails = {
        n: [f"e mail {n}", f"email {n}", f"e mail {n} value", f"e mail {n} address"]
        for n in range(1, MOST_EMAILS + 1)
    }
    mails[1] += [
        "mail",
        "e mail address",
        "e mail",
        "email address",
        "почта",
        "эл почта",
        "электронная почта",
    ]
    mails[1] += ["адрес эл почты"]
    sites = {n: [f"website {n}", f"website {n} value"] for n in range(1, MOST_SITES + 1)}
    sites[1] += ["web page", "site", "url", "веб страница", "сайт"]
    return (
        *OWN_FIELDS,
        *_numbered("phone", _("Phone"), MOST_PHONES, "phone", phones),
        *_numbered("email", _("E-mail"), MOST_EMAILS, "email", mails),
        *_numbered("website", _("Website"), MOST_SITES, "text", sites),
        *LAST_FIELDS,
    )


OWN_FIELDS = (
    Field(
        name="name",
        label=_("Full name"),
        synonyms=["name", "contact", "contact name", "file as", "фио", "имя и фамилия", "контакт"],
    ),
    Field(name="first_name", label=_("First name"), synonyms=["given name", "имя"]),
    Field(name="middle_name", label=_("Middle name"), synonyms=["additional name", "отчество"]),
    Field(name="last_name", label=_("Last name"), synonyms=["family name", "surname", "фамилия"]),
    Field(
        name="account",
        label=_("Client"),
        synonyms=[
            "company",
            "company name",
            "organization",
            "organisation",
            "organization name",
            "organization 1 name",
            "account",
            "компания",
            "организация",
            "клиент",
        ],
    ),
    Field(
        name="position",
        label=_("Position"),
        synonyms=["job title", "organization title", "organization 1 title", "должность"],
    ),
    Field(
        name="department",
        label=_("Department there"),
        synonyms=["department", "organization department", "organization 1 department", "отдел"],
    ),
    Field(
        name="external_id", label=_("Key in the other system"), synonyms=["id", "uid", "contact id", "код"]
    ),
)
LAST_FIELDS = (
    Field(name="owner", label=_("Owner"), synonyms=["responsible", "manager", "ответственный", "менеджер"]),
    Field(name="source", label=_("Source"), synonyms=["lead source", "channel", "источник", "канал"]),
    Field(
        name="country",
        label=_("Country"),
        synonyms=["business country region", "address 1 country", "страна"],
    ),
    Field(name="city", label=_("City"), synonyms=["business city", "address 1 city", "город"]),
    Field(
        name="postcode",
        label=_("Postcode"),
        synonyms=["zip", "postal code", "business postal code", "address 1 postal code", "индекс"],
    ),
    Field(
        name="street",
        label=_("Street and house"),
        synonyms=["street", "business street", "address 1 street", "улица", "адрес"],
    ),
    Field(
        name="note", label=_("Note"), synonyms=["notes", "comment", "заметки", "примечание", "комментарий"]
    ),
    Field(name="birthday", label=_("Birthday"), synonyms=["bday", "день рождения"]),
    Field(name="messenger", label=_("Messenger"), synonyms=["im", "im 1 value", "messenger"]),
    Field(name="fax", label=_("Fax"), synonyms=["business fax", "факс"]),
)
