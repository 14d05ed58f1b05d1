-- one row per account of a township, village, unit or collector that took persons' refunds and did not hand them on in time, and one more where such persons complained
WITH
-- one row per county: the working days gone by on the day of the screening
today AS (
    SELECT w.county, w.ordinal FROM working_day AS w WHERE w.day = $as_of
),
-- one row per refund that such an account took
taken AS (
    SELECT
        r.county, r.event_id, r.payer, r.fee, r.fee_year, r.amount_fen, r.refunded_on, r.refunded_ordinal, r.refund_account, r.refund_account_weak,
        coalesce(r.refund_account_masked, false) AS masked, r.holder, r.taken_by, r.handed_on, r.onward_event_id, r.township, r.village
    FROM office_refunds AS r
    WHERE r.taken_by IN ('collector', 'unit') AND r.refund_account IS NOT NULL
),
-- one row per such account with all persons whose refunds it ever took
users AS (
    SELECT t.county, t.refund_account, count(DISTINCT t.payer) AS persons FROM taken AS t GROUP BY t.county, t.refund_account
),
-- one row per payment that a unit or school made for its people
by_group_payers AS (
    SELECT DISTINCT h.county, h.event_id FROM collector_hands AS h WHERE h.group_payer
),
-- one row per such refund that went back the way it came: to the account or holder that had paid, to the treasury, or to the unit that pays for its people
way_back AS (
    SELECT DISTINCT t.county, t.event_id
    FROM taken AS t
    INNER JOIN refund_payments AS p ON p.county = t.county AND p.refund_event_id = t.event_id
    LEFT JOIN by_group_payers AS g ON g.county = p.county AND g.event_id = p.payment_event_id
    WHERE
        p.payer_account = t.refund_account OR p.paid_by = t.holder
        OR (p.payer_account_weak = t.refund_account_weak AND (t.masked OR coalesce(p.payer_account_masked, false)))
        OR (t.taken_by = 'unit' AND (p.channel = 'fiscal' OR g.event_id IS NOT NULL))
),
-- one row per account or holder of a unit that is registered as paying for its people
group_payers AS (
    SELECT c.county, a.token FROM collectors AS c, unnest(c.own_accounts) AS a(token) WHERE c.role = 'group-payer'
    UNION
    SELECT c.county, c.person AS token FROM collectors AS c WHERE c.role = 'group-payer' AND c.person IS NOT NULL
),
-- one row per such refund of which it is known who had paid
payer_known AS (
    SELECT DISTINCT t.county, t.event_id
    FROM taken AS t
    INNER JOIN refund_payments AS p ON p.county = t.county AND p.refund_event_id = t.event_id
    LEFT JOIN collector_hands AS h ON h.county = p.county AND h.event_id = p.payment_event_id
    WHERE p.payer_account IS NOT NULL OR p.paid_by IS NOT NULL OR h.event_id IS NOT NULL
),
-- one row per person who died
died AS (
    SELECT DISTINCT s.county, s.payer FROM status_changes AS s WHERE s.change = 'died'
),
-- one row per person in the household register
registered AS (
    SELECT DISTINCT h.county, h.payer FROM households AS h
),
-- one row per such refund that was not handed on in time, with the working days gone by; a unit gets its own money back
stuck AS (
    SELECT
        t.county, t.event_id, t.payer, t.fee, t.fee_year, t.amount_fen, t.refunded_on, t.refund_account, t.township, t.village, t.onward_event_id,
        CASE WHEN t.taken_by = 'collector' THEN 1 ELSE 0 END AS of_collector,
        CASE WHEN w.event_id IS NULL THEN 0 ELSE 1 END AS way_back,
        CASE WHEN k.event_id IS NULL AND (a.token IS NOT NULL OR o.token IS NOT NULL) THEN 1 ELSE 0 END AS own_people,
        CASE WHEN e.payer IS NULL OR x.payer IS NOT NULL THEN 1 ELSE 0 END AS kin_unknown,
        CASE WHEN year(t.refunded_on) - b.payer_born < $adult_age AND coalesce(b.account_holder_born, b.payer_born) < b.payer_born THEN 1 ELSE 0 END AS of_child,
        CASE WHEN t.handed_on IS NULL THEN 1 ELSE 0 END AS still_there,
        coalesce(d.ordinal, n.ordinal) - t.refunded_ordinal AS open_wd
    FROM taken AS t
    INNER JOIN refunds AS b ON b.county = t.county AND b.event_id = t.event_id
    INNER JOIN today AS n ON n.county = t.county
    LEFT JOIN working_day AS d ON d.county = t.county AND d.day = t.handed_on
    LEFT JOIN way_back AS w ON w.county = t.county AND w.event_id = t.event_id
    LEFT JOIN payer_known AS k ON k.county = t.county AND k.event_id = t.event_id
    LEFT JOIN group_payers AS a ON a.county = t.county AND a.token = t.refund_account
    LEFT JOIN group_payers AS o ON o.county = t.county AND o.token = t.holder
    LEFT JOIN registered AS e ON e.county = t.county AND e.payer = t.payer
    LEFT JOIN died AS x ON x.county = t.county AND x.payer = t.payer
    WHERE (t.taken_by = 'collector' OR w.event_id IS NULL) AND coalesce(d.ordinal, n.ordinal) - t.refunded_ordinal > $onward_wd
),
-- one row per account with the place where most of these refunds belong
places AS (
    SELECT s.county, s.refund_account, s.township, s.village
    FROM stuck AS s
    GROUP BY s.county, s.refund_account, s.township, s.village
    QUALIFY row_number() OVER (
        PARTITION BY s.county, s.refund_account ORDER BY CASE WHEN s.township IS NULL THEN 1 ELSE 0 END, count(*) DESC, s.township NULLS LAST, s.village NULLS LAST
    ) = 1
),
-- one row per account and record that shows it: the refunds, and those by which they were handed on late
shown AS (
    SELECT s.county, s.refund_account, s.event_id FROM stuck AS s
    UNION
    SELECT s.county, s.refund_account, s.onward_event_id AS event_id FROM stuck AS s WHERE s.onward_event_id IS NOT NULL
),
-- one row per account with these records
evidence AS (
    SELECT s.county, s.refund_account, list_sort(list(DISTINCT s.event_id)) AS events
    FROM shown AS s
    GROUP BY s.county, s.refund_account
),
-- one row per account with what it kept
accounts AS (
    SELECT
        s.county, s.refund_account, count(*) AS refunds, count(DISTINCT s.payer) AS persons, count(DISTINCT s.township) AS townships,
        count(DISTINCT s.village) AS villages, CAST(sum(s.amount_fen) AS BIGINT) AS amount_fen, CAST(sum(s.still_there * s.amount_fen) AS BIGINT) AS open_fen,
        CASE WHEN min(s.fee) = max(s.fee) THEN min(s.fee) END AS fee,
        CASE WHEN min(s.fee) = max(s.fee) AND min(s.fee_year) = max(s.fee_year) THEN min(s.fee_year) END AS fee_year,
        max(s.of_collector) AS of_collector, min(s.way_back) AS way_back, min(s.own_people) AS own_people, min(s.kin_unknown) AS kin_unknown, min(s.of_child) AS of_child,
        max(s.open_wd) AS open_wd, min(s.refunded_on) AS first_on, max(s.refunded_on) AS last_on
    FROM stuck AS s
    GROUP BY s.county, s.refund_account
),
-- the same with how grave (0 watch to 4 critical)
graded AS (
    SELECT
        a.county, a.refund_account, a.refunds, a.persons, a.amount_fen, a.open_fen, a.fee, a.fee_year, a.of_collector, a.open_wd, a.first_on, a.last_on,
        CASE
            WHEN a.of_collector = 0 AND a.own_people = 1 THEN 0
            WHEN a.amount_fen >= $critical_fen THEN 4
            WHEN a.amount_fen >= $high_fen THEN 3
            WHEN a.amount_fen >= $medium_fen THEN 2
            ELSE 1
        END + CASE
            WHEN a.of_collector = 1 AND a.way_back = 0 AND a.kin_unknown = 1 AND a.of_child = 1 AND a.persons < $min_persons THEN -1
            WHEN a.of_collector = 1 AND a.way_back = 0 AND a.kin_unknown = 1 AND (a.persons < $min_persons OR a.villages <= 1) THEN 0
            WHEN a.of_collector = 1 AND a.way_back = 0 THEN 1
            WHEN a.of_collector = 1 AND a.persons < $min_persons THEN -1
            WHEN a.of_collector = 0 AND (u.persons = 1 OR a.townships >= $clearing_townships) THEN -1
            ELSE 0
        END - CASE WHEN a.open_fen = 0 THEN 1 ELSE 0 END AS level
    FROM accounts AS a
    INNER JOIN users AS u ON u.county = a.county AND u.refund_account = a.refund_account
),
-- one row per stuck refund whose payer complained of a refund that did not come
complained AS (
    SELECT DISTINCT s.county, s.refund_account, s.payer, s.event_id, s.amount_fen, s.refunded_on, s.of_collector, s.open_wd, c.event_id AS complaint_event_id
    FROM stuck AS s
    INNER JOIN complaints AS c ON c.county = s.county AND c.payer = s.payer AND c.about = 'refund-missing' AND c.received_on >= s.refunded_on
    WHERE s.still_there = 1
),
-- one row per account with such refunds
complained_of AS (
    SELECT
        m.county, m.refund_account, count(DISTINCT m.event_id) AS refunds, count(DISTINCT m.payer) AS persons, CAST(sum(m.amount_fen) AS BIGINT) AS amount_fen,
        max(m.of_collector) AS of_collector, max(m.open_wd) AS open_wd, min(m.refunded_on) AS first_on, max(m.refunded_on) AS last_on
    FROM (
        SELECT DISTINCT c.county, c.refund_account, c.payer, c.event_id, c.amount_fen, c.refunded_on, c.of_collector, c.open_wd FROM complained AS c
    ) AS m
    GROUP BY m.county, m.refund_account
),
-- one row per such account with the refunds and the complaints
complaint_evidence AS (
    SELECT e.county, e.refund_account, list_sort(list(DISTINCT e.event_id)) AS events
    FROM (
        SELECT c.county, c.refund_account, c.event_id FROM complained AS c
        UNION
        SELECT c.county, c.refund_account, c.complaint_event_id AS event_id FROM complained AS c
    ) AS e
    GROUP BY e.county, e.refund_account
)
SELECT
    g.county,
    CASE WHEN g.level >= 4 THEN 'critical' WHEN g.level = 3 THEN 'high' WHEN g.level = 2 THEN 'medium' WHEN g.level = 1 THEN 'low' ELSE 'watch' END AS severity,
    'account' AS subject_type, g.refund_account AS subject_id, p.township, p.village, g.fee, g.fee_year,
    g.amount_fen AS amount_at_risk_fen, CAST(g.open_wd AS DOUBLE) AS measure, CAST($onward_wd AS DOUBLE) AS threshold,
    g.first_on AS occurred_on, e.events AS evidence,
    struct_pack(
        addressee := 'township', refunds := g.refunds, persons := g.persons, open_fen := g.open_fen, open_wd := g.open_wd, first_on := g.first_on, last_on := g.last_on,
        holder_zh := CASE WHEN g.of_collector = 1 THEN '代收人员' ELSE '单位（乡镇、村组等）' END,
        holder_en := CASE WHEN g.of_collector = 1 THEN 'a collector''s' ELSE 'a unit''s (township, village or the like)' END,
        note_zh := '', note_en := ''
    ) AS details
FROM graded AS g
INNER JOIN places AS p ON p.county = g.county AND p.refund_account = g.refund_account
INNER JOIN evidence AS e ON e.county = g.county AND e.refund_account = g.refund_account
UNION ALL
SELECT
    c.county, CASE WHEN c.amount_fen >= $high_fen THEN 'critical' WHEN c.amount_fen >= $medium_fen THEN 'high' ELSE 'medium' END AS severity,
    'account' AS subject_type, c.refund_account AS subject_id, p.township, p.village, CAST(NULL AS VARCHAR) AS fee, CAST(NULL AS BIGINT) AS fee_year,
    c.amount_fen AS amount_at_risk_fen, CAST(c.open_wd AS DOUBLE) AS measure, CAST($onward_wd AS DOUBLE) AS threshold,
    c.first_on AS occurred_on, e.events AS evidence,
    struct_pack(
        addressee := 'discipline', refunds := c.refunds, persons := c.persons, open_fen := c.amount_fen, open_wd := c.open_wd, first_on := c.first_on, last_on := c.last_on,
        holder_zh := CASE WHEN c.of_collector = 1 THEN '代收人员' ELSE '单位（乡镇、村组等）' END,
        holder_en := CASE WHEN c.of_collector = 1 THEN 'a collector''s' ELSE 'a unit''s (township, village or the like)' END,
        note_zh := '，缴费人投诉未收到退费', note_en := '; these persons complained that no refund came'
    ) AS details
FROM complained_of AS c
INNER JOIN places AS p ON p.county = c.county AND p.refund_account = c.refund_account
INNER JOIN complaint_evidence AS e ON e.county = c.county AND e.refund_account = c.refund_account
