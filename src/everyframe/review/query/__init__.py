"""The query language of the review: read, checked, written back; carried out by ``store.filters``."""

from everyframe.review.query.fields import FIELDS, Field
from everyframe.review.query.parser import chips, parse
from everyframe.review.query.view import view_of
from everyframe.review.query.writer import write

__all__ = ["FIELDS", "Field", "chips", "parse", "view_of", "write"]
