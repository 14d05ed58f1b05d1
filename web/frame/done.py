"""What a page says after a command: key of the address to sentence."""

from __future__ import annotations

from collections.abc import Callable

Say = Callable[[str], str]


def done_words(say: Say) -> dict[str, str]:
    """Return what is said after a command."""
    return _of_cases(say) | _of_others(say)


def _of_cases(say: Say) -> dict[str, str]:
    return {
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
        "proposed": say("已提议办结，待另一人同意。"),
        "commented": say("批注已记下。"),
        "attached": say("附件已收下。"),
        "view-saved": say("筛选已保存。"),
        "view-removed": say("已删除保存的筛选。"),
        "readdressed": say("推送对象已改变。"),
        "sampled": say("已固定抽样框并公开抽取。"),
        "recorded": say("抽查结果已记入。"),
        "evaluated": say("已由样本推断。"),
        "prepared": say("已拟定移送，待另一人审批。"),
        "dropped": say("移送已撤销，疑点回到原来的状态。"),
        "handed-over": say("已移交：账本已封存，文件可下载。"),
        "taken": say("已受理。"),
        "ended": say("结果已记入，疑点另行办结。"),
    }


def _of_others(say: Say) -> dict[str, str]:
    return {
        "started": say("已开始，可以离开这一页。"),
        "stopping": say("已要求停止。"),
        "policy": say("政策已记入，下次筛查起按新的规定。"),
        "acted": say("已登记。"),
        "drafted": say("已存为草案。"),
        "on-trial": say("已试运行：每次筛查都跑，不上清单。"),
        "promoted": say("已启用，下次筛查起计入。"),
        "retired": say("已停用。"),
        "retirement-proposed": say("已提议停用，待另一人同意；同意之前照常运行。"),
        "retirement-withdrawn": say("已撤回停用提议，规则照常运行。"),
        "scanned": say("扫描件已按哈希存入台账。"),
        "amended": say("已记为下一版本，原来的保留。"),
        "changed": say("已更改。"),
        "released": say("已更正并放行，成为一条记录。"),
        "dismissed": say("已搁置，不再列为待放行。"),
        "session-ended": say("会话已结束。"),
        "device": say("已登记，请用密码和手机验证码登录。"),
        "password": say("密码已更换，请用新密码登录。"),
        "out": say("已退出。"),
    }
