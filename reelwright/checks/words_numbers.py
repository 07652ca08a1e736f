"""Numbers as they are said: digits and number words of a text become the same, whichever way either was written."""

from __future__ import annotations

import functools
import re

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_ORDINALS = (
    "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth"
    " fifteenth sixteenth seventeenth eighteenth nineteenth"
)
_ORDINAL_TENS = "twentieth thirtieth fortieth fiftieth sixtieth seventieth eightieth ninetieth"
_SMALL = {word: value for listed in (_ONES, _ORDINALS) for value, word in enumerate(listed.split())} | {"oh": 0}
_TEN = {word: value * 10 for listed in (_TENS, _ORDINAL_TENS) for value, word in enumerate(listed.split(), 2)}
_HUNDRED = {"hundred", "hundreds", "hundredth"}
_GREAT = {"thousand": 3, "million": 6, "billion": 9, "trillion": 12, "thousandth": 3, "millionth": 6, "billionth": 9}
_UNSAID_BEFORE_TEN = 10

_CJK_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "兩": 2}
_CJK_UNITS = {"十": 10, "百": 100, "千": 1000}
_CJK_GREAT = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
_CJK_NUMBER = re.compile("[零〇一二三四五六七八九十百千万萬亿億两兩]{2,}")

_LISTED = "az be bg ca cs da de el es fi fr hu id is it lt lv nb nl nn no pl pt ro ru sk sl sr sv tr uk vi"
_COMMA_FOR_DECIMALS = frozenset(_LISTED.split())


def with_plain_digits(text: str, language: str) -> str:
    """Return a text whose digits are not grouped, with a point before decimals: 2,737 is 2737, in German 2,5 is 2.5."""
    if language in _COMMA_FOR_DECIMALS:
        text = re.sub(r"(?<=\d)[.\u00a0\u202f' ](?=\d{3}(?!\d))", "", text)
        return re.sub(r"(?<=\d),(?=\d)", ".", text)
    return re.sub(r"(?<=\d)[,\u00a0\u202f'](?=\d{3}(?!\d))", "", text)


def english_digits(words: list[str]) -> list[str]:
    """Return English words with number words as digits: `nineteen sixty nine` → `19 69`, `two million` → `2000000`."""
    made: list[str] = []
    at = 0
    while at < len(words):
        value, used = _english_number(words, at)
        made.append(words[at] if value is None else str(value))
        at += max(used, 1)
    return made


def _english_number(words: list[str], start: int) -> tuple[int | None, int]:
    """Return the number that is said from `start` on, and of how many words it is made."""
    total = part = 0
    before, at, used = "", start, 0
    while at < len(words):
        word = words[at]
        kind = _kind(word)
        if kind == "and":
            follows = words[at + 1] if at + 1 < len(words) else ""
            if before not in {"hundred", "great"} or _kind(follows) not in {"small", "ten"}:
                break
            at += 1
            continue
        if not _continues(kind, before, word):
            break
        if kind == "hundred":
            part = max(part, 1) * 100
        elif kind == "great":
            total, part = total + max(part, 1) * 10 ** _GREAT[word.rstrip("s")], 0
        else:
            part += _value(word)
        before, at = kind, at + 1
        used = at - start
    return (total + part, used) if used else (None, 1)


def _kind(word: str) -> str:
    if word == "and":
        return "and"
    if word in _SMALL:
        return "small"
    if word in _TEN:
        return "ten"
    if word in _HUNDRED:
        return "hundred"
    if word.rstrip("s") in _GREAT:
        return "great"
    # 0199 is said digit by digit.
    return "digits" if word.isdecimal() and not (len(word) > 1 and word[0] == "0") else ""


def _value(word: str) -> int:
    return int(word) if word.isdecimal() else _SMALL[word] if word in _SMALL else _TEN[word]


def _continues(kind: str, before: str, word: str) -> bool:
    """Whether a word goes on with the number that is being said; `hundreds of` begins none."""
    if kind == "small":
        return before in {"", "hundred", "great"} or (before == "ten" and 0 < _SMALL[word] < _UNSAID_BEFORE_TEN)
    if kind == "ten":
        return before in {"", "hundred", "great"}
    if kind == "digits":
        return before in {"", "great"}
    if kind == "hundred":
        return before in {"small", "digits"} or (not before and word == "hundred")
    return kind == "great" and (before in {"small", "ten", "hundred", "digits"} or (not before and word in _GREAT))


def cjk_digits(text: str) -> str:
    """Return a Chinese or Japanese text with number characters as digits: 一九六九 → 1969, 二十五 → 25."""
    return _CJK_NUMBER.sub(lambda found: _cjk_value(found[0]), text)


def _cjk_value(text: str) -> str:
    if all(character in _CJK_DIGITS for character in text):
        return "".join(str(_CJK_DIGITS[character]) for character in text)
    total = part = digit = 0
    for character in text:
        if character in _CJK_DIGITS:
            digit = _CJK_DIGITS[character]
        elif character in _CJK_UNITS:
            part, digit = part + (digit or 1) * _CJK_UNITS[character], 0
        else:
            total, part, digit = total + max(part + digit, 1) * _CJK_GREAT[character], 0, 0
    return str(total + part + digit)


@functools.lru_cache(4096)
def said_number(digits: str, language: str) -> str:
    """Return how a number is said in a language, by num2words; the digits where it does not know the language."""
    from num2words import num2words  # noqa: PLC0415 - only a comparison loads it

    try:
        return str(num2words(float(digits) if "." in digits else int(digits), lang=language))
    except (NotImplementedError, ValueError, OverflowError, KeyError, IndexError, TypeError):
        return digits
