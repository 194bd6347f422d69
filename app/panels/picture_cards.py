"""The pictures of the run that are not on the stage, as a row of cards."""

from collections.abc import Callable

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.kit import FoldingChoice
from app.panels.picture_column import Pane, PictureColumn
from app.session.session import Session
from app.theme import theme
from app.views.curves_view import CurvesView
from app.views.registry import CardView, view_for
from engines.core.picture import Picture

MOST_COLUMNS = 3
SOON = 150  # milliseconds without another frame after which all cards show the last one
NARROWEST = 215  # pixels of a card; where there is less room the last card holds several pictures


class PictureCards(QWidget):
    """One card for the curves and one for every other kind of picture that the run draws, in at most three columns.

    While a run plays, each frame redraws one card in turn (the stage is redrawn at each): four views on sixty frames a
    second would take the window's whole time for what no eye can follow. Where no other frame comes soon, as the next
    step takes long, the others follow. What answers a new question is drawn at once.
    ``enlarged(bool)``: one card wants the stage's room too, or gives it back. ``looked(kind)``: a person has taken a
    closer look at such a picture.
    """

    poked = Signal(object)
    picked = Signal(object)
    asked = Signal(str, object)
    taken = Signal(object)
    wondered = Signal(object)
    looked = Signal(type)
    enlarged = Signal(bool)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(12)
        self._made_for: tuple[str, str] | None = None  # engine, and what yields the steps
        self._drawn: frozenset[type[Picture]] = frozenset()  # the kinds that there is a card for
        self._turn = 0
        self._behind = QTimer(self, singleShot=True, interval=SOON)
        self._behind.timeout.connect(self._catch_up)
        self._asked = -1  # the number of the questions that were drawn last
        self._told: tuple[str, ...] = ()  # the titles of the curves that there are
        self._tells = True  # whether the run tells of any
        self._first: tuple[str, ...] = ()  # names of the kinds of picture whose cards come first
        self._panes: dict[type[Picture] | None, Pane] = {}  # that of the curves is under None
        self.columns: list[PictureColumn] = []
        self.curves: CurvesView | None = None
        self.views: dict[type[Picture], CardView] = {}
        session.experiment_changed.connect(self._rebuild)
        session.frame_shown.connect(self._show)
        session.state_changed.connect(self._show)
        session.cleared.connect(self._clear)
        self._rebuild()

    # Which cards there are

    def _rebuild(self) -> None:
        """Make the views of another algorithm."""
        engine, runs = self._session.engine, self._session.runs
        key = (engine.key, runs.key)
        if key == self._made_for:
            return
        self._made_for = key
        self._take_down()
        for pane in self._panes.values():
            pane.view.deleteLater()
        self._panes, self.views, self.curves = {}, {}, None
        self._told, self._tells = tuple(runs.curves), True
        if runs.curves:
            self._panes[None] = self._curves_pane()
        for kind in runs.shows:
            view = view_for(kind)
            if issubclass(view, CardView):
                self._panes[kind] = self._pane(kind, view())
        self._drawn = frozenset(self.views)
        if runs is engine and type(self._session.data) is engine.data:
            self._arrange()  # else the first frame tells what is drawn for this kind of data

    def _curves_pane(self) -> Pane:
        curves, titles = self._session.runs.curves, self._told
        self.curves = view = CurvesView()
        view.set_curves(titles[0], curves[titles[0]])
        if len(titles) == 1:
            return Pane(titles[0], view, self._show_curves)
        choice = FoldingChoice("Curves", [(title, title) for title in titles])
        choice.chosen.connect(lambda title: view.set_curves(title, curves[title]))
        choice.chosen.connect(self._show_curves)
        return Pane("", view, self._show_curves, choice)

    def _pane(self, kind: type[Picture], view: CardView) -> Pane:
        view.poked.connect(self.poked)
        view.picked.connect(self.picked)
        view.asked.connect(self.asked)
        view.taken.connect(self.taken)
        view.wondered.connect(self.wondered)
        view.looked.connect(lambda: self.looked.emit(kind))
        view.exam.connect(self._session.sit_exam)
        view.heed(self._session.seal)
        self.views[kind] = view
        return Pane(kind.title or view.title, view, lambda: self._show_picture(kind))

    def _follow(self) -> None:
        """Have cards for the kinds of picture that this run draws: not every kind of data has all of them."""
        if frame := self._session.frame:
            self._follow_scalars(frozenset(frame.scalars))
            drawn = frozenset(type(picture) for picture in frame.pictures) & frozenset(self.views)
            if drawn != self._drawn or not self.columns:
                self._drawn = drawn
                self._arrange()

    def _follow_scalars(self, names: frozenset[str]) -> None:
        """Have curves for the scalars that this run tells: where a number is learned there is no accuracy.

        A run that tells of other things only, a network that is merely looked at, has no card for them.
        """
        curves = self._session.runs.curves
        told = tuple(title for title in curves if names.intersection(curves[title]))
        tells = bool(told) or not names
        if curves and tells != self._tells:
            self._tells = tells
            self._take_down()
        told = told or tuple(curves)
        if told and told != self._told:
            self._told = told
            self._take_down()
            old = self._panes[None]
            old.view.deleteLater()
            if old.beside is not None:
                old.beside.deleteLater()
            self._panes[None] = self._curves_pane()

    def prefer(self, names: tuple[str, ...]) -> None:
        """Have the cards of these kinds of picture come first, right after the curves: ``FeatureMaps``."""
        if names != self._first:
            self._first = names
            if self.columns:
                self._take_down()
                self._arrange()
                self._show()

    def _place(self, kind: type[Picture] | None) -> int:
        """Return the place of a card among those that come first, after them where it is none of them."""
        name = kind.__name__ if kind else ""
        return -1 if kind is None else self._first.index(name) if name in self._first else len(self._first)

    def _arrange(self) -> None:
        """Put the panes into columns; those that have no column of their own share the last."""
        kinds = sorted(self._panes, key=self._place)
        shown = [self._panes[kind] for kind in kinds if (self._tells if kind is None else kind in self._drawn)]
        count = self._column_count(sum(pane.view.wide for pane in shown))
        titles = [column.pane.title for column in self.columns]
        self._take_down()
        groups = [[pane] for pane in shown[: count - 1]] + ([shown[count - 1 :]] if len(shown) >= count else [])
        for panes in groups:
            column = PictureColumn(panes)
            column.enlarged.connect(self._enlarge)
            column.turned.connect(self._show)
            wide = 8 if len(panes) == 1 and panes[0].view.wide else 4
            self._layout.addWidget(column, stretch=5 if len(panes) > 1 else wide)  # a list of titles needs an arrow
            column.show()  # now, or it counts as hidden until the loop comes round
            self.columns.append(column)
            for title in titles:
                column.choose(title)
        self.setVisible(bool(self.columns))

    def _column_count(self, wide: int) -> int:
        """Return how many columns there is room for; ``wide`` of the views need two, where there are more than two."""
        count = MOST_COLUMNS  # also while it has no size yet
        if self.width() >= 100:
            count = max(1, min(MOST_COLUMNS, (self.width() + 12) // (theme.px(NARROWEST) + 12)))
        return max(min(2, count), count - wide)

    def _take_down(self) -> None:
        large = any(column.button.isChecked() for column in self.columns)
        for column in self.columns:
            column.release()
            self._layout.removeWidget(column)
            column.hide()
            column.deleteLater()
        self.columns = []
        if large:
            self.enlarged.emit(False)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Have as many columns as there is room for."""
        super().resizeEvent(event)
        large = any(column.button.isChecked() for column in self.columns)
        shown = len(self._drawn) + (self.curves is not None and self._tells)
        wide = sum(self.views[kind].wide for kind in self._drawn)
        wanted = min(self._column_count(wide), shown)
        if self.columns and not large and wanted != len(self.columns):
            self._arrange()
            self._show()

    def _enlarge(self, large: bool) -> None:
        """Give one card the whole room, or all of them theirs."""
        for column in self.columns:
            column.setVisible(not large or column is self.sender())
        self.enlarged.emit(large)

    def shrink(self) -> None:
        """Give the stage its room back."""
        for column in self.columns:
            column.shrink()

    # What they show

    def _show(self) -> None:
        self._follow()
        draws, frame = self._draws(), self._session.frame
        before, self._asked = self._asked, frame.asked if frame else -1
        if self._session.playing and draws and self._asked == before:
            self._turn += 1
            draws = [draws[self._turn % len(draws)]]
            self._behind.start()
        else:
            self._behind.stop()
        for draw in draws:
            draw()

    def _draws(self) -> list[Callable[[], None]]:
        return [column.pane.draw for column in self.columns if not column.isHidden()]

    def _catch_up(self) -> None:
        """Show the last frame in all cards."""
        if self._session.frame:
            for draw in self._draws():
                draw()

    def _show_curves(self) -> None:
        if self.curves:
            timeline = self._session.timeline
            self.curves.show_history({name: timeline.scalars(name) for name in timeline.names}, self._session.cursor)

    def _show_picture(self, kind: type[Picture]) -> None:
        if frame := self._session.frame:
            for picture in frame.pictures:
                if type(picture) is kind:
                    self.views[kind].show_picture(picture)

    def _clear(self) -> None:
        self._show_curves()
        for view in self.views.values():
            view.clear()
