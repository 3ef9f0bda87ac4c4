"""What the tests of the domain share: the network that is shipped."""

from __future__ import annotations

import csv
import io

import pytest

from crosspost.domain.network import Mission, Network
from crosspost.shipped import shipped


@pytest.fixture(scope="session")
def shipped_network() -> Network:
    """The missions of the shipped network, read as plainly as can be."""
    rows = csv.DictReader(io.StringIO(shipped("network.csv").read_text("utf-8")))
    missions = [
        Mission(
            row["mission_id"],
            row["parent"],
            row["kind"],
            row["city"],
            row["country"],
            row["timezone"],
            tuple(row["languages"].split(";")) if row["languages"] else (),
        )
        for row in rows
    ]
    return Network({mission.id: mission for mission in missions}, {})
