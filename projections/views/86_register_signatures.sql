-- one row per township: which of the three signatures its register has at all; a column that nobody filled says nothing
SELECT
    c.county, c.township, bool_or(coalesce(c.payer_signed, false)) AS payer, bool_or(coalesce(c.collector_signed, false)) AS collector,
    bool_or(coalesce(c.village_signed, false)) AS village
FROM cash_receipts AS c
GROUP BY c.county, c.township
