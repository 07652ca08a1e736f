"""The report of an episode: one HTML file beside the video that explains how it was made, and opens from disk."""

from reelwright.report.page import Pictures, render
from reelwright.report.writing import REPORT, write_report

__all__ = ["REPORT", "Pictures", "render", "write_report"]
