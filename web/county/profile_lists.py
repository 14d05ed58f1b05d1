"""The list of collectors, terminals or villages: a page of it, and all of it as a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Generic, NamedTuple

from fastapi import Depends
from starlette.responses import Response

from web.county.addresses import PAGE, address
from web.county.profile_parts import ProfilesPage
from web.county.profiled import Row, Wanted, key, listed, rank_of
from web.county.sheets import Column, Line, sheet, table
from web.frame.visit import Visit

MOST = 1_000_000


class Listing(NamedTuple, Generic[Row]):
    """What a list shows."""

    kind: type[Row]
    path: str
    title: str
    note: str
    columns: Sequence[Column]
    line: Callable[[Row], Line]
    sorts: tuple[tuple[str, str], ...]


def asked(township: str = "", q: str = "", sort: str = "", after: str = "") -> Wanted:
    """Return the filter of an address."""
    return Wanted(township, q, sort, after)


Filter = Annotated[Wanted, Depends(asked)]


def list_page(visit: Visit, listing: Listing[Row], wanted: Wanted) -> Response:
    """Return a page of the list; who sees one township sees that one, whatever the address asks for."""
    wanted = _own(visit, wanted)
    with visit.service.reckoned.look() as reckoning:
        found = listed(reckoning, listing.kind, wanted, PAGE + 1)
    shown, path = found[:PAGE], listing.path
    given = {"township": "" if visit.sight.bound else wanted.township, "q": wanted.text, "sort": wanted.sort}
    behind = key(shown[-1], rank_of(listing.kind, wanted.sort)) if len(found) > PAGE else ""
    return visit.page("county/profiles.html", ProfilesPage(
        listing.title, path, listing.note,
        sheet(visit.language, listing.columns, [listing.line(each) for each in shown]), wanted,
        {} if visit.sight.bound else visit.service.places.townships(), listing.sorts,
        address(path, **given) if wanted.after else "", address(path, **given, after=behind) if behind else "",
        address("", **given), reckoning.as_of, reckoning.position, reckoning.ahead,
    ))  # fmt: skip


def list_file(visit: Visit, listing: Listing[Row], wanted: Wanted) -> Response:
    """Return all rows of the filter as a file."""
    with visit.service.reckoned.look() as reckoning:
        found = listed(reckoning, listing.kind, _own(visit, wanted)._replace(after=""), MOST)
    lines = [listing.line(each) for each in found]
    return table(visit.language, listing.columns, lines).sent(visit.request.url.path)


def _own(visit: Visit, wanted: Wanted) -> Wanted:
    return wanted._replace(township=visit.actor.township or "-") if visit.sight.bound else wanted
