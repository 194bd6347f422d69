"""Two orders of work: boxes that do not overlap at any size, red from the wrong one on, and told in words."""

import pytest
from pytestqt.qtbot import QtBot

from app.theme import theme
from app.views.pipelines_view import PipelinesView
from engines.core.language import say
from engines.pictures.pipelines import Lane, Pipelines
from tests.app.test_views import near, shown

BOXES = tuple(say(text) for text in ("all the rows", "choose 10 columns", "split", "train it", "score it"))
PICTURE = Pipelines((Lane(say("leaking"), BOXES, 1, say("0.731")), Lane(say("honest"), BOXES)), 2)
pytestmark = pytest.mark.usefixtures("plain_look")


@pytest.mark.parametrize("size", [(240, 170), (300, 260), (900, 300), (900, 500)])
@pytest.mark.parametrize("dark", [False, True])
def test_boxes_lie_apart_and_inside(qtbot: QtBot, size: tuple[int, int], dark: bool) -> None:
    theme.set(dark=dark)
    view = PipelinesView()
    shown(qtbot, view, size)
    view.show_picture(PICTURE)
    boxes = [view.box(lane, place) for lane in range(2) for place in range(-1, 6)]
    assert all(view.rect().toRectF().contains(box) for box in boxes)
    assert not any(a.intersects(b) for i, a in enumerate(boxes) for b in boxes[:i])
    assert min(min(box.width() / 4, box.height()) for box in boxes) > 9
    image, tokens = view.grab().toImage(), theme.tokens
    assert near(image.pixelColor(view.box(0, 1).adjusted(5, 5, 0, 0).topLeft().toPoint()), tokens.color("bad"), 6)
    assert not near(image.pixelColor(view.box(1, 1).adjusted(5, 5, 0, 0).topLeft().toPoint()), tokens.color("bad"), 60)


def test_a_box_is_told_in_words(qtbot: QtBot) -> None:
    view = PipelinesView()
    shown(qtbot, view)
    assert view.empty()
    view.show_picture(PICTURE)
    assert "held out have a say" in view.describe(0, 1)
    assert view.describe(1, 1) == "choose 10 columns"
    assert view.said(PICTURE.lanes[0], 5) == "0.731"
    assert view.said(PICTURE.lanes[1], 5) == "–"
