"""The milestones: as many parameters as in their papers, the shapes of torch's layers, and what they learn."""

import itertools
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import torch  # noqa: TID253 - what it is compared with
from torch import nn  # noqa: TID253
from torch.nn import functional  # noqa: TID253
from torch.utils.flop_counter import FlopCounterMode  # noqa: TID253

from engines.core.dataset import Split
from engines.core.experiment import Experiment
from engines.core.language import LearnerError, catalogue
from engines.core.params import Params
from engines.core.registry import engine_named
from engines.core.step import Change, Question, Step
from engines.data.images import Images
from engines.data.sampling import parse_sample
from engines.pictures.feature_maps import FeatureMaps
from engines.pictures.layer_table import LayerTable, Milestones
from engines.vision import alexnet, lenet5, residual, resnet, vgg
from engines.vision._comparing import answered, compared
from engines.vision._inspecting import depth, rows_of
from engines.vision._memory import afford, to_look, to_train
from engines.vision._milestone import milestones
from engines.vision._parts import SEEN_BY_C3, Fit, Residual, SomeMaps, Squash, Subsampling, cropped, made, seeded
from engines.vision._three import Three

LARGE = ("vision.alexnet", "vision.vgg", "vision.resnet")
COLOURED, GREY = (3, 227, 227), (1, 32, 32)


def parameters(net: nn.Module) -> int:
    return sum(item.numel() for item in net.parameters())


def first_step(engine: str, data: Images | None = None, **values: object) -> Step:
    params = engine_named(engine).params().with_values(**values)
    data = parse_sample("mnist:n=40") if data is None else data
    return next(Experiment(engine, params, data, Split(), 1).start())


@pytest.mark.parametrize(
    ("plan", "shape", "count", "deep"),
    [
        (lenet5.layers, GREY, 60_000 + 850, 7),  # the paper's 60,000, and the softmax
        (partial(lenet5.layers, version="today"), GREY, 61_706, 5),
        (alexnet.layers, COLOURED, 60_965_224, 8),
        (partial(alexnet.layers, towers="one"), COLOURED, 61_100_840, 8),
        (partial(vgg.layers, depth="VGG-16"), (3, 224, 224), 138_357_544, 16),
        (partial(vgg.layers, depth="VGG-19"), (3, 224, 224), 143_667_240, 19),
        (partial(resnet.layers, depth="ResNet-18"), (3, 224, 224), 11_689_512, 18),
        (partial(resnet.layers, depth="ResNet-34"), (3, 224, 224), 21_797_672, 34),
        (partial(resnet.layers, depth="ResNet-50"), (3, 224, 224), 25_557_032, 50),
    ],
)
def test_as_many_parameters_and_layers_as_published(plan, shape, count, deep) -> None:
    rows = rows_of(plan, shape)
    assert sum(row.parameters for row in rows) == count
    assert depth(rows) == deep


def test_the_rows_of_lenet_are_those_of_the_paper() -> None:
    rows = rows_of(lenet5.layers, GREY)
    assert [(row.name, row.shape, row.parameters) for row in rows] == [
        ("C1", (6, 28, 28), 156), ("S2", (6, 14, 14), 12), ("C3", (16, 10, 10), 1516), ("S4", (16, 5, 5), 32),
        ("C5", (120, 1, 1), 48_120), ("F6", (84,), 10_164), ("output", (10,), 850),
    ]  # fmt: skip
    assert [row.operations for row in rows[:3]] == [28 * 28 * 6 * 25, 0, 10 * 10 * 60 * 25]


def test_each_map_of_c3_sees_what_table_1_says() -> None:
    assert len(SEEN_BY_C3) == 16
    assert sum(len(maps) for maps in SEEN_BY_C3) == 60
    assert SEEN_BY_C3[0] == (0, 1, 2)
    assert set(SEEN_BY_C3[9]) == {0, 3, 4, 5}
    assert set(SEEN_BY_C3[14]) == {0, 2, 3, 5}
    layer = SomeMaps(6, 5, SEEN_BY_C3)
    layer.connect()
    x = torch.zeros(1, 6, 5, 5)
    x[0, 3] = 1  # map 0 of C3 does not see map 3 of S2
    answer = layer(x)[0, :, 0, 0] - layer.bias
    assert answer[0] == 0
    assert answer[3] != 0


def test_the_sizes_of_alexnet_are_those_of_figure_2() -> None:
    shapes = {row.name: row.shape for row in rows_of(alexnet.layers, COLOURED)}
    assert [shapes[name] for name in ("conv1", "pool1", "conv2", "pool2", "conv4", "pool5", "fc6")] == [
        (96, 55, 55), (96, 27, 27), (256, 27, 27), (256, 13, 13), (384, 13, 13), (256, 6, 6), (4096,),
    ]  # fmt: skip


def torch_vgg() -> nn.Sequential:
    """VGG-16 straight from torch's layers."""
    parts: list[nn.Module] = []
    inputs = 3
    for maps in (64, 64, 0, 128, 128, 0, 256, 256, 256, 0, 512, 512, 512, 0, 512, 512, 512, 0):
        parts += [nn.Conv2d(inputs, maps, 3, padding=1), nn.ReLU()] if maps else [nn.MaxPool2d(2)]
        inputs = maps or inputs
    dense = [nn.Linear(25088, 4096), nn.ReLU(), nn.Linear(4096, 4096), nn.ReLU(), nn.Linear(4096, 1000)]
    return nn.Sequential(*parts, nn.Flatten(), *dense)


def test_layer_by_layer_the_same_shapes_as_torchs_own_vgg() -> None:
    with torch.device("meta"):
        net = torch_vgg()
    x, shapes = torch.empty(1, 3, 224, 224, device="meta"), []
    for layer in net:
        x = layer(x)
        if not isinstance(layer, nn.ReLU | nn.Flatten):
            shapes.append(tuple(x.shape[1:]))
    rows = rows_of(partial(vgg.layers, depth="VGG-16"), (3, 224, 224))
    assert [row.shape for row in rows[1:]] == shapes
    assert parameters(net) == sum(row.parameters for row in rows)
    torch_says = FlopCounterMode(display=False)
    with torch_says:
        net(torch.empty(1, 3, 224, 224, device="meta"))
    assert torch_says.get_total_flops() == 2 * sum(row.operations for row in rows)


@pytest.mark.parametrize("name", ["ResNet-18", "ResNet-50"])
def test_operations_of_resnet_as_torch_counts_them(name: str) -> None:
    plan = partial(resnet.layers, depth=name)
    torch_says = FlopCounterMode(display=False)
    with torch_says:
        made(plan)(torch.empty(1, 3, 224, 224, device="meta"))
    assert torch_says.get_total_flops() == 2 * sum(row.operations for row in rows_of(plan, (3, 224, 224)))


def test_gradients_of_usual_lenet_are_those_of_torchs_own_layers() -> None:
    net = seeded(partial(lenet5.layers, version="today"), np.random.default_rng(1), "lecun")
    plain = nn.Sequential(
        nn.Conv2d(1, 6, 5), nn.Tanh(), nn.AvgPool2d(2), nn.Tanh(), nn.Conv2d(6, 16, 5), nn.Tanh(), nn.AvgPool2d(2),
        nn.Tanh(), nn.Conv2d(16, 120, 5), nn.Tanh(), nn.Flatten(), nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10),
    )  # fmt: skip
    plain.load_state_dict(dict(zip(plain.state_dict(), net.state_dict().values(), strict=True)))
    x, y = torch.rand(4, 1, 32, 32, generator=torch.Generator().manual_seed(0)), torch.tensor([1, 2, 3, 4])
    for each in (net, plain):
        functional.cross_entropy(each(x), y).backward()
    for ours, theirs in zip(net.parameters(), plain.parameters(), strict=True):
        torch.testing.assert_close(ours.grad, theirs.grad)


def test_a_residual_block_adds_its_input() -> None:
    block = nn.Sequential(nn.Conv2d(2, 2, 1, bias=False))
    with torch.no_grad():
        block[0].weight.zero_()
    x = torch.randn(1, 2, 3, 3, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(Residual(block)(x), x.relu())


def test_subsampling_and_squash_by_hand() -> None:
    layer = Subsampling(1)
    with torch.no_grad():
        layer.weight.fill_(0.5)
        layer.bias.fill_(1.0)
    assert layer(torch.tensor([[[[1.0, 2.0], [3.0, 4.0]]]])).item() == 0.5 * 10 + 1
    assert Squash()(torch.tensor(1.0)).item() == pytest.approx(1.0, abs=1e-4)


def test_pictures_of_any_size_and_colour_are_fitted() -> None:
    for shape in ((2, 1, 8, 8), (2, 3, 50, 40), (2, 1, 32, 32)):
        fitted = Fit(3, 32)(torch.rand(shape, generator=torch.Generator().manual_seed(0)))
        assert fitted.shape == (2, 3, 32, 32)
        assert -1 <= fitted.min() < 0 < fitted.max() <= 1
    grey = Fit(1, 8)(torch.ones(1, 3, 8, 8) * torch.tensor([0.0, 0.5, 1.0])[:, None, None])
    assert grey.unique().tolist() == [0.0]


def test_a_crop_is_a_part_of_the_picture_and_mirrors_turn_it() -> None:
    dice = torch.Generator().manual_seed(0)
    x = torch.arange(8.0).expand(40, 1, 8, 8).contiguous()
    parts = cropped(x, 6, 2, dice, mirror=True)
    rows = {tuple(part[0, 0].tolist()) for part in parts}
    forward = {tuple(float(start + i) for i in range(6)) for start in range(3)}
    assert rows == forward | {row[::-1] for row in forward}


def test_the_shared_dice_are_not_thrown_and_seeds_matter() -> None:
    before = torch.get_rng_state()
    nets = [seeded(lenet5.layers, np.random.default_rng(seed), "lecun") for seed in (1, 1, 2)]
    assert torch.equal(before, torch.get_rng_state())
    first, same, other = (net.state_dict()["C1.weight"] for net in nets)
    assert torch.equal(first, same)
    assert not torch.equal(first, other)
    assert float(nets[0].C3.weight.detach().abs().max()) > 2.4 / 150  # of the inputs that are seen, not of all


def test_every_milestone_is_compared_and_knows_its_own_row() -> None:
    names = ["LeNet-5", "AlexNet", "VGG-16", "VGG-19", "ResNet-18", "ResNet-34", "ResNet-50"]
    assert [item.name for item in milestones()] == names
    table = compared("VGG-19")
    assert table.names[table.lit] == "VGG-19"
    assert table.layers.tolist() == [7, 8, 16, 19, 18, 34, 50]
    assert np.isnan(table.milliseconds).all()


def test_a_time_is_taken_only_when_asked_for_and_never_in_a_step() -> None:
    assert answered({}, "LeNet-5") == ()
    (table,) = answered({"time": Question("time", (0,))}, "LeNet-5")
    assert table.milliseconds[0] > 0
    assert np.isnan(table.milliseconds[1:]).all()
    assert answered({"time": Question("time", (0,))}, "")[0].milliseconds[0] == table.milliseconds[0]  # taken once
    assert np.isnan(compared("LeNet-5").milliseconds).all()
    assert np.isnan(answered({"time": Question("time", (99,))}, "")[0].milliseconds[2:]).all()


@pytest.mark.parametrize("engine", LARGE)
def test_a_full_size_network_is_looked_at_layer_by_layer(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Here at a small width: the full one takes seconds."""
    module = {"vision.alexnet": alexnet, "vision.vgg": vgg, "vision.resnet": resnet}[engine]
    monkeypatch.setattr(module, "layers", partial(module.layers, width=1 / 32, side=67))
    data = parse_sample("digits")
    params = engine_named(engine).params().with_values(purpose="inspect")
    seen = [(step, step.draw()) for step in Experiment(engine, params, data, Split(), 1).start()]
    assert all([type(item) for item in pictures] == [FeatureMaps, LayerTable, Milestones] for _, pictures in seen)
    assert all(step.scalars.keys() == {"layer"} for step, _ in seen)
    lit = [table.lit for _, (_, table, _) in seen]
    assert lit[0] == lit[-1] == -1
    assert lit[1:-1] == sorted(set(lit[1:-1]))
    assert lit[-2] == len(seen[0][1][1].names) - 1
    assert [len(maps.rows) for _, (maps, _, _) in seen] == [1, *range(1, len(seen) - 1), len(seen) - 2]


@pytest.mark.parametrize("engine", LARGE)
def test_too_little_memory_is_said_before_any_is_taken(engine: str) -> None:
    with pytest.raises(LearnerError, match="memory") as caught:
        first_step(engine, purpose="inspect", memory=0.01)
    assert caught.value.note.text in catalogue("zh")
    with pytest.raises(LearnerError, match="memory"):
        first_step(engine, width=1, side=224, batch_size=256, memory=1)


def test_what_memory_is_reckoned() -> None:
    rows = rows_of(partial(vgg.layers, depth="VGG-16"), (3, 224, 224))
    assert to_look(rows) == 4 * (138_357_544 + 2 * 64 * 224 * 224)
    assert to_train(rows, 1, "adam") > 4 * 4 * 138_357_544
    assert to_train(rows, 1, "adam") - to_train(rows, 1, "sgd") == 4 * 138_357_544
    afford(10**9, 1.0)


@pytest.mark.parametrize(("spec", "epochs"), [("digits", 3)])
def test_lenet_learns(spec: str, epochs: int) -> None:
    params = engine_named("vision.lenet5").params().with_values(max_epochs=epochs)
    outcome = run_through(Experiment("vision.lenet5", params, parse_sample(spec), Split(), 1))
    assert outcome.scalars["test_accuracy"] > 0.88
    assert outcome.arrays["probabilities"].shape == (1797, 10)


def run_through(experiment: Experiment):
    steps = experiment.start()
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def test_a_forecast_is_given_where_training_takes_long() -> None:
    assert not first_step("vision.lenet5").caution.text
    caution = first_step("vision.vgg", width=1, side=64, batch_size=8, memory=8, max_epochs=1000).caution
    assert "hours" in caution.text


@pytest.mark.parametrize("engine", ["vision.lenet5", *LARGE, "vision.residual"])
@pytest.mark.parametrize(
    "change",
    [
        lambda data: replace(data, y=np.zeros(len(data), int)),
        lambda data: replace(data, y=np.full(len(data), -1)),
        lambda data: data.taken(np.zeros(0, int)),
    ],
    ids=["one class", "no class", "no pictures"],
)
def test_what_cannot_be_learned_is_said(engine: str, change) -> None:
    with pytest.raises(LearnerError):
        first_step(engine, change(parse_sample("mnist:n=40")))


def test_coloured_and_odd_pictures_are_learned_from() -> None:
    data = parse_sample("shapes:n=20,size=40,colour=true")
    for engine in ("vision.lenet5", "vision.resnet", "vision.residual"):
        params: Params = engine_named(engine).params().with_values(max_epochs=1, batch_size=16)
        assert run_through(Experiment(engine, params, data, Split(), 1)).scalars


# The residual experiment


def test_three_networks_see_the_same_batches_and_edits_are_taken_up() -> None:
    params = engine_named("vision.residual").params().with_values(shallow=4, deep=9, max_epochs=2)
    steps = Experiment("vision.residual", params, parse_sample("mnist:n=60"), Split(), 1).start()
    note = next(steps).note.render()
    assert "A stack of 4 layers, one of 8, " in note
    step = next(steps)
    chart = step.draw()[0]
    assert [len(line.y) for line in chart.lines] == [4, 8, 8]
    assert all((line.y > 0).all() for line in chart.lines)
    steps.send(Change(params=params.with_values(lr=1e-5)))
    before = step.scalars["shallow_loss"]
    assert np.isfinite(before)
    steps.close()


def test_deep_and_plain_learns_worse_than_with_shortcuts() -> None:
    params = engine_named("vision.residual").params().with_values(shallow=8, deep=32, max_epochs=1)
    steps = Experiment("vision.residual", params, parse_sample("digits"), Split(), 1).start()
    last = list(itertools.islice(steps, 41))[-1].scalars
    assert last["residual_error"] + 0.15 < last["plain_error"]
    assert last["shallow_error"] + 0.1 < last["plain_error"]


def test_a_picture_that_shrinks_to_nothing_is_said() -> None:
    with pytest.raises(LearnerError, match="pool5") as caught:
        rows_of(partial(alexnet.layers, width=1 / 16, side=55), (3, 55, 55))
    assert caught.value.note.text in catalogue("zh")
    with pytest.raises(TypeError, match="Softplus"):
        rows_of(lambda: nn.Sequential(nn.Softplus()), GREY)


@pytest.mark.parametrize(
    "plan", [lenet5.layers, alexnet.layers, resnet.layers, partial(resnet.layers, depth="ResNet-50")]
)
def test_shapes_are_those_that_come_out_of_torch(plan) -> None:
    shape = GREY if plan is lenet5.layers else (3, 224, 224)
    net, seen = made(plan).eval(), []
    for layer in net.modules():
        if isinstance(layer, nn.Conv2d | nn.MaxPool2d | nn.Linear | Subsampling | nn.AdaptiveAvgPool2d | Fit):
            layer.register_forward_hook(lambda _, __, output: seen.append(tuple(output.shape[1:])))
    net(torch.empty(1, *shape, device="meta"))
    assert [row.shape for row in rows_of(plan, shape)] == seen


def test_a_network_that_has_lost_its_numbers_is_left_alone() -> None:
    params = engine_named("vision.residual").params().with_values(shallow=4, deep=56, batch_norm=False, max_epochs=2)
    steps = Experiment("vision.residual", params, parse_sample("mnist:n=60"), Split(), 1).start()
    next(steps)
    for step in steps:
        chart, workings, _ = step.draw()
        assert all(np.isfinite(line.y).all() or np.isnan(line.y).all() for line in chart.lines)
    lost = [line for line in workings.lines if "no longer" in line.text]
    assert len(lost) == 1  # what is added grows from block to block
    assert lost[0].text in catalogue("zh")
    outcome = run_through(Experiment("vision.residual", params, parse_sample("mnist:n=60"), Split(), 1))
    assert np.isfinite(outcome.arrays["probabilities"]).all()


def test_when_all_are_lost_it_is_said() -> None:
    params = residual.ResidualParams(deep=4, shallow=4)
    three = Three(parse_sample("mnist:n=60").with_split(Split()), params, np.random.default_rng(1))
    for run in three.runs[:2]:
        run.lost = True
    assert [run for _, run in three.going()] == three.runs[2:]
    three.runs[2].lost = True
    with pytest.raises(LearnerError, match="learning rate"):
        three.going()
