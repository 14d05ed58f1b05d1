"""Every page in a real browser: no serious barrier, no error, nothing wider than the window, a picture of each."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest
from playwright.sync_api import Browser

from casework.users.signing_in import sign_in_by_provider
from tests.web.county import PAYLOAD, PLACES, county_in
from tests.web.routes import VISITS
from tests.web.served import Watched, chromium, serving
from tests.web.test_pages import filled
from web.frame.charts import Band, Bars, Graph, Line, Link, Node, Series
from web.frame.guard import HEADERS
from web.frame.rendering import environment
from web.frame.sessions import COOKIE

WIDTHS = (1024, 1366)
"""Of the windows of old machines; the last one is that of the pictures."""
AXE = Path(__file__).parent / "axe"
RUN = """() => axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], resultTypes: ["violations"]})
    .then(found => JSON.stringify(found.violations.filter(each => ["serious", "critical"].includes(each.impact))
        .map(each => ({rule: each.id, html: each.nodes.map(node => node.html).slice(0, 3)}))))"""


DRAWINGS = (
    Line(
        title="线", axis="周", x=("1", "2", "3"), series=(Series(PAYLOAD, (1.0, None, 3.0)), Series("乙", (2, 2, 2))),
        band=Band("同类", (0.5, None, 1.0), (2.0, None, 4.0)), decimals=2,
    ),
    Bars(title="柱", axis="月", x=("1", "2"), series=(Series("甲", (1, 2)), Series("乙", (3, None))), stacked=True),
    Graph(
        title="网", sorts=("人", "卡"), nodes=(Node("1", PAYLOAD, 0), Node("2", "****", 1)),
        links=(Link("1", "2", "付款", 2),), columns=("从", "到", "关系", "数"),
    ),
)  # fmt: skip
DRAWN = "() => [...document.querySelectorAll('figure.chart')].every(chart => chart.querySelector('canvas'))"


class Barrier(msgspec.Struct):
    """What keeps somebody from using a page."""

    rule: str
    html: list[str]


class Served(NamedTuple):
    """A served county, and who has signed in there."""

    base: str
    browser: Browser
    secrets: dict[str, str]
    paths: dict[str, str]
    """Address of VISITS to the address in this county."""

    def visitor(self, user: str) -> Watched:
        """Return a page of somebody."""
        found = Watched(self.browser, self.base)
        found.page.context.add_cookies([{"name": COOKIE, "value": self.secrets[user], "url": self.base}])
        return found


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, original: Path) -> Iterator[Served]:
    """Serve a county in which every account of the visits has signed in."""
    folder = tmp_path_factory.mktemp("served")
    county = county_in(folder, original)
    now = datetime.now(UTC)
    secrets = {user: sign_in_by_provider(county.home, user, now).secret for user, _ in VISITS}
    paths = {path: filled(county, path) for _, path in VISITS}
    county.home.close()
    with serving(folder / "home") as base, chromium() as browser:
        yield Served(base, browser, secrets, paths)


def test_every_page_can_be_used_by_everybody(served: Served) -> None:
    script = next(AXE.glob("axe-*.js")).read_text(encoding="utf-8")
    wrong: list[object] = []
    seen: set[tuple[bool, str]] = set()
    for user in dict.fromkeys(user for user, _ in VISITS):
        visitor, bound = served.visitor(user), PLACES[user].township is not None
        for path in (path for each, path in VISITS if each == user):
            page = bound, path.partition("?")[0]
            if page in seen:
                continue
            seen.add(page)
            for language in ("en", "zh"):
                visitor.page.goto(f"{served.base}{_in(language, served.paths[path])}")
                visitor.picture(f"every-{language}-{user}-{_named(path)}")
                wrong += [(path, language, f"wider than {width}") for width in WIDTHS if not _fits(visitor, width)]
            if not visitor.page.evaluate(DRAWN):
                wrong.append((path, "a chart was not drawn"))
            wrong += [(path, each.rule, each.html) for each in _barriers(visitor, script)]
        wrong += [(user, each) for each in visitor.wrong if "404 (Not Found)" not in each]
    assert wrong == []
    visitor = served.visitor("analyst")
    visitor.page.goto(f"{served.base}/")
    visitor.page.evaluate("document.body.append(new Image())")
    assert [each.rule for each in _barriers(visitor, script)] == ["image-alt"]


def test_every_kind_of_chart_is_drawn_and_told_under_the_policy(served: Served) -> None:
    visitor = served.visitor("analyst")
    macros = environment("zh").from_string(
        '<!doctype html><html lang="zh"><head><title>x</title>'
        '<link rel="stylesheet" href="{{ asset("mingzhang.css") }}"></head><body>'
        '{% from "charts.html" import chart, chart_scripts %}{% for each in drawings %}{{ chart(each) }}'
        "{% endfor %}{{ chart_scripts() }}</body></html>"
    )
    body = macros.render(drawings=DRAWINGS)
    headers = HEADERS | {"content-type": "text/html; charset=utf-8"}
    visitor.page.route("**/drawings", lambda route: route.fulfill(body=body, headers=headers))
    visitor.page.goto(f"{served.base}/drawings")
    visitor.page.wait_for_load_state("networkidle")
    visitor.picture("every-kind-of-chart")
    assert visitor.page.locator("figure.chart .drawn.on").count() == len(DRAWINGS)
    assert visitor.page.evaluate(DRAWN)
    for figure in visitor.page.locator("figure.chart .drawn").all():
        figure.hover()
    assert visitor.wrong == []


def test_the_checker_is_what_its_list_says() -> None:
    listed = tomllib.loads((AXE / "VENDORED.toml").read_text(encoding="utf-8"))
    assert {path.name for path in AXE.iterdir()} == {"VENDORED.toml", *listed}
    for name, each in listed.items():
        assert hashlib.sha256((AXE / name).read_bytes()).hexdigest() == each["sha256"]


def _fits(visitor: Watched, width: int) -> bool:
    visitor.page.set_viewport_size({"width": width, "height": 768})
    return visitor.fits()


def _barriers(visitor: Watched, script: str) -> list[Barrier]:
    visitor.page.evaluate(script)
    return msgspec.json.decode(visitor.page.evaluate(RUN), type=list[Barrier])


def _in(language: str, path: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}lang={language}"


def _named(path: str) -> str:
    plain = "".join(each if each.isalnum() else "-" for each in path.strip("/"))
    return plain.strip("-") or "overview"
