"""What a page says after a command: key of the address to sentence."""

from __future__ import annotations

from collections.abc import Callable


def done_words(say: Callable[[str], str]) -> dict[str, str]:
    """Return what is said after a command."""
    return {
        "drawn": say("已拟定清单。"),
        "approved": say("已审批。"),
        "issued": say("已下发：证据已封存，清单已编号。"),
        "cancelled": say("已取消，疑点回到待处理。"),
        "received": say("已签收，次日起算。"),
        "extended": say("已延期。"),
        "answered": say("反馈已收下。"),
        "repeated": say("内容与上次相同，没有变动。"),
        "reported": say("自查自纠报告已报送。"),
        "reviewed": say("复核结论已记入。"),
        "snoozed": say("已暂缓。"),
        "closed": say("已办结。"),
        "readdressed": say("推送对象已改变。"),
        "sampled": say("已固定抽样框并公开抽取。"),
        "recorded": say("抽查结果已记入。"),
        "evaluated": say("已由样本推断。"),
        "prepared": say("已拟定移送，待另一人审批。"),
        "dropped": say("移送已撤销，疑点回到原来的状态。"),
        "handed-over": say("已移交：账本已封存，文件可下载。"),
        "taken": say("已受理。"),
        "ended": say("结果已记入，疑点另行办结。"),
        "changed": say("已更改。"),
        "password": say("密码已更换，请用新密码登录。"),
        "out": say("已退出。"),
    }
