-- one row per payment that another system tells too: same person, fee, year, amount, channel and day; of two tellings the one of the system that says less of its payments
WITH told_by AS ( -- one row per system: how many payments it tells, and of how many it says the posting, and how they came
    SELECT
        p.county, p.source, count(*) AS payments, count(p.posted_on) AS posted, count(p.collector_id) + count(p.receipt_no) + count(p.pos_reference) AS said
    FROM payments AS p
    GROUP BY p.county, p.source
),
systems AS ( -- one row per system of a county with several, the one that says most first
    SELECT t.county, t.source, row_number() OVER (PARTITION BY t.county ORDER BY t.posted DESC, t.said DESC, t.payments DESC, t.source) AS place
    FROM told_by AS t
    QUALIFY count(*) OVER (PARTITION BY t.county) > 1
),
told AS ( -- one row per payment of these, numbered among its likes of the day: what one system tells twice was paid twice
    SELECT
        p.county, p.event_id, p.payer, p.fee, p.fee_year, p.amount_fen, p.channel, p.paid_on, s.place,
        row_number() OVER (
            PARTITION BY p.county, p.source, p.payer, p.fee, p.fee_year, p.amount_fen, p.channel, p.paid_on ORDER BY p.paid_at NULLS LAST, p.event_id
        ) AS nth
    FROM payments AS p
    INNER JOIN systems AS s ON s.county = p.county AND s.source = p.source
    WHERE p.payer IS NOT NULL
)
SELECT t.county, t.event_id
FROM told AS t
QUALIFY row_number() OVER (
    PARTITION BY t.county, t.payer, t.fee, t.fee_year, t.amount_fen, t.channel, t.paid_on, t.nth ORDER BY t.place
) > 1
