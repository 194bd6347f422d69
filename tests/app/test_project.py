"""Experiment files: what is saved comes back; what is broken, foreign or hostile is refused in a sentence."""

import io
import json
import pickle
import struct
import zipfile

import numpy as np
import pytest

from app.session import project
from engines.core.dataset import Recipe, Split, kinds
from engines.core.engine import NO_ENGINE
from engines.core.experiment import Experiment
from engines.core.language import LearnerError
from engines.core.registry import engine_named
from engines.data.points import Points
from engines.data.sampling import parse_sample


@pytest.fixture
def experiment() -> Experiment:
    rng = np.random.default_rng(5)
    recipe = Recipe("blobs", (("n", 40), ("noise", 0.25)), seed=9, then=(Recipe("outliers", (("n", 5),), 2),))
    data = Points(x=rng.normal(size=(40, 2)), y=rng.integers(-1, 3, 40), key=rng.random(40), recipe=recipe)
    params = engine_named("clustering.kmeans").params.from_json({"n_clusters": 4})
    return Experiment("clustering.kmeans", params, data, Split(0.5, 0.25, 3), seed=11)


@pytest.fixture
def saved(experiment, tmp_path):
    path = tmp_path / "one.sandtable"
    project.save(path, experiment)
    return path


def members(path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write(path, parts: dict[str, bytes]):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def changed_lab(path, **changes):
    parts = members(path)
    lab = json.loads(parts["lab.json"]) | changes
    return write(path, parts | {"lab.json": json.dumps(lab).encode()})


def npy_bytes(array, **options) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array, **options)
    return stream.getvalue()


def test_what_is_saved_comes_back(experiment, saved):
    again = project.load(saved)
    assert (again.engine_key, again.params, again.split, again.seed) == (
        experiment.engine_key, experiment.params, experiment.split, experiment.seed,
    )  # fmt: skip
    assert again.data.recipe == experiment.data.recipe
    for name in ("x", "y", "key"):
        ours, theirs = getattr(experiment.data, name), getattr(again.data, name)
        assert np.array_equal(ours, theirs)
        assert ours.dtype == theirs.dtype
        assert not theirs.flags.writeable
    assert np.array_equal(again.split_data.parts, experiment.split_data.parts)


def test_a_replay_from_the_file_takes_the_same_steps(experiment, saved):
    ours, theirs = list(experiment.start()), list(project.load(saved).start())
    assert len(ours) > 1
    assert [(step.note, step.scalars) for step in ours] == [(step.note, step.scalars) for step in theirs]


def test_extra_words_travel_along(experiment, tmp_path):
    path = tmp_path / "with extra.sandtable"
    project.save(path, experiment, {"locked": ["n_clusters"], "题": "聚类"})
    assert project.read(path).extra == {"locked": ["n_clusters"], "题": "聚类"}


def test_empty_data_can_be_kept(experiment, tmp_path):
    path = tmp_path / "empty.sandtable"
    project.save(path, Experiment(experiment.engine_key, experiment.params, Points()))
    assert len(project.load(path).data) == 0


def test_the_same_experiment_gives_the_same_bytes(experiment, saved, tmp_path):
    other = tmp_path / "two.sandtable"
    project.save(other, experiment)
    assert other.read_bytes() == saved.read_bytes()


def test_nothing_in_the_file_is_a_pickle(saved):
    for name, content in members(saved).items():
        assert name == "lab.json" or content.startswith(b"\x93NUMPY")
        with pytest.raises(Exception):  # noqa: B017, PT011 - whatever it says: it must not be one
            pickle.loads(content)


def test_a_crash_while_writing_leaves_the_old_file(experiment, saved, monkeypatch):
    before = saved.read_bytes()

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(project.os, "fsync", full)
    with pytest.raises(LearnerError, match="No space left"):
        project.save(saved, Experiment(experiment.engine_key, experiment.params, Points()))
    assert saved.read_bytes() == before
    assert [file.name for file in saved.parent.iterdir()] == [saved.name]


def test_a_place_that_cannot_be_written_is_said(experiment, tmp_path):
    with pytest.raises(LearnerError, match="cannot be written"):
        project.save(tmp_path / "no such folder" / "one.sandtable", experiment)


# Every kind of data

SPECS = {
    "Points": ("moons:n=60,seed=3+outliers:n=5", "hills:n=30", "sine:n=30", "uniform:n=30", "blobs:clouds=8"),
    "Table": ("iris", "play_tennis", "houses:n=40"),
    "Images": ("digits", "shapes:n=20,shapes=2", "shapes:n=5,colour=true"),
    "Sequences": ("airline_passengers", "seattle_weather"),
    "Text": ("spam", "sentiment:language=zh"),
}


def bits(data) -> dict[str, tuple]:
    return {name: (str(array.dtype), array.shape, array.tobytes()) for name, array in data.arrays().items()}


def kept(data, path):
    project.save(path, Experiment(NO_ENGINE.key, NO_ENGINE.params(), data, Split(0.5, 0.25, 2, "random"), seed=4))
    return project.load(path)


def test_there_is_a_sample_of_every_kind():
    assert {parse_sample(spec).kind for specs in SPECS.values() for spec in specs} == set(SPECS) == set(kinds())


@pytest.mark.parametrize(("kind", "spec"), [(kind, spec) for kind, specs in SPECS.items() for spec in specs])
def test_data_of_every_kind_come_back(tmp_path, kind, spec):
    ours = parse_sample(spec)
    again = kept(ours, tmp_path / "kept.sandtable")
    assert again.engine is NO_ENGINE
    assert again.split == Split(0.5, 0.25, 2, "random")
    theirs = again.data
    assert type(theirs) is type(ours) is kinds()[kind]
    assert bits(theirs) == bits(ours)
    assert theirs.about() == ours.about()
    assert theirs.recipe == ours.recipe
    assert theirs.facts() == ours.facts()
    assert bits(parse_sample(str(theirs.recipe))) == bits(ours)
    assert all(not array.flags.writeable for array in theirs.arrays().values())


@pytest.mark.parametrize("kind", kinds().values(), ids=kinds())
def test_empty_data_of_every_kind_come_back(tmp_path, kind):
    theirs = kept(kind(), tmp_path / "empty.sandtable").data
    assert type(theirs) is kind
    assert len(theirs) == 0
    assert bits(theirs) == bits(kind())


@pytest.mark.parametrize("spec", [specs[0] for specs in SPECS.values()])
def test_data_of_no_kind_have_a_part_too_few(tmp_path, spec):
    """Whichever array is gone, the file is refused in a sentence, but for what files of an earlier day did not have."""
    path = tmp_path / "kept.sandtable"
    kept(parse_sample(spec), path)
    whole = members(path)
    arrays = [name for name in whole if name != "lab.json" and name != "data/value.npy"]
    assert len(arrays) >= 3
    for gone in arrays:
        with pytest.raises(LearnerError):
            project.load(write(tmp_path / "less.sandtable", {n: c for n, c in whole.items() if n != gone}))


@pytest.mark.parametrize("spec", [specs[0] for specs in SPECS.values()])
@pytest.mark.parametrize(
    "about", [{}, {"columns": 3}, {"columns": [{}]}, {"names": [1, {}]}, {"target": [], "names": "a"}, {"lines": [[]]}]
)
def test_strange_words_about_data_are_refused_or_change_nothing(tmp_path, spec, about):
    path = tmp_path / "kept.sandtable"
    ours = parse_sample(spec)
    kept(ours, path)
    described = json.loads(members(path)["lab.json"])["data"] | {"about": about}
    try:
        theirs = project.load(changed_lab(path, data=described)).data
    except LearnerError:
        return
    assert len(theirs) == len(ours)


def test_data_of_another_kind_than_the_algorithm_learns_from_are_refused(saved):
    described = json.loads(members(saved)["lab.json"])["data"] | {"kind": "Text"}
    with pytest.raises(LearnerError, match="damaged"):
        project.load(changed_lab(saved, data=described))


# What is broken


def test_a_missing_file_is_said(tmp_path):
    with pytest.raises(LearnerError, match="There is no file"):
        project.load(tmp_path / "none.sandtable")


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(LearnerError):
        project.load(tmp_path)


def test_every_truncated_file_is_refused(saved, tmp_path):
    content = saved.read_bytes()
    cut = tmp_path / "cut.sandtable"
    for length in range(0, len(content), max(1, len(content) // 97)):
        cut.write_bytes(content[:length])
        with pytest.raises(LearnerError, match="damaged"):
            project.load(cut)


def test_no_changed_byte_gives_a_traceback(saved, tmp_path):
    content = bytearray(saved.read_bytes())
    rng = np.random.default_rng(1)
    spoilt = tmp_path / "spoilt.sandtable"
    refused = 0
    for place in rng.integers(0, len(content), 300):
        was = content[place]
        content[place] = (was + rng.integers(1, 256)) % 256
        spoilt.write_bytes(content)
        try:
            project.load(spoilt)
        except LearnerError:
            refused += 1
        content[place] = was
    assert refused > 200


@pytest.mark.parametrize("gone", ["lab.json", "data/x.npy", "data/y.npy", "data/key.npy"])
def test_a_missing_member_is_refused(saved, gone):
    parts = members(saved)
    del parts[gone]
    with pytest.raises(LearnerError, match="damaged"):
        project.load(write(saved, parts))


@pytest.mark.parametrize("lab", [b"", b"{", b"[]", b"null", b"{}", b"\xff\xfe", b"[" * 100_000, b'{"format": 1}'])
def test_a_lab_that_is_none_is_refused(saved, lab):
    with pytest.raises(LearnerError, match="damaged"):
        project.load(write(saved, members(saved) | {"lab.json": lab}))


@pytest.mark.parametrize(
    "changes",
    [
        {"format": "1"},
        {"format": 0},
        {"format": True},
        {"engine": 3},
        {"seed": -1},
        {"seed": 1.5},
        {"seed": 2**70},
        {"params": []},
        {"split": {"train": "all", "validation": 0, "seed": 0}},
        {"split": {}},
        {"data": {"kind": "Table", "recipe": {}}},
        {"data": {"kind": "Points", "recipe": {"source": 1, "settings": [], "seed": 0}}},
        {"data": {"kind": "Points", "recipe": {"source": "a", "settings": [[1, 2, 3]], "seed": 0}}},
        {"extra": 5},
    ],
)
def test_values_of_the_wrong_kind_are_refused(saved, changes):
    with pytest.raises(LearnerError, match="damaged"):
        project.load(changed_lab(saved, **changes))


def test_shares_that_cannot_be_are_refused(saved):
    with pytest.raises(LearnerError, match="shares"):
        project.load(changed_lab(saved, split={"train": 2, "validation": 0, "seed": 0}))


def test_a_newer_format_is_said(saved):
    with pytest.raises(LearnerError, match="newer Sandtable"):
        project.load(changed_lab(saved, format=project.FORMAT + 1))


def test_an_unknown_engine_is_said(saved):
    with pytest.raises(LearnerError, match=r"no algorithm “clustering\.hypercubes”"):
        project.load(changed_lab(saved, engine="clustering.hypercubes"))


@pytest.mark.parametrize("params", [{"n_clusters": 10**9}, {"n_clusters": float("inf")}, {"nothing": 1}])
def test_a_param_out_of_its_range_is_said(saved, params):
    with pytest.raises(LearnerError, match=r"n_clusters|Clusters"):
        project.load(changed_lab(saved, params=params))


# What is hostile


@pytest.mark.parametrize(
    "name", ["../evil.npy", "/etc/passwd", "data/../../x.npy", "data\\x.npy", "data/", "script.py", "data/X.NPY"]
)
def test_members_with_strange_names_are_refused(saved, name):
    with pytest.raises(LearnerError, match="does not belong"):
        project.load(write(saved, members(saved) | {name: b"x"}))
    assert [file.name for file in saved.parent.iterdir()] == [saved.name]


def test_a_member_that_is_there_twice_is_refused(saved):
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(saved, "a") as archive:
        archive.writestr("lab.json", b"{}")
    with pytest.raises(LearnerError, match="damaged"):
        project.load(saved)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(saved, monkeypatch):
    write(saved, members(saved) | {"data/bomb.npy": bytes(project.MOST_BYTES + 1)})
    assert saved.stat().st_size < 1_000_000
    monkeypatch.setattr(zipfile.ZipFile, "read", lambda *_: pytest.fail("unpacked"))
    with pytest.raises(LearnerError, match="too big"):
        project.load(saved)


def test_a_member_longer_than_it_says_is_refused(saved):
    """The size in the directory is a lie: no more is unpacked than it says, and then the sum does not fit."""
    parts = members(saved)
    content = bytearray(write(saved, parts).read_bytes())
    place = content.index(b"PK\x01\x02")
    size = struct.unpack_from("<I", content, place + 24)[0]
    struct.pack_into("<I", content, place + 24, size - 8)
    saved.write_bytes(content)
    with pytest.raises(LearnerError, match="damaged"):
        project.load(saved)


def test_too_many_members_are_refused(saved):
    extra = {f"data/a{number}.npy": b"" for number in range(project.MOST_MEMBERS)}
    with pytest.raises(LearnerError, match="damaged"):
        project.load(write(saved, members(saved) | extra))


class Bang:
    """What a pickle would run."""

    def __reduce__(self):
        return (pytest.fail, ("code from the file was run",))


def huge_header() -> bytes:
    """An array that says it has 10^15 rows and brings none of them."""
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(stream, {"descr": "<f8", "fortran_order": False, "shape": (10**15, 2)})
    return stream.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        npy_bytes(np.array([Bang(), Bang()]), allow_pickle=True),
        pickle.dumps(Bang()),
        huge_header(),
        npy_bytes(np.zeros((40, 2))) + b"more",
        npy_bytes(np.zeros(40)),
        npy_bytes(np.zeros((39, 2))),
        npy_bytes(np.zeros((40, 2), complex)),
        npy_bytes(np.full((40, 2), "a")),
        npy_bytes(np.zeros((40, 2), [("a", float)])),
        b"",
        b"\x93NUMPY",
        b"\x93NUMPY\x09\x00",
    ],
    ids=[
        "objects",
        "pickle",
        "huge",
        "longer",
        "flat",
        "shorter",
        "complex",
        "text",
        "fields",
        "empty",
        "magic",
        "version",
    ],
)
def test_arrays_that_do_not_belong_are_refused(saved, content):
    with pytest.raises(LearnerError):
        project.load(write(saved, members(saved) | {"data/x.npy": content}))


def test_points_without_a_place_are_refused(saved):
    with pytest.raises(LearnerError, match="no place on the plane"):
        project.load(write(saved, members(saved) | {"data/x.npy": npy_bytes(np.full((40, 2), np.nan))}))
