"""Words that a text hangs on although they are neither figures nor names: numbers, days, and what turns the sense.

Together with what CLDR says of months and weekdays they tell a correction of spelling from one of substance. A language
that is not here has CLDR's words alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from crosspost.domain.language import cldr, fallbacks, is_cased, script_of
from crosspost.domain.plain import folded

if TYPE_CHECKING:
    from regex import Pattern  # type: ignore[import-untyped]

#: By language. `word` stands alone, `stem*` begins a word, `*part*` may stand anywhere.
_WORDS = {
    "ar": """
        *اثنا* *اثني* *اثنين* *اثنان* *ثلاث* *أربع* *خمس* ست ستة ستون ستين *سبع* *ثمان* *تسع* *عشر* *مئة*
        *مائة* *مئات* *ألف* *آلاف* *مليون* *ملايين* *مليار* *نصف* *الأول* *الثاني* *الثالث* *اليوم* *غدا*
        أمس لا ولا لم ولم لن ولن *ليس* *بدون* *غير*
        """,
    "de": """
        ein eine zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn zwanzig dreißig vierzig
        fünfzig hundert* tausend* million* milliarde* erste* zweite* dritte* vierte* halb* heute morgen
        gestern übermorgen nicht kein* nie niemals ohne weder
        """,
    "en": """
        one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
        seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred* thousand*
        million* billion* trillion* dozen* first second third fourth fifth half quarter once twice today
        tomorrow yesterday tonight noon midnight not no never cannot without neither nor none don't doesn't
        didn't won't wouldn't isn't aren't wasn't weren't can't couldn't shouldn't hasn't haven't
        """,
    "es": """
        dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince veinte treinta
        cuarenta cincuenta cien* mil miles millón millones primer* segund* tercer* medio media mitad hoy
        mañana ayer no nunca jamás ningún* ningun* sin ni tampoco
        """,
    "fa": """
        دو سه *چهار* *پنج* شش هفت هشت ده *یازده* *دوازده* *بیست* سی صد *هزار* *میلیون* *میلیارد* *نخست* اول
        دوم سوم نیم *امروز* *فردا* *دیروز* نه *نیست* *هرگز* *بدون*
        """,
    "fr": """
        deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize vingt trente
        quarante cinquante soixante cent* mille millier* million* milliard* premier* premièr* deuxième*
        second* troisième* demi* moitié tiers quart aujourd'hui demain hier midi minuit pas jamais aucun* ni
        sans non
        """,
    "he": """
        שני שתי שניים שתיים *שלוש* *ארבע* *חמש* שש שישה *שבע* *שמונה* *תשע* *עשר* *עשרים* *שלושים* *מאה*
        *מאות* *אלף* *אלפים* *אלפי* *מיליון* *מיליארד* *ראשון* *שלישי* *חצי* *היום* *מחר* *אתמול* לא ולא אין
        ואין *בלי*
        """,
    "it": """
        due tre quattro cinque sei sette otto nove dieci undici dodici tredici venti trenta quaranta
        cinquanta cento* mille *mila* milion* miliard* primo prima second* terzo terza mezzo metà oggi domani
        ieri non mai nessun* senza né
        """,
    "ja": "*今日* *明日* *昨日* *本日* *半分* *半ば* *ない* *なかっ* *ません* *不* *非* *未* *無*",
    "ko": """
        하나 둘 셋 넷 *다섯* *여섯* *일곱* *여덟* *아홉* 열 *스물* *백만* *천만* *만명* *억* 두 세 네 한
        *첫째* *절반* *오늘* *내일* *어제* *모레* *않* *없* *아니* 안 못
        """,
    "pt": """
        dois duas três quatro cinco seis sete oito nove dez onze doze treze quinze vinte trinta quarenta
        cinquenta cem cento* mil milhar* milhão milhões bilhão bilhões bilião biliões primeir* segund*
        terceir* meio metade hoje amanhã ontem não nunca jamais nenhum* sem nem
        """,
    "ru": """
        один одна два две двух двум двумя двое три трёх трех трём трое четыр* пять пяти пятью пятьдесят*
        пятнадцат* шесть шести шестьдесят* семь семи семьдесят* восемь восьми девять девяти десять десяти
        десят* одиннадцат* двенадцат* двадцат* тридцат* сорок сорока сто ста сотен сотни двести триста
        тысяч* миллион* миллиард* перв* втор* трети* половин* сегодня завтра вчера не ни нет никогда без
        """,
    "tr": """
        iki üç dört beş altı yedi sekiz dokuz on onbir oniki yirmi otuz kırk elli altmış yüz bin milyon*
        milyar* ilk birinci* ikinci* üçüncü* yarım yarı* bugün* yarın* dün* değil* hiç* asla yok
        """,
    "uk": """
        один одна два дві двох двом двома три трьох трьом чотир* п'ять п'яти п'ятдесят* шість шести сім семи
        вісім восьми дев'ять дев'яти десять десяти одинадцят* дванадцят* двадцят* тридцят* сорок сто сотні
        сотень двісті триста тисяч* мільйон* мільярд* перш* друг* треті* половин* сьогодні завтра вчора не
        ні немає ніколи без
        """,
    "zh": """
        *今天* *明天* *昨天* *今日* *明日* *昨日* *今晚* *一半* *不* *没* *沒* *無* *无* *未* *非* *否* *勿*
        *别*
        """,
}

#: What a word is made of.
_IN_WORD = r"[\w\p{M}]"


@dataclass(frozen=True, slots=True)
class Weighty:
    """Such a word as it stands in a folded text. `March` and `Mar.` mean the same, and are equal."""

    meaning: str
    word: str = field(compare=False)


def weighty_words(text: str, language: str) -> list[Weighty]:
    """Return the text's numbers in words, months, weekdays, days, and words that turn the sense, in its order."""
    pattern, meanings = _vocabulary(language)
    found = ((match.group(), meanings[match.lastindex - 1]) for match in pattern.finditer(folded(text)))
    return [Weighty(meaning or word, word) for word, meaning in found]


@lru_cache(maxsize=64)
def _vocabulary(language: str) -> tuple[Pattern[str], tuple[str, ...]]:
    """Return a pattern with a group for each form, and for each group what it means; "" for the word itself."""
    import regex

    forms = {**dict.fromkeys(_listed(language), ""), **_calendar(language)}
    ordered = sorted(forms, key=len, reverse=True)
    pattern = regex.compile("|".join(f"({_pattern(form)})" for form in ordered) or "(?!)")
    return pattern, tuple(forms[form] for form in ordered)


def _listed(language: str) -> list[str]:
    # `pt-BR` has the words of `pt`, and Chinese the same in both scripts.
    tags = (*fallbacks(language), language.partition("-")[0])
    return [_folded_form(form) for form in next((_WORDS[tag] for tag in tags if tag in _WORDS), "").split()]


def _folded_form(form: str) -> str:
    return ("*" if form.startswith("*") else "") + folded(form.strip("*")) + ("*" if form.endswith("*") else "")


def _calendar(language: str) -> dict[str, str]:
    """Return the forms of CLDR's months and weekdays, each with what it means."""
    found: dict[str, str] = {}
    locale = cldr(language)
    if locale is None:
        return found
    for kind, names in (("month", locale.months), ("weekday", locale.days)):
        for use in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in names[use][width].items():
                    form = _calendar_form(folded(str(name)).strip(". "), language)
                    if form and not form.strip("*").isdecimal():
                        # French `mar.` is a Tuesday and no month: what means two things means itself.
                        found[form] = found.get(form, f"{kind} {number}") and f"{kind} {number}"
    return found


def _calendar_form(name: str, language: str) -> str:
    """Return how a name is looked for: with what may be written together with it, and in all its cases."""
    if not is_cased(language):
        return f"*{name}*" if len(name) >= (2 if script_of(language) in _SHORT else 3) else ""
    return f"{name[:-1]}*" if len(name) >= 5 else name


#: Scripts in which two characters are a name.
_SHORT = frozenset({"Hans", "Hant", "Jpan", "Kore"})


def _pattern(form: str) -> str:
    import regex

    body = str(regex.escape(form.strip("*")))
    if form.startswith("*") and form.endswith("*"):
        return body
    end = f"{_IN_WORD}*" if form.endswith("*") else f"(?!{_IN_WORD})"
    return f"(?<!{_IN_WORD}){body}{end}"
