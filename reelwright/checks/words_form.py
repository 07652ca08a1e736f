"""A text as it is said, unit by unit: what only the eye sees is gone, and each way of writing it gives the same."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import regex

from reelwright.checks.words_numbers import cjk_digits, english_digits, said_number, with_plain_digits

BY_CHARACTER = frozenset({"zh", "ja", "ko", "th", "lo", "km", "my"})
"""Languages without spaces between words, or with spaces that are as one likes: compared character by character."""

_CURRENCIES = {"$": "dollars", "€": "euros", "£": "pounds", "¥": "yen", "₹": "rupees", "₩": "won", "₽": "rubles"}
_CODES = {"usd": "dollars", "eur": "euros", "gbp": "pounds", "jpy": "yen"}
_MONEY = re.compile(
    r"([$€£¥₹₩₽])\s?(\d[\d.,]*\d|\d)(?:[\s-](thousand|million|billion|trillion|k|m|bn)\b)?", re.IGNORECASE
)
_MONEY_AFTER = re.compile(r"(\d[\d.,]*\d|\d)\s?([$€£¥₹₩₽])")
_MAGNITUDES = {"k": "thousand", "m": "million", "bn": "billion"}
_SIGNS = {
    "%": "percent",
    "&": "and",
    "+": "plus",
    "=": "equals",
    "°c": "degrees celsius",
    "°f": "degrees fahrenheit",
    "°": "degrees",
    "@": "at",
}
_WRITTEN_SHORT = """
mr:mister mrs:missus dr:doctor vs:versus etc:et,cetera ok:okay km:kilometers kg:kilograms cm:centimeters mm:millimeters
hz:hertz khz:kilohertz mph:miles,per,hour ft:feet lbs:pounds st:saint alright:all,right gonna:going,to wanna:want,to
cannot:can,not metres:meters kilometres:kilometers cos:because cause:because
"""
_SHORT = dict(pair.replace(",", " ").split(":") for pair in _WRITTEN_SHORT.split())
_SHORTENED = (
    (re.compile(r"\bwon't\b"), "will not"),
    (re.compile(r"\bcan't\b"), "can not"),
    (re.compile(r"n't\b"), " not"),
    (re.compile(r"'re\b"), " are"),
    (re.compile(r"'ve\b"), " have"),
    (re.compile(r"'ll\b"), " will"),
    (re.compile(r"'m\b"), " am"),
    (re.compile(r"\b(it|he|she|that|there|here|what|who|where|how|let)'s\b"), r"\1 is"),
)
_BRACKETED = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\*[^*\n]+\*|<[^<>]*>")
_SPEAKER = re.compile(r"^\s*([^\W\d_][\w .'-]{0,30}?)\s*:\s+(?=\S)")
_MARKED_SCRIPTS = regex.compile(r"(?<=[\p{Latin}\p{Greek}\p{Cyrillic}\p{Arabic}\p{Hebrew}\p{M}])\p{Mn}")
_CLOCK = re.compile(r"\b(\d{1,2})\.(\d{2})\s?([ap])\.?m\b")
_MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
_DAY = re.compile(rf"\b(?:the )?(\d{{1,2}}) (?:of )?({_MONTHS})\b")
_UNIT = regex.compile(r"\d+(?:\.\d+)?|[\p{L}\p{M}]+(?:['’][\p{L}\p{M}]+)*")
_ELIDED = re.compile(r"['’]")


def spoken_line(dialogue: str, names: Sequence[str] = ()) -> str:
    """Return what is said of a line of dialogue: without who says it, stage directions and quotation marks.

    A label such as `Anna:` goes where it is one of `names`, or begins each of several lines.
    """
    lines = [_BRACKETED.sub(" ", line).strip() for line in dialogue.splitlines()]
    lines = [line for line in lines if line]
    known = {name.casefold() for name in names}
    labels = [_SPEAKER.match(line) for line in lines]
    all_labelled = len(lines) > 1 and all(labels)
    said = []
    for line, label in zip(lines, labels, strict=True):
        is_label = label is not None and (all_labelled or label[1].casefold() in known)
        said.append(line[label.end() :] if label is not None and is_label else line)
    bare = regex.sub(r"[\"“”„«»]", " ", " ".join(said))
    return " ".join(bare.split())


def spoken_units(text: str, language: str) -> list[str]:
    """Return a text's words, or its characters in a language of `BY_CHARACTER`, as they are said."""
    plain = unicodedata.normalize("NFKC", text).replace("’", "'")
    if language in BY_CHARACTER:
        return _characters(plain.casefold(), language)
    plain = with_plain_digits(_money(plain, language), language).casefold()
    for sign, word in _SIGNS.items():
        plain = plain.replace(sign, f" {word} ") if language == "en" or sign == "%" else plain.replace(sign, " ")
    if language == "en":
        return _english(plain)
    units: list[str] = []
    for unit in _UNIT.findall(_unmarked(plain)):
        units += _unmarked(said_number(unit, language).casefold()).split() if unit[0].isdecimal() else [unit]
    # An elided article is heard with its word or apart: l'eau, l eau.
    return [part for unit in units for part in re.split(r"[-']", unit) if part]


def _english(text: str) -> list[str]:
    for pattern, said in _SHORTENED:
        text = pattern.sub(said, text)
    # p.m. and U.S.A. are said letter by letter, and written as one word as often.
    text = re.sub(r"\b(?:[a-z]\.){2,}", lambda found: found[0].replace(".", ""), text)
    text = _CLOCK.sub(r"\1:\2 \3m", text)
    text = re.sub(r"(?<=\d)(?:st|nd|rd|th)\b", "", text)
    text = re.sub(r"(?<=\d)(?=[a-z])|(?<=[a-z])(?=\d)", " ", text)
    text = re.sub(r"(\d)\.(?=\d)", r"\1 point ", text)
    words = [_ELIDED.sub("", unit) for unit in _UNIT.findall(_unmarked(text))]
    words = [part for word in words for part in _SHORT.get(word, word).split()]
    # The 15th of March, 15 March and March 15 are one day.
    said = _DAY.sub(r"\2 \1", " ".join(english_digits(words)))
    return _joined(said.split())


def _joined(words: list[str]) -> list[str]:
    """Join numbers that stand side by side: 19 69 is 1969, and 5 5 5 is 555."""
    made: list[str] = []
    for word in words:
        if made and word.isdecimal() and made[-1].isdecimal():
            made[-1] += word
        else:
            made.append(word)
    return made


def _characters(text: str, language: str) -> list[str]:
    if language in {"zh", "ja"}:
        text = cjk_digits(with_plain_digits(text, language))
    elif language == "ko":
        text = regex.sub(r"\d+(?:\.\d+)?", lambda found: said_number(found[0], "ko"), with_plain_digits(text, "ko"))
    # Marks stay with their letters: in Thai they are vowels.
    return list(regex.findall(r"[\p{L}\p{N}]\p{M}*", text))


def _money(text: str, language: str) -> str:
    if language != "en":
        return str(regex.sub(r"[$€£¥₹₩₽]", lambda found: f" {_CURRENCIES[found[0]]} ", text))
    text = _MONEY.sub(_said_amount, text)
    text = _MONEY_AFTER.sub(lambda found: f"{found[1]} {_CURRENCIES[found[2]]}", text)
    return re.sub(r"\b(USD|EUR|GBP|JPY)\s?(\d[\d.,]*)", lambda found: f"{found[2]} {_CODES[found[1].lower()]}", text)


def _said_amount(found: re.Match[str]) -> str:
    name, amount = _CURRENCIES[found[1]], found[2]
    magnitude = (found[3] or "").lower()
    whole, point, small = amount.partition(".")
    if point and len(small) == 2 and not magnitude and name != "yen":  # noqa: PLR2004 - cents
        return f"{whole} {name} and {int(small)} cents" if int(small) else f"{whole} {name}"
    return " ".join(filter(None, (amount, _MAGNITUDES.get(magnitude, magnitude), name)))


def _unmarked(text: str) -> str:
    """Drop accents and vowel points where a word is the same without: not in Indic scripts, nor in Japanese."""
    return unicodedata.normalize("NFC", str(_MARKED_SCRIPTS.sub("", unicodedata.normalize("NFD", text))))
