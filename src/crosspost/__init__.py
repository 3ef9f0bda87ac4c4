"""crosspost publishes what a foreign ministry has to say: localised by every mission, on time, exactly once."""

__version__ = "0.1.0"
