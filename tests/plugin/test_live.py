"""Changing layers in place, with stand-ins for what Krita 5.1 and 5.2 and later give to Python.

Only 5.1 runs the tests, so the ways of later Kritas are told by stand-ins here, as they were measured: 5.2 and later hand out a
layer's own settings, which heed a new property at once (curves only after their number); 5.1 hands out a copy, which holds
nothing for levels and curves.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from plugin.iea_krita.live import change as live_change
from plugin.iea_krita.scope import Scope
from plugin.iea_krita.session import Step
from plugin.iea_krita.specs import spec_for
from tool_mapping.krita import layer_name, value_of
from tool_mapping.spec import ToolCall

FACTS: Any = SimpleNamespace(model="RGBA", depth="U8", profile="sRGB", width=600, height=400)


class Configuration:
    def __init__(self, values: dict[str, object]) -> None:
        self.values = values

    def properties(self) -> dict[str, object]:
        return dict(self.values)

    def setProperty(self, key: str, value: object) -> None:
        if key.startswith("curve") and "nTransfers" not in self.values:
            return
        self.values[key] = value


class Filter:
    def __init__(self, name: str, configuration: Configuration) -> None:
        self._name, self._configuration = name, configuration

    def name(self) -> str:
        return self._name

    def configuration(self) -> Configuration:
        return self._configuration

    def setConfiguration(self, configuration: Configuration) -> None:
        self._configuration = configuration


class Layer:
    """A filter layer or mask as a Krita of these ways shows it. `settings` are what it really does."""

    def __init__(self, call: ToolCall, *, live: bool, kind: str = "filterlayer") -> None:
        spec = spec_for(call, FACTS, Scope.LAYER if kind == "filtermask" else Scope.PICTURE)
        self.settings, self.filter_id = dict(spec.params), spec.filter_id
        self._name, self._opacity, self._kind, self._live = layer_name(call), spec.opacity, kind, live

    def type(self) -> str:
        return self._kind

    def name(self) -> str:
        return self._name

    def setName(self, name: str) -> None:
        self._name = name

    def opacity(self) -> int:
        return self._opacity

    def setOpacity(self, opacity: int) -> None:
        self._opacity = opacity

    def filter(self) -> Filter:
        if self._live:
            return Filter(self.filter_id, Configuration(self.settings))
        seen = {} if self.filter_id in ("levels", "perchannel") else dict(self.settings)
        return Filter(self.filter_id, Configuration(seen))

    def setFilter(self, used: Filter) -> None:
        if used.name() not in ("levels", "perchannel"):
            self.settings, self.filter_id = used.configuration().properties(), used.name()


class Document:
    def __init__(self) -> None:
        self.modified = False

    def setModified(self, modified: bool) -> None:
        self.modified = modified


def changed(layer: Layer, tool: str, value: int) -> tuple[bool, Document]:
    document = Document()
    photo: Any = SimpleNamespace(fetch=lambda: document, facts=lambda: FACTS, node=lambda _: layer)
    return live_change(photo, Step(tool, value, value, "{it}")), document


def says(layer: Layer, tool: str) -> ToolCall | None:
    return value_of(layer.filter_id, layer.settings, tool, opacity=layer.opacity(), width=600, height=400)


@pytest.mark.parametrize(("tool", "first", "second"), [
    ("exposure", 20, -55), ("shadows", 10, 80), ("saturation", -100, 40), ("vibrance", 30, -30), ("temperature", 25, -70),
    ("sharpness", 20, 90), ("vignette", -50, -20), ("vignette", -50, 70), ("vignette", 30, -40),
])
@pytest.mark.parametrize("kind", ["filterlayer", "filtermask"])
def test_later_kritas_change_every_layer_in_place(tool: str, first: int, second: int, kind: str) -> None:
    layer = Layer(ToolCall(tool, first), live=True, kind=kind)
    done, document = changed(layer, tool, second)
    assert done
    assert says(layer, tool) == ToolCall(tool, second)
    assert layer.name() == layer_name(ToolCall(tool, second))
    assert document.modified


@pytest.mark.parametrize("tool", ["exposure", "shadows", "temperature"])
def test_5_1_says_that_it_cannot_change_levels_and_curves_and_leaves_them(tool: str) -> None:
    layer = Layer(ToolCall(tool, 20), live=False)
    done, document = changed(layer, tool, 60)
    assert not done
    assert says(layer, tool) == ToolCall(tool, 20)
    assert not document.modified
    assert layer.name().endswith("+20")


def test_5_1_changes_what_it_can_in_place() -> None:
    layer = Layer(ToolCall("sharpness", 20), live=False)
    assert changed(layer, "sharpness", 70)[0]
    assert says(layer, "sharpness") == ToolCall("sharpness", 70)
    dark = Layer(ToolCall("vignette", -30), live=False)
    assert changed(dark, "vignette", -80)[0]
    assert says(dark, "vignette") == ToolCall("vignette", -80)


def test_a_name_that_a_person_gave_stays() -> None:
    layer = Layer(ToolCall("exposure", 20), live=True)
    layer.setName("the sky")
    assert changed(layer, "exposure", 60)[0]
    assert layer.name() == "the sky"


def test_another_filter_is_another_layer() -> None:
    layer = Layer(ToolCall("sharpness", 20), live=True)
    assert not changed(layer, "sharpness", -40)[0], "sharpening and softening are two filters"
