"""What an import can fill of a deal, with the headings other programs use."""

from django.utils.translation import gettext_lazy as _

from integrations.fields import Field

DEAL_FIELDS = (
    Field(
        name="external_id",
        label=_("Key in the other system"),
        synonyms=["opportunity id", "deal id", "id", "номер", "код"],
    ),
    Field(
        name="title",
        label=_("Title"),
        synonyms=["deal", "opportunity", "deal name", "name", "сделка", "название"],
    ),
    Field(
        name="account",
        label=_("Client"),
        synonyms=["account", "company", "customer", "account name", "клиент", "компания", "контрагент"],
    ),
    Field(
        name="owner",
        label=_("Owner"),
        synonyms=["sales agent", "agent", "responsible", "salesperson", "ответственный", "менеджер"],
    ),
    Field(name="product", label=_("Product"), synonyms=["product name", "item", "товар", "продукт"]),
    Field(
        name="quantity", label=_("Quantity"), kind="number", synonyms=["qty", "sets", "количество", "кол во"]
    ),
    Field(
        name="amount",
        label=_("Amount"),
        kind="amount",
        synonyms=["close value", "value", "deal value", "sum", "price", "сумма", "стоимость", "бюджет"],
    ),
    Field(name="currency", label=_("Currency"), synonyms=["валюта"]),
    Field(name="pipeline", label=_("Pipeline"), synonyms=["funnel", "воронка"]),
    Field(name="stage", label=_("Stage"), synonyms=["deal stage", "status", "стадия", "этап", "статус"]),
    Field(
        name="opened_at",
        label=_("Opened"),
        kind="moment",
        synonyms=["created", "created at", "open date", "создана", "дата создания"],
    ),
    Field(
        name="closed_at",
        label=_("Closed"),
        kind="moment",
        synonyms=["close date", "closed on", "close", "закрыта", "дата закрытия"],
    ),
    Field(name="loss_reason", label=_("Loss reason"), synonyms=["lost reason", "причина отказа", "причина"]),
    Field(name="loss_note", label=_("What happened"), synonyms=["loss note"]),
    Field(name="source", label=_("Source"), synonyms=["lead source", "channel", "источник", "канал"]),
    Field(
        name="expected_close_on",
        label=_("Expected close"),
        kind="day",
        synonyms=["expected close date", "forecast date", "ожидаемая дата"],
    ),
    Field(name="next_step", label=_("Next step"), synonyms=["next activity", "следующий шаг"]),
    Field(
        name="next_step_on",
        label=_("Next step on"),
        kind="day",
        synonyms=["next step date", "next activity date", "дата следующего шага"],
    ),
)
