"""What the docker looks like in a real Krita: themes, narrow and wide, other languages, right to left, floating, tabbed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.plugin.asking import ask
from tests.real_krita import RealKrita

pytestmark = pytest.mark.krita

# Another panel with a controller of its own, as a second window of Krita has it: `panel(language, width)`. `clipped(widget)`
# lists the texts that have less room than they need.
HELPERS = """
from iea_krita import texts
from iea_krita.controller import Controller
from iea_krita.ui.look import colour, contrast
from iea_krita.ui.panel import MainPanel
holder = QtWidgets.QMainWindow()
def panel(language, width):
    texts.use_language(language)
    try:
        controller = Controller(D.controller.backend)
        made = MainPanel(controller, holder); controller.setParent(made); controller.look()
    finally: texts.use_language('en')
    holder.setCentralWidget(made); holder.resize(width, 900); holder.show()
    QtWidgets.QApplication.processEvents()
    return made
def clipped(widget):
    found = []
    for label in widget.findChildren(QtWidgets.QLabel):
        if not label.isVisible() or not label.text(): continue
        if getattr(label, '_elided', False): fits = label.fontMetrics().horizontalAdvance(label.text()) <= label.width()
        elif label.wordWrap(): fits = label.heightForWidth(label.width()) <= label.height() + 1
        else: fits = label.sizeHint().width() <= label.width() + 1
        if not fits: found.append([label.text(), label.width(), label.height()])
    for button in widget.findChildren(QtWidgets.QAbstractButton):
        if button.isVisible() and button.text():
            if button.fontMetrics().horizontalAdvance(button.text().replace('&', '')) > button.width(): found.append(
                [button.text(), button.width(), button.height()])
    return found
def themes():
    return {action.text().replace('&', ''): action for action in K.action('theme_menu').menu().actions() if action.text()}
"""


@pytest.fixture
def looks(krita: RealKrita) -> Iterator[RealKrita]:
    """Krita with a document that has steps, and these helpers."""
    krita.run(HELPERS)
    ask(krita, "set natural_contrast 20, temperature 15, vignette -30, saturation -100")
    krita.wait_until("D.controller.desk.log[-1].after is not None", 60)
    yield krita
    krita.wait_until("holder.centralWidget() is None or holder.centralWidget()._controller.desk.facts is not None")
    krita.run("""
        QtWidgets.QApplication.setLayoutDirection(Qt.LeftToRight)
        old = holder.takeCentralWidget(); holder.hide()
        if old is not None: old.setParent(None); old.deleteLater()
        D.setFloating(False); D.show(); D.raise_()
        window().resizeDocks([D], [360], Qt.Horizontal)
    """)


@pytest.mark.parametrize("language", ["en", "de", "zh"])
@pytest.mark.parametrize("width", [260, 340, 900])
def test_no_text_is_cut_off(looks: RealKrita, language: str, width: int) -> None:
    looks.run("P = panel(language, width)", language=language, width=width)
    looks.wait_until("P.width() == width and P.steps.isVisible()", width=width)
    looks.wait_until("clipped(P) == []", 5)


def test_the_docker_can_be_260_pixels_wide_and_very_wide(looks: RealKrita) -> None:
    assert looks.run("P = panel('de', 260); P.minimumSizeHint().width()") <= 260
    assert looks.run("P.splitter.orientation() == Qt.Vertical")
    looks.run("holder.resize(1400, 420)")
    looks.wait_until("P.splitter.orientation() == Qt.Horizontal and P.steps.x() > P.chat.x() + 500")
    looks.run("holder.resize(300, 900)")
    looks.wait_until("P.splitter.orientation() == Qt.Vertical and P.steps.y() > 200")


def test_texts_stay_readable_in_every_theme_without_a_restart(looks: RealKrita) -> None:
    names = looks.run("list(themes())")
    assert {"Krita dark", "Krita bright"} <= set(names)
    for name in [*names, "Krita dark"]:
        looks.run("themes()[name].trigger()", name=name)
        looks.wait_until("True")
        ratios = looks.run("""
            [[label.text()[:30], round(contrast(label.palette().color(QtGui.QPalette.WindowText), colour(label, 'raised')), 2)]
             for label in D.panel.findChildren(QtWidgets.QLabel) if label.isVisible() and hasattr(label, 'role')]
        """)
        assert [entry for entry in ratios if entry[1] < 4.45] == [], name
        assert looks.run("contrast(colour(D.panel, 'focus'), colour(D.panel, 'raised'))") >= 2.95, name


def test_right_to_left_mirrors_cards_and_sliders(looks: RealKrita) -> None:
    looks.run("QtWidgets.QApplication.setLayoutDirection(Qt.RightToLeft); P = panel('en', 340)")
    looks.wait_until("P.isVisible() and P.steps.isVisible()")
    eye, remove = looks.run("""
        card = P.findChild(QtWidgets.QWidget, 'step_temperature')
        [card.eye.x(), card.remove.x()]
    """)
    assert eye > remove
    assert looks.run("card.slider._x(100) < card.slider._x(-100) and card.slider._value(8) > 90")
    looks.run("QTest.keyClick(card.slider, Qt.Key_Left)")
    assert looks.run("card.slider.value()") == 16, "to the left is more, where one reads from right to left"
    looks.wait_until("P._controller.desk.session.step('temperature').value == 16 and not P._controller.editor.is_busy")


def test_floating_and_tabbed_it_goes_on_working(looks: RealKrita) -> None:
    looks.run("D.setFloating(True); D.resize(320, 700)")
    looks.wait_until("D.isFloating() and D.isVisible()")
    looks.run("part('value_temperature').setValue(40)")
    looks.wait_until("idle() and values()['temperature'] == 40")
    looks.run("D.setFloating(False); window().tabifyDockWidget(docker('KisLayerBox'), D); D.raise_()")
    looks.wait_until("part('steps').isVisible()")
    looks.run("docker('KisLayerBox').raise_()")
    looks.wait_until("part('steps').visibleRegion().isEmpty()")
    assert ask(looks, "set temperature 10")[0] == "finished"
    looks.run("D.raise_()")
    looks.wait_until("part('value_temperature').value() == 10 and not D.visibleRegion().isEmpty()")
