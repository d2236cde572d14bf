"""Helpers for tests of units that extend or validate Everyframe."""
