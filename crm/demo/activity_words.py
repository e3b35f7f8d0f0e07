"""What the demo company's people say, note down and plan. Pairs are (English, Russian)."""

CALLS = {
    "reached": [
        (
            "Liked the sample bouquet; wants a price for the whole floor.",
            "Понравился пробный букет, просит цену на весь этаж.",
        ),
        (
            "Decides together with the office manager, call again after their meeting.",
            "Решает вместе с офис-менеджером, созвониться после их встречи.",
        ),
        ("Asked to move deliveries to Tuesday mornings.", "Просят привозить по вторникам утром."),
        (
            "Happy with the season's window, thinks of the terrace in spring.",
            "Довольны витриной, весной думают о террасе.",
        ),
        (
            "Compares us with two others; price matters less than punctuality.",
            "Сравнивают с двумя другими, пунктуальность важнее цены.",
        ),
        ("No lilies: somebody in the office is allergic.", "Без лилий: у сотрудницы аллергия."),
        ("Budget is agreed, waits for the contract.", "Бюджет согласован, ждут договор."),
    ],
    "call_back": [
        ("In a meeting, asked to call after lunch.", "На совещании, просит перезвонить после обеда.")
    ],
    "busy": [("", "")],
    "no_answer": [("", "")],
    "wrong": [
        ("The number is the reception's, asked for the right one.", "Номер ресепшена, спросили нужный.")
    ],
}
NOTES = [
    ("Entrance for deliveries is from the yard, ring twice.", "Въезд для доставки со двора, звонить дважды."),
    ("Pays on the last day of the term, but always pays.", "Платят в последний день срока, но всегда."),
    ("The director loves peonies; the season is May.", "Директор любит пионы, сезон в мае."),
    (
        "Ask for Marina at the reception, she knows everything.",
        "На ресепшене спрашивать Марину, она знает всё.",
    ),
    (
        "@Helena Marsh they ask for a discount above my limit.",
        "@Helena Marsh просят скидку выше моего лимита.",
    ),
    ("Two floors move to the new building in autumn.", "Осенью два этажа переезжают в новое здание."),
]
MESSAGES = [
    (
        "Our offer",
        "Dear colleagues, the offer we spoke of is attached.",
        "Наше предложение",
        "Добрый день! Направляем обещанное предложение.",
    ),
    (
        "Photos of the hall",
        "Here are the photos of the hall, please suggest something.",
        "Фото зала",
        "Присылаем фото зала, предложите, пожалуйста, варианты.",
    ),
    (
        "Invoice question",
        "Could the invoice be split into two months?",
        "Вопрос по счёту",
        "Можно ли разбить счёт на два месяца?",
    ),
    ("Thank you", "The guests were delighted. Thank you!", "Спасибо", "Гости в восторге. Спасибо!"),
]
TASKS = [
    ("Send the offer", "Отправить предложение", "mail", 45),
    ("Call about the decision", "Позвонить, что решили", "call", 15),
    ("Prepare the contract", "Подготовить договор", "document", 60),
    ("Visit and measure the hall", "Приехать и замерить зал", "visit", 120),
    ("Agree the delivery days", "Согласовать дни доставки", "call", 20),
    ("Check the stock of vases", "Проверить остатки ваз", "todo", 30),
    ("Send photos of last season", "Прислать фото прошлого сезона", "mail", 20),
]
OUTCOMES = [
    ("Agreed.", "Договорились."),
    ("They will think until the end of the month.", "Подумают до конца месяца."),
    ("Sent, receipt confirmed.", "Отправлено, получение подтвердили."),
    ("Done on site, photos are with the designer.", "Сделано на месте, фото у дизайнера."),
]
MEETINGS = [
    ("Tasting of the season's bouquets", "Показ букетов сезона", "They chose the second set."),
    ("Walk through the building", "Осмотр здания", "Eleven places for plants, two need more light."),
    ("Contract talks", "Переговоры по договору", "Agreed on terms but for the day of payment."),
    ("Review of the year", "Итоги года", "Content; wants fewer roses and more branches."),
]
CHECKLIST = [
    "Count the desks",
    "Measure the light",
    "Ask about allergies",
    "Take photos",
    "Write down the delivery entrance",
]
TEMPLATES = [
    # (name, title, kind, due in working days, minutes, checklist, followed by, automatic)
    ("Decision", "Call about the decision", "call", 3, 15, [], None, False),
    (
        "Offer",
        "Send the offer",
        "mail",
        1,
        45,
        ["Price by series", "Photos", "Delivery days"],
        "Decision",
        True,
    ),
    ("First visit", "Visit and measure the hall", "visit", 2, 120, CHECKLIST, "Offer", False),
    ("Welcome", "Call to welcome the new client", "call", 1, 15, [], "First visit", False),
]
ROOMS = [("Camellia", 12), ("Violet", 4)]
