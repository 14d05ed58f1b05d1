"""The fees in scope, with the tariffs, fiscal shares and windows that a county starts from. Generated from domain/contracts by mingzhang.generate; do not edit."""

from __future__ import annotations

from domain.fee import Fee, FiscalShare, Tariff, Window

FEES: tuple[Fee, ...] = (
    Fee("resident-pension", zh=("城乡居民基本养老保险", "城乡居民养老", "居民养老"), lead=("human-resources",), assess=("human-resources",), tariff="tiers", cash=True, arrears="none", window=Window("01-01", "06-30", prior=False)),
    Fee("resident-pension-supplementary", zh=("城乡居民补充养老保险", "补充养老"), lead=("human-resources",), assess=("human-resources",), tariff="tiers", cash=True, arrears="none", window=Window("01-01", "06-30", prior=False)),
    Fee("resident-medical", zh=("城乡居民基本医疗保险", "城乡居民医疗", "居民医保"), lead=("medical-insurance",), assess=("medical-insurance",), tariff="fixed", cash=True, arrears="none", window=Window("09-01", "12-31", prior=True)),
    Fee("flexible-pension", zh=("灵活就业人员基本养老保险",), lead=("human-resources",), assess=("human-resources",), tariff="free", cash=False, arrears="none"),
    Fee("flexible-medical", zh=("灵活就业人员基本医疗保险",), lead=("medical-insurance",), assess=("medical-insurance",), tariff="free", cash=False, arrears="none"),
    Fee("employer-social-insurance", zh=("企业和机关事业单位社会保险费", "单位社会保险费"), lead=("human-resources", "medical-insurance"), assess=("human-resources", "medical-insurance"), tariff="free", cash=False, arrears="none"),
    Fee("union-dues", zh=("工会经费",), lead=("trade-union",), assess=("payer",), tariff="free", cash=False, arrears="trade-union"),
    Fee("disability-employment-fund", zh=("残疾人就业保障金",), lead=("disabled-persons-federation",), assess=("payer",), tariff="free", cash=False, arrears="none"),
    Fee("urban-waste-fee", zh=("城镇垃圾处理费",), lead=("urban-management",), assess=("urban-management",), tariff="free", cash=True, arrears="joint"),
    Fee("land-transfer-income", zh=("国有土地使用权出让收入",), lead=("natural-resources",), assess=("natural-resources",), tariff="free", cash=False, arrears="joint"),
    Fee("mineral-income", zh=("矿产资源专项收入",), lead=("natural-resources",), assess=("natural-resources",), tariff="free", cash=False, arrears="joint"),
    Fee("idle-land-fee", zh=("土地闲置费",), lead=("natural-resources",), assess=("natural-resources",), tariff="free", cash=False, arrears="joint"),
    Fee("education-surcharge", zh=("教育费附加",), lead=("tax-office",), assess=("payer",), tariff="free", cash=False, arrears="none"),
    Fee("local-education-surcharge", zh=("地方教育附加", "地方教育费附加"), lead=("tax-office",), assess=("payer",), tariff="free", cash=False, arrears="none"),
    Fee("soil-water-compensation", zh=("水土保持补偿费",), lead=("water-resources",), assess=("administrative-approval",), tariff="free", cash=False, arrears="water-resources"),
    Fee("civil-air-defence-fee", zh=("防空地下室易地建设费",), lead=("development-reform",), assess=("administrative-approval",), tariff="free", cash=False, arrears="lead"),
    Fee("state-asset-rental", zh=("行政单位、参公管理事业单位国有资产出租、出借收入", "国有资产出租收入"), lead=("competent-department",), assess=("payer",), tariff="free", cash=False, arrears="none"),
    Fee("forest-restoration-fee", zh=("森林植被恢复费",), lead=("forestry",), assess=("forestry",), tariff="free", cash=False, arrears="none"),
    Fee("grassland-restoration-fee", zh=("草原植被恢复费",), lead=("forestry",), assess=("forestry",), tariff="free", cash=False, arrears="none"),
)

FEE_IDS = tuple(fee.id for fee in FEES)
FEE_NAMES = {zh: fee.id for fee in FEES for zh in fee.zh}

TARIFFS: tuple[Tariff, ...] = (
    Tariff("resident-medical", 2022, 32000),
    Tariff("resident-medical", 2023, 35000),
    Tariff("resident-medical", 2024, 38000),
    Tariff("resident-medical", 2025, 40000),
    Tariff("resident-medical", 2026, 40000),
    Tariff("resident-pension", None, 10000),
    Tariff("resident-pension", None, 20000),
    Tariff("resident-pension", None, 30000),
    Tariff("resident-pension", None, 40000),
    Tariff("resident-pension", None, 50000),
    Tariff("resident-pension", None, 60000),
    Tariff("resident-pension", None, 70000),
    Tariff("resident-pension", None, 80000),
    Tariff("resident-pension", None, 90000),
    Tariff("resident-pension", None, 100000),
    Tariff("resident-pension", None, 150000),
    Tariff("resident-pension", None, 200000),
    Tariff("resident-pension", None, 300000),
    Tariff("resident-pension", None, 500000),
    Tariff("resident-pension-supplementary", None, 10000),
    Tariff("resident-pension-supplementary", None, 20000),
    Tariff("resident-pension-supplementary", None, 30000),
    Tariff("resident-pension-supplementary", None, 50000),
    Tariff("resident-pension-supplementary", None, 100000),
    Tariff("resident-pension-supplementary", None, 200000),
)

FISCAL_SHARES: tuple[FiscalShare, ...] = (
    FiscalShare("resident-medical", "extreme-poverty", percent=100, amount_fen=None),
    FiscalShare("resident-medical", "orphan", percent=100, amount_fen=None),
    FiscalShare("resident-medical", "subsistence-allowance", percent=50, amount_fen=None),
    FiscalShare("resident-medical", "severe-disability", percent=50, amount_fen=None),
    FiscalShare("resident-medical", "poverty-monitored", percent=50, amount_fen=None),
    FiscalShare("resident-pension", "extreme-poverty", percent=None, amount_fen=10000),
    FiscalShare("resident-pension", "subsistence-allowance", percent=None, amount_fen=10000),
    FiscalShare("resident-pension", "severe-disability", percent=None, amount_fen=10000),
)
