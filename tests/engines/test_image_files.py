"""Pictures and arrays from files: what is read, what is said of what is not, and that nothing else escapes."""

import io
import struct
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from engines.core.language import LearnerError, catalogue
from engines.data.files import _picture_files as picture_files
from engines.data.files.pictures import ENDINGS, PictureOptions, write_folders
from engines.data.images import Images
from engines.data.importing import FOLDER, read_file, readers, write_file
from engines.data.points import UNLABELLED, Points
from engines.data.sampling import make_sample

ANYTHING = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def picture(path: Path, width: int = 8, height: int = 8, value: object = 100, mode: str = "L") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, (width, height), value).save(path)
    return path


def said(problems) -> list[str]:
    assert all(note.text in catalogue("zh") for note in problems)
    return [note.render() for note in problems]


# Folders


def test_a_folder_for_each_class(tmp_path):
    for name, value in (("cat", 10), ("dog", 20), ("10", 30), ("2", 40)):
        picture(tmp_path / name / "one.png", value=value)
    picture(tmp_path / "cat" / "deeper" / "two.bmp", value=50)
    picture(tmp_path / "loose.png", value=60)
    (tmp_path / "cat" / "notes.txt").write_text("no picture, and none that is meant")
    picture(tmp_path / ".hidden" / "x.png")
    got = read_file(tmp_path)
    data = got.data
    assert data.names == ("2", "10", "cat", "dog")
    assert {(int(label), int(value)) for label, value in zip(data.y, data.pixels[:, 0, 0], strict=True)} == {
        (0, 40), (1, 30), (2, 10), (2, 50), (3, 20), (UNLABELLED, 60),
    }  # fmt: skip
    assert not got.problems
    assert data.recipe.source == tmp_path.name


def test_train_and_test_folders_are_put_together_and_that_is_said(tmp_path):
    for share in ("train", "test"):
        for name in ("a", "b"):
            picture(tmp_path / share / name / "one.png")
    got = read_file(tmp_path)
    assert got.data.names == ("a", "b")
    assert len(got.data) == 4
    assert "put together" in said(got.problems)[0]


def test_mixed_sizes_are_scaled_to_the_most_common_and_that_is_said(tmp_path):
    for number in range(3):
        picture(tmp_path / "a" / f"{number}.png", 12, 9)
    picture(tmp_path / "b" / "large.jpg", 200, 100)
    got = read_file(tmp_path)
    assert got.data.size == (9, 12)
    assert said(got.problems) == ["Pictures of another size, scaled to 12 × 9: 1."]


def test_large_pictures_are_made_small_unless_a_size_is_asked_for(tmp_path):
    picture(tmp_path / "a.png", 300, 150)
    assert read_file(tmp_path).data.size == (32, 64)
    assert read_file(tmp_path, PictureOptions(200, 100)).data.size == (100, 200)


def test_what_cannot_be_read_is_told_by_name_and_the_rest_is_read(tmp_path):
    picture(tmp_path / "a" / "good.png")
    (tmp_path / "a" / "text.png").write_text("this is no picture")
    (tmp_path / "a" / "empty.gif").write_bytes(b"")
    whole = picture(tmp_path / "a" / "half.png", 60, 60, 3).read_bytes()
    (tmp_path / "a" / "half.png").write_bytes(whole[: len(whole) // 2])
    got = read_file(tmp_path)
    assert len(got.data) == 1
    problems = said(got.problems)
    assert all(any(name in line for line in problems) for name in ("text.png", "empty.gif", "half.png"))


def test_nothing_in_it(tmp_path):
    with pytest.raises(LearnerError, match="holds no pictures"):
        read_file(tmp_path)
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.png").write_text("no")
    (tmp_path / "a" / "y.png").write_text("no")
    with pytest.raises(LearnerError, match="None of the 2 files"):
        read_file(tmp_path)


def test_too_many_pictures_are_refused_before_any_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(picture_files, "MOST_PICTURES", 3)
    for number in range(4):
        (tmp_path / f"{number}.png").write_bytes(b"")
    with pytest.raises(LearnerError, match="choose a smaller folder"):
        read_file(tmp_path)
    monkeypatch.setattr(picture_files, "MOST_PICTURES", 9)
    monkeypatch.setattr(picture_files, "MOST_ENTRIES", 3)
    with pytest.raises(LearnerError, match="choose a smaller folder"):
        read_file(tmp_path)


def test_what_would_not_fit_into_memory_is_refused_before_it_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr("engines.data.files.pictures.MOST_BYTES", 2**20)
    for number in range(5):
        picture(tmp_path / f"{number}.png", 4, 4, (1, 2, 3), "RGB")
    with pytest.raises(LearnerError, match="5 pictures of 512 × 512 would need 3 MB"):
        read_file(tmp_path, PictureOptions(512, 512))


def test_how_far_it_is_is_told(tmp_path):
    for number in range(4):
        picture(tmp_path / f"{number}.png")
    told: list[float] = []
    read_file(tmp_path, None, lambda share, note: told.append(share))
    assert told[0] == -1
    assert told[1:] == sorted(told[1:])
    assert told[-1] == 1


# Single files


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_format_is_read(tmp_path, ending):
    got = read_file(picture(tmp_path / f"x{ending}", 10, 6, (200, 30, 90), "RGB"))
    assert got.data.size == (6, 10)
    assert got.data.coloured
    assert np.abs(got.data.pixels[0, 3, 5].astype(int) - (200, 30, 90)).max() <= 12
    assert got.data.y.tolist() == [UNLABELLED]
    assert not read_file(tmp_path / f"x{ending}", PictureOptions(colour="grey")).data.coloured


@pytest.mark.parametrize(
    ("mode", "value", "expected"),
    [("1", 1, 255), ("LA", (80, 255), 80), ("LA", (80, 0), 255), ("I;16", 257 * 100, 100), ("P", 0, 0)],
)
def test_other_kinds_of_png(tmp_path, mode, value, expected):
    got = read_file(picture(tmp_path / "x.png", 4, 4, value, mode), PictureOptions(colour="grey"))
    assert (got.data.pixels == expected).all()


def test_several_files_and_folders_at_once(tmp_path):
    first = picture(tmp_path / "x.png", value=1)
    picture(tmp_path / "cats" / "a.png", value=2)
    picture(tmp_path / "cats" / "b.png", value=3)
    got = read_file(first, PictureOptions(also=(tmp_path / "cats", tmp_path / "gone.png")))
    assert got.data.names == ("cats",)
    assert got.data.y.tolist() == [UNLABELLED, 0, 0]
    assert said(got.problems) == ["There is no file “gone.png”."]


@pytest.mark.parametrize(("fit", "corner"), [("stretch", 255), ("crop", 255), ("margins", 0)])
def test_sides_of_another_ratio(tmp_path, fit, corner):
    path = picture(tmp_path / "x.png", 20, 10, 255)
    data = read_file(path, PictureOptions(8, 8, fit=fit)).data
    assert data.size == (8, 8)
    assert data.pixels[0, 0, 0] == corner


def test_a_picture_taken_upright_stands_upright(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("L", (20, 10)).save(tmp_path / "x.jpg", exif=exif)
    assert read_file(tmp_path / "x.jpg").data.size == (20, 10)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def test_a_decompression_bomb_is_refused_in_words(tmp_path):
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    path = tmp_path / "bomb.png"
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    )
    with pytest.raises(LearnerError, match="40 million pixels"):
        read_file(path)
    head = struct.pack(">IIBBBBB", 7_000, 7_000, 8, 0, 0, 0, 0)  # large, but not so that Pillow would refuse it
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    )
    with pytest.raises(LearnerError, match="40 million pixels"):
        read_file(path)


@pytest.mark.parametrize("values", [{"width": 1, "height": 8}, {"width": 8}, {"fit": "x"}, {"colour": "x"}])
def test_options_check_themselves(values):
    with pytest.raises(LearnerError):
        PictureOptions(**values)


# Out, and in again


def test_folders_written_are_read_again(tmp_path):
    data = make_sample("shapes", n=12, size=16)
    data = Images(data.pixels, np.where(np.arange(12) == 5, UNLABELLED, data.y), data.names)
    write_folders(data, tmp_path / "out")
    back = read_file(tmp_path / "out").data
    assert sorted(back.names) == sorted(data.names)
    sets = [
        {(image.tobytes(), made.names[label] if label >= 0 else "") for image, label in
         zip(made.pixels, made.y.tolist(), strict=True)} for made in (data, back)
    ]  # fmt: skip
    assert sets[0] == sets[1]
    with pytest.raises(LearnerError, match="already something"):
        write_folders(data, tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_names_that_no_folder_may_have(tmp_path):
    names = ("a/b", "..", "A?B", "a:b", "")
    data = Images(np.zeros((5, 4, 4), np.uint8), np.arange(5), names)
    write_folders(data, tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["A_B 2", "_", "_ 2", "a_b", "a_b 3"]
    assert list((tmp_path / "out").glob("*/*.png")) == list((tmp_path / "out").rglob("*.png"))


def test_a_folder_that_cannot_be_written_leaves_nothing(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(LearnerError, match="already something"):
        write_folders(make_sample("digits"), tmp_path / "file")
    with pytest.raises(LearnerError, match="cannot be written"):
        write_folders(make_sample("digits"), tmp_path / "file" / "below")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("recipe", ["digits", "shapes"])
def test_arrays_of_pictures_come_back(tmp_path, recipe):
    data = make_sample(recipe)
    write_file(data, tmp_path / "x.npz")
    back = read_file(tmp_path / "x.npz").data
    for name in ("pixels", "y", "boxes"):
        assert np.array_equal(back.arrays()[name], data.arrays()[name])
    assert back.names == data.names


def test_arrays_of_points_come_back(tmp_path):
    for recipe in ("moons", "hills"):
        data = make_sample(recipe)
        write_file(data, tmp_path / "x.npz")
        back = read_file(tmp_path / "x.npz").data
        assert isinstance(back, Points)
        assert np.array_equal(back.x, data.x)
        assert np.array_equal(back.y, data.y)
        assert back.target == data.target
        if data.target == "value":
            assert np.array_equal(back.value, data.value)


@pytest.mark.parametrize(
    ("arrays", "shape", "first", "words"),
    [
        ({"pixels": np.full((3, 4, 5), 0.5)}, (3, 4, 5), 128, 1),
        ({"X": np.full((3, 4, 5), 16.0)}, (3, 4, 5), 255, 1),
        ({"images": np.full((3, 4, 5), 200)}, (3, 4, 5), 200, 0),
        ({"x": np.ones((3, 1, 4, 5), bool)}, (3, 4, 5), 255, 0),
        ({"x": np.full((3, 3, 4, 5), 7, np.uint8)}, (3, 4, 5, 3), 7, 0),
        ({"pixels": np.full((3, 4, 5, 3), 7, np.uint8)}, (3, 4, 5, 3), 7, 0),
    ],
)
def test_arrays_that_others_have_written(tmp_path, arrays, shape, first, words):
    np.savez(tmp_path / "x.npz", **arrays, y=np.array(["b", "a", "b"]))
    got = read_file(tmp_path / "x.npz")
    assert got.data.pixels.shape == shape
    assert got.data.pixels.flat[0] == first
    assert got.data.names == ("a", "b")
    assert got.data.y.tolist() == [1, 0, 1]
    assert len(said(got.problems)) == words


def test_points_without_a_place_are_told(tmp_path):
    np.savez(tmp_path / "x.npz", X=np.array([[1, 2], [np.nan, 3], [4, 5]]), y=np.array([3.0, 3.0, np.nan]))
    got = read_file(tmp_path / "x.npz")
    assert got.data.y.tolist() == [0, UNLABELLED]
    assert said(got.problems) == ["Points without a place (NaN or infinite), left out: 1."]


@pytest.mark.parametrize(
    ("arrays", "word"),
    [
        ({"a": np.zeros(3)}, "neither points"),
        ({"X": np.zeros((4, 3))}, "neither points"),
        ({"X": np.zeros((4, 2)), "y": np.zeros(3)}, "one class for each row"),
        ({"X": np.zeros((40, 2)), "y": np.arange(40)}, "40 different classes"),
        ({"pixels": np.full((2, 4, 4), -1.0)}, "from 0 to 255"),
        ({"pixels": np.full((2, 4, 4), np.nan)}, "from 0 to 255"),
        ({"pixels": np.zeros((2, 1, 1), np.uint8)}, "a side"),
        ({"X": np.array([[object(), object()]])}, "damaged"),
    ],
)
def test_arrays_that_are_neither(tmp_path, arrays, word):
    np.savez(tmp_path / "x.npz", **arrays)
    with pytest.raises(LearnerError, match=word):
        read_file(tmp_path / "x.npz")


def test_arrays_that_unpack_to_more_than_there_is_room_for(tmp_path, monkeypatch):
    monkeypatch.setattr("engines.data.files.arrays.MOST_BYTES", 2**20)
    np.savez_compressed(tmp_path / "x.npz", pixels=np.zeros((100, 128, 128), np.uint8))
    with pytest.raises(LearnerError, match="too big"):
        read_file(tmp_path / "x.npz")


def test_an_array_that_says_it_is_larger_than_it_is(tmp_path):
    head = io.BytesIO()
    np.lib.format.write_array_header_1_0(head, {"descr": "|u1", "fortran_order": False, "shape": (2**40, 8, 8)})
    with zipfile.ZipFile(tmp_path / "x.npz", "w") as packed:
        packed.writestr("pixels.npy", head.getvalue())
    with pytest.raises(LearnerError, match="damaged"):
        read_file(tmp_path / "x.npz")


# Anything at all


def all_endings() -> list[str]:
    return sorted({*readers()} - {FOLDER})


def seeds() -> list[bytes]:
    """Good files of every picture format and of arrays, to be damaged."""
    made = []
    for form in ("PNG", "JPEG", "BMP", "GIF", "WEBP"):
        file = io.BytesIO()
        Image.fromarray(np.arange(192, dtype=np.uint8).reshape(8, 8, 3)).save(file, form)
        made.append(file.getvalue())
    file = io.BytesIO()
    np.savez(file, pixels=np.zeros((2, 4, 4), np.uint8), X=np.zeros((3, 2)), y=np.zeros(2, int))
    return [*made, file.getvalue()]


SEEDS = seeds()


@ANYTHING
@given(st.binary(max_size=400), st.sampled_from(all_endings()))
def test_bytes_of_any_kind_give_data_or_a_sentence(tmp_path, content, ending):
    (tmp_path / f"x{ending}").write_bytes(content)
    try:
        read_file(tmp_path / f"x{ending}")
    except LearnerError as error:
        assert str(error)  # noqa: PT017 - either way is right, but for any other exception


@ANYTHING
@given(
    st.sampled_from(range(len(SEEDS))),
    st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), max_size=12),
    st.integers(0, 2000),
    st.sampled_from([*ENDINGS, ".npz"]),
)
def test_damaged_files_give_data_or_a_sentence(tmp_path, which, changes, cut, ending):
    content = bytearray(SEEDS[which])
    for place, value in changes:
        content[place % len(content)] = value
    folder = tmp_path / "damaged"
    folder.mkdir(exist_ok=True)
    path = folder / f"x{ending}"
    path.write_bytes(content[: max(1, len(content) - cut % 40)])
    for target in (path, folder):
        try:
            read_file(target)
        except LearnerError as error:
            assert str(error)  # noqa: PT017 - either way is right, but for any other exception
    path.unlink()


def test_every_sentence_can_be_said_in_chinese(tmp_path):
    (tmp_path / "x.png").write_text("no")
    with pytest.raises(LearnerError) as caught:
        read_file(tmp_path / "x.png")
    assert "x.png" in caught.value.note.render("zh")
    assert caught.value.note.render("zh") != str(caught.value)
