"""Every error that Everyframe raises on purpose, with the exit code a script sees.

::

    EveryframeError                 2   something asked for could not be done
     ├─ UsageError                  2   the request itself is off
     │   └─ QueryError             40   a query cannot be understood
     ├─ CaseError                   3   the case directory cannot be used
     │   ├─ CaseExists              4   a case stands there already
     │   ├─ CaseMissing             5   no case stands there
     │   ├─ CaseInUse               6   another process holds this seat of the case
     │   └─ CaseTooNew              7   made by a later version of Everyframe
     ├─ SchemeError                 8   a category scheme file is missing or wrong
     ├─ ExhibitError                9   the exhibit or its source cannot be used
     │   └─ SourceKnown            10   this source was taken in before
     ├─ EvidenceError              11   bytes of the evidence could not be read
     ├─ AccountError               12   the account does not balance
     ├─ VerificationError          13   the audit or the stored data do not verify
     ├─ DecisionError              14   a look or decision was refused
     ├─ SelfTestError              15   this machine gives wrong known answers
     │   └─ MissedMatchError       30   a planted known hit was not found
     ├─ WorkerError                16   workers cannot be started or kept alive
     ├─ OrderError                 17   a file that says how to order is wrong, or a model gave no answer
     └─ NearestIndexError          31   an index for nearest look-up is missing or damaged

Exit codes: 0 all is well; 1 done, with Warnings stored; 2 error; 3-99 the errors above; 100-127 specific warnings (100:
intake stopped on request, the same command goes on); 128+N ended by signal N.
"""

__all__ = [
    "EXIT_STOPPED",
    "EXIT_WARNINGS",
    "AccountError",
    "CaseError",
    "CaseExists",
    "CaseInUse",
    "CaseMissing",
    "CaseTooNew",
    "DecisionError",
    "EveryframeError",
    "EvidenceError",
    "ExhibitError",
    "MissedMatchError",
    "NearestIndexError",
    "OrderError",
    "QueryError",
    "SchemeError",
    "SelfTestError",
    "SourceKnown",
    "UsageError",
    "VerificationError",
    "WorkerError",
]

EXIT_WARNINGS = 1
EXIT_STOPPED = 100


class EveryframeError(Exception):
    """Report that something asked for could not be done.

    The message is written for the person at the keyboard: what is wrong and what to do. ``traceback`` says whether the
    command line may show where it was raised.
    """

    exit_code = 2
    traceback = False


class UsageError(EveryframeError):
    """Report a request that contradicts itself or names something that does not exist."""

    exit_code = 2


class QueryError(UsageError):
    """Report a query that cannot be understood.

    Args:
        message: what is wrong with it.
        at: the place of the letter where that begins, from 0; none where it has no place.
    """

    exit_code = 40

    def __init__(self, message: str, at: int | None = None) -> None:
        super().__init__(message if at is None else f"at letter {at + 1}: {message}")
        self.message = message
        self.at = at or 0


class CaseError(EveryframeError):
    """Report a case directory that cannot be used."""

    exit_code = 3


class CaseExists(CaseError):  # noqa: N818 - reads as the fact it states
    """Report that a case stands there already."""

    exit_code = 4


class CaseMissing(CaseError):  # noqa: N818 - reads as the fact it states
    """Report that no case stands there."""

    exit_code = 5


class CaseInUse(CaseError):  # noqa: N818 - reads as the fact it states
    """Report that another process holds the same seat of the case."""

    exit_code = 6


class CaseTooNew(CaseError):  # noqa: N818 - reads as the fact it states
    """Report a case made by a later version of Everyframe."""

    exit_code = 7


class SchemeError(EveryframeError):
    """Report a category scheme that is missing or wrong."""

    exit_code = 8


class ExhibitError(EveryframeError):
    """Report an exhibit, or its source, that cannot be used."""

    exit_code = 9


class SourceKnown(ExhibitError):  # noqa: N818 - reads as the fact it states
    """Report a source that was taken in before."""

    exit_code = 10


class EvidenceError(EveryframeError):
    """Report bytes of the evidence that could not be read; becomes a stored Warning.

    Args:
        message: what could not be read, and why.
        code: the Warning code under which it is stored.
    """

    exit_code = 11

    def __init__(self, message: str, code: str = "unreadable-file") -> None:
        super().__init__(message)
        self.code = code


class AccountError(EveryframeError):
    """Report an account that does not balance."""

    exit_code = 12


class VerificationError(EveryframeError):
    """Report an audit record or stored data that do not verify."""

    exit_code = 13


class DecisionError(EveryframeError):
    """Report a look or decision that was refused."""

    exit_code = 14


class SelfTestError(EveryframeError):
    """Report that this machine gives wrong known answers; nothing is taken in on it."""

    exit_code = 15
    traceback = True


class MissedMatchError(SelfTestError):
    """Report a planted known hit that matching did not find; what it found is not to be relied on."""

    exit_code = 30


class WorkerError(EveryframeError):
    """Report that workers cannot be started or kept alive."""

    exit_code = 16
    traceback = True


class OrderError(EveryframeError):
    """Report a file of weights or a model's manifest that is wrong, or a model that gave no usable answer."""

    exit_code = 17


class NearestIndexError(EveryframeError):
    """Report an index for nearest look-up that is missing, damaged, or made by another version; it can be built again."""

    exit_code = 31
