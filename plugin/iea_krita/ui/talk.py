"""Keeps the conversation's widgets and the controller in agreement: chat, pictures to pick from, composer, style."""

from __future__ import annotations

from ..controller import Controller
from ..desk import Entry
from ..qt import QtCore
from ..scope import Scope
from ..suggestions import Suggestion
from ..texts import tr
from .chat import Chat
from .composer import Composer


class Talk(QtCore.QObject):
    """Connects them once; holds only whether the text being written replaces the last answer."""

    def __init__(self, controller: Controller, chat: Chat, composer: Composer) -> None:
        super().__init__(chat)
        self._controller, self._chat, self._composer = controller, chat, composer
        self._replacing = False
        self._sending = ""  # what was typed and is now on its way
        controller.document_changed.connect(self._document_changed)
        controller.log_changed.connect(chat.refresh)
        controller.pictured.connect(chat.refresh)
        controller.suggested.connect(self._suggest)
        controller.steps_changed.connect(self._suggest)
        controller.turn_started.connect(self._started)
        controller.piece.connect(chat.stream)
        controller.offered.connect(self._offer)
        controller.turn_finished.connect(lambda _: self._over())
        controller.turn_failed.connect(lambda kind, _: self._over(kind))
        controller.status_changed.connect(self._show_status)
        controller.scope_changed.connect(self._show_note)
        controller.style_changed.connect(self._show_style)
        chat.asked.connect(self._ask)
        chat.retry_asked.connect(lambda request, newest: controller.submit(request, replace=newest))
        chat.edit_asked.connect(self._write)
        chat.action_asked.connect(self._act)
        chat.picked.connect(controller.pick)
        chat.left.connect(controller.stop)
        composer.sent.connect(self._send)
        composer.stop_asked.connect(self._escape)
        composer.picked.connect(controller.pick)
        composer.scope_chosen.connect(controller.set_scope)
        composer.note_closed.connect(self._never_mind)
        composer.like.clicked.connect(lambda on: controller.change_style(lambda book: book.enable(on)))
        composer.style_bar.written.connect(lambda text: controller.change_style(lambda book: book.write(text)))
        composer.style_bar.forgotten.connect(lambda: controller.change_style(lambda book: book.forget()))
        self._document_changed()
        self._show_status()
        self._show_style()

    # Asking

    def _send(self, text: str, variations: bool) -> None:
        self._sending = text
        self._controller.submit(text, variations=variations, replace=self._replacing)
        self._sending = ""

    def _ask(self, suggestion: Suggestion) -> None:
        # Variations of what was asked last take the place of its answer.
        self._controller.submit(suggestion.request, variations=suggestion.variations, replace=suggestion.variations)

    def _write(self, request: str, newest: bool) -> None:
        self._replacing = newest
        self._composer.field.write(request)
        self._show_note()

    def _never_mind(self) -> None:
        if self._replacing:
            self._replacing = False
            self._composer.field.clear()
        else:
            self._controller.set_scope(Scope.PICTURE)
        self._show_note()
        self._composer.field.setFocus()

    def _escape(self) -> None:
        if self._controller.run is None and self._replacing:
            self._never_mind()
        else:
            self._controller.stop()

    def _act(self, entry: Entry) -> None:
        self._controller.act(entry.action, entry.turn.request)

    # Showing

    def _document_changed(self) -> None:
        self._replacing = False
        self._chat.show_desk(self._controller.desk)
        run = self._controller.run
        if run is not None and run.desk is self._controller.desk:  # it began in another window, or while another was in front
            self._chat.begin(run.request)
            self._chat.stream(run.said)
            if run.is_offering:
                self._offer(run.offers)
        self._suggest()
        self._show_note()

    def _suggest(self) -> None:
        self._chat.suggest(*self._controller.suggestions())

    def _started(self, request: str) -> None:
        self._replacing = False
        if self._sending or not self._composer.field.toPlainText().strip():
            self._composer.took(request)
        else:  # a chip was clicked, or another turn asked again, while something is being written
            self._composer.field.remember(request)
        self._chat.begin(request)
        self._show_note()

    def _offer(self, offers: object) -> None:
        self._composer.field.picking = True
        self._chat.offer(offers)  # type: ignore[arg-type]

    def _over(self, kind: str = "") -> None:
        if kind == "busy":
            return
        self._composer.field.picking = False
        offered = self._chat.leave_offer()
        self._chat.end()
        self._suggest()
        if offered:
            self._composer.field.setFocus()

    def _show_status(self) -> None:
        self._composer.show_running(self._controller.status.kind in ("thinking", "choosing"))

    def _show_note(self) -> None:
        controller = self._controller
        self._composer.scope.show_scope(controller.scope, controller.scope_hint)
        if self._replacing:
            self._composer.say(tr("Replaces the last answer."), closable=True)
        else:
            self._composer.say(controller.scope_hint, warning=True, closable=True)

    def _show_style(self) -> None:
        style = self._controller.style.style
        self._composer.like.setChecked(style.enabled)
        self._composer.like.draw("style_on" if style.enabled else "style")
        self._composer.like.say(
            tr("What you like is remembered. Click to switch it off.") if style.enabled
            else tr("Remember what I like, on this machine only (off)")
        )
        self._composer.style_bar.show_style(style)
