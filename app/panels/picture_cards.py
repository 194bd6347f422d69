"""The pictures of the run that are not on the stage, as a row of cards."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.kit import Card, Segmented
from app.session.session import Session
from app.views.curves_view import CurvesView
from app.views.registry import CardView, view_for
from engines.core.picture import Picture


class PictureCards(QWidget):
    """One card for the curves and one for every other kind of picture the engine declares.

    While a run plays, each frame redraws one card in turn (the stage is redrawn at each): four views on sixty frames a
    second would take the window's whole time for what no eye can follow.
    """

    poked = Signal(object)
    picked = Signal(object)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(12)
        self._engine_key = ""
        self._turn = 0
        self.curves: CurvesView | None = None
        self.views: dict[type[Picture], CardView] = {}
        session.experiment_changed.connect(self._rebuild)
        session.frame_shown.connect(self._show)
        session.state_changed.connect(self._show)
        session.cleared.connect(self._clear)
        self._rebuild()

    def _rebuild(self) -> None:
        engine = self._session.engine
        if engine.key == self._engine_key:
            return
        self._engine_key = engine.key
        while item := self._layout.takeAt(0):
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        self.views = {}
        self.curves = None
        if engine.curves:
            self._layout.addWidget(self._curves_card(), stretch=4)
        for kind in engine.shows:
            view = view_for(kind)
            if issubclass(view, CardView):
                self._layout.addWidget(self._card(kind, view()), stretch=4)
        self.setVisible(self._layout.count() > 0)

    def _curves_card(self) -> Card:
        curves = self._session.engine.curves
        titles = list(curves)
        card = Card(titles[0] if len(titles) == 1 else "")
        self.curves = view = CurvesView()
        view.set_curves(titles[0], curves[titles[0]])
        if len(titles) > 1:
            choice = Segmented([(title, title) for title in titles])
            choice.chosen.connect(lambda title: view.set_curves(title, curves[title]))
            choice.chosen.connect(self._show_curves)
            card.header.insertWidget(0, choice)
        card.body.addWidget(view, stretch=1)
        return card

    def _card(self, kind: type[Picture], view: CardView) -> Card:
        card = Card(view.title)
        card.body.addWidget(view, stretch=1)
        view.poked.connect(self.poked)
        view.picked.connect(self.picked)
        self.views[kind] = view
        return card

    def _show(self) -> None:
        draws = [self._show_curves, *(lambda kind=kind: self._show_picture(kind) for kind in self.views)]
        if self._session.playing and draws:
            self._turn += 1
            draws = [draws[self._turn % len(draws)]]
        for draw in draws:
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
