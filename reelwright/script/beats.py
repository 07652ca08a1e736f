"""What a script in prose says and shows, in order, before it is shots."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Script:
    """A script as it is read: the title, and one beat a paragraph: what is said, what is seen meanwhile."""

    title: str = ""
    title_line: int = 1
    """The line (from 1) of the title in the text that was read."""
    picture: str = ""
    """A picture that still waits for its paragraph."""
    beats: list[tuple[str, str]] = field(default_factory=list)

    def say(self, text: str) -> None:
        """Add a paragraph; the waiting picture is seen with it."""
        if text:
            self.beats.append((text, self.picture))
            self.picture = ""

    def show(self, text: str) -> None:
        """Add to the picture of the next paragraph."""
        self.picture = f"{self.picture} {text}".strip()

    def end(self) -> None:
        """Make a picture that no paragraph followed a beat of its own: seen in silence."""
        if self.picture:
            self.beats.append(("", self.picture))
            self.picture = ""
