"""Calendars: when a mission is closed, by its weekend, the public holidays of two countries, and its own word."""

from crosspost.calendars.calendar import Calendar, OwnDay
from crosspost.calendars.closed import Because, Day, Source
from crosspost.calendars.holidays import Holiday, holiday
from crosspost.calendars.weekends import Weekend, weekend, weekend_of

__all__ = ["Because", "Calendar", "Day", "Holiday", "OwnDay", "Source", "Weekend", "holiday", "weekend", "weekend_of"]
