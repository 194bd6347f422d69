"""A network that is opened: what is drawn of it is what torch says, and it is as it was when it is closed again."""

import pickle
from collections.abc import Callable

import numpy as np
import pytest
import torch  # noqa: TID253
from torch import nn  # noqa: TID253
from torch.nn import functional  # noqa: TID253

from engines.core.dataset import TRAIN
from engines.core.step import Question, Questions
from engines.data.images import Images, resized
from engines.pictures.feature_maps import ZERO, FeatureMaps
from engines.pictures.map_close_up import MapCloseUp
from engines.pictures.where_it_looks import WhereItLooks
from engines.vision._explain import MOST_MAPS, MOST_SHADES, Explainer
from engines.vision._learning import Dropout, Learner, built, dice_from
from engines.vision._looking import covered, grid_of_patches, occlusion
from engines.vision._parts import Plain, Residual, SomeMaps, Subsampling, stack
from engines.vision._passage import MOST_LAYERS, passed, untouched
from engines.vision._receptive import Entrance, Reach, Sliding, reaches

SIDE = 12
KEY = "picture"


def pictures(n: int = 40, *, colour: bool = False, side: int = SIDE) -> Images:
    rng = np.random.default_rng(5)
    pixels = rng.integers(0, 256, (n, side, side + 2, 3) if colour else (n, side, side + 2)).astype(np.uint8)
    return Images(
        pixels=pixels, y=np.arange(n) % 3, names=("a", "b", "c"), parts=(np.arange(n) % 4 == 3).astype(np.uint8)
    )


def small(channels: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(channels, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(inplace=True), nn.MaxPool2d(2),
        nn.Conv2d(4, 6, 3, stride=2, padding=2, dilation=2, groups=2), nn.Tanh(), nn.AvgPool2d(2, padding=1),
        Dropout(0.5, dice_from(np.random.default_rng(1))), nn.Flatten(), nn.LazyLinear(5), nn.ReLU(), nn.Linear(5, 3),
    )  # fmt: skip


def connected(maps: SomeMaps) -> SomeMaps:
    maps.connect()
    return maps


def residual() -> nn.Sequential:
    return stack(
        ("stem", nn.Conv2d(1, 4, 3, padding=1, bias=False)), nn.BatchNorm2d(4), nn.ReLU(inplace=True),
        ("one", Residual(stack(nn.Conv2d(4, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(inplace=True),
                               nn.Conv2d(4, 4, 3, padding=1)))),
        ("two", Residual(stack(nn.Conv2d(4, 6, 3, stride=2, padding=1), nn.ReLU(), nn.Conv2d(6, 6, 3, padding=1)),
                         stack(nn.Conv2d(4, 6, 1, stride=2)))),
        ("three", Plain(stack(nn.Conv2d(6, 6, 3, padding=1)))), nn.AdaptiveAvgPool2d(2), nn.Flatten(),
        ("output", nn.Linear(24, 3)),
    )  # fmt: skip


def old() -> nn.Sequential:
    some = connected(SomeMaps(4, 3, ((0, 1), (1, 2), (0, 2, 3))))
    halved = Subsampling(4)
    nn.init.normal_(halved.weight)
    nn.init.normal_(halved.bias)
    return stack(("C1", nn.Conv2d(1, 4, 3)), nn.Sigmoid(), ("S2", halved), nn.Tanh(), ("C3", some), nn.Flatten(),
                 ("output", nn.LazyLinear(3)))  # fmt: skip


NETS: dict[str, Callable[[], nn.Module]] = {"small": small, "residual": residual, "old": old}


def learner_of(
    plan: Callable[[], nn.Module] = small, data: Images | None = None, shape: tuple[int, int, int] = (1, SIDE, SIDE + 2)
) -> Learner:
    data = pictures() if data is None else data
    rng = np.random.default_rng(0)

    def made() -> nn.Module:
        net = plan()
        net.eval()(torch.zeros(1, *shape))
        return net.train()

    return Learner(built(made, rng), data, rng, shape=shape, batch_size=8, lr=0.01)


def asked(**questions: tuple[int, ...]) -> Questions:
    names = {"about": "class"}
    return {names.get(topic, topic): Question(names.get(topic, topic), index) for topic, index in questions.items()}


def train(learner: Learner, batches: int = 3) -> None:
    for place, (x, y) in enumerate(learner.batches()):
        if place == batches:
            return
        scores = learner.net(x)
        learner.update(functional.cross_entropy(scores, y), scores)


def all_maps(learner: Learner, explain: Explainer) -> list[tuple[int, int]]:
    maps = explain.draw()[0]
    assert isinstance(maps, FeatureMaps)
    return [(row.layer, row.shape[0]) for row in maps.rows if not row.kernels]


@pytest.fixture(params=NETS)
def learner(request: pytest.FixtureRequest) -> Learner:
    made = learner_of(NETS[request.param])
    train(made)
    return made


# The maps


def test_every_layer_is_there_as_torch_has_it() -> None:
    learner = learner_of()
    train(learner)
    maps = Explainer(learner).draw()[0]
    assert isinstance(maps, FeatureMaps)
    said = [(row.name.render(), row.shape) for row in maps.rows]
    assert said == [
        ("conv 1", (4, 12, 14)), ("conv 1", (4, 12, 14)), ("batch norm 1", (4, 12, 14)), ("ReLU 1", (4, 12, 14)),
        ("max pool 1", (4, 6, 7)), ("conv 2", (6, 3, 4)), ("tanh 1", (6, 3, 4)), ("mean pool 1", (6, 2, 3)),
        ("dense 1", (5,)), ("ReLU 2", (5,)), ("dense 2", (3,)),
    ]  # fmt: skip
    assert [row.kernels for row in maps.rows] == [True] + [False] * 10
    x = learner.tensor(learner.data.pixels[:1])
    with torch.no_grad(), untouched(learner.net):
        for row in maps.rows[1:]:
            if row.layer < 7:
                made = learner.net[: row.layer + 1](x)[0].numpy()  # type: ignore[index]
                flat = made.reshape(len(made), -1)
                np.testing.assert_allclose(row.low, flat.min(1), rtol=1e-5, atol=1e-7)
                np.testing.assert_allclose(row.high, flat.max(1), rtol=1e-5, atol=1e-7)
                scale = np.abs(made).max()
                np.testing.assert_allclose((row.shades.astype(float) - ZERO) / 127 * scale, made, atol=scale / 250)
        np.testing.assert_allclose(maps.rows[-1].high, learner.net(x)[0].numpy(), rtol=1e-4)


def test_layers_have_the_names_of_the_paper() -> None:
    maps = Explainer(learner_of(old)).draw()[0]
    assert isinstance(maps, FeatureMaps)
    assert [row.name.render() for row in maps.rows] == [
        "C1", "C1", "C1 · sigmoid", "S2", "S2 · tanh", "C3", "output"
    ]  # fmt: skip


def test_kernels_that_see_colours_are_in_colour() -> None:
    learner = learner_of(lambda: small(3), pictures(colour=True), (3, SIDE, SIDE + 2))
    row = Explainer(learner).draw()[0].rows[0]  # type: ignore[attr-defined]
    assert row.shades.shape == (4, 3, 3, 3)
    weight = learner.net[0].weight.detach()  # type: ignore[index,union-attr]
    np.testing.assert_allclose(row.high, weight.reshape(4, -1).amax(1))
    assert row.shades[0, 1, 2, 0] == round(float(weight[0, 0, 1, 2] / weight.abs().max()) * 127 + ZERO)


def test_of_wide_and_deep_networks_so_much_is_drawn_as_can_be_sent() -> None:
    wide = nn.Sequential(nn.Conv2d(1, 64, 3, padding=1), *(nn.Conv2d(64, 64, 3, padding=1) for _ in range(40)),
                         nn.Flatten(), nn.LazyLinear(3))  # fmt: skip
    drawn = Explainer(learner_of(lambda: wide)).draw()
    maps = drawn[0]
    assert isinstance(maps, FeatureMaps)
    assert len(maps.rows) == MOST_LAYERS + 1
    assert len(maps.rows[3].shades) == MOST_MAPS
    assert maps.rows[3].left_out == 64 - MOST_MAPS
    assert sum(row.shades.nbytes for row in maps.rows) <= MOST_SHADES + 10_000
    assert len(pickle.dumps(drawn)) < 300_000
    assert maps.rows[-1].shape == (3,)


# One number


def test_the_arithmetic_of_a_number_is_the_layers_own(learner: Learner) -> None:
    explain = Explainer(learner)
    multiplied = 0
    for layer, channels in all_maps(learner, explain):
        for channel in {0, channels - 1}:
            shape = explain.answer(asked(map=(layer, channel)))[1].values.shape  # type: ignore[attr-defined]
            for at in {(0, 0), (shape[0] - 1, shape[1] - 1), (shape[0] // 2, shape[1] // 2)}:
                near = explain.answer(asked(map=(layer, channel), pixel=at))[1]
                assert isinstance(near, MapCloseUp)
                assert near.at == at
                value = float(near.values[at])
                assert near.lines[-1].render().endswith((f"= {value:.3g}", f"becomes {value:.3g}", f"is {value:.3g}"))
                if near.kernels.size:
                    values = dict(near.lines[-1].values)
                    total = values["total"]
                    assert isinstance(total, float)
                    assert total + values["bias"] == pytest.approx(value, rel=1e-3, abs=1e-5)
                    if near.n_sources == len(near.sources):
                        assert (near.patches * near.kernels).sum() == pytest.approx(total, rel=1e-3, abs=1e-5)
                    np.testing.assert_allclose(
                        (near.patches * near.kernels).sum((1, 2)), near.sums, rtol=1e-3, atol=1e-5
                    )
                    assert not near.patches[:, near.outside].any()
                    multiplied += 1
                elif near.patches.size and "largest" in near.lines[0].text:
                    assert near.patches[0][~near.outside].max() == value
                elif near.patches.size and "mean" in near.lines[0].text:
                    total = near.patches[0].astype(float).sum()
                    assert total / dict(near.lines[0].values)["count"] == pytest.approx(value, rel=1e-3)  # type: ignore[operator]
    assert multiplied >= 12


def test_a_dense_unit_over_maps_is_a_kernel_as_large_as_they_are() -> None:
    near = Explainer(learner_of()).answer(asked(map=(7, 2)))[1]
    assert isinstance(near, MapCloseUp)
    assert near.unit
    assert near.kernels.shape == (6, 2, 3)
    softmax = learner_of(lambda: nn.Sequential(nn.Flatten(), nn.Linear(12 * 14, 3)))
    maps, near, looks = Explainer(softmax).answer(asked(map=(0, 1), how=(1,)))
    assert [row.shape for row in maps.rows] == [(3,)]  # type: ignore[attr-defined]
    assert isinstance(near, MapCloseUp)
    assert near.kind_of_source == ("grey",)
    np.testing.assert_array_equal(near.kernels[0], softmax.net[1].weight.detach()[1].reshape(12, 14))  # type: ignore[index,operator,union-attr]
    assert near.field == (0, 0, 12, 14)
    assert not looks.heat.any()  # type: ignore[attr-defined]


def test_a_block_adds_what_went_around_it() -> None:
    learner = learner_of(residual)
    named = [row.name.render() for row in Explainer(learner).draw()[0].rows]  # type: ignore[attr-defined]
    assert named[1:9] == [
        "stem", "stem · batch norm", "stem · ReLU", "one · conv", "one · batch norm", "one · ReLU", "one · conv", "one"
    ]  # fmt: skip
    near = Explainer(learner).answer(asked(map=(7, 1), pixel=(3, 3)))[1]
    assert isinstance(near, MapCloseUp)
    assert near.name.render() == "one"
    values = dict(near.lines[0].values)
    assert values["block"] + values["around"] == pytest.approx(values["total"])  # type: ignore[operator]
    assert float(near.values[3, 3]) == pytest.approx(max(0.0, values["total"]))  # type: ignore[type-var]


# Where it looks


@pytest.mark.parametrize("size", [1, 2, 3, 5])
@pytest.mark.parametrize(("stride", "padding", "dilation"), [(1, 0, 1), (2, 1, 1), (3, 2, 2), (1, 4, 3), (4, 0, 1)])
def test_a_receptive_field_is_where_the_gradient_is_not_zero(
    size: int, stride: int, padding: int, dilation: int
) -> None:
    net = nn.Sequential(
        nn.Conv2d(1, 2, size, stride, padding, dilation, bias=False), nn.AvgPool2d(2, padding=1),
        nn.Conv2d(2, 2, (3, 1), padding=(2, 1), bias=False), nn.AdaptiveAvgPool2d((2, 3)),
    )  # fmt: skip
    with torch.no_grad():
        for weight in net.parameters():
            weight.fill_(1.0)
    x = torch.ones(1, 1, 17, 19, requires_grad=True)
    made, stops = passed(net, x)
    assert torch.equal(made, stops[-1].made)
    down, across = reaches(stops, (1, 17, 19), 0), reaches(stops, (1, 17, 19), 1)
    for place, stop in enumerate(stops):
        for row in range(stop.shape[1]):
            for column in range(stop.shape[2]):
                (slope,) = torch.autograd.grad(stop.made[0, 0, row, column], x, retain_graph=True)
                rows, columns = (torch.nonzero(slope[0, 0].sum(axis)).flatten() for axis in (1, 0))
                if not len(rows):
                    assert (
                        down[place].last[row] < down[place].first[row]
                        or across[place].last[column] < across[place].first[column]
                    )
                    continue
                assert (down[place].first[row], down[place].last[row]) == (rows[0], rows[-1])
                assert (across[place].first[column], across[place].last[column]) == (columns[0], columns[-1])


def test_it_goes_through_blocks_and_dense_layers() -> None:
    learner = learner_of(residual)
    with torch.no_grad():
        for weight in learner.net.parameters():
            weight.abs_().add_(0.1)
    learner.net.eval()
    x = torch.ones(1, 1, 12, 14, requires_grad=True)
    _, stops = passed(learner.net, x)
    down, across = reaches(stops, (1, 12, 14), 0), reaches(stops, (1, 12, 14), 1)
    seen = 0
    for place, stop in enumerate(stops):
        row, column = (stop.shape[1] - 1, 0) if len(stop.shape) == 3 else (0, 0)
        target = stop.made[0, 0, row, column] if len(stop.shape) == 3 else stop.made[0, 0]
        (slope,) = torch.autograd.grad(target, x, retain_graph=True)
        rows, columns = (torch.nonzero(slope[0, 0].sum(axis)).flatten() for axis in (1, 0))
        flat = stop.name == "_7"  # flattened: each number is one of the maps', but they count as one
        if not flat:
            assert (down[place].first[row], down[place].last[row]) == (rows[0], rows[-1]), stop.name
            assert (across[place].first[column], across[place].last[column]) == (columns[0], columns[-1]), stop.name
            seen += 1
    assert seen == len(stops) - 1


def test_a_worked_case_of_windows_over_windows() -> None:
    rows = Reach.of(6).over(Sliding(3, 1, 1, 1).places(np.arange(6), 6))
    assert rows.first.tolist() == [0, 0, 1, 2, 3, 4]
    assert rows.last.tolist() == [1, 2, 3, 4, 5, 5]
    halved = rows.over(Sliding(2, 2, 0, 1).places(np.arange(3), 6))
    assert halved.first.tolist() == [0, 1, 3]
    assert halved.last.tolist() == [2, 4, 5]


def framed(pixels: np.ndarray) -> torch.Tensor:
    return functional.pad(torch.from_numpy(pixels)[:, None].float(), (2, 2, 1, 1), mode="replicate")


def test_a_frame_around_the_picture_and_its_size_are_seen_through() -> None:
    entrance = Entrance(framed, np.zeros((5, 7), np.uint8))
    rows, columns = Reach.of(7), Reach.of(11)
    assert entrance.frame(rows, columns, 0, 0) == (0, 0, 1, 1)
    assert entrance.frame(rows, columns, 3, 4) == (2, 2, 3, 3)
    assert entrance.frame(rows, columns, 6, 10) == (4, 6, 5, 7)
    heat = np.zeros((7, 11))
    heat[1, 2] = 1.0
    spread = entrance.spread(heat)
    assert spread.shape == (5, 7)
    assert spread[0, 0] > 0
    assert np.count_nonzero(spread) == 1
    doubled = Entrance(
        lambda p: torch.from_numpy(np.repeat(np.repeat(p, 2, 1), 2, 2))[:, None], np.zeros((3, 3), np.uint8)
    )
    assert doubled.frame(Reach.of(6), Reach.of(6), 5, 2) == (2, 1, 3, 2)


@pytest.mark.parametrize(("before", "after"), [(28, 28), (28, 32), (28, 96), (64, 20), (200, 28), (3, 2), (512, 512)])
def test_how_pixels_enter_is_found_with_few_pictures(before: int, after: int) -> None:
    taken: list[int] = []

    def enter(pixels: np.ndarray) -> torch.Tensor:
        taken.append(len(pixels))
        return torch.from_numpy(resized(pixels, after, after).astype(np.float32))[:, None] * 0.3 - 7

    entrance = Entrance(enter, np.zeros((before, before), np.uint8))
    scale = before / after
    reach = max(1.0, scale)
    centre = (np.arange(after)[:, None] + 0.5) * scale - 0.5
    weight = np.maximum(0, 1 - np.abs(np.arange(before)[None] - centre) / reach)
    np.testing.assert_allclose(entrance.down, weight / weight.sum(1, keepdims=True), atol=0.004)
    np.testing.assert_allclose(entrance.across, entrance.down, atol=0.004)
    assert sum(taken) <= 2 * (12 + 4 * -(-before // after))


def test_large_pictures_that_excite_are_sent_smaller() -> None:
    learner = learner_of(lambda: small(3), pictures(8, colour=True, side=200), (3, 20, 22))
    near = Explainer(learner).answer(asked(map=(0, 1), exciting=(1,)))[1]
    assert isinstance(near, MapCloseUp)
    assert near.exciting.shape[1:] == (67, 68, 3)
    np.testing.assert_array_equal(near.exciting[0], learner.data.pixels[near.index[0], ::3, ::3])
    for top, left, bottom, right in near.frames:
        assert 0 <= top < bottom <= 67
        assert 0 <= left < right <= 68


def test_saliency_is_the_gradient_of_the_score(learner: Learner) -> None:
    drawn = Explainer(learner).answer(asked(about=(2,)))[2]
    assert isinstance(drawn, WhereItLooks)
    x = learner.tensor(learner.data.pixels[:1]).requires_grad_()
    learner.net.eval()
    learner.net(x)[0, 2].backward()
    expected = x.grad[0, 0].abs().numpy()  # type: ignore[index]
    np.testing.assert_allclose(drawn.heat, expected / expected.max(), atol=1e-3)
    assert drawn.about == 2


def test_grad_cam_is_as_in_the_paper() -> None:
    learner = learner_of()
    train(learner)
    drawn = Explainer(learner).answer(asked(how=(1,), about=(1,)))[2]
    assert isinstance(drawn, WhereItLooks)
    net = learner.net.eval()
    maps = net[:6](learner.tensor(learner.data.pixels[:1])).detach().requires_grad_()  # type: ignore[index]
    score = net[6:](maps)[0, 1]  # type: ignore[index]
    slope = torch.autograd.grad(score, maps)[0]
    heat = torch.zeros(1, 1, *maps.shape[2:])
    for k in range(maps.shape[1]):
        heat[0, 0] += slope[0, k].mean() * maps[0, k].detach()
    heat = functional.interpolate(heat.clamp(min=0), (12, 14), mode="bilinear")[0, 0].numpy()
    np.testing.assert_allclose(drawn.heat * drawn.strongest, heat, atol=1e-3 * heat.max())
    assert drawn.how == "grad_cam"


def test_a_patch_is_laid_on_and_the_network_asked_again(learner: Learner) -> None:
    drawn = Explainer(learner).answer(asked(patch=(2, 3, 4)))[2]
    assert isinstance(drawn, WhereItLooks)
    pixels = np.array(learner.data.pixels[0])
    border = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    pixels[2:6, 3:7] = np.median(border).astype(np.uint8)
    np.testing.assert_allclose(drawn.covered, learner.probabilities(pixels), atol=1e-6)
    np.testing.assert_allclose(drawn.probabilities, learner.probabilities(learner.data.pixels[0]), atol=1e-6)
    none = Explainer(learner).answer(asked(patch=()))[2]
    assert isinstance(none, WhereItLooks)
    assert none.patch == ()
    assert not len(none.covered)


def test_a_patch_over_the_edge_covers_what_is_inside() -> None:
    pixels = np.arange(1, 26, dtype=np.uint8).reshape(5, 5)
    made = covered(pixels, np.array([(-1, -1, 2), (4, 4, 3), (9, 9, 2)]))
    assert (made != pixels).sum((1, 2)).tolist() == [1, 1, 0]


def test_the_map_of_occlusion_is_the_mean_of_the_patches_on_a_pixel() -> None:
    patches = np.array([(0, 0, 2), (0, 1, 2)])
    heat = occlusion(0.9, np.array([0.5, 0.7]), patches, (2, 3))
    np.testing.assert_allclose(heat, [[0.4, 0.3, 0.2]] * 2)
    drawn = Explainer(learner_of()).answer(asked(how=(2,)))[2]
    assert isinstance(drawn, WhereItLooks)
    assert np.abs(drawn.heat).max() == pytest.approx(1)
    assert drawn.side == 3


@pytest.mark.parametrize(("side", "most"), [(3, 100), (1, 400), (40, 9), (12, 16)])
def test_patches_are_inside_and_cover_all(side: int, most: int) -> None:
    patches = grid_of_patches(np.zeros((12, 14), np.uint8), side, most)
    assert 1 <= len(patches) <= most
    assert (patches[:, :2] >= 0).all()
    assert (patches[:, 0] + patches[:, 2]).max() == 12
    assert (patches[:, 1] + patches[:, 2]).max() == (14 if side < 12 else patches[-1, 1] + 12)


def test_what_excites_a_map_most_is_found_among_the_training_pictures(learner: Learner) -> None:
    explain = Explainer(learner)
    for layer, channels in all_maps(learner, explain)[1::3]:
        unasked = explain.answer(asked(map=(layer, channels - 1)))[1]
        assert isinstance(unasked, MapCloseUp)
        assert unasked.looked_at == -1
        near = explain.answer(asked(map=(layer, channels - 1), exciting=(1,)))[1]
        assert isinstance(near, MapCloseUp)
        rows = learner.rows[TRAIN]
        peaks = []
        for row in rows:
            question = {KEY: Question(KEY, (int(row),)), **asked(map=(layer, channels - 1))}
            peaks.append(float(explain.answer(question)[1].values.max()))  # type: ignore[attr-defined]
        np.testing.assert_allclose(near.peaks, np.sort(peaks)[::-1][: len(near.peaks)], rtol=1e-4, atol=1e-6)
        assert near.looked_at == len(rows)
        assert set(near.index) <= set(rows)
        np.testing.assert_array_equal(near.exciting, learner.data.pixels[near.index])
        assert len(near.frames) == len(near.index)


# No trace


def state_of(net: nn.Module) -> list[bytes]:
    return [part.detach().numpy().tobytes() for part in (*net.parameters(), *net.buffers())]


EVERYTHING = asked(map=(2, 1), pixel=(1, 1), exciting=(1,), how=(2,), patch=(1, 1, 3), about=(0,))


@pytest.mark.parametrize("how", [0, 1, 2])
def test_it_leaves_no_trace(learner: Learner, how: int) -> None:
    learner.net.train()
    next(iter(learner.net.children())).eval()
    modes = [layer.training for layer in learner.net.modules()]
    learner.optimizer.zero_grad()
    before, dice, numbers = state_of(learner.net), torch.get_rng_state(), repr(np.random.get_state())  # noqa: NPY002
    Explainer(learner).answer({**EVERYTHING, **asked(how=(how,))})
    assert [layer.training for layer in learner.net.modules()] == modes
    assert state_of(learner.net) == before
    assert torch.equal(torch.get_rng_state(), dice)
    assert repr(np.random.get_state()) == numbers  # noqa: NPY002
    assert all(weight.grad is None for weight in learner.net.parameters())
    assert not any(layer._forward_hooks for layer in learner.net.modules())
    assert torch.is_grad_enabled()


def test_a_network_that_is_watched_learns_the_same() -> None:
    watched, alone = learner_of(), learner_of()
    explain = Explainer(watched)
    for _ in range(3):
        explain.answer(EVERYTHING)
        train(watched, 2)
        train(alone, 2)
    assert state_of(watched.net) == state_of(alone.net)


def test_it_works_where_an_engine_records_nothing() -> None:
    learner = learner_of()
    explain = Explainer(learner)
    with torch.inference_mode():
        drawn = explain.answer(asked(how=(1,)))[2]
        assert torch.is_inference_mode_enabled()
    assert isinstance(drawn, WhereItLooks)
    assert np.isfinite(drawn.heat).all()


def test_the_same_weights_are_drawn_once_and_new_ones_anew() -> None:
    learner = learner_of()
    explain = Explainer(learner)
    questions = asked(map=(1, 0))
    first = explain.answer(questions)
    assert explain.answer(questions) is first
    assert explain.draw() is first
    assert explain.answer(asked(map=(1, 0))) is first
    assert explain.answer(asked(map=(1, 1))) is not first
    questions = asked(map=(0, 2))
    first = explain.answer(questions)
    train(learner, 1)
    second = explain.answer(questions)
    assert second is not first
    assert not np.array_equal(first[1].values, second[1].values)  # type: ignore[attr-defined]


def test_what_does_not_depend_on_a_question_is_not_computed_anew() -> None:
    learner = learner_of()
    explain = Explainer(learner)
    first = explain.answer(asked(how=(2,), exciting=(1,)))
    passes: list[int] = []
    hook = learner.net.register_forward_hook(lambda _, inputs, __: passes.append(len(inputs[0])))
    moved = explain.answer(asked(how=(2,), exciting=(1,), patch=(1, 1, 3)))
    assert passes == [1]
    assert moved[0] is first[0]
    np.testing.assert_array_equal(moved[2].heat, first[2].heat)  # type: ignore[attr-defined]
    explain.answer(asked(how=(1,), exciting=(1,), patch=(1, 1, 3)))
    assert passes == [1, 1]
    hook.remove()
    learner.take_data(pictures(20))
    assert explain.answer(asked(how=(2,), exciting=(1,)))[1].looked_at == 15  # type: ignore[attr-defined]


# Odd questions


def test_what_is_asked_of_another_network_is_taken_as_near_as_it_goes() -> None:
    explain = Explainer(learner_of())
    drawn = explain.answer(asked(map=(99, 77), pixel=(50, 50), patch=(-3, 99, 4), about=(9,), how=(7,)))
    assert drawn[0].chosen == (9, 2)  # type: ignore[attr-defined]
    assert drawn[1].at == (0, 0)  # type: ignore[attr-defined]
    assert 0 <= drawn[2].about < 3  # type: ignore[attr-defined]
    assert explain.answer(asked(map=(1,), pixel=(), about=(), how=()))[0].chosen == (0, 0)  # type: ignore[attr-defined]


def test_a_drawn_picture_of_any_size_is_looked_at() -> None:
    explain = Explainer(learner_of())
    for shape in ((30, 20), (4, 4, 3), (12, 14)):
        pixels = np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)
        maps, near, looks = explain.answer({KEY: Question(KEY, (0,), pixels), **asked(how=(1,), map=(5, 0))})
        assert isinstance(maps, FeatureMaps)
        assert isinstance(near, MapCloseUp)
        assert isinstance(looks, WhereItLooks)
        np.testing.assert_array_equal(maps.pixels, pixels)
        assert looks.heat.shape == shape[:2]
        top, left, bottom, right = near.field
        assert 0 <= top < bottom <= shape[0]
        assert 0 <= left < right <= shape[1]


def test_nobody_who_looks_costs_nothing_but_the_answer() -> None:
    drawn = Explainer(learner_of()).answer(asked(how=(-1,)))[2]
    assert isinstance(drawn, WhereItLooks)
    assert drawn.heat.shape == (0, 0)
    assert drawn.probabilities.sum() == pytest.approx(1)


def test_pictures_travel_and_are_locked() -> None:
    for picture in Explainer(learner_of()).answer(EVERYTHING):
        again = pickle.loads(pickle.dumps(picture))
        assert type(again) is type(picture)
    row = Explainer(learner_of()).draw()[0].rows[0]  # type: ignore[attr-defined]
    assert not row.shades.flags.writeable
