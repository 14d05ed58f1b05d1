-- one row per collector who also signs for the village, keeps several terminals at once, or holds an account to which others' refunds went
WITH
-- one row per collector and person that he is, schools and units left out
persons AS (
    SELECT c.county, c.record_id AS collector_id, c.person, bool_or(c.role IN ('township-clerk', 'bank-agent')) AS of_counter
    FROM collectors AS c
    WHERE c.record_id IS NOT NULL
    GROUP BY c.county, c.record_id, c.person
    HAVING NOT bool_or(coalesce(c.role = 'group-payer', FALSE))
),
-- one row per line that a collector signed for the village himself
signed_lines AS (
    SELECT r.county, r.event_id, r.collector_id, r.township, r.village, r.received_on AS day, r.payer, r.fee, r.fee_year, r.amount_fen
    FROM cash_receipts AS r
    INNER JOIN persons AS q ON q.county = r.county AND q.collector_id = r.collector_id AND q.person = r.village_signatory
),
-- one row per terminal with the stretch of days for which it was kept by a collector
kept AS (
    SELECT t.county, t.event_id, t.record_id, t.collector_id, t.township, t.village, t.installed_on, coalesce(t.withdrawn_on, $as_of) AS until_on
    FROM terminals AS t
    INNER JOIN (SELECT DISTINCT q.county, q.collector_id FROM persons AS q) AS q ON q.county = t.county AND q.collector_id = t.collector_id
    WHERE t.installed_on IS NOT NULL
),
-- one row per terminal and other one that its keeper had at the same time for longer than an exchange takes
together AS (
    SELECT
        a.county, a.collector_id, a.record_id, a.event_id, a.township, a.village, a.installed_on, b.record_id AS other_id, coalesce(b.village = a.village, TRUE) AS same_village
    FROM kept AS a
    INNER JOIN kept AS b ON b.county = a.county AND b.collector_id = a.collector_id AND b.record_id <> a.record_id
    WHERE datediff('day', greatest(a.installed_on, b.installed_on), least(a.until_on, b.until_on)) >= $overlap_days
),
-- one row per collector and village that he is appointed for
places AS (
    SELECT DISTINCT p.county, p.collector_id, p.code
    FROM (SELECT c.county, c.record_id AS collector_id, unnest(c.division) AS code FROM collectors AS c) AS p
    WHERE length(p.code) = 12
),
-- one row per keeper of several terminals: how many at once, and whether each stands in a village of his own
keepers AS (
    SELECT
        t.county, t.collector_id, count(DISTINCT t.record_id) AS terminals, min(t.installed_on) AS first_on,
        NOT bool_or(t.same_village) AND bool_and(p.code IS NOT NULL) AS one_each
    FROM together AS t
    LEFT JOIN places AS p ON p.county = t.county AND p.collector_id = t.collector_id AND p.code = t.village
    GROUP BY t.county, t.collector_id
),
-- one row per collector and account that is his
accounts AS (
    SELECT DISTINCT o.county, o.collector_id, o.account
    FROM (SELECT c.county, c.record_id AS collector_id, unnest(c.own_accounts) AS account FROM collectors AS c) AS o
    INNER JOIN persons AS q ON q.county = o.county AND q.collector_id = o.collector_id
),
-- one row per refund that went to a collector's account or to himself
received AS (
    SELECT r.county, q.collector_id, r.event_id, r.payment_id, r.payer, r.amount_fen, r.refunded_on, r.refund_account
    FROM refunds AS r
    INNER JOIN persons AS q ON q.county = r.county AND q.person = r.account_holder
    UNION
    SELECT r.county, a.collector_id, r.event_id, r.payment_id, r.payer, r.amount_fen, r.refunded_on, r.refund_account
    FROM refunds AS r
    INNER JOIN accounts AS a ON a.county = r.county AND a.account = r.refund_account
),
-- one row per collector and person of a household that he ever was in, himself included
kin AS (
    SELECT q.county, q.collector_id, q.person AS payer FROM persons AS q WHERE q.person IS NOT NULL
    UNION
    SELECT q.county, q.collector_id, m.payer
    FROM persons AS q
    INNER JOIN households AS o ON o.county = q.county AND o.payer = q.person
    INNER JOIN households AS m ON m.county = o.county AND m.household_no = o.household_no
),
-- one row per refund of a person outside his family that did not go back the way the money had come
others_refunds AS (
    SELECT r.county, r.collector_id, r.event_id, r.payer, r.amount_fen, r.refunded_on, p.township, p.village
    FROM received AS r
    LEFT JOIN kin AS k ON k.county = r.county AND k.collector_id = r.collector_id AND k.payer = r.payer
    LEFT JOIN payments AS p ON p.county = r.county AND p.record_id = r.payment_id
    WHERE k.payer IS NULL AND coalesce(p.payer_account <> r.refund_account, TRUE)
),
-- one row per collector, duty and record that shows it
shown AS (
    SELECT s.county, s.collector_id, s.event_id, s.township, s.village, s.day FROM signed_lines AS s
    UNION
    SELECT t.county, t.collector_id, t.event_id, t.township, t.village, t.installed_on AS day FROM together AS t
    UNION
    SELECT o.county, o.collector_id, o.event_id, o.township, o.village, o.refunded_on AS day FROM others_refunds AS o
),
-- one row per collector: the records
evidence AS (
    SELECT
        s.county, s.collector_id, min(s.township) AS township, CASE WHEN min(s.village) = max(s.village) THEN min(s.village) END AS village,
        min(s.day) AS first_on, list_sort(list(DISTINCT s.event_id)) AS events
    FROM shown AS s
    GROUP BY s.county, s.collector_id
),
-- one row per collector: lines that he signed for the village, one that two systems tell counting once
signers AS (
    SELECT l.county, l.collector_id, count(*) AS signed
    FROM (
        SELECT DISTINCT
            s.county, s.collector_id, s.day, s.payer, s.fee, s.fee_year, s.amount_fen, CASE WHEN s.payer IS NULL THEN s.event_id END AS nameless
        FROM signed_lines AS s
    ) AS l
    GROUP BY l.county, l.collector_id
),
-- one row per collector: others' refunds that he took
takers AS (
    SELECT o.county, o.collector_id, count(DISTINCT o.payer) AS refunded, CAST(sum(o.amount_fen) AS BIGINT) AS refunded_fen
    FROM (SELECT DISTINCT u.county, u.collector_id, u.event_id, u.payer, u.amount_fen FROM others_refunds AS u) AS o
    GROUP BY o.county, o.collector_id
),
-- one row per collector with the weight of each duty that is besides his own
held AS (
    SELECT
        e.county, e.collector_id, e.township, e.village, e.first_on, e.events,
        coalesce(s.signed, 0) AS signed, coalesce(k.terminals, 0) AS terminals, coalesce(t.refunded, 0) AS refunded, coalesce(t.refunded_fen, 0) AS refunded_fen,
        CASE WHEN s.signed >= $min_signed THEN 1 ELSE 0 END AS signs,
        CASE WHEN k.terminals >= 2 AND NOT k.one_each AND NOT c.of_counter THEN 1 ELSE 0 END AS keeps,
        CASE WHEN k.terminals >= $many_terminals AND NOT k.one_each AND NOT c.of_counter THEN 1 ELSE 0 END AS keeps_many,
        CASE WHEN t.refunded >= 1 THEN 1 ELSE 0 END AS takes
    FROM evidence AS e
    INNER JOIN (
        SELECT q.county, q.collector_id, bool_or(q.of_counter) AS of_counter FROM persons AS q GROUP BY q.county, q.collector_id
    ) AS c ON c.county = e.county AND c.collector_id = e.collector_id
    LEFT JOIN signers AS s ON s.county = e.county AND s.collector_id = e.collector_id
    LEFT JOIN keepers AS k ON k.county = e.county AND k.collector_id = e.collector_id
    LEFT JOIN takers AS t ON t.county = e.county AND t.collector_id = e.collector_id
)
SELECT
    h.county,
    CASE
        WHEN h.signs + h.keeps + h.takes >= 3 THEN 'high'
        WHEN h.signs + h.keeps + h.takes = 2 THEN 'medium'
        WHEN h.keeps_many = 1 THEN 'low'
        ELSE 'watch'
    END AS severity,
    'collector' AS subject_type, h.collector_id AS subject_id, h.township, h.village,
    CAST(NULL AS VARCHAR) AS fee, CAST(NULL AS BIGINT) AS fee_year,
    h.refunded_fen AS amount_at_risk_fen, CAST(h.signs + h.keeps + h.takes AS DOUBLE) AS measure, CAST(2 AS DOUBLE) AS threshold,
    h.first_on AS occurred_on, h.events AS evidence,
    struct_pack(
        signed := h.signed, terminals := h.terminals, refunded := h.refunded, refunded_fen := h.refunded_fen, first_on := h.first_on,
        what_zh := substr(concat(
            CASE WHEN h.signed > 0 THEN concat('，代表村里在本人所收的 ', CAST(h.signed AS VARCHAR), ' 笔上签字') ELSE '' END,
            CASE WHEN h.terminals > 0 THEN concat('，保管终端 ', CAST(h.terminals AS VARCHAR), ' 台') ELSE '' END,
            CASE WHEN h.refunded > 0 THEN concat('，代收 ', CAST(h.refunded AS VARCHAR), ' 人的退费 ', CAST(h.refunded_fen // 100 AS VARCHAR), '.', right(concat('0', CAST(h.refunded_fen % 100 AS VARCHAR)), 2), ' 元') ELSE '' END
        ), 2),
        what_en := substr(concat(
            CASE WHEN h.signed > 0 THEN concat(', signed for the village on ', CAST(h.signed AS VARCHAR), ' own lines') ELSE '' END,
            CASE WHEN h.terminals > 0 THEN concat(', kept ', CAST(h.terminals AS VARCHAR), ' terminals') ELSE '' END,
            CASE WHEN h.refunded > 0 THEN concat(', took refunds of ', CAST(h.refunded AS VARCHAR), ' persons, ', CAST(h.refunded_fen // 100 AS VARCHAR), '.', right(concat('0', CAST(h.refunded_fen % 100 AS VARCHAR)), 2), ' yuan') ELSE '' END
        ), 3)
    ) AS details
FROM held AS h
WHERE h.signs + h.keeps + h.takes >= 1
