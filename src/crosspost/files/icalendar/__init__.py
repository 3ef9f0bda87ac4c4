"""Calendars as other programs read them: iCalendar (RFC 5545), written line by line, however many events there are.

Written by hand, since programs take less than the standard offers: Outlook knows a zone only by one yearly rule for
each of its two clocks, and passes over lists of dates, which is what libraries make of a zone. Source: MS-STANOICAL,
2.2.47.
"""

from crosspost.files.icalendar.writing import Event, Heading, Status, written, years_of

__all__ = ["Event", "Heading", "Status", "written", "years_of"]
