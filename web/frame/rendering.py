"""Templates drawn with their page's variables, which are a typed struct, in the language that was asked for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from http import HTTPStatus
from pathlib import Path

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from domain.money import yuan
from intake.parsing import CHINA
from web.cases.labels import LABELS, label
from web.frame.assets import asset
from web.frame.languages import Language, languages
from web.frame.navigation import Navigation
from web.frame.spoken import Spoken
from web.records.help import help_address
from web.records.looks import kind_words

TEMPLATES = Path(__file__).parents[1] / "templates"


class Frame(msgspec.Struct, frozen=True):
    """What surrounds every page."""

    language: Language
    path: str
    """With its query, so that the other language shows the same."""
    user: str = ""
    role: str = ""
    place: str = ""
    """The township or office of the user, "" for the county."""
    navigation: Navigation = Navigation()
    done: str = ""
    """What the last command did."""

    @property
    def help(self) -> str:
        """Where the help speaks of this page."""
        return help_address(self.path)

    def in_language(self, code: str) -> str:
        """Return the address of this page in another language."""
        return self._with("lang", code)

    def as_table(self, kind: str) -> str:
        """Return the address of this page's tables as a file."""
        return self._with("as", kind)

    def _with(self, name: str, value: str) -> str:
        path, _, query = self.path.partition("?")
        kept = [part for part in query.split("&") if part and not part.startswith((f"{name}=", "done="))]
        return f"{path}?{'&'.join([*kept, f'{name}={value}'])}"


def draw(template: str, variables: msgspec.Struct, frame: Frame, status: int = HTTPStatus.OK) -> HTMLResponse:
    """Return a page; `variables`: one struct per template, its fields being all that the template may name."""
    fields = {name: getattr(variables, name) for name in variables.__struct_fields__}
    return HTMLResponse(environment(frame.language.code).get_template(template).render(frame=frame, **fields), status)


@cache
def environment(code: str) -> Environment:
    """Return the templates' surroundings in a language: everything escaped, nothing undefined passed over."""
    language = languages()[code]
    made = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, auto_reload=False,
    )  # fmt: skip
    made.globals |= {"_": _sayer(language), "asset": asset}
    made.add_extension(Spoken)
    made.filters |= {
        "yuan": shown_yuan,
        "day": shown_day,
        "minute": shown_minute,
        "second": shown_second,
        "looked": lambda kind: language.pick(*kind_words(kind)),
        "words": lambda pair: language.pick(*pair),
        **{kind: _labeller(language, kind) for kind in LABELS},
    }
    return made


def _sayer(language: Language) -> Callable[..., str]:
    """Return what templates call for a sentence of the catalogue; it is escaped like everything else."""

    def say(text: str, **values: object) -> str:
        return language.say(text, **values)

    return say


def _labeller(language: Language, kind: str) -> Callable[[str | None], str]:
    def words(value: str | None) -> str:
        return language.pick(*label(kind, value))

    return words


def shown_yuan(fen: int) -> str:
    """Return an amount in yuan as a table shows it: 1,200.50."""
    whole, _, part = yuan(fen).partition(".")
    return f"{int(whole):,}.{part}" if not whole.startswith("-") else f"-{int(whole[1:]):,}.{part}"


def shown_day(day: date | None) -> str:
    """Return a day as forms and tables show it, a dash where there is none."""
    return day.isoformat() if day is not None else "—"


def shown_minute(at: datetime) -> str:
    """Return a moment to the minute, +08:00."""
    return f"{at.astimezone(CHINA):%Y-%m-%d %H:%M}"


def shown_second(at: datetime) -> str:
    """Return a moment to the second, +08:00."""
    return f"{at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}"
