from activities.quick_add.grammars.grammar import Grammar

GRAMMAR = Grammar(
    language="en",
    days={"today": 0, "tonight": 0, "tomorrow|tmrw|tmr": 1, "(?:the )?day after tomorrow": 2},
    weekdays=(
        "mon(?:day)?", "tue(?:s|sday)?", "wed(?:nesday)?", "thu(?:r|rs|rsday)?", "fri(?:day)?", "sat(?:urday)?",
        "sun(?:day)?",
    ),
    months=(
        "jan(?:uary)?", "feb(?:ruary)?", "mar(?:ch)?", "apr(?:il)?", "may", "june?", "july?", "aug(?:ust)?",
        "sept?(?:ember)?", "oct(?:ober)?", "nov(?:ember)?", "dec(?:ember)?",
    ),
    units={
        "day": "days?", "week": "weeks?", "month": "months?", "hour": "h|hrs?|hours?", "minute": "m|mins?|minutes?",
    },
    numbers={"an?|one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "ten": 10},
    kinds={
        "call": "call|phone|ring|telephone",
        "mail": "e-?mail|mail|write|reply",
        "visit": "visit",
        "meeting": "meet(?:ing)?",
    },
    priorities={1: "high|hot|urgent|asap|important", 2: "normal|medium", 3: "low"},
    on="on|by|until|before|till|this|(?:due )?on",
    following="(?:(?:on|by|until|before|till) )?next",
    at="at",
    ahead="in",
    lasting="for",
    half_hour="half an hour|half hour",
    morning="a\\.?m\\.?|in the morning",
    afternoon="p\\.?m\\.?|in the afternoon|in the evening",
    night="at night",
    noon="(?:at )?(?:noon|midday)",
    o_clock="o'?clock",
    later="from now|later",
    next_week=("next week",),
    of="of",
    ordinal="st|nd|rd|th",
    month_first=True,
    twelve_hours=True,
)  # fmt: skip
