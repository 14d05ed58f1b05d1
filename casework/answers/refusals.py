"""Why a whole file is not taken back, and what to do about it, in the clerk's words."""

from __future__ import annotations

from enum import StrEnum

from intake.reading.reasons import Text


class Reason(StrEnum):
    """Why nothing of a file is read."""

    FORMAT = "format"
    EMPTY = "empty"
    PROTECTED = "protected"
    DAMAGED = "damaged"
    TOO_LARGE = "too-large"
    TOO_WIDE = "too-wide"
    NO_MANIFEST = "no-manifest"
    NOT_SIGNED = "not-signed"
    NO_SHEET = "no-sheet"
    NO_HEADINGS = "no-headings"
    TWICE = "heading-twice"


_TEXTS = {
    Reason.FORMAT: Text(
        "不能读取{suffix}文件。请用 WPS 或 Excel 打开，“文件—另存为”，类型选“Excel 工作簿（*.xlsx）”，报送另存的文件",
        "files of format {suffix} are not read: open it in WPS or Excel, save it as an Excel workbook (.xlsx) and send "
        "that",
    ),
    Reason.EMPTY: Text("文件是空的，请重新发送", "the file is empty: send it again"),
    Reason.PROTECTED: Text(
        "文件设了打开密码。请打开后取消密码（Excel：“文件—信息—保护工作簿”；WPS：“文件—文档加密”），保存后重新报送",
        "the file is protected by a password: open it, remove the password, save it and send it again",
    ),
    Reason.DAMAGED: Text(
        "文件已损坏或不是真正的Excel工作簿。请用 WPS 或 Excel 打开，另存为“Excel 工作簿（*.xlsx）”后重新报送；"
        "打不开的，在下发的原文件上重填（{detail}）",
        "the file is damaged or no real Excel workbook: open it in WPS or Excel, save it as .xlsx and send that; if it "
        "does not open, fill in the issued file again ({detail})",
    ),
    Reason.TOO_LARGE: Text(
        "文件太大（解开后{found} MiB，上限{limit} MiB）。清单里不要粘贴照片、扫描件，附件另行报送",
        "the file is too large ({found} MiB unpacked, at most {limit}): paste no pictures into the list, send papers "
        "apart",
    ),
    Reason.TOO_WIDE: Text(
        "工作表“{sheet}”占用了{found}个单元格，上限{limit}个。请删除表外远处的内容，或在下发的原文件上重填",
        "sheet {sheet} spans {found} cells, at most {limit}: delete what stands far outside of the table, or fill in "
        "the issued file again",
    ),
    Reason.NO_MANIFEST: Text(
        "这不是本系统下发的疑点清单，或清单的凭据已丢失。请在下发的原文件上填写，不要复制到新文件，也不要删除工作表",
        "this is no list that was issued, or its manifest is lost: fill in the issued file itself, do not copy it into "
        "a new one, delete no sheet",
    ),
    Reason.NOT_SIGNED: Text(
        "清单的凭据不是本单位签发的，或被改动过。请在本单位下发的原文件上填写；若没有改动过，请与下发单位联系",
        "the manifest of the list was not signed here, or was changed: fill in the file that was issued; if nothing "
        "was changed, ask the office that issued it",
    ),
    Reason.NO_SHEET: Text(
        "找不到工作表“{sheet}”。请不要删除或改名，在下发的原文件上填写",
        "there is no sheet {sheet}: do not delete or rename it; fill in the issued file",
    ),
    Reason.NO_HEADINGS: Text(
        "工作表“{sheet}”里找不到表头（疑点编号、核查结果等）。请恢复表头，或在下发的原文件上填写",
        "the headings (疑点编号, 核查结果 …) are not found on sheet {sheet}: restore them, or fill in the issued file",
    ),
    Reason.TWICE: Text(
        "表头“{heading}”出现了两次（{cells}），不知道该读哪一列。请删除多余的一列后重新报送",
        "the heading {heading} stands there twice ({cells}), and it is not known which to read: delete one of the "
        "columns",
    ),
}  # fmt: skip


class NotTakenError(Exception):
    """Nothing of the file is read."""

    def __init__(self, reason: Reason, **facts: str | int) -> None:
        self.reason = reason
        template = _TEXTS[reason]
        self.text = Text(template.zh.format(**facts), template.en.format(**facts))
        super().__init__(self.text.en)
