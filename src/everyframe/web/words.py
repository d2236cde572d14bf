"""Every sentence that the server's pages show, in one place, ready to be translated. The scripts have ``strings.js``."""

from typing import Final

from everyframe.model.states import State
from everyframe.web.words_screens import SCREEN_WORDS

__all__ = ["SHOW_WORDS", "STATE_WORDS", "WORDS"]

WORDS: Final[dict[str, str]] = {
    "product": "Everyframe",
    "case": "Case",
    "review": "Review",
    "warnings": "Warnings",
    "help": "Keys and rules",
    "lock": "Lock now",
    "theme": "Light or dark",
    "skip": "Skip to the content",
    "account": "The account",
    "account_says": "Every file that was recovered is in exactly one state.",
    "balanced": "Balances: the states add up to what was listed.",
    "unbalanced": "Does not balance: do not rely on these figures, and find out why.",
    "incomplete": "A source is not listed to its end yet.",
    "state": "State",
    "means": "What it says",
    "files": "Files",
    "media": "Unique media",
    "bytes": "Size",
    "total": "In all",
    "whole_case": "The whole case",
    "remaining": "left to look at",
    "files_remaining": "files remaining",
    "start": "Go on looking",
    "see_all": "See everything",
    "accounted": "of the files accounted for",
    "files_listed": "files listed",
    "unique_media": "unique media",
    "exhibits": "Exhibits",
    "exhibit": "Exhibit",
    "source": "Source",
    "source_state": "Listing",
    "source_listing": "being listed",
    "source_listed": "listed, being taken in",
    "source_done": "taken in",
    "no_exhibits": "No exhibit has been taken in yet. In a terminal: everyframe intake CASE SOURCE --exhibit REFERENCE",
    "intake_runs": "Intake is running",
    "intake_left": "things left to do",
    "no_warnings": "Nothing was met that could not be read.",
    "warnings_say": "What could not be read, decoded or finished, with the reason.",
    "code": "Kind",
    "count": "Number",
    "reason": "Reason",
    "file": "File",
    "all_kinds": "All kinds",
    "next_page": "Next page",
    "first_page": "First page",
    "show_media": "Show",
    "scheme": "Category scheme",
    "created": "Created",
    "organization": "Organisation",
    "open_title": "Opening the case",
    "opening": "Opening the case …",
    "open_failed": "This link was used before or is not for this server. The terminal shows the newest link.",
    "locked_title": "Locked",
    "locked": "Locked. Open the newest link that the terminal shows.",
    "locked_why": "The screen locks after 15 minutes without activity, and each link works once.",
    "failed": "Something went wrong inside Everyframe. The terminal has the details.",
    "cross_site": "This request did not come from an Everyframe page. Paste the link into the address bar yourself.",
    "wrong_host": "This address is not served here.",
    "unknown_page": "There is no such page.",
    "rules": "What counts as a look",
    "rule_says": (
        "A picture counts as looked at when it was unblurred, at least half of it on screen in a window that is in "
        "front, drawn at least {side} pixels on its longer side, without interruption for at least {ms} milliseconds, "
        "or {per} milliseconds for each picture that was unblurred on screen at once, whichever is longer. Films, "
        "animations and documents count only in the viewer, where their frames are shown."
    ),
    "rule_decision": "A decision can be made on a blurred picture, too; it is stored, but it makes no look.",
    "keys": "Keys",
    "noscript": "The review needs the scripts that this page brings along; nothing is loaded from elsewhere.",
    **SCREEN_WORDS,
}

STATE_WORDS: Final[dict[State, tuple[str, str]]] = {
    State.PENDING: ("Pending", "listed, not opened yet"),
    State.NOT_MEDIA: ("Not media", "opened, neither picture nor film"),
    State.UNREADABLE: ("Unreadable", "could not be read or decoded; see the warnings"),
    State.EXCLUDED: ("Excluded", "set aside by a person, with the reason"),
    State.KNOWN: ("Known", "in a known set"),
    State.LOOKED: ("Looked at", "a person saw it"),
    State.DUPLICATE_OF_LOOKED: ("Same as looked at", "the same bytes as one that a person saw"),
    State.STACKED_UNDER_LOOKED: ("Folded under looked at", "shows the same as one that a person saw"),
    State.REMAINING: ("Remaining", "nobody has seen it yet"),
}

SHOW_WORDS: Final[dict[str, str]] = {
    "all": "All",
    "remaining": "Remaining",
    "looked": "Looked at",
    "undecided": "Undecided",
    "decided": "Decided",
    "video": "Films",
    "damaged": "Damaged",
    "differs": "Thumbnail differs",
    "listing": "As listed",
    "largest": "Largest first",
    "newest": "Newest first",
    "nearest": "Most alike first",
}
