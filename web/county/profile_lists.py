"""Collectors, terminals or villages: the list, a page of it and all of it as a file, and one of them with its days."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Generic, NamedTuple

from fastapi import APIRouter, Depends
from starlette.responses import Response

from web.county.addresses import PAGE, address, id_in
from web.county.profile_parts import ProfilesPage, lines_of
from web.county.profiled import Row, Wanted, figures, key, listed, one, rank_of
from web.county.sheets import Column, Line, sheet, table
from web.frame.tables import whole
from web.frame.visit import Visit, Visiting

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


class Profiles(NamedTuple, Generic[Row]):
    """The pages about one kind of them."""

    kind: type[Row]
    path: str
    action: str
    listing: Callable[[Visit], Listing[Row]]
    page: Callable[[Visit, str], Response]
    """Of the one whose id is given."""
    days: str
    """Name of the figures of every day."""
    fields: Sequence[str]
    columns: Callable[[Visit], Sequence[Column]]


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
        found = whole(listed(reckoning, listing.kind, _own(visit, wanted)._replace(after=""), MOST + 1), MOST)
    lines = [listing.line(each) for each in found]
    return table(visit.language, listing.columns, lines).sent(visit.request.url.path)


def routes_of(profiles: Profiles[Row]) -> APIRouter:
    """Return the routes of the pages: who sees one township sees its own."""
    router, path = APIRouter(), profiles.path

    @router.get(path)
    def show(visit: Visiting, wanted: Filter) -> Response:
        visit.may(profiles.action, visit.actor.place)
        return list_page(visit, profiles.listing(visit), wanted)

    @router.get(f"{path}.csv")
    @router.get(f"{path}.xlsx")
    def download(visit: Visiting, wanted: Filter) -> Response:
        visit.may(profiles.action, visit.actor.place)
        return list_file(visit, profiles.listing(visit), wanted)

    @router.get(f"{path}/{{name}}")
    def profile(visit: Visiting, name: str) -> Response:
        visit.may(profiles.action, visit.actor.place)
        return profiles.page(visit, id_in(name))

    @router.get(f"{path}/{{name}}/days.csv")
    @router.get(f"{path}/{{name}}/days.xlsx")
    def download_days(visit: Visiting, name: str) -> Response:
        visit.may(profiles.action, visit.actor.place)
        with visit.service.reckoned.look() as reckoning:
            found = one(reckoning, profiles.kind, id_in(name), township_of(visit))
            days = figures(reckoning, profiles.days, found.id)
        lines = lines_of(days, profiles.fields)
        return table(visit.language, profiles.columns(visit), lines).sent(visit.request.url.path)

    return router


def township_of(visit: Visit) -> str | None:
    """Return the only township that somebody sees; None: all."""
    return visit.actor.township if visit.sight.bound else None


def _own(visit: Visit, wanted: Wanted) -> Wanted:
    return wanted._replace(township=visit.actor.township or "-") if visit.sight.bound else wanted
