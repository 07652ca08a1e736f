"""Languages as transcribers name them: Whisper says `english`, a script says `en-GB`, and both mean `en`."""

from __future__ import annotations

_NAMED = """
english:en german:de french:fr spanish:es italian:it portuguese:pt dutch:nl polish:pl russian:ru ukrainian:uk turkish:tr
arabic:ar hebrew:he hindi:hi chinese:zh mandarin:zh cantonese:zh japanese:ja korean:ko swedish:sv danish:da norwegian:no
finnish:fi czech:cs greek:el romanian:ro hungarian:hu indonesian:id vietnamese:vi thai:th
"""
_ALIKE = "nb:no nn:no iw:he in:id cmn:zh yue:zh eng:en deu:de fra:fr spa:es ita:it por:pt jpn:ja kor:ko"
_NAMES = dict(pair.split(":") for pair in _NAMED.split())
_SAME = dict(pair.split(":") for pair in _ALIKE.split())


def iso_language(told: str) -> str:
    """Return the language of a tag or an English name as ISO 639-1 where there is one; empty for none."""
    plain = told.strip().lower()
    short = _NAMES.get(plain, plain.replace("_", "-").split("-")[0])
    return _SAME.get(short, short)


def language_name(told: str) -> str:
    """Return a language's English name for a person, or its tag."""
    short = iso_language(told)
    return next((name.capitalize() for name, tag in _NAMES.items() if tag == short), told)
