"""Cues as an ASS document for libass: every word an event of its own at a measured place. Pure.

libass breaks a right-to-left line apart where a colour changes, and joins Arabic letters only inside one run. With each
word placed by itself, its letters join, the order of words is ours, and a highlight moves nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from reelwright.media.captions import fonts
from reelwright.media.captions.layout import Cue, PlacedWord
from reelwright.media.captions.presets import SpokenWord, Style, WordStyle, ass_colour, own_style
from reelwright.recipe import Captions, OutputFormat

_HEADER = """[Script Info]
ScriptType: v4.00+
PlayResX: {width}
PlayResY: {height}
ScaledBorderAndShadow: yes
WrapStyle: 2
YCbCr Matrix: TV.709
Language: {language}

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, \
StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
Style: Word,Poppins,72,&H00FFFFFF,&H00FFFFFF,{outline},&H78000000,0,0,0,0,100,100,0,0,1,0,0,2,0,0,0,-1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""
_POP_MILLISECONDS = 90
_JOINER = "\u200d"


def ass_document(
    cues: Sequence[Cue],
    captions: Captions,
    output: OutputFormat,
    *,
    language: str = "en",
    brand: fonts.Font | None = None,
) -> str:
    """Return the ASS document of one shot's cues; `language` (BCP 47) chooses the regional form of a character.

    `brand` is the font that they were laid out in, before the shipped ones.
    """
    header = _HEADER.format(
        width=output.pixels.width,
        height=output.pixels.height,
        language=_two_letters(language),
        outline=ass_colour(captions.outline),
    )
    rate, style = output.frame_rate, own_style(captions.preset)
    events = [
        line
        for cue in cues
        for index, word in enumerate(cue.words)
        for line in _events(cue, word, captions, brand, *_looks(cue, index, captions, rate, style))
    ]
    return header + "\n".join(events) + "\n"


def burn_filter(document: Path, font_folder: Path) -> str:
    """Return the ffmpeg filter that draws the document, with paths escaped for the filter parser."""
    return f"ass=filename={escaped_path(document)}:fontsdir={escaped_path(font_folder)}"


def _events(
    cue: Cue,
    word: PlacedWord,
    captions: Captions,
    brand: fonts.Font | None,
    spoken: tuple[int, int] | None,
    own: WordStyle,
) -> list[str]:
    """A word is two events: outlines and shadows of a cue lie below all its letters, so none cuts into a neighbour."""
    border, shadow = word.pixels * 0.085, word.pixels * 0.04
    place = f"\\an2\\pos({word.centre:.1f},{word.baseline + _descent(word, brand):.1f})"
    outline = f"\\bord{border:.1f}\\shad{shadow:.1f}\\1c{ass_colour(captions.outline)}"
    ring = f"{{{place}{outline}{_growing(spoken, word)}{own.outline}}}"
    letters = f"{{{place}\\bord0\\shad0{_lighting(spoken, captions)}{_growing(spoken, word)}{own.letters}}}"
    start, end = _clock(cue.start), _clock(cue.end)
    return [
        f"Dialogue: {layer},{start},{end},Word,,0,0,0,,{tags}{_text(word, brand)}"
        for layer, tags in enumerate((ring, letters))
    ]


def _looks(
    cue: Cue, index: int, captions: Captions, frame_rate: int, style: Style | None
) -> tuple[tuple[int, int] | None, WordStyle]:
    """Return when a word is lit up, where its preset does that, and how a preset of one's own says that it looks."""
    word = cue.words[index]
    if style is None:
        return (_spoken(cue, word, frame_rate) if captions.preset == "word" else None), WordStyle()
    begin, end = _spoken(cue, word, frame_rate)
    lasts = int((cue.end - cue.start) * 1000)
    return None, style(SpokenWord(word.text, index, len(cue.words), begin, end, lasts, word.pixels, captions))


def _spoken(cue: Cue, word: PlacedWord, frame_rate: int) -> tuple[int, int]:
    """Return when the first frame at or after the word's start is shown, and the first after its end.

    As libass counts: in whole milliseconds, cut off, from the hundredth of a second at which the cue begins.
    """
    frames = (-(-moment.numerator * frame_rate // moment.denominator) for moment in (word.start, word.end))
    begin, end = (1000 * frame // frame_rate - int(cue.start * 100) * 10 for frame in frames)
    return max(begin, 0), max(end, 0)


def _lighting(spoken: tuple[int, int] | None, captions: Captions) -> str:
    """Return the tags that give the letters their colour: another one exactly while the word is spoken."""
    plain, lit = (f"\\1c{ass_colour(colour)}" for colour in (captions.colour, captions.highlight))
    if spoken is None or not spoken[1]:
        return plain
    begin, end = spoken
    # A change from one millisecond to the next is a change between two frames; none can end at 0.
    on = f"{plain}\\t({begin - 1},{begin},{lit})" if begin else lit
    return f"{on}\\t({end - 1},{end},{plain})"


def _growing(spoken: tuple[int, int] | None, word: PlacedWord) -> str:
    if spoken is None or not spoken[1]:
        return ""
    begin, end = spoken
    large = f"{word.growth * 100:.1f}"
    return (
        f"\\t({begin},{begin + _POP_MILLISECONDS},\\fscx{large}\\fscy{large})"
        f"\\t({end},{end + _POP_MILLISECONDS},\\fscx100\\fscy100)"
    )


def _text(word: PlacedWord, brand: fonts.Font | None) -> str:
    return _script(word.text) + "".join(
        f"{{\\fn{run.font.family}\\fs{fonts.ass_size(run.font, word.pixels):.2f}}}{_escaped(run.text)}"
        for run in fonts.runs(word.text, brand)
    )


def _descent(word: PlacedWord, brand: fonts.Font | None) -> float:
    return max(fonts.descent(run.font, word.pixels) for run in fonts.runs(word.text, brand))


def _script(text: str) -> str:
    """Return an unseen letter for what has none, such as a family of emoji.

    A joiner takes the script of the letters round it; without any, libass shapes what it joins apart.
    """
    if _JOINER not in text or any(character.isalpha() for character in text):
        return ""
    unseen, seen = ("".join(f"\\{part}a&H{alpha}&" for part in (1, 3, 4)) for alpha in ("FF", "00"))
    return f"{{\\fs1{unseen}}}a{{{seen}\\4a&H78&}}"


def _two_letters(language: str) -> str:
    """Return the code that libass reads; traditional Chinese is set in the font's own (Japanese) forms."""
    subtags = language.lower().split("-")
    traditional = subtags[0] == "zh" and {"hant", "tw", "hk", "mo"} & set(subtags)
    return "ja" if traditional else subtags[0][:2] if len(subtags[0]) == 2 else "en"  # noqa: PLR2004 - ISO 639-1


def _escaped(text: str) -> str:
    # libass knows no escape for a backslash; a non-joiner behind it, which the font has, keeps it from starting one.
    return text.replace("\\", "\\\u200c").replace("{", "\\{").replace("}", "\\}").replace("\n", " ")


def _clock(moment: Fraction) -> str:
    """Return the last hundredth of a second that is not after the frame at `moment`."""
    hundredths = int(moment * 100)
    minutes, seconds = divmod(hundredths, 6000)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds // 100:02}.{seconds % 100:02}"


def escaped_path(path: Path) -> str:
    """Return a path as the filter parser reads it."""
    inner = str(path).replace("\\", "\\\\").replace(":", "\\:").replace("'", "\\'")
    return "".join(f"\\{character}" if character in "\\'[],;" else character for character in inner)
