from activities.quick_add.grammars.grammar import Grammar

GRAMMAR = Grammar(
    language="es",
    days={"hoy": 0, "manana": 1, "pasado manana": 2},
    weekdays=(
        "lun(?:es)?", "mar(?:tes)?", "mie(?:rcoles)?", "jue(?:ves)?", "vie(?:rnes)?", "sab(?:ado)?", "dom(?:ingo)?",
    ),
    months=(
        "ene(?:ro)?", "feb(?:rero)?", "mar(?:zo)?", "abr(?:il)?", "may(?:o)?", "jun(?:io)?", "jul(?:io)?",
        "ago(?:sto)?", "sep?t?(?:iembre)?", "oct(?:ubre)?", "nov(?:iembre)?", "dic(?:iembre)?",
    ),
    units={
        "day": "dias?", "week": "semanas?", "month": "mes(?:es)?", "hour": "h|hrs?|horas?",
        "minute": "m|min|mins|minutos?",
    },
    numbers={"una?|uno": 1, "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6, "siete": 7, "diez": 10},
    kinds={
        "call": "llamar|llamada|llama|telefonear",
        "mail": "escribir|correo|responder|e-?mail",
        "visit": "visitar|visita",
        "meeting": "reunion|reunirse|reunirme|quedar",
    },
    priorities={1: "alta|urgente|importante", 2: "media", 3: "baja"},
    on="el|para el|antes del|hasta el|este",
    following="(?:(?:el|para el) )?(?:proximo|proxima|siguiente)",
    at="a las?",
    ahead="en|dentro de",
    lasting="durante|por",
    half_hour="media hora",
    morning="a\\.?m\\.?|de la manana|de la madrugada",
    afternoon="p\\.?m\\.?|de la tarde",
    night="de la noche",
    noon="(?:al? )?mediodia",
    o_clock="h|hrs?|horas?",
    followed="que viene|proximo|siguiente",
    next_week=("la semana que viene", "la proxima semana", "proxima semana"),
    of="de",
    year="(?!)",
)  # fmt: skip
