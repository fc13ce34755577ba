"""The start page: what was open lately, what was not saved, and templates to begin from."""

from app.start.page import StartPage

__all__ = ["StartPage"]
