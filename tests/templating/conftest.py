"""A few missions, and facts of every kind."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

import pytest

from crosspost.domain.network import Mission


@pytest.fixture
def tokyo() -> Mission:
    return Mission("amb-jp-tokyo", "asia", "embassy", "Tokyo", "JP", "Asia/Tokyo")


@pytest.fixture
def facts() -> Mapping[str, object]:
    return {
        "deadline": date(2027, 3, 6),
        "opens": datetime.fromisoformat("2027-03-06T18:05"),
        "seats": Decimal("1234567.5"),
        "who": "Claire",
    }
