"""A mission's open work, given out as one file and taken back.

export: what the mission may localise ─ exporting ─► Sheet
import: Sheet ─ judging ─► steps and findings ─ importing ─► one commit, or none
"""

from crosspost.desk.worksheet.exporting import HORIZON, sheet
from crosspost.desk.worksheet.importing import Prospect, commit, prospect
from crosspost.desk.worksheet.judging import Step

__all__ = ["HORIZON", "Prospect", "Step", "commit", "prospect", "sheet"]
