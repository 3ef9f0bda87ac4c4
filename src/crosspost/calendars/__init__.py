"""Calendars: when a mission is closed, by its weekend, the public holidays of two countries, and its own word."""

from crosspost.calendars.calendar import Calendar, OwnDay
from crosspost.calendars.holidays import Holiday, holiday
from crosspost.calendars.weekends import weekend

__all__ = ["Calendar", "Holiday", "OwnDay", "holiday", "weekend"]
