"""Subtitles inside a video file: tracks of timed text (3GPP TS 26.245) that a player can switch on, off by default."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import regex
from av.error import FFmpegError

from reelwright.errors import MediaError
from reelwright.media.boxes import boxes
from reelwright.media.captions.sidecar import Subtitle, srt
from reelwright.values import Exact, Value

_CODES = """
aa:aar ab:abk ae:ave af:afr ak:aka am:amh an:arg ar:ara as:asm av:ava ay:aym az:aze ba:bak be:bel bg:bul bi:bis bm:bam
bn:ben bo:bod br:bre bs:bos ca:cat ce:che ch:cha co:cos cr:cre cs:ces cu:chu cv:chv cy:cym da:dan de:deu dv:div dz:dzo
ee:ewe el:ell en:eng eo:epo es:spa et:est eu:eus fa:fas ff:ful fi:fin fj:fij fo:fao fr:fra fy:fry ga:gle gd:gla gl:glg
gn:grn gu:guj gv:glv ha:hau he:heb hi:hin ho:hmo hr:hrv ht:hat hu:hun hy:hye hz:her ia:ina id:ind ie:ile ig:ibo ii:iii
ik:ipk io:ido is:isl it:ita iu:iku ja:jpn jv:jav ka:kat kg:kon ki:kik kj:kua kk:kaz kl:kal km:khm kn:kan ko:kor kr:kau
ks:kas ku:kur kv:kom kw:cor ky:kir la:lat lb:ltz lg:lug li:lim ln:lin lo:lao lt:lit lu:lub lv:lav mg:mlg mh:mah mi:mri
mk:mkd ml:mal mn:mon mr:mar ms:msa mt:mlt my:mya na:nau nb:nob nd:nde ne:nep ng:ndo nl:nld nn:nno no:nor nr:nbl nv:nav
ny:nya oc:oci oj:oji om:orm or:ori os:oss pa:pan pi:pli pl:pol ps:pus pt:por qu:que rm:roh rn:run ro:ron ru:rus rw:kin
sa:san sc:srd sd:snd se:sme sg:sag si:sin sk:slk sl:slv sm:smo sn:sna so:som sq:sqi sr:srp ss:ssw st:sot su:sun sv:swe
sw:swa ta:tam te:tel tg:tgk th:tha ti:tir tk:tuk tl:tgl tn:tsn to:ton tr:tur ts:tso tt:tat tw:twi ty:tah ug:uig uk:ukr
ur:urd uz:uzb ve:ven vi:vie vo:vol wa:wln wo:wol xh:xho yi:yid yo:yor za:zha zh:zho zu:zul
"""
"""ISO 639-1 and ISO 639-2/T: tags have the short codes where there is one, MP4 files the long ones."""
_LONG = dict(pair.split(":") for pair in _CODES.split())
_WRITTEN_OTHERWISE = {"iw": "heb", "in": "ind", "sh": "hbs", "cmn": "zho"}
_WORD_JOINER = "\u2060"
_ENABLED = 1
"""Bit of a track's flags (ISO/IEC 14496-12, 8.3.2); ffmpeg sets it for the first subtitles of a file, even unasked."""


class SoftTrack(Value):
    """Subtitles of one language."""

    language: str
    """A BCP 47 tag."""
    lines: tuple[Subtitle, ...]


class SoftTrackFacts(Value):
    """A track of subtitles as a player finds it in a file."""

    language: str
    """ISO 639-2/T, e.g. `deu`; `und` for unknown."""
    is_on: bool
    """Whether a player shows it without being asked."""
    start_seconds: Exact
    ends_seconds: Exact
    """When its last line goes."""
    lines: tuple[Subtitle, ...]


def track_language(tag: str) -> str:
    """Return the code that an MP4 file has for the language of a BCP 47 tag: `de-AT` is `deu`, an unknown one `und`."""
    first = tag.lower().replace("_", "-").split("-")[0]
    long = _LONG.get(first) or _WRITTEN_OTHERWISE.get(first) or first
    return long if regex.fullmatch("[a-z]{3}", long) else "und"


def track_text(track: SoftTrack) -> str:
    r"""Return a track as the SubRip text that ffmpeg turns into timed text, letter by letter.

    What looks like its mark-up (`<b>`, `{\an8}`, `\N`) is parted by an invisible character.
    """
    plain = (
        line.model_copy(update={"text": regex.sub(r"([<{\\])", rf"\1{_WORD_JOINER}", line.text)})
        for line in track.lines
    )
    return srt(tuple(plain))


def arguments(tracks: Sequence[tuple[Path, str]], first_input: int) -> list[str]:
    """Build what stands behind a command's inputs for subtitles that are its inputs from `first_input` on.

    `tracks` are their SubRip files and languages.
    """
    made = [part for number in range(len(tracks)) for part in ("-map", f"{first_input + number}:s:0")]
    for number, (_, language) in enumerate(tracks):
        made += [f"-metadata:s:s:{number}", f"language={track_language(language)}"]
    return [*made, "-c:s", "mov_text"] if tracks else []


def switch_off(path: Path) -> None:
    """Clear the flag of each track of subtitles in a file that lets players show it unasked. No byte moves.

    Raises:
        MediaError: the file is no MP4.
    """
    found = boxes(path)
    header = None
    with path.open("r+b") as file:
        for box in found:
            if box.path == "moov/trak/tkhd":
                header = box
            elif box.path == "moov/trak/mdia/hdlr" and header is not None:
                file.seek(box.offset + 8)
                if file.read(4) == b"sbtl":
                    file.seek(header.offset)
                    (word,) = struct.unpack(">I", file.read(4))
                    file.seek(header.offset)
                    file.write(struct.pack(">I", word & ~_ENABLED))


def soft_tracks(path: Path) -> tuple[SoftTrackFacts, ...]:
    """Return the tracks of subtitles that a file holds, in order.

    Raises:
        MediaError: the file cannot be read.
    """
    try:
        with av.open(str(path)) as container:
            return tuple(_facts(path, number) for number in range(len(container.streams.subtitles)))
    except FFmpegError as error:
        raise MediaError(f"The subtitles of {path.name} cannot be read: {error.strerror}.") from error


def _facts(path: Path, number: int) -> SoftTrackFacts:
    with av.open(str(path)) as container:
        stream = container.streams.subtitles[number]
        clock = stream.time_base or Fraction(0)
        lines, first, last = [], None, Fraction(0)
        for packet in container.demux(stream):
            if packet.pts is None:
                continue
            begin = Fraction(packet.pts) * clock
            end = begin + Fraction(packet.duration or 0) * clock
            data = bytes(packet)
            text = data[2 : 2 + int.from_bytes(data[:2], "big")].decode("utf-8", "replace")
            first = begin if first is None else first
            if text:
                lines.append(Subtitle(start=round(begin * 1000), end=round(end * 1000), text=text))
                last = end
        return SoftTrackFacts(
            language=stream.language or "und",
            is_on=bool(int(stream.disposition) & 1),
            start_seconds=first or Fraction(0),
            ends_seconds=last,
            lines=tuple(lines),
        )
