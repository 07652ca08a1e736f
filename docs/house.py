# ruff: noqa: INP001 - a script, not a package
"""Draws the house: the rooms of the code, floor by floor, and who imports whom, as the code does it today.

    .venv/bin/python docs/house.py    # writes docs/pages/pictures/house.svg

The plan below says which files make a room and on which floor it stands; the arrows are read from the imports. A file
that no room has is an error, and so the plan stays whole. `tests/test_house.py` fails when the picture is not that of
the code.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from itertools import pairwise
from pathlib import Path

import grimp

PICTURE = Path(__file__).parent / "pages" / "pictures" / "house.svg"
PACKAGES = ("flows", "tasks", "blocks", "reelwright")
DOOR = "reelwright"
"""The package's own file: it knows the public names and loads none, and is asked for the version."""


@dataclass(frozen=True)
class Room:
    """A part of the house."""

    name: str
    says: tuple[str, ...]
    """What is done there: the lines below the name."""
    left: int
    width: int
    """Where it stands, in units of the picture."""
    files: tuple[str, ...]
    """Its modules and packages. A file goes to the room that names it most closely."""


def core(name: str, says: str, left: int, width: int, files: str) -> Room:
    """Return a room of the core: its lines divided by `|`, its files by spaces and told from `reelwright` on."""
    return Room(name, tuple(says.split("|")), left, width, tuple(f"reelwright.{file}" for file in files.split()))


# A file may stand in another room than its folder says. A contract stands below all who keep it or ask for it, and what
# a worker process is told stands above what it does then.
HOUSE: tuple[tuple[Room, ...], ...] = (
    (Room("flows/", ("what runs: an episode, a series, a publication; the command line",), 16, 728, ("flows",)),),
    (Room("tasks/", ("a thin skin of Prefect over one call: names, retries, artifacts",), 16, 728, ("tasks",)),),
    (Room("blocks/", ("what a person stores in Prefect:", "keys, a vault, channels"), 504, 240, ("blocks",)),),
    (
        core("report/", "a page that tells|of an episode", 30, 146, "report"),
        core("alerts, cleaning", "a person is called,|old bytes go", 186, 158, "alerts cleaning shelves"),
        core("series/", "topics, slots,|a budget a day", 354, 140, "series"),
        core("testing/", "suites and strict|servers for parts", 504, 148, "testing"),
    ),
    (
        core(
            "stages/",
            "script, frames, shots, sound, segments, episode:|each finds its work again, or does it",
            216, 348, "stages disclosure",
        ),
    ),
    (
        core(
            "takes/",
            "one attempt of one model:|started, collected, paid once",
            144, 224, "takes checks.picture_twins",
        ),
        core(
            "plan, preflight, asking",
            "what models are asked, priced|and refused before money is spent",
            384, 260, "plan plan_files preflight further asking own_parts",
        ),
    ),
    (
        core("studio", "what stages work with:|models, vault, workers", 30, 180, "studio"),
        core("publishing/", "one file a kind of channel;|the outbox: posted once", 294, 206, "publishing"),
    ),
    (
        core("models/, catalogue", "one file a vendor; limits,|prices, end dates", 114, 222, "models catalogue"),
        core("ledger/", "claims, tickets,|charges, posts", 414, 144, "ledger"),
    ),
    (
        core(
            "media/jobs, media/mix",
            "what a worker process is told,|and the sound of an episode",
            114, 250, "media.jobs media.shot_jobs media.worker media.mix report.look report.pictures",
        ),
    ),
    (
        core("checks/", "whether a clip, a voice|is good enough", 30, 180, "checks"),
        core("animatic/", "draws and moves pictures:|free, and the same each time", 228, 222, "animatic"),
        core("script/, references", "reads every source,|and the files beside it", 534, 190, "script references"),
    ),
    (core("media/", "ffmpeg: probe, fit, caption, mix, stitch;|a frame is encoded once", 114, 336, "media"),),
    (
        core(
            "vault, settings, workers",
            "bytes by SHA-256, in a folder or in s3/;|the environment; processes for heavy work",
            30, 320, "vault vault_s3 vault_cache s3 settings workers certificate finished",
        ),
        core(
            "storyboard, recipe, contracts",
            "what is made, and how; what a channel,|a video model and a check must be",
            366, 364,
            "storyboard recipe transition overlays effects fit timing editing credentials"
            " publishing.contract publishing.rules publishing.rendition publishing.token_store"
            " models.video.contract models.transcribers.languages models.remote.addresses checks.picture_values",
        ),
    ),
    (
        core(
            "values, errors",
            "an asset, an amount, a moment; everything that can go wrong, and what to do next",
            30, 700, "values explained choices shipped validation canonical alike errors plugins installing lazy",
        ),
    ),
)  # fmt: skip
FLOOR = {room.name: number for number, floor in enumerate(HOUSE) for room in floor}
ROOM = {room.name: room for floor in HOUSE for room in floor}


# The graph


def room_of(module: str) -> str:
    """Return the room that names a module, or a package above it, most closely.

    Raises:
        LookupError: none does.
    """
    rooms = {file: room.name for room in ROOM.values() for file in room.files}
    above = module
    while above:
        if above in rooms:
            return rooms[above]
        above = above.rpartition(".")[0]
    message = f"{module} has no room: give it one in HOUSE of docs/house.py"
    raise LookupError(message)


@cache
def imports() -> Mapping[tuple[str, str], Sequence[str]]:
    """Return, for two rooms of which one uses the other, the imports: `importer → imported`, deferred ones too."""
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    found = defaultdict(list)
    for module in sorted(graph.modules - {DOOR}):
        for imported in sorted(graph.find_modules_directly_imported_by(module) - {DOOR}):
            ends = room_of(module), room_of(imported)
            if ends[0] != ends[1]:
                found[ends].append(f"{module} → {imported}")
    return dict(sorted(found.items(), key=lambda item: [list(ROOM).index(end) for end in item[0]]))


def upward(arrows: Mapping[tuple[str, str], Sequence[str]]) -> dict[tuple[str, str], Sequence[str]]:
    """Return the arrows that do not lead to a floor below."""
    return {ends: told for ends, told in arrows.items() if FLOOR[ends[0]] >= FLOOR[ends[1]]}


def needed(arrows: Mapping[tuple[str, str], Sequence[str]]) -> list[tuple[str, str]]:
    """Return the arrows down that do not follow from others: whoever uses `a`, which uses `b`, may use `b`."""
    below: dict[str, set[str]] = {name: set() for name in ROOM}
    down = [ends for ends in arrows if ends not in upward(arrows)]
    kept = []
    for user, used in sorted(down, key=lambda ends: (-FLOOR[ends[0]], FLOOR[ends[1]])):
        if used not in below[user]:
            kept.append((user, used))
        below[user] |= {used, *below[used]}
    return sorted(kept, key=lambda ends: (FLOOR[ends[0]] - FLOOR[ends[1]], *ends))


# The picture, in units: 760 are as wide as a page of the documentation

WIDTH, HIGH, GAP, MARGIN, STEP = 760, 56, 30, 16, 6
HEADING = 32
"""What the core's own heading takes, above its first floor."""
LEGEND = "An arrow means “imports”. An arrow that follows from others is left out."
CORE_SAYS = "the core: no Prefect"
CORE = 3
"""The first floor of the core."""

STYLE = """
svg{--ground:#fbfdfc;--core:#eef6f4;--room:#fff;--skin:#d9ece8;--line:#2c7a74;--ink:#12302e;--soft:#3d5957;--up:#c5221f}
@media(prefers-color-scheme:dark){
svg{--ground:#171c1f;--core:#1e2629;--room:#28343a;--skin:#21473f;--line:#6fb9b0;--ink:#e8f2f0;--soft:#b4c8c5;--up:#ff8a80}}
text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",sans-serif;fill:var(--ink)}
.t{font-size:15px;font-weight:600}.s{font-size:13px;font-weight:400;fill:var(--soft)}
.ground{fill:var(--ground)}.core{fill:var(--core);stroke:var(--line);stroke-width:1}
.room{fill:var(--room);stroke:var(--line);stroke-width:1.2}.skin{fill:var(--skin)}
.a{stroke:var(--line);stroke-width:1.6;fill:none;marker-end:url(#down)}
.u{stroke:var(--up);stroke-width:2.4;fill:none;marker-end:url(#up)}.tip{fill:var(--line)}.tip.up{fill:var(--up)}
"""


def top(floor: int) -> int:
    """Return where a floor begins."""
    return MARGIN + floor * (HIGH + GAP) + (HEADING if floor >= CORE else 0)


def gaps(floor: int) -> Iterator[tuple[int, int]]:
    """Yield where an arrow may pass a floor: from, to."""
    at = MARGIN + 8
    for room in sorted(HOUSE[floor], key=lambda room: room.left):
        yield at, room.left - 8
        at = room.left + room.width + 8
    yield at, WIDTH - MARGIN - 8


class Lanes:
    """Where arrows already go, so that the next one keeps its distance."""

    def __init__(self) -> None:
        self.taken: dict[tuple[int, str], list[int]] = defaultdict(list)

    def cost(self, key: tuple[int, str], at: int, middle: float) -> float:
        """Return how unwelcome a place is: far from the middle, or near another arrow."""
        return 0.12 * abs(at - middle) + sum(400 for other in self.taken[key] if abs(other - at) < 4 * STEP)

    def stops(self, user: Room, used: Room) -> list[tuple[tuple[int, str], dict[int, float]]]:
        """Return what an arrow passes, from its start to its end, and what each place there costs."""
        ends = FLOOR[user.name], FLOOR[used.name]
        found = [((ends[0], "out"), self._places((ends[0], "out"), [(user.left, user.left + user.width)]))]
        found += [
            ((floor, "past"), self._places((floor, "past"), gaps(floor))) for floor in range(ends[0] + 1, ends[1])
        ]
        return [*found, ((ends[1], "in"), self._places((ends[1], "in"), [(used.left, used.left + used.width)]))]

    def _places(
        self, key: tuple[int, str], parts: Sequence[tuple[int, int]] | Iterator[tuple[int, int]]
    ) -> dict[int, float]:
        inset = 4 if key[1] == "past" else 18
        return {
            at: self.cost(key, at, (start + end) / 2)
            for start, end in parts
            for at in range(-(-(start + inset) // STEP) * STEP, end - inset + 1, STEP)
        }

    def through(self, user: Room, used: Room) -> list[int]:
        """Choose the way from one room to another that bends least, and keep it."""
        stops = self.stops(user, used)
        ways: dict[int, tuple[float, list[int]]] = {at: (cost, [at]) for at, cost in stops[0][1].items()}
        for _, places in stops[1:]:
            ways = {
                at: min((so_far + abs(at - before) + cost, [*way, at]) for before, (so_far, way) in ways.items())
                for at, cost in places.items()
            }
        _, way = min(ways.values())
        for (key, _), at in zip(stops, way, strict=True):
            self.taken[key].append(at)
        return way


def drawn_down(lanes: Lanes, user: str, used: str) -> str:
    """Return an arrow to a floor below, past the rooms of the floors between."""
    way = lanes.through(ROOM[user], ROOM[used])
    first = FLOOR[user]
    path = f"M{way[0]} {top(first) + HIGH}"
    for floor, (before, at) in enumerate(pairwise(way), first + 1):
        start, end = top(floor - 1) + HIGH, top(floor) - (2 if floor == FLOOR[used] else 0)
        middle = (start + end) // 2
        path += f"V{end}" if before == at else f"C{before} {middle} {at} {middle} {at} {end}"
        path += f"V{top(floor) + HIGH}" if floor != FLOOR[used] else ""
    return f'<path class="a" d="{path}"/>'


def drawn_up(number: int, user: str, used: str) -> str:
    """Return an arrow to the same floor or one above: red, and round the house."""
    start, end = ROOM[user], ROOM[used]
    out, back = top(FLOOR[user]) + HIGH // 2, top(FLOOR[used]) + HIGH // 2
    edge = WIDTH - 6 - 5 * number
    return (
        f'<path class="u" d="M{start.left + start.width} {out}'
        f'C{edge} {out} {edge} {out} {edge} {(out + back) // 2}S{edge} {back} {end.left + end.width + 2} {back}"/>'
    )


def drawn_room(room: Room) -> str:
    """Return a room: its name, and what is done there."""
    y = top(FLOOR[room.name])
    kind = "room skin" if FLOOR[room.name] < CORE else "room"
    first = y + (18 if len(room.says) > 1 else 24)
    lines = "".join(
        f'<text class="s" x="{room.left + 12}" y="{first + 16 + 15 * number}">{escape(line)}</text>'
        for number, line in enumerate(room.says)
    )
    return (
        f'<rect class="{kind}" x="{room.left}" y="{y}" width="{room.width}" height="{HIGH}" rx="7"/>'
        f'<text class="t" x="{room.left + 12}" y="{first}">{escape(room.name)}</text>{lines}'
    )


def told(arrows: Mapping[tuple[str, str], Sequence[str]]) -> str:
    """Return who uses whom in words, every arrow of it, for who hears the picture."""
    uses = defaultdict(list)
    for user, used in arrows:
        uses[user].append(used)
    return " ".join(f"{user} uses {'; '.join(used)}." for user, used in uses.items())


def drawn(arrows: Mapping[tuple[str, str], Sequence[str]]) -> str:
    """Return the picture of a house with these arrows."""
    high = top(len(HOUSE)) - GAP + 2 * MARGIN + 20
    frame = top(CORE) - HEADING - 6
    lanes = Lanes()
    tip = '<marker id="{0}" markerWidth="8" markerHeight="8" refX="6.5" refY="4" orient="auto" markerUnits='
    tip += '"userSpaceOnUse"><path class="tip {0}" d="M0 0L8 4L0 8z"/></marker>'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {high}" role="img" aria-labelledby="t d">',
        f'<title id="t">The house</title><desc id="d">{escape(told(arrows))}</desc><style>{STYLE}</style><defs>',
        *(tip.format(name) for name in ("down", "up")),
        f'</defs><rect class="ground" width="{WIDTH}" height="{high}" rx="10"/>',
        f'<rect class="core" x="{MARGIN}" y="{frame}" width="{WIDTH - 2 * MARGIN}"',
        f' height="{high - frame - MARGIN - 20}" rx="9"/>',
        *(drawn_down(lanes, *ends) for ends in needed(arrows)),
        *(drawn_room(room) for room in ROOM.values()),
        *(drawn_up(number, *ends) for number, ends in enumerate(upward(arrows))),
        f'<text class="t" x="420" y="{frame + 23}">reelwright/<tspan class="s" dx="8">{CORE_SAYS}</tspan></text>',
        f'<text class="s" x="{MARGIN + 12}" y="{high - 13}">{LEGEND}</text></svg>',
    ]
    return "\n".join(parts) + "\n"


def main() -> None:
    """Draw the house of today's code, and name what leads upwards."""
    PICTURE.write_text(drawn(imports()), "utf-8")
    for lines in upward(imports()).values():
        sys.stderr.write("".join(f"upwards: {line}\n" for line in lines))


if __name__ == "__main__":
    main()
