"""What a building goes through, as a picture: the day that was, and the hours that are known."""

import datetime

import numpy as np
from numpy.typing import NDArray

from robo_ddpg.envs.building.canvas import Canvas, Panel, blend
from robo_ddpg.rendering.lettering import BLUE, GREEN, GROOVE, TEXT, Colour
from tasks.building.building import PRICES_H, Building

WIDTH, HEIGHT = 960, 720
LEFT, RIGHT = 52, WIDTH - 24
BEFORE_H, AFTER_H = 24, max(PRICES_H)
"""Hours shown before now and after it."""
WARM: Colour = (244, 162, 97)
COLD = BLUE
INSIDE: Colour = (245, 245, 245)
SUN: Colour = (240, 196, 92)
CHEAP = GREEN
DEAR: Colour = (242, 112, 100)
COMFORT: Colour = (60, 110, 84)
CHARGE: Colour = (190, 150, 240)
AHEAD = 0.45
"""How opaque is what has not happened yet."""
PRICES_EUR = (0.10, 0.45)
"""From green to red."""


class DayPicture:
    """Draws buildings; has to be told of every step."""

    def __init__(self, building: Building) -> None:
        """Keep room for what happens.

        Args:
            building: what is drawn.
        """
        self._building = building
        steps = building.settings.episode_steps + 1
        self._air, self._heat, self._level = np.zeros((3, building.count, steps))

    def remember(self) -> None:
        """After a step."""
        building = self._building
        at = (np.arange(building.count), np.minimum(building.steps, self._air.shape[1] - 1))
        self._air[at] = building.last.air_c
        self._heat[at] = building.last.heat_w / 1000
        self._level[at] = building.battery.level

    def draw(self, index: int) -> NDArray[np.uint8]:
        """The picture of one of them, (height, width, 3)."""
        canvas = Canvas(WIDTH, HEIGHT)
        now = float(self._building.steps[index] * self._building.settings.step_h)
        self._head(canvas, index, now)
        ranges = self._ranges(index)
        tops = np.linspace(88, HEIGHT - 30, len(ranges) + 1)
        panels = [
            Panel(canvas, LEFT, RIGHT, top, bottom - 30, (now - BEFORE_H, now + AFTER_H), values)
            for top, bottom, values in zip(tops[:-1], tops[1:], ranges, strict=True)
        ]
        self._days(canvas, panels, index, now)
        self._inside(panels[0], index, now)
        self._outside(panels[1], index, now)
        self._price(panels[2], index, now)
        self._pump(panels[3], index)
        if len(panels) > 4:
            self._charge(panels[4], index)
        x = panels[0].x(now)
        canvas.line([(x, panels[0].top), (x, panels[-1].bottom)], TEXT, 1.5)
        return canvas.image()

    def _ranges(self, index: int) -> list[tuple[float, float]]:
        """Least and greatest value of each panel."""
        settings, outdoor = self._building.settings, self._building.days.outdoor_c[:, index]
        low, high = 5 * np.floor(outdoor.min() / 5), 5 * np.ceil(outdoor.max() / 5)
        inside = (settings.low_c - 2, settings.high_c + 2)
        pump = (-settings.pump_kw, settings.pump_kw)
        charge = [(0.0, 1.0)] if settings.battery_kwh else []
        return [inside, (float(low), float(high)), (0.0, 0.5), pump, *charge]

    def _head(self, canvas: Canvas, index: int, now: float) -> None:
        """When it is, and what it has come to."""
        building = self._building
        first = datetime.datetime(2026, 1, 1) + datetime.timedelta(
            int(building.days.first_day[index])
        )
        moment = first + datetime.timedelta(hours=now)
        canvas.text((LEFT, 26), f"{moment:%-d %B, %H:%M}", 20, TEXT)
        total = building.total
        cost, out = total["cost_eur"][index], total["discomfort_kh"][index]
        told = f"{cost:.2f} EUR   {out:.1f} K h out of comfort"
        canvas.text((RIGHT, 26), told, 16, TEXT, "rm")
        canvas.text(
            (RIGHT, 48),
            f"after {now / 24:.1f} of {building.settings.episode_days} days",
            12,
            anchor="rm",
        )

    def _days(self, canvas: Canvas, panels: list[Panel], index: int, now: float) -> None:
        """Hours below the last panel, and a line where a day begins."""
        first, last = panels[0], panels[-1]
        for hour in range(int(np.ceil((now - BEFORE_H) / 6)) * 6, int(now + AFTER_H) + 1, 6):
            if hour >= 0:
                x = first.x(hour)
                strong = 1.0 if hour % 24 == 0 else 0.4
                canvas.line([(x, first.top), (x, last.bottom)], blend(GROOVE, strong))
                canvas.text((x, last.bottom + 13), f"{hour % 24} h", 11, anchor="mm")

    def _past(self, index: int) -> NDArray[np.intp]:
        """Steps that are shown, the first ones of an episode aside."""
        done = int(self._building.steps[index])
        shown = round(BEFORE_H / self._building.settings.step_h)
        return np.arange(max(done - shown, 0), done) + 1

    def _inside(self, panel: Panel, index: int, now: float) -> None:
        """Comfort, and what came of it."""
        settings, past = self._building.settings, self._past(index)
        low, high = panel.y(settings.low_c), panel.y(settings.high_c)
        panel.canvas.box(panel.left, high, panel.right, low, blend(COMFORT, 0.55))
        marks = np.arange(np.ceil(panel.values[0] / 2) * 2, panel.values[1] + 0.1, 2)
        panel.grid(marks.tolist(), "Inside [°C]")
        hours = (past - 0.5) * settings.step_h
        panel.curve(hours.tolist(), self._air[index, past].tolist(), INSIDE)
        if len(past):
            text = f"{self._air[index, past[-1]]:.1f} °C"
            panel.canvas.text((panel.x(now) + 8, panel.top + 10), text, 13, INSIDE)

    def _outside(self, panel: Panel, index: int, now: float) -> None:
        """Temperature and sun; what is to come is paler."""
        days = self._building.days
        hours = self._hours(now)
        for future in (False, True):
            share = AHEAD if future else 1.0
            part = hours[hours >= int(now)] if future else hours[hours <= int(now)]
            middle = (part + 0.5).tolist()
            low, high = panel.values
            sun = low + (high - low) * days.sun_w[part, index] / 6000.0
            panel.hill(middle, sun.tolist(), blend(SUN, 0.5 * share))
        panel.grid(
            np.arange(panel.values[0], panel.values[1] + 1, 10).tolist(), "Outdoors [°C], and sun"
        )
        for future in (False, True):
            part = hours[hours >= int(now)] if future else hours[hours <= int(now)]
            colour = blend(COLD, AHEAD if future else 1.0)
            panel.curve((part + 0.5).tolist(), days.outdoor_c[part, index].tolist(), colour)

    def _price(self, panel: Panel, index: int, now: float) -> None:
        """A bar for each hour, green to red."""
        panel.grid((0.0, 0.2, 0.4), "Price [EUR/kWh]")
        for hour in self._hours(now):
            price = float(self._building.days.price[hour, index])
            share = 1.0 if hour <= now else AHEAD
            panel.bar(hour, 1.0, price, blend(_between(price), share))

    def _pump(self, panel: Panel, index: int) -> None:
        """Heat brought in upwards, heat taken out downwards."""
        settings = self._building.settings
        panel.grid(
            (-settings.pump_kw, 0.0, settings.pump_kw), "Heat pump [kW]: heating up, cooling down"
        )
        for step in self._past(index):
            heat = float(self._heat[index, step])
            panel.bar(
                (step - 1) * settings.step_h, settings.step_h, heat, WARM if heat > 0 else COLD
            )

    def _charge(self, panel: Panel, index: int) -> None:
        """How full the battery is."""
        step_h, past = self._building.settings.step_h, self._past(index)
        panel.grid((0.0, 0.5, 1.0), "Battery, charged share")
        hours = (past * step_h).tolist()
        panel.hill(hours, self._level[index, past].tolist(), blend(CHARGE, 0.5))
        panel.curve(hours, self._level[index, past].tolist(), CHARGE)

    def _hours(self, now: float) -> NDArray[np.intp]:
        """Hours that are shown."""
        last = min(int(now) + AFTER_H, self._building.hours)
        return np.arange(max(int(now) - BEFORE_H, 0), last)


def _between(price: float) -> Colour:
    """Green where it is cheap, red where it is dear."""
    low, high = PRICES_EUR
    share = min(max((price - low) / (high - low), 0.0), 1.0)
    red, green, blue = (round(a + share * (b - a)) for a, b in zip(CHEAP, DEAR, strict=True))
    return red, green, blue
