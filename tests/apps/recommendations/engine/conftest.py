"""Titles and models small enough to reason about by hand."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from apps.recommendations.engine.answers import Answer, Liked, Request
from apps.recommendations.engine.artifact import Model, Operator, Trained, content_only
from apps.recommendations.engine.recommend import recommend
from apps.recommendations.engine.rows import Rows
from apps.recommendations.engine.taste import Taste
from apps.recommendations.engine.titles import Title

MakeTitle = Callable[..., Title]


@pytest.fixture(scope="session")
def make_trained() -> Callable[..., Model]:
    """A model whose trained weights are the given entries {i: {j: int8 value}} with scale 1/100, for any history."""

    def rows(entries: dict[int, dict[int, int]], size: int) -> Rows:
        starts, columns, values = [0], [], []
        for i in range(size):
            for j in sorted(entries.get(i, {}), key=lambda j: -abs(entries[i][j])):
                columns.append(j)
                values.append(entries[i][j])
            starts.append(len(values))
        return Rows(starts, [0.01] * size, columns, values)

    def make(
        titles: Sequence[Title], entries: dict[int, dict[int, int]], content: dict[int, dict[int, int]] | None = None
    ) -> Model:
        size = len(titles)
        trained = Trained(
            operators=[Operator(None, rows(entries, size))],
            content=rows(content or {}, size),
            likes=[0.0] * size,
            recent=[0.0] * size,
        )
        return Model(titles, "test", trained)

    return make


@pytest.fixture(scope="session")
def ask() -> Callable[..., Answer]:
    """Ask a model (or titles, untrained) for recommendations; the preferences are as stored."""

    def answer(model: Model | Sequence[Title], preferences: dict[str, Any] | None = None, **request: Any) -> Answer:
        if not isinstance(model, Model):
            model = content_only(model)
        history = [Liked(key, 1.0, "liked") for key in request.get("likes", ())]
        return recommend(
            model,
            Request(
                taste=Taste.from_preferences(preferences or {}),
                history=request.get("history", history),
                excluded=frozenset(request.get("excluded", ())),
                media_type=request.get("media_type", "both"),
                limit=request.get("limit", 100),
            ),
        )

    return answer
