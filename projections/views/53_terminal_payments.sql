-- one row per standing payment made by a terminal: its own number, else that of the sale it refers to, else the only one its collector keeps, its household used that day, its village has, or its village's payments name or refer to
WITH named AS ( -- one row per payment that names a terminal, a sale or the channel
    SELECT
        p.county, p.event_id, p.record_id, p.township, p.village, p.payer, p.household, p.fee, p.fee_year, p.amount_fen,
        p.channel, p.paid_at, p.paid_on, p.collector_id, p.receipt_no, p.terminal_id,
        ltrim(upper(replace(p.pos_reference, ' ', '')), '0') AS reference
    FROM standing_payments AS p
    WHERE p.terminal_id IS NOT NULL OR p.pos_reference IS NOT NULL OR p.channel = 'pos'
),
referred AS ( -- one row per reference of the log with its terminal
    SELECT s.county, ltrim(upper(replace(s.record_id, ' ', '')), '0') AS reference, min(s.terminal_id) AS terminal_id
    FROM terminal_sales AS s
    GROUP BY s.county, ltrim(upper(replace(s.record_id, ' ', '')), '0')
    HAVING count(DISTINCT s.terminal_id) = 1
),
kept AS ( -- one row per collector who keeps one terminal
    SELECT t.county, t.collector_id, min(t.record_id) AS terminal_id
    FROM terminals AS t
    WHERE t.collector_id IS NOT NULL
    GROUP BY t.county, t.collector_id
    HAVING count(DISTINCT t.record_id) = 1
),
placed AS ( -- one row per village with one terminal
    SELECT t.county, t.village, min(t.record_id) AS terminal_id
    FROM terminals AS t
    WHERE t.village IS NOT NULL
    GROUP BY t.county, t.village
    HAVING count(DISTINCT t.record_id) = 1
),
told AS ( -- one row per payment with the terminal that it names, refers to, or that its collector keeps
    SELECT
        n.county, n.event_id, n.village, n.household, n.paid_on,
        coalesce(CASE WHEN i.known THEN i.terminal_id END, r.terminal_id) AS terminal_id, k.terminal_id AS kept_id
    FROM named AS n
    LEFT JOIN terminal_ids AS i ON i.county = n.county AND i.form = n.terminal_id
    LEFT JOIN referred AS r ON r.county = n.county AND r.reference = n.reference
    LEFT JOIN kept AS k ON k.county = n.county AND k.collector_id = n.collector_id
),
at_home AS ( -- one row per household and day of whose payments those that tell it were all made by one terminal
    SELECT t.county, t.household, t.paid_on, min(coalesce(t.terminal_id, t.kept_id)) AS terminal_id
    FROM told AS t
    WHERE coalesce(t.terminal_id, t.kept_id) IS NOT NULL
    GROUP BY t.county, t.household, t.paid_on
    HAVING count(DISTINCT coalesce(t.terminal_id, t.kept_id)) = 1
),
frequented AS ( -- one row per village whose payments name, or refer to a sale of, one terminal of the log
    SELECT t.county, t.village, min(t.terminal_id) AS terminal_id
    FROM told AS t
    WHERE t.village IS NOT NULL AND t.terminal_id IS NOT NULL
    GROUP BY t.county, t.village
    HAVING count(DISTINCT t.terminal_id) = 1
)
SELECT
    n.county, n.event_id, n.record_id, n.township, n.village, n.payer, n.household, n.fee, n.fee_year, n.amount_fen,
    n.channel, n.paid_at, n.paid_on, n.collector_id, n.receipt_no, n.reference,
    coalesce(t.terminal_id, t.kept_id, h.terminal_id, v.terminal_id, f.terminal_id, i.terminal_id) AS terminal_id
FROM named AS n
INNER JOIN told AS t ON t.county = n.county AND t.event_id = n.event_id
LEFT JOIN terminal_ids AS i ON i.county = n.county AND i.form = n.terminal_id
LEFT JOIN at_home AS h ON h.county = n.county AND h.household = n.household AND h.paid_on = n.paid_on
LEFT JOIN placed AS v ON v.county = n.county AND v.village = n.village
LEFT JOIN frequented AS f ON f.county = n.county AND f.village = n.village
