"""What a language tells the rules. Everything is a piece of a regular expression over folded text: lower case,
Latin letters without accents, е for ё."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Grammar:
    language: str
    days: dict[str, int]  # today, tomorrow: how far from today
    weekdays: tuple[str, ...]  # Monday first
    months: tuple[str, ...]
    units: dict[str, str]  # day, week, month, hour, minute
    numbers: dict[str, int]
    kinds: dict[str, str]
    priorities: dict[int, str]
    on: str  # what may stand before a day
    following: str  # before a weekday: next
    at: str  # what stands before an hour
    ahead: str  # in (three days)
    lasting: str  # for (half an hour)
    half_hour: str
    morning: str = "(?!)"
    afternoon: str = "(?!)"
    night: str = "(?!)"  # 12 is midnight, 2 is 2, 9 is 21
    noon: str = "(?!)"
    o_clock: str = "(?!)"
    later: str = "(?!)"  # after the unit: 3 hari lagi
    followed: str = "(?!)"  # after a weekday: el lunes que viene
    next_week: tuple[str, ...] = ()
    of: str = "(?!)"  # between a day and its month
    ordinal: str = "(?!)"
    year: str = "(?!)"  # after a year
    month_first: bool = False  # 5/12 is May 12
    twelve_hours: bool = False  # 3:30 may be in the afternoon
    dotted_times: bool = False  # 15.30
    bare_unit: bool = False  # через неделю
    midday: str = "(?!)"  # after an hour: 11 is before noon, 2 after it
    hours: dict[str, int] = field(
        default_factory=dict
    )  # an hour in words, where `at` or a half of the day says so
    at_words: str = "(?!)"  # before an hour in words that needs nothing more: a las tres
    parted: dict[str, int] = field(default_factory=dict)  # half past {hour}: the minutes to add
    dayparts: dict[str, str] = field(default_factory=dict)  # a time of day by itself: in the afternoon
    beside_day: dict[str, str] = field(
        default_factory=dict
    )  # a time of day only beside a day: tomorrow evening
    of_month: str = "(?!)"  # the (?P<day>5th)
    working_days: str = "(?!)"
    before_names: str = "(?!)"  # between what to do and whom, and titles before a name
    money: dict[str, str] = field(default_factory=dict)  # words for currencies: their codes
    thousands: dict[str, int] = field(default_factory=dict)  # 5 thousand
