"""The queue of a case as it stands: its facts, traits and weights, and what people have found so far."""

import numpy as np
from sqlalchemy import Connection

from everyframe.errors import OrderError
from everyframe.store.case import Case
from everyframe.store.order_facts import Facts, read_facts, read_labels, read_looks
from everyframe.store.order_links import read_excluded
from everyframe.triage.index import open_traits
from everyframe.triage.models import load_models, model_points
from everyframe.triage.queue import Queue
from everyframe.triage.ranking import Labels
from everyframe.triage.weights import Weights, load_weights

__all__ = ["SEED", "label", "open_queue", "relevant_codes"]

#: Of what is random in the order of a case: the order can be made again.
SEED = 1


def open_queue(case: Case, *, seed: int = SEED) -> Queue:
    """Open the queue of a case and order it by what is known now.

    Raises:
        OrderError: the agency's weights or models are wrong.
    """
    weights = load_weights()
    with case.database.read() as connection:
        facts = read_facts(connection)
        labels = label(connection, facts, case.scheme.id, relevant_codes(weights, case.scheme.id))
    traits = open_traits(case, facts)
    queue = Queue(facts, traits, weights, seed=seed, extra=model_points(load_models(weights), facts, traits))
    queue.update(labels)
    return queue


def relevant_codes(weights: Weights, scheme: str) -> frozenset[str]:
    """Give the codes of a scheme that count as relevant; none where the weights do not say, so that nothing is learned."""
    try:
        return weights.relevant_codes(scheme)
    except OrderError:
        return frozenset()


def label(connection: Connection, facts: Facts, scheme: str, relevant: frozenset[str]) -> Labels:
    """Read what people have found so far.

    What was looked at and not decided counts as not relevant, like what was decided otherwise.
    """
    decided = read_labels(connection, scheme)
    yes = facts.rows([r.media_id for r in decided if r.code in relevant])
    no = facts.rows([r.media_id for r in decided if r.code not in relevant])
    looked = facts.rows(read_looks(connection))
    seen = np.zeros(len(facts), bool)
    seen[looked] = True
    seen[facts.rows(read_excluded(connection))] = True
    other = np.setdiff1d(np.union1d(looked, no), yes)
    return Labels(np.unique(yes), other, seen)
