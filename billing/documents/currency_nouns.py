"""What currencies and their hundredths are called when they are counted."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Noun:
    """`forms`: Russian has three (one, two, five), English and Spanish two, Indonesian one."""

    forms: tuple[str, ...]
    gender: str = "m"

    def form(self, number: int, language: str) -> str:
        if language == "ru":
            return self.forms[_russian(number)]
        return self.forms[0] if number == 1 or len(self.forms) == 1 else self.forms[1]


def _russian(number: int) -> int:
    if number % 10 == 1 and number % 100 != 11:
        return 0
    return 1 if number % 10 in (2, 3, 4) and number % 100 not in (12, 13, 14) else 2


def _noun(written: str) -> Noun | None:
    """“f:гривна/гривны/гривен”; nothing for a currency that has no smaller part."""
    if not written:
        return None
    gender, _, forms = written.rpartition(":")
    return Noun(tuple(forms.split("/")), gender or "m")


# For each currency and language: the whole, then its part.
WRITTEN = {
    "USD": {
        "en": ("US dollar/US dollars", "cent/cents"),
        "ru": ("доллар США/доллара США/долларов США", "цент/цента/центов"),
        "es": ("dólar estadounidense/dólares estadounidenses", "centavo/centavos"),
        "id": ("dolar Amerika Serikat", "sen"),
    },
    "EUR": {
        "en": ("euro/euros", "cent/cents"),
        "ru": ("евро/евро/евро", "цент/цента/центов"),
        "es": ("euro/euros", "céntimo/céntimos"),
        "id": ("euro", "sen"),
    },
    "RUB": {
        "en": ("rouble/roubles", "kopeck/kopecks"),
        "ru": ("рубль/рубля/рублей", "f:копейка/копейки/копеек"),
        "es": ("rublo/rublos", "kopek/kopeks"),
        "id": ("rubel", "kopek"),
    },
    "GBP": {
        "en": ("pound sterling/pounds sterling", "penny/pence"),
        "ru": ("фунт стерлингов/фунта стерлингов/фунтов стерлингов", "пенс/пенса/пенсов"),
        "es": ("f:libra esterlina/libras esterlinas", "penique/peniques"),
        "id": ("pound sterling", "penny"),
    },
    "IDR": {
        "en": ("Indonesian rupiah", "sen"),
        "ru": ("f:индонезийская рупия/индонезийские рупии/индонезийских рупий", "сен/сена/сенов"),
        "es": ("f:rupia indonesia/rupias indonesias", "sen/sens"),
        "id": ("rupiah", "sen"),
    },
    "KZT": {
        "en": ("tenge", "tiyn"),
        "ru": ("тенге/тенге/тенге", "тиын/тиына/тиынов"),
        "es": ("tenge/tenges", "tiyn/tiyns"),
        "id": ("tenge", "tiyn"),
    },
    "UAH": {
        "en": ("hryvnia/hryvnias", "kopiyka/kopiykas"),
        "ru": ("f:гривна/гривны/гривен", "f:копейка/копейки/копеек"),
        "es": ("f:grivna/grivnas", "kopiyka/kopiykas"),
        "id": ("hryvnia", "kopiyka"),
    },
    "UZS": {
        "en": ("som", "tiyin"),
        "ru": ("сум/сума/сумов", "тийин/тийина/тийинов"),
        "es": ("som/soms", "tiyin/tiyins"),
        "id": ("som", "tiyin"),
    },
    "BYN": {
        "en": ("Belarusian rouble/Belarusian roubles", "kopeck/kopecks"),
        "ru": ("белорусский рубль/белорусских рубля/белорусских рублей", "f:копейка/копейки/копеек"),
        "es": ("rublo bielorruso/rublos bielorrusos", "kopek/kopeks"),
        "id": ("rubel Belarus", "kopek"),
    },
    "CNY": {
        "en": ("yuan", "fen"),
        "ru": ("юань/юаня/юаней", "фэнь/фэня/фэней"),
        "es": ("yuan/yuanes", "fen/fenes"),
        "id": ("yuan", "fen"),
    },
    "JPY": {
        "en": ("yen", ""),
        "ru": ("f:иена/иены/иен", ""),
        "es": ("yen/yenes", ""),
        "id": ("yen", ""),
    },
    "KWD": {
        "en": ("Kuwaiti dinar/Kuwaiti dinars", "fils"),
        "ru": ("кувейтский динар/кувейтских динара/кувейтских динаров", "филс/филса/филсов"),
        "es": ("dinar kuwaití/dinares kuwaitíes", "fils"),
        "id": ("dinar Kuwait", "fils"),
    },
    "CHF": {
        "en": ("Swiss franc/Swiss francs", "centime/centimes"),
        "ru": ("швейцарский франк/швейцарских франка/швейцарских франков", "сантим/сантима/сантимов"),
        "es": ("franco suizo/francos suizos", "céntimo/céntimos"),
        "id": ("franc Swiss", "sen"),
    },
    "MXN": {
        "en": ("Mexican peso/Mexican pesos", "centavo/centavos"),
        "ru": ("n:мексиканское песо/мексиканских песо/мексиканских песо", "n:сентаво/сентаво/сентаво"),
        "es": ("peso mexicano/pesos mexicanos", "centavo/centavos"),
        "id": ("peso Meksiko", "centavo"),
    },
}
NOUNS = {
    currency: {language: (_noun(whole), _noun(part)) for language, (whole, part) in languages.items()}
    for currency, languages in WRITTEN.items()
}
