-- one row per line of the cash register that another system tells too, and the telling that stands for it: same person, fee, year, collector, amount and day; of two tellings the one of the system that says less of its lines
WITH told_by AS ( -- one row per system: how many lines it tells, and of how many the receipt and the payment
    SELECT c.county, c.source, count(*) AS told_lines, count(c.receipt_no) + count(c.payment_id) AS said
    FROM cash_receipts AS c
    GROUP BY c.county, c.source
),
systems AS ( -- one row per system of a county with several, the one that says most first
    SELECT t.county, t.source, row_number() OVER (PARTITION BY t.county ORDER BY t.said DESC, t.told_lines DESC, t.source) AS place
    FROM told_by AS t
    QUALIFY count(*) OVER (PARTITION BY t.county) > 1
),
told AS ( -- one row per line of these, numbered among its likes of the day
    SELECT
        c.county, c.event_id, c.payer, c.fee, c.fee_year, c.collector_id, c.amount_fen, c.received_on, s.place,
        row_number() OVER (
            PARTITION BY c.county, c.source, c.payer, c.fee, c.fee_year, c.collector_id, c.amount_fen, c.received_on
            ORDER BY c.received_at NULLS LAST, c.event_id
        ) AS nth
    FROM cash_receipts AS c
    INNER JOIN systems AS s ON s.county = c.county AND s.source = c.source
    WHERE c.payer IS NOT NULL
)
SELECT r.county, r.event_id, r.kept_event_id
FROM (
    SELECT
        t.county, t.event_id,
        first_value(t.event_id) OVER (
            PARTITION BY t.county, t.payer, t.fee, t.fee_year, t.collector_id, t.amount_fen, t.received_on, t.nth ORDER BY t.place
        ) AS kept_event_id
    FROM told AS t
) AS r
WHERE r.event_id <> r.kept_event_id
