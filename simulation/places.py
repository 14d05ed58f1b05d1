"""The fourteen townships of Yengisar and made-up villages in them, each with a code, names and a position."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

COUNTY_CODE = "653123"
COUNTY_NAME = "英吉沙县"

# code, name, English name, share of the people, position of its seat
_TOWNSHIPS = (
    ("100", "英吉沙镇", "Yengisar Town", 11, 76.175, 38.930),
    ("101", "乌恰镇", "Ucha Town", 10, 76.225, 38.960),
    ("102", "芒辛镇", "Mangshin Town", 11, 76.120, 38.985),
    ("103", "萨罕镇", "Sahan Town", 9, 76.420, 39.010),
    ("200", "城关乡", "Chengguan Township", 6, 76.160, 38.905),
    ("201", "乔勒潘乡", "Cholpan Township", 7, 76.110, 38.900),
    ("202", "龙甫乡", "Lompa Township", 6, 76.060, 38.930),
    ("204", "色提力乡", "Setil Township", 7, 76.350, 38.960),
    ("206", "英也尔乡", "Yengiyer Township", 7, 76.330, 39.060),
    ("207", "克孜勒乡", "Kizil Township", 7, 76.010, 38.790),
    ("208", "托普鲁克乡", "Topluk Township", 6, 76.260, 39.000),
    ("209", "苏盖提乡", "Soget Township", 5, 76.050, 38.850),
    ("211", "艾古斯乡", "Egus Township", 5, 76.080, 38.700),
    ("212", "依格孜也尔乡", "Igiz Yer Township", 3, 75.990, 38.650),
)
_VILLAGE_NAMES = (
    ("英买里村", "Yengi Mehelle"),
    ("阔纳巴扎村", "Kona Bazar"),
    ("巴格恰村", "Baghcha"),
    ("托万克喀拉巴什村", "Towenki Qarabash"),
    ("帕合塔力克村", "Pakhtaliq"),
    ("喀拉巴什村", "Qarabash"),
    ("苏盖提村", "Soget"),
    ("阿亚格村", "Ayagh"),
    ("尤喀克霍伊拉村", "Yuqiri Hoyla"),
    ("托格拉克村", "Toghraq"),
    ("央塔克村", "Yantaq"),
    ("恰瓦格村", "Chawagh"),
    ("奥依吞村", "Oytun"),
    ("塔什贝希村", "Tash Beshi"),
    ("吐格曼贝希村", "Tugmen Beshi"),
    ("亚贝希村", "Ya Beshi"),
    ("库木艾日克村", "Qum Eriq"),
    ("提热克村", "Terek"),
)


@dataclass(slots=True)
class Village:
    """A village: 12-digit code, names, position, and how many people live there."""

    code: str
    name: str
    name_en: str
    longitude: float
    latitude: float
    size: int

    @property
    def township(self) -> str:
        """The code of the township it belongs to."""
        return self.code[:9]

    @property
    def location(self) -> str:
        """The position as the register of places gives it."""
        return f"{self.longitude:.5f},{self.latitude:.5f}"


@dataclass(slots=True)
class Township:
    """A township: 9-digit code, names, position, and its villages."""

    code: str
    name: str
    name_en: str
    longitude: float
    latitude: float
    villages: list[Village] = field(default_factory=list)

    @property
    def people(self) -> int:
        """How many people live in its villages."""
        return sum(village.size for village in self.villages)


def townships(people: int, rng: Random) -> list[Township]:
    """Spread `people` over as many townships and villages as that number can fill."""
    wanted = max(1, min(14, people // 350))
    chosen = sorted((t for t in _TOWNSHIPS if t[3]), key=lambda t: -t[3])[:wanted]
    weight = sum(t[3] for t in chosen)
    made = []
    left = people
    for index, row in enumerate(sorted(chosen)):
        share = left if index == len(chosen) - 1 else people * row[3] // weight
        left -= share
        made.append(_with_villages(row, share, rng))
    return made


def all_townships() -> list[tuple[str, str, str, str]]:
    """Code, name, English name and position of each township of the county."""
    return [(COUNTY_CODE + t[0], t[1], t[2], f"{t[4]:.5f},{t[5]:.5f}") for t in _TOWNSHIPS if t[3]]


def _with_villages(row: tuple[str, str, str, int, float, float], people: int, rng: Random) -> Township:
    code, name, name_en, _, longitude, latitude = row
    township = Township(COUNTY_CODE + code, name, name_en, longitude, latitude)
    count = max(2, min(14, round(people / 300)))
    names = rng.sample(_VILLAGE_NAMES, count)
    left = people
    for index, (village, village_en) in enumerate(names):
        even = left // (count - index)
        size = left if index == count - 1 else max(1, int(even * rng.uniform(0.85, 1.15)))
        left -= size
        east, north = rng.uniform(-0.035, 0.035), rng.uniform(-0.03, 0.03)
        township.villages.append(
            Village(f"{township.code}{200 + index:03d}", village, village_en, longitude + east, latitude + north, size)
        )
    return township
