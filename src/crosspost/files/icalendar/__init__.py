"""Calendars as other programs read them: iCalendar (RFC 5545), a component at a time, however many events there are.

The library icalendar says how a component is written. Which rules a zone is said by is decided here: Outlook knows a
zone only by one yearly rule for each of its two clocks, and passes over lists of dates, which is what the library makes
of a zone. Source: MS-STANOICAL, 2.2.47.
"""

from crosspost.files.icalendar.writing import Event, Heading, Status, written, years_of

__all__ = ["Event", "Heading", "Status", "written", "years_of"]
