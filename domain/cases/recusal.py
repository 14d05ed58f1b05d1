"""回避: nobody answers, checks or reviews a suspicion about themselves or their household."""

from __future__ import annotations

from collections.abc import Callable, Collection

from domain.errors import Refused

Household = Callable[[str], Collection[str]]
"""From a person's token to the tokens of the household, with or without the person."""


def must_stand_back(person: str | None, concerned: Collection[str], household: Household) -> bool:
    """Say whether a person, or somebody of the household, is among those whom a suspicion concerns (tokens).

    A person whose number is not known is not recognised: False.
    """
    if person is None:
        return False
    return person in concerned or any(member in concerned for member in household(person))


class MustStandBack(Refused):
    """Who acts is concerned, or lives with whom it concerns; the sentence names neither."""

    def __init__(self, actor: str) -> None:
        super().__init__(
            f"该疑点涉及 {actor} 本人或家庭成员，应当回避：请由他人办理",
            f"the suspicion concerns {actor} or a member of the household: somebody else has to do this",
        )
