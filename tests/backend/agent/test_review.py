"""The agent's look at its own result: strengths reach what was asked, and nothing is driven too far."""

from __future__ import annotations

import numpy as np
import pytest

from backend.agent.features import lab
from backend.agent.review import CLIPPED, LAW, MOST_STEPS, SERVES, calls_of, review, worth_keeping
from backend.agent.task import Picture
from tool_mapping import reference
from tool_mapping.spec import ToolCall
from tool_mapping.validate import validate_calls


@pytest.fixture(scope="module")
def photo() -> Picture:
    """Coloured fields of all tones, 60 x 80."""
    rng = np.random.default_rng(4)
    return rng.integers(20, 190, (12, 16, 3)).astype(np.uint8).repeat(5, 0).repeat(5, 1)


def reviewed(photo: Picture, calls: tuple[ToolCall, ...], size: float = 2 / 3, **wishes: float) -> tuple[ToolCall, ...]:
    asked = {name.replace("_up", "+").replace("_down", "-"): p for name, p in wishes.items()}
    return review(photo, calls, asked, dict.fromkeys([*SERVES, *LAW, "Z+", "X+"], size))


def lightness_gained(photo: Picture, calls: tuple[ToolCall, ...]) -> float:
    return float((lab(reference.render(photo, calls)) - lab(photo))[..., 0].mean())


def test_a_step_too_weak_to_be_seen_is_made_stronger(photo: Picture) -> None:
    weak = (ToolCall("exposure", 4),)
    assert lightness_gained(photo, reviewed(photo, weak, L_up=0.99)) > 3 * lightness_gained(photo, weak)


def test_a_lot_gives_more_than_plain_and_plain_more_than_a_little(photo: Picture) -> None:
    step = (ToolCall("exposure", 15),)
    gained = [lightness_gained(photo, reviewed(photo, step, size, L_up=0.99)) for size in (1 / 3, 2 / 3, 1)]
    assert gained[0] < gained[1] < gained[2]


@pytest.mark.parametrize(("tool", "value", "wish"), [
    ("sharpness", 30, "H_up"), ("sharpness", -30, "H_down"), ("sharpness", -30, "N_down"), ("grain", 35, "N_up"),
    ("fade", 25, "F_up"), ("whites", 9, "WH_up"), ("whites", -9, "WH_down"), ("blacks", 9, "BL_up"), ("blacks", -9, "BL_down"),
    ("contrast", 8, "Z_up"), ("temperature", 40, "X_up"),
])
def test_the_asked_size_counts_for_every_effect(photo: Picture, tool: str, value: int, wish: str) -> None:
    made = [reviewed(photo, (ToolCall(tool, value),), size, **{wish: 0.99}) for size in (1 / 3, 2 / 3, 1)]
    little, plain, much = (abs({call.name: call.value for call in calls}[tool]) for calls in made)
    assert 1.05 * plain < much or tool == "temperature"
    assert little < 0.75 * plain


def test_haze_goes_by_contrast_and_deep_blacks_but_not_by_what_must_stay(photo: Picture) -> None:
    step, wishes, sizes = (ToolCall("contrast", 2),), {"Z+": 0.99}, dict.fromkeys([*SERVES, "Z+"], 2 / 3)
    assert {"contrast", "blacks"} <= {call.name for call in review(photo, step, wishes, sizes)}
    assert review(photo, step, wishes, sizes, held={"contrast", "natural_contrast", "blacks"}) == step


@pytest.mark.parametrize(("grey", "wish", "step"), [(3, "BL_down", -9), (252, "WH_up", 9)])
def test_what_is_black_or_white_already_is_not_driven_further(grey: int, wish: str, step: int) -> None:
    photo = np.full((40, 40, 3), grey, np.uint8)
    photo[:20] = 128
    calls = reviewed(photo, (ToolCall("blacks" if step < 0 else "whites", step),), 1, **{wish: 0.99})
    assert abs(calls[0].value) < 30


def test_what_is_to_look_faded_is_not_made_more_colourful(photo: Picture) -> None:
    steps = (ToolCall("saturation", 26), ToolCall("fade", 25))
    assert [call.name for call in reviewed(photo, steps, F_up=0.99)] == ["fade"]
    assert {call.name for call in reviewed(photo, steps, F_up=0.99, S_up=0.9)} == {"saturation", "fade"}


def test_bright_tones_are_not_driven_into_white() -> None:
    bright = np.random.default_rng(2).integers(150, 250, (60, 80, 3)).astype(np.uint8)
    strong = (ToolCall("exposure", 60),)

    def newly_white(calls: tuple[ToolCall, ...]) -> float:
        after = lab(reference.render(bright, calls))[..., 0]
        return float(((after > 99) & (lab(bright)[..., 0] <= 99)).mean())

    assert newly_white(strong) > 10 * CLIPPED
    assert newly_white(reviewed(bright, strong, 1.0, L_up=0.99)) < 0.3 * newly_white(strong)


def test_a_sure_wish_that_no_step_serves_gets_one_and_an_unsure_one_does_not(photo: Picture) -> None:
    assert [c.name for c in reviewed(photo, (), b_up=0.95)] == ["temperature"]
    assert reviewed(photo, (), b_up=0.4) == ()


def test_black_and_white_is_complete(photo: Picture) -> None:
    assert ToolCall("saturation", -100) in reviewed(photo, (ToolCall("saturation", -60),), BW_up=0.95)


def test_without_a_sure_wish_nothing_changes(photo: Picture) -> None:
    calls = (ToolCall("exposure", 70), ToolCall("temperature", 60))
    assert reviewed(photo, calls, L_up=0.3) == calls


def test_contradicting_wishes_cancel_each_other(photo: Picture) -> None:
    assert reviewed(photo, (), L_up=0.9, L_down=0.9) == ()


def test_a_follow_up_is_measured_from_what_is_in_force(photo: Picture) -> None:
    in_force = (ToolCall("temperature", 30), ToolCall("contrast", 12))
    warmer = review(photo, in_force, {"b+": 0.95}, {"b+": 2 / 3}, in_force)
    values = {call.name: call.value for call in warmer}
    assert values["temperature"] > 35
    assert values["contrast"] == 12


def test_less_of_what_is_in_force_does_not_turn_into_its_opposite(photo: Picture) -> None:
    in_force, decided = (ToolCall("temperature", 12),), (ToolCall("temperature", 9),)
    cooler = review(photo, decided, {"b-": 0.95}, {"b-": 1.0}, in_force)
    assert [call.name for call in cooler] == ["temperature"]
    assert 0 < cooler[0].value < 12


@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (50, 1), (2, 2)])
@pytest.mark.parametrize("grey", [0, 128, 255])
def test_odd_pictures_get_valid_steps(shape: tuple[int, int], grey: int) -> None:
    picture = np.full((*shape, 3), grey, np.uint8)
    wishes: dict[str, float] = dict.fromkeys(("L+", "C+", "S+", "b-", "a+", "V-", "SH+", "HL-"), 0.95)
    calls = review(picture, (ToolCall("exposure", 100),), wishes, dict.fromkeys(SERVES, 1.0))
    assert list(calls) == validate_calls(calls).calls


def test_values_stay_within_their_ranges() -> None:
    assert calls_of({"exposure": 250.0, "fade": -20.0, "tint": 0.3}) == [ToolCall("exposure", 100)]


def test_steps_that_one_would_not_miss_are_left_out_and_the_rest_stays_as_it_is(photo: Picture) -> None:
    calls = (ToolCall("exposure", 40), ToolCall("highlights", 3), ToolCall("temperature", 30))
    assert worth_keeping(photo, calls) == (calls[0], calls[2])
    assert worth_keeping(photo, ()) == ()


def test_an_answer_to_a_vague_request_has_few_steps(photo: Picture) -> None:
    names = (
        "exposure", "contrast", "natural_contrast", "highlights", "shadows", "blacks", "saturation", "vibrance", "temperature",
        "tint",
    )
    kept = worth_keeping(photo, tuple(ToolCall(name, 40) for name in names))
    assert 0 < len(kept) <= MOST_STEPS


def test_what_is_to_be_less_keeps_the_share_that_the_network_gave_it(photo: Picture) -> None:
    in_force = (ToolCall("exposure", 30), ToolCall("temperature", 40))
    calls = (ToolCall("exposure", 30), ToolCall("temperature", 24))
    wishes = {"b-": 0.99}
    assert review(photo, calls, wishes, dict.fromkeys(SERVES, 2 / 3), in_force) == calls
    unmoved = review(photo, in_force, wishes, dict.fromkeys(SERVES, 2 / 3), in_force)
    assert unmoved == (ToolCall("exposure", 30), ToolCall("temperature", 22))


@pytest.mark.parametrize(("low", "high", "step", "wish"), [
    (1, 70, ToolCall("blacks", -8), "SH_down"), (1, 40, ToolCall("blacks", -8), "SH_down"),
    (150, 250, ToolCall("whites", 10), "HL_up"), (200, 254, ToolCall("highlights", 30), "HL_up"),
])
def test_what_a_photo_has_no_room_for_does_not_drive_it_into_black_or_white(
    low: int, high: int, step: ToolCall, wish: str
) -> None:
    picture = np.random.default_rng(7).integers(low, high, (30, 40, 3)).astype(np.uint8).repeat(4, 0).repeat(4, 1)
    light, old = (lab(p)[..., 0] for p in (reference.render(picture, reviewed(picture, (step,), **{wish: 0.99})), picture))
    assert float((((light > 99) & (old <= 99)) | ((light < 1) & (old >= 1))).mean()) < 0.1


def test_what_the_chosen_tool_cannot_show_on_this_photo_is_done_by_another() -> None:
    """A dark photo has few tones for natural contrast; a bright one has no room for whiter whites, but for contrast."""
    tones = np.random.default_rng(1).random((24, 32, 1)).repeat(3, 2).repeat(4, 0).repeat(4, 1)
    dark, bright = ((low + (high - low) * tones**4).astype(np.uint8) for low, high in ((20, 120), (120, 255)))
    assert [c.name for c in reviewed(dark, (ToolCall("natural_contrast", 4),), C_up=0.99)] == ["contrast"]
    assert [c.name for c in reviewed(bright, (ToolCall("whites", 4),), HL_up=0.99)] == ["contrast"]
    assert [c.name for c in reviewed(dark, (ToolCall("whites", 4),), HL_up=0.99)] == ["whites"]
    untouched = review(bright, (ToolCall("whites", 4),), {"HL+": 0.99}, {"HL+": 2 / 3}, held={"contrast"})
    assert "contrast" not in {call.name for call in untouched}  # it was to stay
    in_force = (ToolCall("contrast", 20),)
    later = review(bright, (*in_force, ToolCall("whites", 4)), {"HL+": 0.99}, {"HL+": 2 / 3}, in_force)
    assert {call.name: call.value for call in later}["contrast"] == 20  # nobody spoke of it
