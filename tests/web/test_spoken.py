"""A sentence that is put into a template when it is read stands on the page as one that is looked up."""

from __future__ import annotations

import pytest
from jinja2 import Environment

from web.frame.languages import languages
from web.frame.spoken import Spoken

WORDS = {"办理": 'Work & "more"', "第 %(n)s 条": "No. %(n)s", "另": "Other"}
TEMPLATES = (
    '<a title="{{ _("办理") }}">{{ _("办理") }}</a>',
    '{{ _("第 %(n)s 条", n=3) }} {{ _("办理") ~ "<" }} {{ shown }}{{ _(shown) }}',
    '{{ _ is callable }}{{- _("另") -}}  {% if _("另") == "Other" %}{{ _( "另" ) }}{% endif %}',
    '{% set body %}{{ _("办理") }}{% block main %}{{ _("另") }}{% endblock %}{% endset %}{{ body }}',
    "{{ _('另')|lower }} {{ _('另') }}{{ {'_': 1}['_'] }}",
)


def say(text: str, **values: object) -> str:
    return WORDS.get(text, text) % values if values else WORDS.get(text, text)


def drawn(template: str, *extensions: type[Spoken]) -> str:
    made = Environment(autoescape=True, extensions=extensions)
    made.globals["_"] = say
    return made.from_string(template).render(shown="另")


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_page_is_the_same_with_its_sentences_put_in_beforehand(template: str) -> None:
    plain = drawn(template)
    assert drawn(template, Spoken) == plain
    assert "Other" in plain or "Work" in plain


def test_each_language_of_the_pages_has_its_own() -> None:
    made = Environment(autoescape=True, extensions=[Spoken])
    made.globals["_"] = languages()["en"].say
    assert made.from_string('{{ _("清单") }}').render() == languages()["en"].say("清单") != "清单"
