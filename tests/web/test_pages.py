"""The pages themselves: bound by their headers, escaped, in two languages, with no variable that nobody gives."""

from __future__ import annotations

import hashlib
import re
import tomllib
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import pytest
from babel.messages.pofile import read_po
from jinja2 import meta, nodes
from markupsafe import escape

from casework.runs import runs
from tests.web.county import PAYLOAD, County, browser, county_in
from tests.web.routes import VISITS
from tests.web.words import in_navigation, spoken
from web import app
from web.frame import answering
from web.frame.guard import HEADERS
from web.frame.languages import CATALOGUES, NAVIGATION
from web.frame.rendering import environment

STATIC = Path(app.__file__).parent / "static"
TEMPLATES = Path(app.__file__).parent / "templates"
CHINESE = re.compile(r"[\u4e00-\u9fff]")


class Resources(HTMLParser):
    """Every address that a page loads, its inline scripts and styles, and handlers in attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.inline: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        data = tag == "script" and named.get("type") == "application/json"
        if tag in {"script", "img", "iframe", "link"} and not data:
            self.loaded.append(named.get("src") or named.get("href") or "")
        if (tag == "script" and "src" not in named and not data) or tag == "style":
            self.inline.append(tag)
        self.inline += [name for name in named if name.startswith("on") or name == "style"]


def filled(county: County, path: str) -> str:
    receipt = county.home.ledger.of_type("cash-receipts")[0].position
    earlier, run = (each.event_id.partition(":")[2].partition("@")[0] for each in runs(county.home)[:2])
    return path.format(
        own=county.own.list_id, other=county.other.list_id, waiting=county.waiting.list_id,
        discipline=county.discipline.list_id, item=county.own.items[0].suspicion_id, earlier=earlier, run=run,
        record=receipt,
    )  # fmt: skip


def seen(county: County, user: str, path: str, language: str = "zh") -> str:
    if user not in county.signed_in:
        county.signed_in[user] = browser(county, user)
    joined = "&" if "?" in path else "?"
    answered = county.signed_in[user].get(f"{filled(county, path)}{joined}lang={language}")
    assert answered.status_code == (404 if "no-such" in path else 200), answered.text
    for name, value in HEADERS.items():
        assert answered.headers[name] == value
    assert answered.headers["cache-control"] == "no-store"
    return str(answered.text)


@pytest.mark.parametrize(("user", "path"), VISITS)
def test_a_page_loads_nothing_from_elsewhere_and_escapes_what_was_imported(
    county: County, user: str, path: str
) -> None:
    text = seen(county, user, path)
    found = Resources()
    found.feed(text)
    assert found.inline == []
    assert found.loaded
    assert all(address.startswith("/static/") for address in found.loaded)
    assert "<script>alert" not in text


def test_the_payload_reached_the_pages(county: County) -> None:
    escaped = PAYLOAD.replace("<", "&lt;").replace(">", "&gt;").replace("'", "&#39;")
    for user, path in (("clerk", "/lists/{own}/items/1"), ("clerk", "/"), ("analyst", "/suspicions/{item}")):
        assert escaped in seen(county, user, path)


@pytest.mark.parametrize(("user", "path"), VISITS)
def test_an_english_page_has_no_chinese_words_of_its_own(county: County, user: str, path: str) -> None:
    own = re.sub(r'<(\w+)[^>]* lang="zh[^>]*>.*?</\1>', "", seen(county, user, path, "en"), flags=re.DOTALL)
    words = re.sub(r"<[^>]*>", " ", own)
    names = {*county.app.state.service.places.townships().values(), f"村{PAYLOAD}", "英吉沙县"}
    names |= {state.number for state in (county.own, county.other, county.office, county.discipline)}
    for name in sorted({str(escape(each)) for each in names} | {str(escape(PAYLOAD))}, key=len, reverse=True):
        words = words.replace(name, "")
    assert CHINESE.findall(words) == []


def test_every_sentence_is_translated_and_none_is_left_over() -> None:
    files = sorted((CATALOGUES / "en").glob("*.po"))
    said = [each for path in files for each in read_po(path.open("rb"), locale="en") if each.id]
    catalogue = {str(each.id): str(each.string) for each in said if each.context is None}
    navigation = {str(each.id): str(each.string) for each in said if each.context == NAVIGATION}
    assert len(catalogue) + len(navigation) == len(said)
    assert sorted(spoken() ^ catalogue.keys()) == []
    assert sorted(in_navigation() ^ navigation.keys()) == []
    sheet = "证据明细"
    translated = [*catalogue.items(), *navigation.items()]
    assert [text for text, said in translated if not said or CHINESE.search(said.replace(sheet, ""))] == []


def test_an_error_of_the_program_is_a_page_that_tells_no_details(tmp_path: Path, original: Path) -> None:
    made = county_in(tmp_path, original)
    client = browser(made, "analyst")
    made.home.vault.close()
    made.home.ledger.close()
    answered = client.get("/lists")
    assert answered.status_code in (500, 503)
    assert "系统出错" in answered.text
    assert "Traceback" not in answered.text
    for name, value in HEADERS.items():
        assert answered.headers[name] == value


def test_an_error_keeps_the_way_on_for_who_is_signed_in(county: County) -> None:
    for path, title in (("/lists/none", "打不开这一页"), ("/ledger", "打不开这一页")):
        shown = browser(county, "clerk").get(path).text
        assert f"<h1>{title}</h1>" in shown
        assert '<a href="/account"' in shown
        assert '<nav aria-label="主导航">' in shown
    assert "<h1>没有办理</h1>" in browser(county, "clerk").post("/lists/none/receive").text
    assert "/account" not in browser(county).get("/none").text


def test_what_a_form_brought_leads_to_pages_that_can_be_opened(county: County) -> None:
    client, page = browser(county, "clerk"), f"/lists/{county.own.list_id}"
    told = client.post(
        f"{page}/answers", files={"file": ("a.xlsx", b"x")}, headers={"referer": f"http://testserver{page}"}
    ).text
    assert "整个文件没有收下" in told
    assert f'href="{page}?lang=en"' in told
    assert f'href="{page}?as=csv"' in told
    assert f"{page}/answers?" not in told


def test_what_was_looked_at_is_told_in_words(county: County) -> None:
    browser(county, "clerk").get(f"/lists/{county.own.list_id}")
    told = browser(county, "inspector").get("/access").text
    assert '<td class="digest">姓名' in told
    assert "姓名" in browser(county, "inspector").get("/access.csv").content.decode("utf-8-sig")


def test_buttons_that_end_something_name_whom_and_ask_first(county: County) -> None:
    shown = browser(county, "sysadmin").get("/users").text
    assert 'data-ask="停用 clerk？其会话立即结束，不能再登录。"' in shown
    assert 'aria-label="停用 clerk"' in shown
    assert shown.count('aria-label="一次性密码 clerk"') == 1


def test_the_language_that_was_asked_for_stays(county: County) -> None:
    client = browser(county, "clerk")
    assert 'lang="zh-CN"' in client.get("/lists").text
    assert 'lang="en"' in client.get("/lists", params={"lang": "en"}).text
    assert '<html lang="en">' in client.get("/lists").text


def test_english_names_pages_of_many_in_the_plural_and_one_of_them_in_the_singular(county: County) -> None:
    analyst = browser(county, "analyst")
    text = analyst.get("/terminals", params={"lang": "en"}).text
    for name in ("Collectors", "Terminals", "Villages", "Duties"):
        assert f">{name}</a>" in text
    assert "<h1>Terminals</h1>" in text
    assert "<label>Collector<input" in analyst.get(f"/register/{county.own.code}/keying").text


def test_a_template_names_what_its_page_gives_and_nothing_else() -> None:
    modules = (*app.PAGES, answering)
    pages = [getattr(module, name) for module in modules for name in dir(module) if name.endswith("Page")]
    given = {_template_of(page): set(page.__struct_fields__) for page in pages}
    parts = {"base.html", "charts.html", "macros.html"}
    own = {str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html")} - parts
    assert own == given.keys()
    for name in sorted(own):
        tree = environment("zh").parse((TEMPLATES / name).read_text(encoding="utf-8"))
        imports = [each for one in tree.find_all(nodes.FromImport) for each in one.names]
        macros = {each if isinstance(each, str) else each[1] for each in imports}
        macros |= {each.name for each in tree.find_all(nodes.Macro)}
        named = meta.find_undeclared_variables(tree) - environment("zh").globals.keys() - {"frame"} - macros
        assert named == given[name], name


def test_what_is_vendored_is_what_its_list_says() -> None:
    listed = tomllib.loads((STATIC / "VENDORED.toml").read_text(encoding="utf-8"))
    own = {"VENDORED.toml", "mingzhang.css", "mingzhang.js", "charts.js", "mark.svg"}
    assert {path.name for path in STATIC.iterdir()} == own | listed.keys()
    for name, each in listed.items():
        assert hashlib.sha256((STATIC / name).read_bytes()).hexdigest() == each["sha256"], name
        assert each["licence"]
        assert each["version"] in name


def test_the_first_page_is_small(county: County) -> None:
    text = seen(county, "clerk", "/")
    found = Resources()
    found.feed(text)
    size = sum(len(browser(county).get(address).content) for address in set(found.loaded))
    assert size + len(text.encode()) <= 300_000


def _template_of(page: type[msgspec.Struct]) -> str:
    return str(page.__doc__).removeprefix("Variables of ").removesuffix(".")
