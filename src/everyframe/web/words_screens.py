"""The sentences of the workbench's screens; part of ``words``."""

from typing import Final

__all__ = ["SCREEN_WORDS"]

SCREEN_WORDS: Final[dict[str, str]] = {
    "queue": "Queue",
    "folders": "Folders",
    "timeline": "Timeline",
    "places": "Places",
    "similar": "Similar",
    "clues": "Clues",
    "settings": "Settings",
    "compare": "Compare",
    "menu": "Screens",
    "queue_says": "What belongs together, in the order in which it is best looked at. Nothing is left out.",
    "folders_says": "Files that can be shown, by the folder they were found in: looked at, and decided.",
    "timeline_says": "When: by one clock at a time. Drag over bars, or press Enter on them, to see what they hold.",
    "places_says": "Where: positions that the files themselves record. The outlines come with Everyframe; nothing is fetched.",
    "similar_says": "Search the case by a picture of yours. It is decoded in a process of its own and not kept.",
    "clues_says": "Rectangles that somebody drew on pictures, each with its own crop.",
    "settings_says": "Language, light and keys, kept in this browser.",
    "accept": "Accept",
    "accept_note": "Why this is accepted",
    "accepted": "Accepted",
    "reopen": "Reopen",
    "retry": "Read again",
    "retry_again": "the same way",
    "retry_decoder": "with another decoder",
    "retry_limits": "with larger limits",
    "retry_waits": "Waits to be read again",
    "retry_later": "Another run has the case; when it ends, this is read again.",
    "retry_shown": "can be looked at now",
    "retry_beside": "another decoder shows it too",
    "retry_read": "was read",
    "retry_more": "gave further members",
    "retry_failed": "still could not be read",
    "retry_differs": "is not what was taken in",
}
