from activities.quick_add.grammars.grammar import Grammar

GRAMMAR = Grammar(
    language="id",
    days={"hari ini": 0, "nanti": 0, "besok": 1, "lusa": 2},
    weekdays=("senin", "selasa", "rabu", "kamis", "jum'?at", "sabtu", "minggu|ahad"),
    months=(
        "jan(?:uari)?", "feb(?:ruari)?", "mar(?:et)?", "apr(?:il)?", "mei", "jun(?:i)?", "jul(?:i)?",
        "agu(?:stus)?|ags", "sep(?:t|tember)?", "okt(?:ober)?", "nov(?:ember)?", "des(?:ember)?",
    ),
    units={"day": "hari", "week": "minggu", "month": "bulan", "hour": "jam|j", "minute": "menit|mnt|m"},
    numbers={"satu": 1, "dua": 2, "tiga": 3, "empat": 4, "lima": 5, "enam": 6, "tujuh": 7, "sepuluh": 10},
    kinds={
        "call": "telepon|telpon|telp|hubungi|menelepon",
        "mail": "surel|e-?mail|balas|tulis",
        "visit": "kunjungi|kunjungan",
        "meeting": "rapat|bertemu|temui|pertemuan",
    },
    priorities={1: "tinggi|penting|mendesak", 2: "sedang|biasa", 3: "rendah"},
    on="hari|pada|pada hari|sebelum|tanggal|tgl",
    following="(?!)",
    at="jam|pukul|pkl",
    ahead="dalam",
    lasting="selama",
    half_hour="setengah jam",
    morning="pagi",
    afternoon="siang|sore",
    night="malam",
    noon="(?:tengah hari)",
    later="lagi|kemudian",
    followed="depan",
    next_week=("minggu depan", "pekan depan"),
    dotted_times=True,
)  # fmt: skip
