"""Convolution, ReLU and pooling: the numbers of torch, the steps of the textbook, and what a hand may change."""

from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np
import pytest
import torch  # noqa: TID253 - a test
from torch.nn import functional  # noqa: TID253 - a test

from engines.core.experiment import Experiment
from engines.core.language import LearnerError, catalogue
from engines.core.step import Change, Outcome, Poke, Question, Step
from engines.data.images import Images
from engines.data.sampling import make_sample
from engines.pictures.kernel_step import KernelStep, written
from engines.pictures.map_chain import MapChain
from engines.vision._kernels import FIXED, kernel_of, read_kernel
from engines.vision._sliding import Window, change_between, convolved, moved, pooled, rectified
from engines.vision._way import work_out
from engines.vision.convolution import ConvolutionParams, convolution


def pictures(height: int = 6, width: int = 7, n: int = 3, *, colour: bool = False, seed: int = 0) -> Images:
    shape = (n, height, width, 3) if colour else (n, height, width)
    return Images(np.random.default_rng(seed).integers(0, 256, shape).astype(np.uint8), np.full(n, -1))


def started(data: Images | None = None, **params: Any) -> Any:
    experiment = Experiment("vision.convolution", ConvolutionParams(**params), pictures() if data is None else data)
    return experiment.start()


def kept(step: Step) -> Step:
    """The step with its pictures as they are now: they are drawn from what the engine holds."""
    pictures = step.draw()
    return replace(step, draw=lambda: pictures)


def finished(steps: Any) -> tuple[list[Step], Outcome]:
    told = []
    while True:
        try:
            told.append(kept(next(steps)))
        except StopIteration as end:
            return told, end.value


def drawn(step: Step, kind: type = KernelStep) -> Any:
    return next(picture for picture in step.draw() if isinstance(picture, kind))


def rested(**params: Any) -> Any:
    """A run that has come to rest, and its last step."""
    steps = started(**params)
    return steps, kept(next(step for step in steps if step.rest))


# The arithmetic


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("size", [(1, 1), (2, 3), (3, 3), (5, 4)])
@pytest.mark.parametrize(("stride", "padding", "dilation"), [(1, 0, 1), (2, 0, 1), (1, 2, 1), (3, 1, 2), (2, 6, 2)])
def test_a_convolution_is_that_of_torch(
    channels: int, size: tuple[int, int], stride: int, padding: int, dilation: int
) -> None:
    rng = np.random.default_rng(1)
    source, kernel = rng.normal(size=(channels, 9, 11)), rng.normal(size=(channels, *size))
    bias = torch.tensor([0.3], dtype=torch.float64)
    expected = functional.conv2d(
        torch.tensor(source)[None], torch.tensor(kernel)[None], bias, stride, padding, dilation
    )[0, 0].numpy()
    made = convolved(source, kernel, Window(*size, stride, padding, dilation), 0.3)
    assert made.shape == expected.shape
    np.testing.assert_allclose(made, expected, atol=1e-12)


@pytest.mark.parametrize("size", [1, 2, 3, 5])
@pytest.mark.parametrize("stride", [1, 2, 3])
def test_pooling_and_relu_are_those_of_torch(size: int, stride: int) -> None:
    source = np.random.default_rng(2).normal(size=(9, 7))
    there = torch.tensor(source)[None, None]
    window = Window(size, size, stride)
    largest, mean = functional.max_pool2d(there, size, stride), functional.avg_pool2d(there, size, stride)
    np.testing.assert_array_equal(pooled(source, window, "max pooling"), largest[0, 0].numpy())
    np.testing.assert_allclose(pooled(source, window, "average pooling"), mean[0, 0].numpy(), atol=1e-12)
    np.testing.assert_array_equal(rectified(source), functional.relu(there)[0, 0].numpy())


@pytest.mark.parametrize("colour", [False, True])
@pytest.mark.parametrize("kernel", ["vertical Sobel", "Gaussian blur"])
@pytest.mark.parametrize(("stride", "padding", "dilation"), [(1, 1, 1), (2, 0, 2), (1, 2, 2)])
@pytest.mark.parametrize(("pool", "pool_stride"), [("max pooling", 0), ("average pooling", 1), ("none", 0)])
def test_a_whole_run_is_what_torch_computes(
    colour: bool, kernel: Any, stride: int, padding: int, dilation: int, pool: Any, pool_stride: int
) -> None:
    params = ConvolutionParams(kernel=kernel, stride=stride, padding=padding, dilation=dilation, pool=pool,
                               pool_stride=pool_stride, bias=-0.25, watch=2)  # fmt: skip
    data = pictures(9, 8, colour=colour)
    _, outcome = finished(started(data, **params.to_json()))
    pixels = torch.tensor(data.pixels[1] / 255.0)
    there = pixels.permute(2, 0, 1)[None] if colour else pixels[None, None]
    weight = torch.tensor(outcome.arrays["kernel"])[None]
    expected = functional.conv2d(there, weight, torch.tensor([-0.25]).double(), stride, padding, dilation)
    np.testing.assert_allclose(outcome.arrays["feature_map"], expected[0, 0].numpy(), atol=1e-12)
    expected = functional.relu(expected)
    np.testing.assert_allclose(outcome.arrays["rectified"], expected[0, 0].numpy(), atol=1e-12)
    if pool == "none":
        assert "pooled" not in outcome.arrays
        return
    pooling = functional.max_pool2d if pool == "max pooling" else functional.avg_pool2d
    np.testing.assert_allclose(outcome.arrays["pooled"], pooling(expected, 2, pool_stride or 2)[0, 0].numpy(),
                               atol=1e-12)  # fmt: skip


def test_a_case_worked_by_hand() -> None:
    source = np.array([[[1.0, 2, 0], [0, 1, 3], [2, 1, 1]]])
    kernel = np.array([[[1.0, -1], [0, 2]]])
    assert convolved(source, kernel, Window(2, 2)).tolist() == [[1, 8], [1, 0]]  # 1 − 2 + 2·1, and so on
    assert pooled(np.array([[1.0, 8], [1, 0]]), Window(2, 2, 2), "average pooling").tolist() == [[2.5]]


def test_a_kernel_that_does_not_fit_is_refused_with_the_arithmetic() -> None:
    with pytest.raises(LearnerError, match=r"3·\(5 − 1\) \+ 1 = 13 cells.*6 \+ 2·1 = 8 cells high"):
        next(started(kernel="box blur", kernel_size=5, dilation=3, padding=1))
    with pytest.raises(LearnerError, match=r"1·\(6 − 1\) \+ 1 = 6 cells.*4 \+ 2·0 = 4 cells high"):
        next(started(pool_size=6))
    wide = replace(pictures(9, 3))
    with pytest.raises(LearnerError, match="cells wide"):
        next(started(wide, kernel="box blur", kernel_size=4))
    with pytest.raises(LearnerError, match="no pictures"):
        next(started(Images()))


def test_a_picture_moves_and_its_border_comes_in() -> None:
    source = np.arange(12.0).reshape(1, 3, 4)
    shifted = moved(source, 1, -1)
    assert shifted[0, :2, 1:].tolist() == source[0, 1:, :3].tolist()
    border = float(np.median([*source[0, 0], *source[0, -1], *source[0, :, 0], *source[0, :, -1]]))
    assert set(shifted[0, 2]) == {border} == set(shifted[0, :, 0])
    assert (moved(source, 8, -8) == border).all()
    assert moved(source, 0, 0) is source
    assert change_between(source, source) == 0
    assert change_between(np.array([1.0, 0]), np.array([0.0, 1])) == 1
    assert change_between(np.zeros(2), np.zeros(2)) == 0


# Kernels


def test_named_kernels_are_those_of_the_textbook() -> None:
    assert kernel_of("Gaussian blur", 3, "", 1)[0].tolist() == (np.outer([1, 2, 1], [1, 2, 1]) / 16).tolist()
    assert kernel_of("box blur", 5, "", 3).sum() == pytest.approx(3)
    assert kernel_of("identity", 4, "", 1)[0].sum() == 1
    for name in ("vertical edges", "horizontal edges", "vertical Sobel", "horizontal Sobel", "Laplace"):
        assert np.sum(FIXED[name]) == 0, "an even area has no edge"
    for name in ("sharpen", "emboss"):
        assert np.sum(FIXED[name]) == 1, "an even area stays as bright as it is"


def test_a_kernel_is_read_as_it_is_written() -> None:
    kernel = np.round(np.random.default_rng(3).normal(size=(3, 7, 7)), 2)
    assert read_kernel(written(kernel), 3).tolist() == kernel.tolist()
    ConvolutionParams(kernel="own numbers", numbers=written(kernel))  # not too long a text
    assert written(np.ones((3, 1, 2))) == "1 1"
    assert read_kernel("1/4, −1; 0 2;", 2).tolist() == [[[0.25, -1], [0, 2]]] * 2


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "1 rows and 0 columns"), ("1 2; 3", "equally long"), ("1 x", "no number"), ("1/0", "no number"),
        ("1 nan", "no number"), ("5000", "no number"), ("1|2", "2 slices and the picture 1"),
        ("1 1 1 1 1 1 1 1", "1 rows and 8 columns"), ("1 2 | 1 2 3 | 1 2", "equally long"),
    ],
)  # fmt: skip
def test_what_is_no_kernel_is_refused_in_words(text: str, part: str) -> None:
    with pytest.raises(LearnerError, match=part) as caught:
        read_kernel(text, 1)
    assert caught.value.note.text in catalogue("zh")


# The steps


def test_the_window_goes_over_every_place_then_relu_then_pooling() -> None:
    steps, outcome = finished(started())
    assert len(steps) == 1 + 4 * 5 + 1 + 2 * 2 + 1
    assert [drawn(step).how for step in steps] == (
        ["convolution"] * 21 + ["relu"] + ["max"] * 4 + ["convolution"]
    )  # fmt: skip
    for place, step in enumerate(steps[1:21]):
        picture = drawn(step)
        assert picture.at == divmod(place, 5)
        assert picture.done == place + 1
        seen, outside = picture.patch(*picture.at)
        assert (seen * picture.kernel).sum() == pytest.approx(picture.result[picture.at], abs=1e-5)
        assert not outside.any()
        assert np.isnan(drawn(step, MapChain).maps[1]).sum() == 20 - place - 1
    assert steps[20].then.render() == "Set negative answers to 0 (ReLU)"
    assert steps[-1].rest
    strongest = drawn(steps[-1]).at
    assert abs(outcome.arrays["feature_map"]).argmax() == strongest[0] * 5 + strongest[1]


def test_the_sum_is_written_out_with_its_numbers() -> None:
    data = Images(np.array([[[255, 0], [51, 102]]], np.uint8), np.array([-1]))
    steps = started(data, kernel="own numbers", numbers="1 0; -2 0.5", bias=0.1, pool="none")
    assert [step.note.render() for step in islice(steps, 1, 2)] == [
        "Row 1, column 1: 1·1 + 0.2·(−2) + 0.4·0.5 + 0.1 = 0.9"
    ]


def test_what_lies_in_the_padding_is_nothing() -> None:
    steps = started(padding=1)
    next(steps)
    picture = drawn(next(steps))
    seen, outside = picture.patch(0, 0)
    assert outside.tolist() == [[True] * 3, [True, False, False], [True, False, False]]
    assert (seen[0][outside] == 0).all()
    assert picture.corner(0, 0) == (-1, -1)


def test_of_a_large_picture_a_whole_row_is_done_in_a_step() -> None:
    steps, _ = finished(started(pictures(70, 80, 1), kernel="identity", pool_size=8))
    assert len(steps) == 1 + 68 + 1 + 8 * 9 + 1
    assert "Row 3: 78 places at once" in steps[3].note.render()
    assert drawn(steps[3]).done == 3 * 78


def test_colour_has_three_slices_that_are_added() -> None:
    data = pictures(colour=True)
    one, _ = finished(started(data, kernel="own numbers", numbers="1|0|0", pool="none", relu=False))
    assert np.allclose(drawn(one[-1]).result, data.pixels[0, :, :, 0] / 255)
    _, outcome = finished(started(data, kernel="identity", pool="none"))
    assert np.allclose(outcome.arrays["feature_map"], data.pixels[0, 1:-1, 1:-1].sum(2) / 255)
    with pytest.raises(LearnerError, match="3 channels"):
        next(started(data, kernel="own numbers", numbers="1|0"))


# A hand on it


def sent(steps: Any, *, data: Images | None = None, pokes: tuple[Poke, ...] = (), **params: Any) -> Step:
    changed = ConvolutionParams(**params) if params else None
    return kept(steps.send(Change(changed, data, pokes)))


def test_another_kernel_is_taken_up_at_the_place_where_the_window_is() -> None:
    steps = started()
    before = [kept(step) for step in islice(steps, 6)][-1]
    after = sent(steps, kernel="box blur")
    assert drawn(after).at == drawn(before).at
    assert drawn(after).done == drawn(before).done
    assert drawn(after).kernel[0, 0, 0] == pytest.approx(1 / 9)
    assert drawn(next(steps)).done == drawn(before).done + 1


def test_a_drawn_stroke_and_another_picture_are_taken_up() -> None:
    data = pictures()
    steps = started(data)
    list(islice(steps, 4))
    pixels = data.pixels.copy()
    pixels[0] = 255
    assert (drawn(sent(steps, data=replace(data, pixels=pixels))).source == 1).all()
    assert np.allclose(drawn(sent(steps, watch=3)).source[0], pixels[2] / 255)
    assert np.allclose(drawn(sent(steps, watch=5000)).source[0], pixels[2] / 255), "the last one, where there are fewer"


def test_a_stroke_is_seen_before_it_is_ended_and_changes_nothing() -> None:
    data = pictures()
    step = [kept(step) for step in islice(started(data), 4)][-1]
    stroke = np.full((6, 7), 255, np.uint8)
    assert step.answer is not None
    seen = step.answer({"picture": Question("picture", (0,), stroke)})
    assert [type(picture) for picture in seen] == [type(picture) for picture in step.draw()]
    live = next(picture for picture in seen if isinstance(picture, KernelStep))
    assert (live.source == 1).all()
    assert (live.at, live.done) == (drawn(step).at, drawn(step).done)
    for other in ({}, {"picture": Question("picture", (1,), stroke)}, {"picture": Question("picture", (0,))},
                  {"picture": Question("picture", (0,), data.pixels[0])},
                  {"picture": Question("picture", (0,), stroke[:3])}):  # fmt: skip
        assert step.answer(other) == ()


def test_what_is_impossible_is_said_and_nothing_is_lost() -> None:
    steps, before = rested()
    refused = sent(steps, pool_size=8)
    assert "does not fit even once" in refused.note.render()
    assert refused.caution.text
    assert refused.rest
    assert np.array_equal(drawn(refused).result, drawn(before).result)
    again = sent(steps, pool_size=2, kernel="own numbers", numbers="1 2; 3")
    assert "equally long" in again.note.render()
    well = sent(steps, pool_size=1)
    assert not well.caution.text
    assert drawn(well, MapChain).maps[3].shape == (4, 5)


@pytest.mark.parametrize(
    "params",
    [
        {"relu": False},
        {"pool": "none"},
        {"relu": False, "pool": "none"},
        {"stride": 3},
        {"padding": 6},
        {"pool_size": 4},
    ],
)
@pytest.mark.parametrize("steps_before", [1, 21, 22, 24, 27])
def test_at_any_moment_anything_may_change_and_the_run_comes_to_its_end(params: Any, steps_before: int) -> None:
    steps = started()
    list(islice(steps, steps_before))
    sent(steps, **params)
    rest, outcome = finished(steps)
    assert all(drawn(step).done <= drawn(step).result.size for step in rest)
    expected = work_out(pictures().pixels[0], ConvolutionParams(**params))
    assert np.array_equal(outcome.arrays["feature_map"], expected.maps[expected.stages[1]])


def test_the_window_can_be_dragged_and_a_stage_looked_at() -> None:
    steps = started()
    next(steps)
    dragged = drawn(sent(steps, pokes=(Poke("window", (2, 3), 0),)))
    assert (dragged.at, dragged.done) == ((2, 3), 14)
    assert drawn(next(steps)).at == (2, 4)
    assert drawn(sent(steps, pokes=(Poke("window", (99, -4), 0),))).at == (3, 0)
    skipped = drawn(sent(steps, pokes=(Poke("stage", (3,), 0),)))
    assert (skipped.how, skipped.done) == ("max", 0)
    back = drawn(sent(steps, pokes=(Poke("stage", (1,), 0),)))
    assert (back.how, back.at, back.done) == ("convolution", (0, 0), 20)
    last = finished(steps)[0][-1]
    assert last.rest


def test_at_rest_every_stage_can_be_looked_at_and_the_run_stays_at_rest() -> None:
    steps, _ = rested()
    for stage, how in ((3, "max"), (2, "relu"), (1, "convolution"), (0, "convolution"), (9, "convolution")):
        step = sent(steps, pokes=(Poke("stage", (stage,), 0), Poke("window", (1, 1), 0)))
        assert step.rest
        assert (drawn(step).how, drawn(step).at) == (how, (1, 1))
        assert drawn(step).done == drawn(step).result.size


def test_a_shift_changes_the_pooled_map_less_than_the_map() -> None:
    data = make_sample("mnist", n=20, seed=1)
    assert isinstance(data, Images)
    steps = started(data, pool_size=4)
    still = kept(next(step for step in steps if step.rest))
    assert still.scalars["map_change"] == still.scalars["pooled_change"] == 0
    assert drawn(still, MapChain).differences == ()
    moved_on = sent(steps, pool_size=4, shift_x=1)
    assert 0 < moved_on.scalars["pooled_change"] < moved_on.scalars["map_change"]
    assert "Moved by 1 to the right" in moved_on.note.render()
    chain = drawn(moved_on, MapChain)
    assert [made.shape for made in chain.differences] == [made.shape for made in chain.maps]
    nothing = sent(steps, pool_size=4, shift_x=0)
    assert nothing.scalars["map_change"] == 0


def test_the_engine_says_what_it_does() -> None:
    assert convolution.data is Images
    assert "Lay a kernel" in convolution.summary
