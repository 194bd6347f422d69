"""A curve's envelope is that of all its values, however it has grown."""

import numpy as np
import pytest

from app.views.envelope import MOST_BLOCKS, Envelope, latest


def grown(values: np.ndarray, *pieces: int) -> Envelope:
    envelope = Envelope()
    for end in (*pieces, len(values)):
        envelope.follow(values[:end])
    return envelope


def walk(n: int) -> np.ndarray:
    return np.random.default_rng(n).normal(size=n).cumsum()


@pytest.mark.parametrize("pieces", [(), (1, 2, 3, 5000, 5001, 40_000), (99_999,), (4096, 4097, 8192, 8193, 16_385)])
def test_blocks_hold_the_ends_of_all_values(pieces: tuple[int, ...]) -> None:
    values = walk(100_000)
    values[7_000:9_000] = np.nan
    values[50_000] = np.inf
    envelope = grown(values, *pieces)
    starts, low, high = envelope.blocks
    assert len(starts) <= MOST_BLOCKS + 1
    for start, lowest, highest in zip(starts, low, high, strict=True):
        block = values[start : start + envelope.block]
        block = block[np.isfinite(block)]
        assert (lowest, highest) == (block.min(), block.max())
    finite = np.flatnonzero(np.isfinite(values))
    assert set(finite // envelope.block) == set(starts // envelope.block)


def test_a_short_curve_is_drawn_value_by_value() -> None:
    values = walk(300)
    values[4] = np.nan
    steps, drawn = grown(values, 17).line(280)
    assert steps.tolist() == [i for i in range(300) if i != 4]
    assert drawn.tolist() == np.delete(values, 4).tolist()


def test_a_long_curve_has_two_points_a_column_and_keeps_its_peaks() -> None:
    values = walk(1_000_000)
    values[123_456], values[654_321] = 1e6, -1e6
    steps, drawn = grown(values, 10, 600_000).line(280)
    assert len(steps) == len(drawn) <= 2 * 280
    assert (drawn.max(), drawn.min()) == (1e6, -1e6)
    assert (np.diff(steps) >= 0).all()
    assert abs(steps[drawn.argmax()] - 123_456) <= 1_000_000 / 280


def test_another_history_is_read_from_its_beginning() -> None:
    envelope = grown(walk(500))
    envelope.follow(np.full(800, 3.0))
    assert envelope.line(1000)[1].tolist() == [3.0] * 800
    envelope.follow(np.array([1.0, 2.0]))
    assert envelope.line(1000)[1].tolist() == [1.0, 2.0]
    envelope.follow(np.zeros(0))
    assert not len(envelope.line(1000)[0])


def test_what_cannot_be_drawn_is_left_out() -> None:
    envelope = grown(np.array([np.nan, np.inf, -np.inf, 1e308, 2.0]))
    assert [array.tolist() for array in envelope.blocks] == [[4], [2.0], [2.0]]
    assert not len(grown(np.full(5, np.nan)).blocks[0])


def test_the_latest_known_value_is_found_however_far_back() -> None:
    values = np.full(10_000, np.nan)
    values[3] = 0.5
    assert latest(values, 9_999) == 0.5
    assert latest(values, 3) == 0.5
    assert np.isnan(latest(values, 2))
    assert np.isnan(latest(np.zeros(0), 0))
    values[5] = np.inf
    assert latest(values, 100) == np.inf
