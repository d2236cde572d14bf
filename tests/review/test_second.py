from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from everyframe.errors import DecisionError, SchemeError, UsageError
from everyframe.review.decisions import decide
from everyframe.review.second import blind, give_opinion, hidden_categories, require, settle
from everyframe.store import opinions, verify
from everyframe.store.people_schema import vote, vote_rule

if TYPE_CHECKING:
    from everyframe.store.case import Case


def op(n: int) -> str:
    return f"operation-{n:08d}"


def waits(case: Case, actor: str) -> list[int]:
    with case.database.read() as connection:
        return opinions.waiting_ids(connection, actor)


def counted(case: Case) -> dict[str, int]:
    with case.database.read() as connection:
        return opinions.counts(connection)


@pytest.fixture
def two(case: Case) -> Case:
    """Two people have to give an opinion on category 1; Anna decided on Media 1, 2 and 3."""
    require(case, "1", 2, actor="sue")
    decide(case, "1", [1, 2], op=op(1), actor="anna")
    decide(case, "2", [3], op=op(2), actor="anna")
    return case


def test_others_are_asked_about_what_needs_it_and_nobody_about_their_own(two: Case) -> None:
    assert waits(two, "ben") == [1, 2]
    assert waits(two, "anna") == []
    assert counted(two) == {"waiting": 2, "confirmed": 0, "disputed": 0}


def test_without_a_rule_nobody_is_asked(case: Case) -> None:
    decide(case, "1", [1], op=op(1), actor="anna")
    assert waits(case, "ben") == []


def test_an_opinion_confirms_or_disagrees_and_overwrites_nothing(two: Case) -> None:
    give_opinion(two, 1, "1", op=op(3), actor="ben")
    give_opinion(two, 2, "4", op=op(4), actor="ben")
    assert waits(two, "ben") == waits(two, "cleo") == []
    assert counted(two) == {"waiting": 0, "confirmed": 1, "disputed": 1}
    with two.database.read() as connection:
        (one,) = opinions.disputed(connection, 10)
        said = [(o.actor, o.code) for o in opinions.opinions(connection, one.decision_id)]
    assert (one.media_id, said) == (2, [("anna", "1"), ("ben", "4")])
    assert verify.verify(two, previews=False).problems == []


def test_an_opinion_is_given_once_and_a_repeat_is_the_same(two: Case) -> None:
    for _ in range(2):
        assert give_opinion(two, 1, "4", op=op(3), actor="ben") == {"voted": 1}
    for actor, ident in (("ben", op(4)), ("anna", op(5))):
        with pytest.raises(DecisionError):
            give_opinion(two, 1, "1", op=ident, actor=actor)
    with pytest.raises(DecisionError):
        give_opinion(two, 3, "1", op=op(6), actor="ben")


def test_with_three_all_are_heard_before_it_counts_as_a_disagreement(case: Case) -> None:
    require(case, "1", 3, actor="sue")
    decide(case, "1", [1], op=op(1), actor="anna")
    give_opinion(case, 1, "2", op=op(2), actor="ben")
    assert counted(case)["waiting"] == 1
    assert (waits(case, "ben"), waits(case, "cleo")) == ([], [1])
    give_opinion(case, 1, "1", op=op(3), actor="cleo")
    assert counted(case)["disputed"] == 1


def test_a_disagreement_is_settled_by_a_decision_that_needs_no_further_opinion(two: Case) -> None:
    give_opinion(two, 2, "4", op=op(3), actor="ben")
    for _ in range(2):
        assert settle(two, 2, "1", op=op(4), actor="sue") == {"settled": 1}
    assert counted(two) == {"waiting": 1, "confirmed": 0, "disputed": 0}
    assert waits(two, "ben") == [1]
    with pytest.raises(DecisionError):
        settle(two, 2, "1", op=op(5), actor="sue")
    with pytest.raises(DecisionError):
        settle(two, 1, "1", op=op(6), actor="sue")
    assert verify.verify(two, previews=False).problems == []


def test_a_new_decision_starts_anew(two: Case) -> None:
    give_opinion(two, 1, "1", op=op(3), actor="ben")
    decide(two, "1", [1], op=op(4), actor="cleo")
    assert waits(two, "ben") == [1, 2] or waits(two, "ben") == [2, 1]


def test_the_rule_can_be_taken_back(two: Case) -> None:
    require(two, "1", 1, actor="sue")
    assert waits(two, "ben") == []
    assert verify.verify(two, previews=False).problems == []


@pytest.mark.parametrize("votes", [0, -1, 10])
def test_the_number_is_one_to_nine(case: Case, votes: int) -> None:
    with pytest.raises(UsageError):
        require(case, "1", votes, actor="sue")


def test_a_category_that_is_not_there_is_refused(two: Case) -> None:
    for change in (
        lambda: require(two, "nonsense", 2, actor="sue"),
        lambda: give_opinion(two, 1, "nonsense", op=op(7), actor="ben"),
        lambda: settle(two, 1, "nonsense", op=op(8), actor="sue"),
    ):
        with pytest.raises(SchemeError):
            change()


def test_reviewers_are_blind_and_supervisors_are_not(two: Case) -> None:
    with two.database.read() as connection:
        assert blind(connection, "ben", "reviewer") == [1, 2]
        assert blind(connection, "ben", "supervisor") == blind(connection, "x", "owner") == []
        assert hidden_categories(connection, "ben", "reviewer") == {(two.scheme.id, "1")}
        assert hidden_categories(connection, "sue", "supervisor") == set()


def test_tampering_with_votes_and_rules_is_found(two: Case) -> None:
    give_opinion(two, 1, "1", op=op(3), actor="ben")
    with two.database.write() as connection:
        connection.execute(vote.update().values(code="4"))
        connection.execute(vote_rule.update().values(votes=5))
    problems = verify.verify(two, previews=False).problems
    assert any("the vote rows" in p for p in problems)
    assert "the numbers of opinions are not those that were recorded" in problems
