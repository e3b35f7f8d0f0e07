"""Processes to begin with: pick one, answer a page of questions, get a draft."""

from processes.recipes import (
    big_deal,
    complaint,
    contract,
    documents,
    first_touch,
    hand_over,
    new_director,
    onboarding,
    payments,
    silent_client,
    terms_upgrade,
)
from processes.recipes.building import Question, Recipe

__all__ = ["RECIPES", "Question", "Recipe"]

RECIPES: dict[str, Recipe] = {
    each.RECIPE.key: each.RECIPE
    for each in (
        first_touch,
        big_deal,
        contract,
        onboarding,
        payments,
        complaint,
        documents,
        new_director,
        terms_upgrade,
        silent_client,
        hand_over,
    )
}
