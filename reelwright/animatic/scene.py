"""From words to a scene: the place, the hour, the weather, the things in it, the colours. Pure and deterministic."""

from __future__ import annotations

import hashlib
import re
from typing import Literal, TypeVar, get_args

from reelwright.values import Value

Place = Literal["table", "hills", "sea", "city", "space", "micro", "forest"]
Hour = Literal["morning", "day", "dusk", "night"]
Weather = Literal["clear", "snow", "rain", "steam", "dust", "spark"]
Name = TypeVar("Name", bound=str)

_PLACES: dict[Place, str] = {
    "table": "kitchen table board plate oven toaster bake room desk home house inside shelf fridge refrigerator counter"
    " cafe restaurant office studio cup tea coffee eat food cook recipe breakfast school class lamp chair interior",
    "micro": "microscope molecule cell starch protein bacteria virus atom crystal crystals chain chains strand strands"
    " fibre fiber dna chemistry enzyme gluten sugar blood neuron brain inside-the microscopic particle particles",
    "space": "space planet star stars galaxy universe rocket orbit moon comet asteroid cosmos astronaut satellite mars",
    "sea": "sea ocean beach wave waves island boat ship fish whale coast water lake river sail swim dive shore",
    "city": "city street skyline tower building traffic car taxi downtown neon urban bridge train metro crowd market",
    "forest": "forest wood woods tree trees jungle leaf leaves mushroom fog mist path bear wolf deer",
    "hills": "mountain mountains hill hills field valley farm meadow desert road sky horizon village landscape volcano"
    " wheat grass country castle snow winter sunrise sunset",
}
_HOURS: dict[Hour, str] = {
    "morning": "morning dawn sunrise breakfast early fresh spring warm golden",
    "dusk": "dusk evening sunset twilight autumn golden-hour late amber",
    "night": "night midnight dark moon moonlight stars neon dream sleep candle freezing",
    "day": "day noon sun sunny bright summer blue light",
}
_WEATHERS: dict[Weather, str] = {
    "snow": "snow snowing winter freezing frost blizzard",
    "rain": "rain raining storm drizzle wet",
    "steam": "steam hot boil boiling toast warm tea coffee soup heat oven bake fog mist",
    "spark": "glow glowing magic spark fire firefly stars ember crystal crystals electric",
}
SUBJECTS: dict[str, str] = {
    "loaf": "loaf bread bakery dough crumb baguette",
    "slice": "slice toast sandwich",
    "toaster": "toaster",
    "cup": "cup mug coffee tea cocoa",
    "plate": "plate dish bowl",
    "fridge": "fridge refrigerator freezer",
    "bottle": "bottle milk wine water-bottle juice",
    "flask": "flask chemistry laboratory lab experiment science",
    "book": "book books read library study story page",
    "plant": "plant pot seed sprout garden houseplant grow",
    "flower": "flower flowers rose tulip bloom",
    "candle": "candle candles",
    "fire": "fire flame campfire",
    "lamp": "lamp idea lightbulb",
    "clock": "clock time hour watch minute minutes history",
    "apple": "apple fruit cherry tomato",
    "egg": "egg eggs",
    "tree": "tree oak pine forest trees",
    "house": "house home cottage village farm cabin",
    "castle": "castle fortress king queen kingdom",
    "boat": "boat ship sail sailing fishing",
    "fish": "fish shark whale dolphin",
    "bird": "bird birds seagull crow eagle",
    "cat": "cat kitten fox",
    "person": "person man woman people human child girl boy scientist hero teacher baker chef you",
    "rocket": "rocket spaceship launch",
    "planet": "planet mars earth moon globe world saturn",
    "car": "car taxi drive traffic",
    "phone": "phone smartphone app screen mobile",
    "coin": "coin coins money gold price dollar budget",
    "heart": "heart love health",
    "chain": "chain chains strand strands molecule molecules starch protein dna fibre gluten",
    "crystal": "crystal crystals ice diamond salt frost sugar gem",
    "mountain": "mountain mountains volcano peak summit",
}
_COLOURS = {
    "red": "#c8413b",
    "orange": "#e0812f",
    "amber": "#dd9a35",
    "golden": "#dba642",
    "gold": "#dba642",
    "yellow": "#e8c547",
    "green": "#5f9a5a",
    "teal": "#2f8f8a",
    "blue": "#3f74b5",
    "purple": "#7a57a8",
    "violet": "#7a57a8",
    "pink": "#d77a9c",
    "brown": "#8a5a3a",
    "white": "#e9e6df",
    "black": "#1c1c24",
    "grey": "#80858c",
    "gray": "#80858c",
    "silver": "#aab2bb",
}


class Scene(Value):
    """What is painted. The same scene at the same size is the same picture, byte for byte."""

    place: Place
    hour: Hour
    weather: Weather
    subjects: tuple[str, ...]
    """The things in the picture, most important first; names of `SUBJECTS`."""
    palette: tuple[str, ...]
    """Colours (`#rrggbb`) that lead; empty: the hour's own."""
    seed: int


def scene_for(prompt: str, *, style: str = "", palette: tuple[str, ...] = (), seed: int | None = None) -> Scene:
    """Choose a scene from what `prompt` names; words that say nothing to it choose by their hash, so shots differ."""
    words = _words(prompt)
    number = _number(prompt, style, seed)
    counted = {word: index for index, word in reversed(list(enumerate(words)))}
    place = _best(_PLACES, counted) or get_args(Place)[number % 7]
    hour = _best(_HOURS, {**dict.fromkeys(_words(style), 99), **counted}) or get_args(Hour)[number // 7 % 4]
    weather = _best(_WEATHERS, counted) or ("spark" if place in {"space", "micro"} else "dust")
    found = sorted(
        (min(counted[word] for word in names.split() if word in counted), subject)
        for subject, names in SUBJECTS.items()
        if any(word in counted for word in names.split())
    )
    # In the hills the mountains stand behind everything; they are no thing on the meadow.
    subjects = tuple(subject for _, subject in found if not (place == "hills" and subject == "mountain"))[:3] or (
        _filler(place, number),
    )
    colours = tuple(dict.fromkeys(_COLOURS[word] for word in words if word in _COLOURS))[:2]
    return Scene(
        place=place, hour=hour, weather=weather, subjects=subjects, palette=palette or colours, seed=number % 2**31
    )


def _words(text: str) -> list[str]:
    plain = re.findall(r"[a-z]+", text.lower())
    # A word counts with and without its ending: crystals, crystal; freezing, freez(e).
    return [form for word in plain for form in dict.fromkeys((word, word.removesuffix("s"), word.removesuffix("es")))]


def _number(prompt: str, style: str, seed: int | None) -> int:
    digest = hashlib.sha256(f"{prompt}\n{style}\n{seed}".encode()).digest()
    return int.from_bytes(digest[:6])


def _best(lexicon: dict[Name, str], counted: dict[str, int]) -> Name | None:
    """Return the entry with the most words said; of equals, the one said first."""
    scores = {}
    for name, text in lexicon.items():
        hits = [counted[word] for word in text.split() if word in counted]
        if hits:
            scores[name] = (-len(hits), min(hits))
    return min(scores, key=lambda name: scores[name]) if scores else None


def _filler(place: Place, number: int) -> str:
    choices = {
        "table": ("cup", "book", "plant", "lamp", "clock"),
        "hills": ("tree", "house", "bird"),
        "sea": ("boat", "bird", "fish"),
        "city": ("car", "person", "bird"),
        "space": ("planet", "rocket"),
        "micro": ("chain", "crystal"),
        "forest": ("tree", "cat", "house"),
    }[place]
    return choices[number // 28 % len(choices)]
