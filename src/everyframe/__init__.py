"""Everyframe: a workbench for victim identification."""

from importlib.metadata import version

__all__ = ["__version__"]

__version__ = version("everyframe")
