-- one row per payment that another system tells too, and the telling that stands for it: same person, fee, year, amount, channel and day; of two tellings the one of the system that says less of its payments, but for payments of which each names another sale of the acquirer's log
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
undone AS ( -- one row per terminal, day and amount of which anything was given back
    SELECT DISTINCT t.county, t.terminal_id, t.occurred_on, t.amount_fen FROM pos_transactions AS t WHERE t.kind IN ('void', 'refund')
),
logged AS ( -- one row per reference of an approved sale that stands, with the system that tells it
    SELECT
        t.county, ltrim(upper(replace(t.record_id, ' ', '')), '0') AS reference, t.amount_fen, t.occurred_on, min(t.source) AS source
    FROM pos_transactions AS t
    LEFT JOIN undone AS u ON u.county = t.county AND u.terminal_id = t.terminal_id AND u.occurred_on = t.occurred_on AND u.amount_fen = t.amount_fen
    WHERE t.kind = 'sale' AND ltrim(coalesce(t.response_code, ''), '0') = '' AND u.county IS NULL
    GROUP BY t.county, ltrim(upper(replace(t.record_id, ' ', '')), '0'), t.amount_fen, t.occurred_on
    HAVING count(*) = 1
),
told AS ( -- one row per payment of these with the sale that it names, numbered among its likes of the day: what one system tells twice was paid twice
    SELECT
        p.county, p.event_id, p.payer, p.fee, p.fee_year, p.amount_fen, p.channel, p.paid_on, s.place, l.reference, l.source AS log_source,
        row_number() OVER (
            PARTITION BY p.county, p.source, p.payer, p.fee, p.fee_year, p.amount_fen, p.channel, p.paid_on ORDER BY p.paid_at NULLS LAST, p.event_id
        ) AS nth
    FROM payments AS p
    INNER JOIN systems AS s ON s.county = p.county AND s.source = p.source
    LEFT JOIN logged AS l
        ON l.county = p.county AND l.reference = ltrim(upper(replace(p.pos_reference, ' ', '')), '0') AND l.occurred_on = p.paid_on AND l.amount_fen = p.amount_fen
    WHERE p.payer IS NOT NULL
),
likes AS ( -- the same with whether each system tells one of them, and each names a sale of the same log
    SELECT
        t.county, t.event_id, t.payer, t.fee, t.fee_year, t.amount_fen, t.channel, t.paid_on, t.place, t.nth, t.reference,
        max(t.nth) OVER (PARTITION BY t.county, t.payer, t.fee, t.fee_year, t.amount_fen, t.channel, t.paid_on) = 1
            AND count(*) OVER (PARTITION BY t.county, t.payer, t.fee, t.fee_year, t.amount_fen, t.channel, t.paid_on)
            = count(t.reference) OVER (PARTITION BY t.county, t.payer, t.fee, t.fee_year, t.amount_fen, t.channel, t.paid_on)
            AND min(t.log_source) OVER (PARTITION BY t.county, t.payer, t.fee, t.fee_year, t.amount_fen, t.channel, t.paid_on)
            = max(t.log_source) OVER (PARTITION BY t.county, t.payer, t.fee, t.fee_year, t.amount_fen, t.channel, t.paid_on) AS by_sale
    FROM told AS t
)
SELECT r.county, r.event_id, r.kept_event_id
FROM (
    SELECT
        t.county, t.event_id,
        first_value(t.event_id) OVER (
            PARTITION BY t.county, t.payer, t.fee, t.fee_year, t.amount_fen, t.channel, t.paid_on, t.nth, CASE WHEN t.by_sale THEN t.reference END
            ORDER BY t.place
        ) AS kept_event_id
    FROM likes AS t
) AS r
WHERE r.event_id <> r.kept_event_id
