"""A county's own words in its mapping: `heading: field` for headings, `field=word: value` for what cells hold."""

from __future__ import annotations

from collections.abc import Mapping

from domain.form import RecordType

_BETWEEN = "="


def headings_of(mapping: Mapping[str, str]) -> dict[str, str]:
    """Return heading to field, without the words for values."""
    return {heading: field for heading, field in mapping.items() if _BETWEEN not in heading}


def words_of(mapping: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Return field to word to value, without the headings."""
    words: dict[str, dict[str, str]] = {}
    for key, value in mapping.items():
        field, between, word = key.partition(_BETWEEN)
        if between:
            words.setdefault(field.strip(), {})[word.strip()] = value
    return words


def unknown_in(mapping: Mapping[str, str], record_type: RecordType) -> list[str]:
    """Return the fields and values of a mapping that the record type does not have, as they are written."""
    fields = {field.name: field for field in record_type.fields}
    wrong = {field for field in headings_of(mapping).values() if field not in fields}
    for name, words in words_of(mapping).items():
        values = fields[name].values if name in fields else ()
        wrong |= {f"{name}{_BETWEEN}{word}: {value}" for word, value in words.items() if value not in values}
    return sorted(wrong)
