"""What vendors and the channel would refuse, found before anything is paid. Pure: words and declarations only.

Pictures are not looked at, for most of them do not exist yet. Whether a face or a real person will be in one is told
from English words and from the characters' references, and said to be so: such findings are warnings. A banned word, a
text that a model does not take or a reference of no known kind is a problem.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import regex

from reelwright.asking import image_request
from reelwright.catalogue import Entry
from reelwright.errors import InvalidInput
from reelwright.models.images.contract import ImageRequest
from reelwright.models.video.adapting import check_prompt
from reelwright.recipe import Recipe
from reelwright.references import SUFFIXES, Role, role_of, seen_in
from reelwright.storyboard import Character, Shot, Storyboard

_MANY = {"image": "reference pictures", "video": "reference videos", "audio": "reference sounds"}
_PERSON = regex.compile(
    r"\b(?:wo)?m[ae]n\b|\b(?:boy|girl|lady|guy|kid|child|baby|teenager|person|human|face|portrait|selfie|crowd|mother|father"
    r"|grandmother|grandfather|baker|chef|doctor|nurse|teacher|farmer|worker|dancer|singer|soldier|king|queen)s?\b"
    r"|\b(?:people|children|babies|ladies|someone|somebody)\b",
    regex.IGNORECASE,
)
_REAL = regex.compile(
    r"\b(?:celebrit(?:y|ies)|look-?alikes?|deep-?fakes?|real (?:person|people)|(?:a|the) real [A-Z]\p{L}+"
    r"|impersonat\p{L}+|famous (?:actor|actress|singer|politician|athlete|person|people)s?)\b"
)
_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]")
_LETTERS = {
    "ar": "Arabic", "be": "Cyrillic", "bg": "Cyrillic", "el": "Greek", "fa": "Arabic", "he": "Hebrew",
    "hi": "Devanagari", "ja": "Japanese", "ko": "Hangul", "ru": "Cyrillic", "th": "Thai", "uk": "Cyrillic",
    "ur": "Arabic", "yue": "Han", "zh": "Han",
}  # fmt: skip
"""The letters of languages that are not written in Latin ones; what is not here may be written in any."""
_LATIN = frozenset(
    {"cs", "da", "de", "en", "es", "fi", "fr", "hu", "id", "it", "nl", "no", "pl", "pt", "ro", "sv", "tr", "vi"}
)
_ENGLISH = frozenset({"en", "eng"})
_FEWEST_LETTERS = 12
_TOLD = "told from the words only"


@dataclass
class Findings:
    """What was found, one line each."""

    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def refuse(self, refused: Sequence[str], *, all_of: int) -> None:
        """Add what models refuse: a problem if all of them do, else the chain goes on without those."""
        (self.problems if len(refused) == all_of else self.warnings).extend(refused)


def inspect_shot(
    number: int,
    shot: Shot,
    storyboard: Storyboard,
    recipe: Recipe,
    *,
    videos: Sequence[Entry],
    images: Sequence[Entry],
    narrator: Entry | None,
) -> Findings:
    """Hold a shot against the rules of its models and of the channel.

    Args:
        number: Of the shot, from 1.
        shot: The shot.
        storyboard: Whose characters it shows.
        recipe: Its style and banned words.
        videos: The video models of its chain that can be used.
        images: The models of its start frame that can be used.
        narrator: Who speaks its narration; `None`: nobody does.
    """
    found, name = Findings(), f"shot {number}"
    people = seen_in(shot, storyboard.characters)
    _banned(found, recipe, [(f"{name}'s {what}", text) for what, text in _texts(shot)])
    _sound(found, name, shot, videos, is_narrated=narrator is not None)
    _narration(found, name, shot, narrator)
    if not (shot.start_frame or shot.continues):
        _frame_prompt(found, name, image_request(shot, storyboard, recipe), images)
    _references(found, name, people, videos)
    _persons(found, name, shot, people, videos)
    return found


def inspect_episode(storyboard: Storyboard, recipe: Recipe, narrator: Entry | None) -> Findings:
    """Hold against the rules what concerns no single shot: title, description, characters, the narrator's language."""
    found = Findings()
    texts = [("the title", storyboard.title), ("the description", storyboard.description)]
    texts += [(f"the hashtag {tag!r}", tag) for tag in storyboard.hashtags]
    for person in storyboard.characters:
        texts.append((f"the character {person.name!r}", f"{person.name}\n{person.description}"))
    _banned(found, recipe, texts)
    for person in storyboard.characters:
        for reference in person.references:
            if not role_of(reference):
                known = ", ".join(sorted(suffix for known in SUFFIXES.values() for suffix in known))
                found.problems.append(f"{person.name}'s reference {reference!r} is no picture, clip or sound ({known})")
    _language(found, storyboard, recipe, narrator)
    return found


def banned_in(text: str, words: Sequence[str]) -> Iterator[str]:
    """Yield the banned words that a text holds: whole words, in any case; any place where a script has no spaces."""
    plain = _plain(text)
    for word in words:
        wanted = regex.escape(_plain(word).strip())
        inside = r"(?<![\p{L}\p{M}\p{N}])" + wanted + r"(?![\p{L}\p{M}\p{N}])"
        if wanted and regex.search(wanted if _UNSPACED.search(word) else inside, plain):
            yield word


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _texts(shot: Shot) -> list[tuple[str, str]]:
    parts = (("narration", shot.narration), ("dialogue", shot.dialogue), ("prompt", shot.prompt), ("style", shot.style))
    return [(what, text) for what, text in parts if text]


def _banned(found: Findings, recipe: Recipe, texts: Sequence[tuple[str, str]]) -> None:
    for place, text in texts:
        for word in banned_in(text, recipe.banned_words):
            found.problems.append(f"{place} holds {word!r}, which the channel bans (banned_words)")


def _sound(found: Findings, name: str, shot: Shot, videos: Sequence[Entry], *, is_narrated: bool) -> None:
    if shot.dialogue and not is_narrated and videos and all(entry.audio == "none" for entry in videos):
        found.warnings.append(f"{name} has dialogue, and none of its models makes sound")


def _narration(found: Findings, name: str, shot: Shot, narrator: Entry | None) -> None:
    most = narrator.prompt_characters if narrator else None
    if narrator and most is not None and len(shot.narration) > most:
        found.problems.append(
            f"{name}: {narrator.name} speaks at most {most} characters, and this narration has {len(shot.narration)}:"
            " split the shot"
        )


def _frame_prompt(found: Findings, name: str, request: ImageRequest, images: Sequence[Entry]) -> None:
    if all(entry.is_local for entry in images):
        return
    from reelwright.models.images.drawn import words_of  # noqa: PLC0415 - loads what cuts pictures

    refused = []
    for entry in images:
        try:
            if not entry.is_local:
                check_prompt(entry, words_of(request, negative=entry.negative_prompt))
        except InvalidInput as error:
            refused.append(f"{name}'s start frame: {error.message.rstrip('.')} (shorten the prompt or the style)")
    found.refuse(refused, all_of=len(images))


def _references(found: Findings, name: str, people: Sequence[Character], videos: Sequence[Entry]) -> None:
    kinds = [role_of(reference) for person in people for reference in person.references]
    for entry in videos:
        most: dict[Role, int] = {
            "image": entry.reference_images,
            "video": entry.reference_videos,
            "audio": entry.reference_audios,
        }
        for kind, limit in most.items():
            # The animatic is told of looks in words, and nothing is paid for it.
            if kinds.count(kind) > limit and not entry.is_local:
                takes = f"at most {limit}" if limit else "none"
                found.warnings.append(
                    f"{name}: its characters have {kinds.count(kind)} {_MANY[kind]}, and {entry.name} takes {takes}"
                )


def _persons(found: Findings, name: str, shot: Shot, people: Sequence[Character], videos: Sequence[Entry]) -> None:
    words = "\n".join([shot.picture, shot.dialogue, *(f"{person.name}: {person.description}" for person in people)])
    person, real = _PERSON.search(words), _REAL.search(words)
    shown = [
        one.name for one in people if any(role_of(reference) in {"image", "video"} for reference in one.references)
    ]
    for entry in videos:
        if "faces" in entry.refuses and entry.first_frame != "no" and person:
            found.warnings.append(
                f"{name}: {entry.vendor} refuses pictures with human faces, and a start frame of {person[0]!r} may show"
                f" one to {entry.name} ({_TOLD})"
            )
        if "real people" in entry.refuses and real:
            found.warnings.append(f"{name}: {entry.vendor} refuses real people, and it tells of {real[0]!r} ({_TOLD})")
        if "real people" in entry.refuses and shown and entry.reference_images + entry.reference_videos:
            found.warnings.append(
                f"{name}: {entry.vendor} refuses real people: the references of {', '.join(shown)} must show none"
                " (pictures are not looked at)"
            )


def _language(found: Findings, storyboard: Storyboard, recipe: Recipe, narrator: Entry | None) -> None:
    if narrator is None:
        return
    language, voice = storyboard.language, recipe.voice.voice
    tongue = language.lower().split("-")[0]
    if narrator.protocol == "local":
        if tongue not in _ENGLISH:
            found.problems.append(
                f"the local voice speaks English, and the script is in {language!r}:"
                " name another narrator, or set voice.narrator to none for captions without a voice"
            )
        if narrator.model and voice not in {"", narrator.model}:
            found.problems.append(f"the local narrator has no voice {voice!r}: its voice is {narrator.model!r}")
    said = "".join(shot.narration for shot in storyboard.shots)
    wanted = _LETTERS.get(tongue, "Latin" if tongue in _LATIN else "")
    letters = _letters(said)
    if wanted and letters and wanted != letters and "latn" not in language.lower():
        found.warnings.append(
            f"the script is said to be in {language!r}, and it is written in {letters} letters: {narrator.name} may"
            " read it wrongly"
        )


def _letters(text: str) -> str:
    """Return the name of the letters that more than half of a text is written in; empty if there are too few."""
    names = ("Latin", "Cyrillic", "Greek", "Arabic", "Hebrew", "Devanagari", "Hangul", "Thai", "Han")
    counts = {name: len(regex.findall(rf"\p{{{name}}}", text)) for name in names}
    kana = len(regex.findall(r"[\p{Hiragana}\p{Katakana}]", text))
    if kana:
        # Kana tell: nothing but Japanese is written with them.
        counts["Japanese"] = kana + counts.pop("Han")
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] >= _FEWEST_LETTERS and counts[best] * 2 > sum(counts.values()) else ""
