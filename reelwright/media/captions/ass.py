"""Cues as an ASS document for libass: every word an event of its own at a measured place. Pure.

libass breaks a right-to-left line apart where a colour changes, and joins Arabic letters only inside one run. With each
word placed by itself, its letters join, the order of words is ours, and a highlight moves nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from reelwright.media.captions import fonts
from reelwright.media.captions.layout import HIGHLIGHT_SCALE, Cue, PlacedWord
from reelwright.recipe import Captions, OutputFormat

_HEADER = """[Script Info]
ScriptType: v4.00+
PlayResX: {width}
PlayResY: {height}
ScaledBorderAndShadow: yes
WrapStyle: 2
YCbCr Matrix: TV.709

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, \
StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
Style: Word,Poppins,72,&H00FFFFFF,&H00FFFFFF,{outline},&H78000000,0,0,0,0,100,100,0,0,1,0,0,2,0,0,0,-1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""
_POP_MILLISECONDS = 90


def ass_document(cues: Sequence[Cue], captions: Captions, output: OutputFormat) -> str:
    """Return the ASS document of one shot's cues."""
    header = _HEADER.format(width=output.pixels.width, height=output.pixels.height, outline=_colour(captions.outline))
    events = [line for cue in cues for word in cue.words for line in _events(cue, word, captions)]
    return header + "\n".join(events) + "\n"


def burn_filter(document: Path, font_folder: Path) -> str:
    """Return the ffmpeg filter that draws the document, with paths escaped for the filter parser."""
    return f"ass=filename={_path(document)}:fontsdir={_path(font_folder)}"


def _events(cue: Cue, word: PlacedWord, captions: Captions) -> list[str]:
    """A word is two events: outlines and shadows of a cue lie below all its letters, so none cuts into a neighbour."""
    border, shadow = word.pixels * 0.085, word.pixels * 0.04
    place = f"\\an2\\pos({word.centre:.1f},{word.baseline + _descent(word):.1f})"
    white, lit = _colour(captions.colour), _colour(captions.highlight)
    outline = (
        f"{{{place}\\bord{border:.1f}\\shad{shadow:.1f}\\1c{_colour(captions.outline)}{_pop(cue, word, captions, '')}}}"
    )
    letters = f"{{{place}\\bord0\\shad0\\1c{white}{_pop(cue, word, captions, f'{chr(92)}1c{lit}')}}}"
    start, end = _clock(cue.start), _clock(cue.end)
    return [
        f"Dialogue: {layer},{start},{end},Word,,0,0,0,,{tags}{_text(word)}"
        for layer, tags in ((0, outline), (1, letters))
    ]


def _pop(cue: Cue, word: PlacedWord, captions: Captions, lit: str) -> str:
    """Return the tags that light a word up while it is spoken."""
    if captions.preset != "word":
        return ""
    begin, end = (max(int((moment - cue.start) * 1000), 0) for moment in (word.start, word.end))
    back = lit and f"\\1c{_colour(captions.colour)}"
    large = round(HIGHLIGHT_SCALE * 100)
    return (
        f"\\t({begin},{begin + 1},{lit})\\t({begin},{begin + _POP_MILLISECONDS},\\fscx{large}\\fscy{large})"
        f"\\t({end},{end + 1},{back})\\t({end},{end + _POP_MILLISECONDS},\\fscx100\\fscy100)"
    )


def _text(word: PlacedWord) -> str:
    return "".join(
        f"{{\\fn{run.font.family}\\fs{fonts.ass_size(run.font, word.pixels):.2f}}}{_escaped(run.text)}"
        for run in fonts.runs(word.text)
    )


def _descent(word: PlacedWord) -> float:
    return max(fonts.descent(run.font, word.pixels) for run in fonts.runs(word.text))


def _escaped(text: str) -> str:
    # libass knows no escape for a backslash; a word joiner behind it keeps it from starting one.
    return text.replace("\\", "\\\u2060").replace("{", "\\{").replace("}", "\\}").replace("\n", " ")


def _clock(moment: Fraction) -> str:
    """Return the last hundredth of a second that is not after the frame at `moment`."""
    hundredths = int(moment * 100)
    minutes, seconds = divmod(hundredths, 6000)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds // 100:02}.{seconds % 100:02}"


def _colour(text: str) -> str:
    return f"&H00{text[5:7]}{text[3:5]}{text[1:3]}&".upper()


def _path(path: Path) -> str:
    inner = str(path).replace("\\", "\\\\").replace(":", "\\:").replace("'", "\\'")
    return "".join(f"\\{character}" if character in "\\'[],;" else character for character in inner)
