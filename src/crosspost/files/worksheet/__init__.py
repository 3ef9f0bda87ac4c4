"""A mission's open work as one TOML file: written with what a translator needs, read back with every mistake at once.

    desk ─► Sheet ─ writing ─► file ─ any editor, mail ─► reading ─► Sheet and findings ─► desk

The file carries, for each text, what it was made from and what stood there: so the desk can tell what was edited, and
what has changed meanwhile.
"""

from crosspost.files.worksheet.reading import SheetFile, parse_sheet, read_sheet
from crosspost.files.worksheet.sheet import FIGURES, Answer, Budget, Notes, Sheet, Stale, Task, mark_of
from crosspost.files.worksheet.writing import written

__all__ = [
    "FIGURES",
    "Answer",
    "Budget",
    "Notes",
    "Sheet",
    "SheetFile",
    "Stale",
    "Task",
    "mark_of",
    "parse_sheet",
    "read_sheet",
    "written",
]
