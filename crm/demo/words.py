"""The words the demo company is made of. All invented; domains end in .example, which belongs to nobody."""

PRODUCTS = [
    ("Weekly bouquet for the lobby", "Subscriptions", 240),
    ("Office flowers, five desks", "Subscriptions", 420),
    ("Office flowers, whole floor", "Subscriptions", 1_350),
    ("Hotel package", "Subscriptions", 2_900),
    ("Restaurant tables, daily", "Subscriptions", 1_800),
    ("Green wall, per square metre", "Planting", 610),
    ("Terrace planting", "Planting", 3_400),
    ("Winter garden", "Planting", 12_500),
    ("Plant care, monthly visit", "Planting", 180),
    ("Conference decoration", "Events", 4_200),
    ("Gala evening", "Events", 8_700),
    ("Wedding, complete", "Events", 5_300),
    ("Shop window of the season", "Events", 1_150),
    ("Gift boxes for staff", "Gifts", 35),
    ("Gift boxes for clients", "Gifts", 55),
    ("Daisy seed cards", "Gifts", 2),
]
LOSS_REASONS = [
    "Too expensive",
    "Chose somebody else",
    "No budget this year",
    "Went silent",
    "Not what they need",
]
INDUSTRIES = [
    "Hotels and restaurants", "Software", "Retail", "Construction", "Health care", "Banking", "Logistics",
    "Education", "Manufacturing", "Media",
]  # fmt: skip
SOURCES = ["Website", "Recommendation", "Exhibition", "Cold call", "Partner", "Social networks"]
TAGS = ["VIP", "wholesale", "seasonal", "pays late", "prefers e-mail", "allergic to lilies", "newsletter"]
RATES = [("EUR", "1.085", 1), ("GBP", "1.27", -1), ("RUB", "0.0112", 3)]

ENGLISH_COMPANIES = [
    "Harbour & Finch Architects", "Blue Kettle Hotel", "Northgate Logistics", "Juniper Bank", "Cedar Hill School",
    "Maple & Rye Bakery", "Silverline Software", "Oakwood Clinic", "Lighthouse Media", "Copper Lane Restaurants",
    "Stonebridge Construction", "Bright Harbour Hotels", "Fernbrook College", "Quayside Retail", "Tidewater Freight",
    "Redwood Dental", "Willow Press", "Granite Works", "Summit Insurance", "Orchard Street Theatre",
    "Pelican Shipping", "Amber Coffee Roasters", "Clearwater Pools", "Foxglove Pharmacy", "Millbrook Furniture",
    "Kingfisher Travel", "Lantern Publishing", "Meadowview Care Homes", "Newfield Motors", "Old Bridge Brewery",
    "Parkside Hotel", "Queen Street Offices", "Riverside Events", "Saltmarsh Seafood", "Thistle & Heather Tailors",
    "Upton Engineering", "Vale Orchestra", "Westbrook Legal", "Yellow Door Estates", "Zephyr Airlines Catering",
    "Ashford Museum", "Birchwood Golf Club", "Chestnut Nursery School", "Dovecote Spa", "Eastgate Cinema",
    "Larkspur Cosmetics", "Müller & Söhne", "Café Lumière",
]  # fmt: skip
RUSSIAN_COMPANIES = [
    "ООО «Северный ветер»", "АО «Балтика-Транс»", "ООО «Тёплый дом»", "ЗАО «Медиа-Град»", "ООО «Ёлки-Палки»",
    "ПАО «Волга-Банк»", "ООО «Синяя птица»", "Гостиница «Метель»", "Ресторан «Самовар»", "ООО «Стройгарант»",
    "АО «Уралтех»", "Клиника «Здоровье»", "ООО «Арбат-Недвижимость»", "Театр «Чайка»", "ООО «Логистик-Экспресс»",
    "Школа «Созвездие»", "ООО «Пекарня Ивановых»", "АО «Нева-Софт»", "ООО «Кедр»", "Отель «Онегин»",
    "ООО «Белые ночи»", "Салон «Мимоза»", "ООО «Дачный сезон»", "АО «Транссиб-Карго»", "ООО «Рябина»",
    "Фитнес-клуб «Пульс»", "ООО «Золотой ключ»", "Издательство «Слово»", "ООО «Морошка»", "АО «Точприбор»",
    "ООО «Парус»", "Кофейня «Зерно»", "ООО «Лунный свет»", "Санаторий «Сосновый бор»", "ООО «Вектор Плюс»",
    "АО «Каскад»", "ООО «Царицыно-Сервис»", "Музей «Старый город»", "ООО «Мостострой»", "Бутик «Василиса»",
    "ООО «Радуга»", "АО «Полюс-Авиа»", "ООО «Журавли»", "Винотека «Лоза»", "ООО «Ромашковое поле»",
]  # fmt: skip
ENGLISH_FIRST = [
    "Alice", "Ben", "Charlotte", "Daniel", "Emma", "Fred", "Hannah", "Isaac", "Julia", "Kevin", "Laura", "Martin",
    "Olivia", "Paul", "Rachel", "Simon", "Theresa", "Victor", "Zoë", "André",
]  # fmt: skip
ENGLISH_LAST = [
    "Abbott", "Barker", "Carver", "Dawson", "Ellis", "Fletcher", "Greene", "Harper", "Irving", "Jennings", "Keller",
    "Lawson", "Mercer", "Norton", "O'Brien", "Palmer", "Reeves", "Sawyer", "Turner", "Whitfield",
]  # fmt: skip
RUSSIAN_WOMEN = [
    "Анна",
    "Мария",
    "Елена",
    "Ольга",
    "Наталья",
    "Ирина",
    "Светлана",
    "Татьяна",
    "Юлия",
    "Алёна",
]
RUSSIAN_MEN = [
    "Иван",
    "Алексей",
    "Дмитрий",
    "Сергей",
    "Андрей",
    "Михаил",
    "Николай",
    "Пётр",
    "Фёдор",
    "Артём",
]
RUSSIAN_LAST = [
    "Иванов", "Смирнов", "Кузнецов", "Попов", "Соколов", "Лебедев", "Козлов", "Новиков", "Морозов", "Волков",
    "Соловьёв", "Зайцев", "Семёнов", "Голубев", "Виноградов", "Богданов", "Воробьёв", "Фёдоров", "Беляев", "Киселёв",
]  # fmt: skip
ENGLISH_POSITIONS = [
    "Managing director", "Office manager", "Head of purchasing", "Accountant", "Assistant to the director",
    "Marketing manager", "Chef", "Event manager",
]  # fmt: skip
RUSSIAN_POSITIONS = [
    "Генеральный директор", "Офис-менеджер", "Начальник отдела закупок", "Главный бухгалтер",
    "Помощник руководителя", "Маркетолог", "Управляющий", "Администратор",
]  # fmt: skip
# Country, city, streets, telephone prefix, further digits of the telephone.
ENGLISH_PLACES = [
    ("United Kingdom", "London", ["Mill Lane", "Harbour Street", "Chapel Road"], "+44207946", 4),
    ("United Kingdom", "Edinburgh", ["Castle Row", "Queen Street"], "+44131496", 4),
    ("United States", "Boston", ["Beacon Street", "Maple Avenue"], "+1617555", 4),
    ("United States", "Chicago", ["Lake Street", "Oak Boulevard"], "+1312555", 4),
    ("Germany", "Hamburg", ["Lindenweg", "Am Hafen"], "+494066", 6),
]
RUSSIAN_PLACES = [
    ("Россия", "Москва", ["ул. Тверская", "ул. Арбат", "Ленинский проспект"], "+7495", 7),
    ("Россия", "Санкт-Петербург", ["Невский проспект", "ул. Садовая"], "+7812", 7),
    ("Россия", "Казань", ["ул. Баумана", "ул. Пушкина"], "+7843", 7),
    ("Россия", "Екатеринбург", ["ул. Малышева"], "+7343", 7),
]
ENGLISH_TITLES = [
    "Flowers for the lobby", "Summer terrace", "Green wall in the hall", "Anniversary dinner", "Christmas decoration",
    "Weekly bouquets", "Conference in spring", "Gift boxes for clients", "Plants for the new floor", "Opening evening",
    "Garden behind the house", "Shop window",
]  # fmt: skip
RUSSIAN_TITLES = [
    "Цветы в приёмную", "Летняя терраса", "Озеленение офиса", "Юбилей компании", "Новогоднее оформление",
    "Букеты на каждую неделю", "Весенняя конференция", "Подарки клиентам", "Зимний сад", "Оформление витрины",
    "Подарки к 8 Марта", "Уход за растениями",
]  # fmt: skip
ENGLISH_STEPS = [
    "Call about the offer", "Send photos of the terrace", "Meet at their office", "Ask who signs the contract",
    "Agree on the delivery days", "Bring samples", "Remind them of the budget", "Send the contract",
]  # fmt: skip
RUSSIAN_STEPS = [
    "Позвонить насчёт предложения", "Отправить фотографии", "Встретиться в офисе", "Узнать, кто подписывает договор",
    "Согласовать дни доставки", "Привезти образцы", "Напомнить о бюджете", "Отправить договор",
]  # fmt: skip
ABOUT = [
    "Knows exactly what they want; likes photographs more than words.",
    "Decides in spring for the whole year. Never call before ten.",
    "Came through a neighbour who is a client of ours.",
    "Prefers plain white flowers, nothing with a strong scent.",
    "Предпочитают оплату по счёту раз в квартал.",
    "Важна доставка до девяти утра.",
]
LOSS_NOTES = [
    "They took the cheaper offer.",
    "Решили отложить до следующего года.",
    "No answer to five calls.",
    "",
]
