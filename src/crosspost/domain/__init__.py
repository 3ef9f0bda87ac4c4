"""Nouns and pure rules: plain frozen values, without input or output, clock, or SQL."""
