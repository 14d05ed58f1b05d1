"""Names as they are heard in southern Xinjiang: Uyghur given name and father's name, and Han names."""

from __future__ import annotations

from random import Random

_MEN = [
    "阿卜杜拉",
    "买买提",
    "艾合买提",
    "吐尔逊",
    "阿不都热合曼",
    "依明",
    "玉素甫",
    "卡地尔",
    "艾尔肯",
    "居麦",
    "热合曼",
    "托合提",
    "阿迪力",
    "库尔班",
    "麦麦提明",
    "艾则孜",
    "阿卜杜热西提",
    "阿力木",
    "伊斯马伊力",
    "穆合塔尔",
    "努尔麦麦提",
    "图尔荪",
    "肉孜",
    "亚森",
    "奥斯曼",
    "如则",
    "阿布力孜",
    "艾买尔",
    "达吾提",
    "喀斯木",
    "麦麦提依明",
    "赛买提",
    "阿卜力米提",
    "吾斯曼",
    "塔依尔",
    "帕尔哈提",
    "迪力夏提",
    "艾力",
    "尼亚孜",
    "萨迪克",
]
_WOMEN = [
    "古丽娜尔",
    "阿依古丽",
    "帕提古丽",
    "热依汗",
    "阿米娜",
    "布海丽且姆",
    "祖丽菲亚",
    "麦尔耶姆",
    "图尔荪古丽",
    "吐尼沙汗",
    "努尔曼古丽",
    "阿提古丽",
    "热比亚",
    "茹仙古丽",
    "哈丽旦",
    "迪丽努尔",
    "米日古丽",
    "再乃普",
    "布威海丽且木",
    "海仁沙",
    "阿依夏木",
    "其曼古丽",
    "阿孜古丽",
    "塔吉古丽",
    "萨拉麦提",
    "玛依努尔",
    "古再丽努尔",
    "比丽克孜",
    "约日古丽",
    "克比努尔",
]
_SURNAMES = [
    "王",
    "李",
    "张",
    "刘",
    "陈",
    "杨",
    "赵",
    "黄",
    "周",
    "吴",
    "徐",
    "孙",
    "马",
    "朱",
    "胡",
    "林",
    "郭",
    "何",
    "高",
    "罗",
]
_HAN_MEN = [
    "建国",
    "志强",
    "伟",
    "军",
    "永刚",
    "建军",
    "国庆",
    "文斌",
    "海涛",
    "浩然",
    "宇轩",
    "俊杰",
    "新民",
    "援疆",
    "建新",
]
_HAN_WOMEN = [
    "秀兰",
    "桂英",
    "丽",
    "敏",
    "静",
    "红梅",
    "春燕",
    "雪梅",
    "欣怡",
    "梓涵",
    "晓燕",
    "玉珍",
    "海霞",
    "新疆",
    "婷",
]


def uyghur_given(rng: Random, *, male: bool) -> str:
    """Return a given name."""
    given = _MEN if male else _WOMEN
    return given[int(rng.random() * len(given))]


def uyghur_name(rng: Random, father: str | None = None, *, male: bool) -> str:
    """Given name and father's given name."""
    return f"{uyghur_given(rng, male=male)}·{father or uyghur_given(rng, male=True)}"


def surname(rng: Random) -> str:
    """Return a Han surname."""
    return _SURNAMES[int(rng.random() * len(_SURNAMES))]


def han_name(rng: Random, family: str | None = None, *, male: bool) -> str:
    """Surname and given name."""
    given = _HAN_MEN if male else _HAN_WOMEN
    return (family or surname(rng)) + given[int(rng.random() * len(given))]
