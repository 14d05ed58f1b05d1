-- one row per collector, fee and fee year with money taken outside the collector's appointment: after relief, before it began, or in a village of others
WITH
-- one row per collector's record and place; a clerk's reach is the township, a bank's the county, as that of a place whose name stands for no code
appointments AS (
    SELECT
        c.county, c.collector_id, c.person, c.appointed_on, c.relieved_on, c.changed_on,
        CASE WHEN c.role = 'bank-agent' OR starts_with(c.code, 'name:') THEN c.county WHEN c.role = 'township-clerk' THEN left(c.code, 9) ELSE c.code END AS reach
    FROM (
        SELECT
            k.county, k.record_id AS collector_id, k.person, k.role, k.appointed_on, k.relieved_on,
            CASE WHEN k.version > 1 THEN coalesce(CAST(k.changed_at AS DATE), k.known_on) END AS changed_on, unnest(k.division) AS code
        FROM collectors AS k
    ) AS c
    WHERE c.collector_id IS NOT NULL AND c.code IS NOT NULL AND c.appointed_on IS NOT NULL
),
-- one row per collector who pays for a school or unit
schools AS (
    SELECT DISTINCT k.county, k.record_id AS collector_id FROM collectors AS k WHERE k.role = 'group-payer'
),
-- one row per collector and appointment that holds for the person, under whichever number
holdings AS (
    SELECT DISTINCT a.county, a.collector_id, b.appointed_on, b.relieved_on, b.changed_on, b.reach
    FROM appointments AS a
    INNER JOIN appointments AS b ON b.county = a.county AND (b.collector_id = a.collector_id OR b.person = a.person)
    LEFT JOIN schools AS s ON s.county = a.county AND s.collector_id = a.collector_id
    WHERE s.collector_id IS NULL
),
-- one row per person, fee and year on the register
registered AS (
    SELECT DISTINCT l.county, l.payer, l.fee, l.fee_year FROM register_lines AS l
),
-- one row per collector, receipt, fee and year on the register: a payment of that receipt for another person is no taking from that person
receipted AS (
    SELECT DISTINCT l.county, l.collector_id, l.receipt_no, l.fee, l.fee_year FROM register_lines AS l WHERE l.receipt_no IS NOT NULL
),
-- one row per taking of cash by a known collector: a register line, or a payment in cash that no line stands for
takings AS (
    SELECT
        l.county, l.event_id, l.collector_id, l.payer, l.household, l.fee, l.fee_year, l.amount_fen, l.received_on AS taken_on, l.township, l.village,
        coalesce(l.village, l.township) AS place, TRUE AS has_line
    FROM register_lines AS l
    UNION ALL
    SELECT
        p.county, p.event_id, p.collector_id, p.payer, p.household, p.fee, p.fee_year, p.amount_fen, p.paid_on AS taken_on, p.township, p.village,
        coalesce(p.village, p.township) AS place, FALSE AS has_line
    FROM standing_payments AS p
    LEFT JOIN registered AS r ON r.county = p.county AND r.payer = p.payer AND r.fee = p.fee AND r.fee_year = p.fee_year
    LEFT JOIN receipted AS w
        ON w.county = p.county AND w.collector_id = p.collector_id AND w.receipt_no = p.receipt_no AND w.fee = p.fee AND w.fee_year = p.fee_year
    WHERE p.channel = 'cash' AND p.collector_id IS NOT NULL AND p.amount_fen > 0 AND r.payer IS NULL AND w.receipt_no IS NULL
),
-- one row per collector, day and place of takings
stays AS (
    SELECT DISTINCT t.county, t.collector_id, t.taken_on, t.place FROM takings AS t WHERE t.taken_on IS NOT NULL
),
-- one row per such stay of a collector known to the register of collectors, measured by all appointments of the person
measured AS (
    SELECT
        s.county, s.collector_id, s.taken_on, s.place,
        bool_or(h.appointed_on <= s.taken_on AND (h.relieved_on IS NULL OR h.relieved_on >= s.taken_on)) AS serving,
        bool_or(
            h.appointed_on <= s.taken_on AND (h.relieved_on IS NULL OR h.relieved_on >= s.taken_on)
            AND (s.place IS NULL OR starts_with(s.place, h.reach) OR starts_with(h.reach, s.place))
        ) AS appointed,
        min(CASE WHEN h.relieved_on < s.taken_on THEN datediff('day', h.relieved_on, s.taken_on) END) AS after_days,
        min(CASE WHEN h.appointed_on > s.taken_on THEN datediff('day', s.taken_on, h.appointed_on) END) AS before_days,
        bool_or(coalesce(h.changed_on > s.taken_on, FALSE)) AS changed_since
    FROM stays AS s
    INNER JOIN holdings AS h ON h.county = s.county AND h.collector_id = s.collector_id
    GROUP BY s.county, s.collector_id, s.taken_on, s.place
),
-- one row per stay with what is wrong with it, if anything; a register of collectors changed since says nothing about places and beginnings before
sorted AS (
    SELECT
        m.county, m.collector_id, m.taken_on, m.place,
        CASE
            WHEN m.appointed THEN NULL
            WHEN NOT m.serving AND m.after_days IS NOT NULL THEN 'after'
            WHEN m.changed_since THEN NULL
            WHEN NOT m.serving THEN 'before'
            ELSE 'place'
        END AS wrong,
        CASE WHEN m.serving THEN 0 ELSE least(m.after_days, m.before_days) END AS days_off
    FROM measured AS m
),
-- one row per taking with what is wrong with it, if anything; a payment alone does not say who had which number before the appointment
judged AS (
    SELECT
        t.county, t.event_id, t.collector_id, t.payer, t.household, t.fee, t.fee_year, t.amount_fen, t.taken_on, t.township, t.village, t.place,
        CASE WHEN s.wrong <> 'before' OR t.has_line THEN s.wrong END AS wrong, s.days_off
    FROM takings AS t
    INNER JOIN sorted AS s ON s.county = t.county AND s.collector_id = t.collector_id AND s.taken_on = t.taken_on AND coalesce(s.place, '') = coalesce(t.place, '')
),
-- one row per fee and year of which so much was taken before appointments began that the register of collectors does not reach back to it
not_reaching AS (
    SELECT j.county, j.fee, j.fee_year
    FROM judged AS j
    GROUP BY j.county, j.fee, j.fee_year
    HAVING count(DISTINCT CASE WHEN j.wrong = 'before' THEN j.collector_id END) >= $habit_collectors
        AND count(*) FILTER (WHERE j.wrong = 'before') * 100 >= count(*) * $habit_percent
),
-- one row per township whose collectors take for each other's villages, or whose register names the payer's village of old
mixing AS (
    SELECT j.county, j.township
    FROM judged AS j
    GROUP BY j.county, j.township
    HAVING count(DISTINCT CASE WHEN j.wrong = 'place' THEN j.collector_id END) >= $habit_collectors
        AND count(*) FILTER (WHERE j.wrong = 'place') * 100 >= count(*) * $habit_percent
),
-- one row per person whose money was taken outside the places, with every village under which any record has the person
known_places AS (
    SELECT w.county, w.payer, r.village
    FROM (SELECT DISTINCT j.county, j.payer FROM judged AS j WHERE j.wrong = 'place') AS w
    INNER JOIN (
        SELECT a.county, a.payer, a.village FROM rosters AS a WHERE a.village IS NOT NULL
        UNION ALL
        SELECT h.county, h.payer, h.village FROM households AS h WHERE h.village IS NOT NULL
        UNION ALL
        SELECT p.county, p.payer, p.village FROM standing_payments AS p WHERE p.village IS NOT NULL
    ) AS r ON r.county = w.county AND r.payer = w.payer
),
-- one row per taking outside the places from a person who elsewhere is of one of the collector's villages
at_home AS (
    SELECT DISTINCT j.county, j.event_id
    FROM judged AS j
    INNER JOIN known_places AS k ON k.county = j.county AND k.payer = j.payer
    INNER JOIN holdings AS h ON h.county = j.county AND h.collector_id = j.collector_id
    WHERE j.wrong = 'place' AND starts_with(k.village, h.reach) AND h.appointed_on <= j.taken_on AND (h.relieved_on IS NULL OR h.relieved_on >= j.taken_on)
),
-- one row per village and day on which somebody was appointed for it by name
staffed AS (
    SELECT DISTINCT v.county, v.place, v.taken_on
    FROM (SELECT DISTINCT j.county, j.place, j.taken_on FROM judged AS j WHERE j.wrong = 'place') AS v
    INNER JOIN appointments AS a ON a.county = v.county AND a.reach = v.place
    LEFT JOIN schools AS s ON s.county = a.county AND s.collector_id = a.collector_id
    WHERE s.collector_id IS NULL AND a.appointed_on <= v.taken_on AND (a.relieved_on IS NULL OR a.relieved_on >= v.taken_on)
),
-- one row per taking outside the appointment that no habit or record explains, with whether it is surely so
found AS (
    SELECT
        j.county, j.event_id, j.collector_id, j.payer, j.household, j.fee, j.fee_year, j.amount_fen, j.taken_on, j.township, j.village, j.place, j.wrong, j.days_off,
        (j.wrong = 'after' OR (j.wrong = 'before' AND j.days_off <= $reach_days)) AND j.days_off > $grace_days AS sure, j.wrong = 'place' AND f.place IS NOT NULL AS of_others
    FROM judged AS j
    LEFT JOIN not_reaching AS n ON n.county = j.county AND n.fee = j.fee AND n.fee_year = j.fee_year AND j.wrong = 'before'
    LEFT JOIN mixing AS m ON m.county = j.county AND m.township = j.township AND j.wrong = 'place'
    LEFT JOIN at_home AS a ON a.county = j.county AND a.event_id = j.event_id
    LEFT JOIN staffed AS f ON f.county = j.county AND f.place = j.place AND f.taken_on = j.taken_on
    WHERE j.wrong IS NOT NULL AND n.fee IS NULL AND m.township IS NULL AND a.event_id IS NULL
),
-- one row per collector, fee, fee year and village of others: the households
villages AS (
    SELECT v.county, v.collector_id, v.fee, v.fee_year, max(v.homes) AS homes
    FROM (
        SELECT f.county, f.collector_id, f.fee, f.fee_year, f.place, count(DISTINCT f.household) AS homes
        FROM found AS f
        WHERE f.of_others
        GROUP BY f.county, f.collector_id, f.fee, f.fee_year, f.place
    ) AS v
    GROUP BY v.county, v.collector_id, v.fee, v.fee_year
),
-- one row per collector, fee and fee year: counts and amounts
totals AS (
    SELECT
        f.county, f.collector_id, f.fee, f.fee_year,
        CASE WHEN min(f.township) = max(f.township) THEN min(f.township) END AS township, CASE WHEN min(f.village) = max(f.village) THEN min(f.village) END AS village,
        count(DISTINCT f.payer) AS persons, count(DISTINCT CASE WHEN f.wrong = 'after' THEN f.payer END) AS after_persons,
        count(DISTINCT CASE WHEN f.wrong = 'before' THEN f.payer END) AS before_persons, count(DISTINCT CASE WHEN f.wrong = 'place' THEN f.payer END) AS place_persons,
        count(DISTINCT CASE WHEN f.sure THEN f.household END) AS sure_homes, CAST(coalesce(sum(CASE WHEN f.sure THEN f.amount_fen END), 0) AS BIGINT) AS sure_fen,
        CAST(sum(f.amount_fen) AS BIGINT) AS amount_fen, max(f.days_off) AS days_off, min(f.taken_on) AS first_on, max(f.taken_on) AS last_on,
        list_sort(list(DISTINCT f.event_id)) AS events
    FROM found AS f
    GROUP BY f.county, f.collector_id, f.fee, f.fee_year
)
SELECT
    t.county,
    CASE
        WHEN t.sure_fen >= $high_fen THEN 'high'
        WHEN t.sure_homes >= $medium_homes OR v.homes >= $medium_village_homes THEN 'medium'
        WHEN t.sure_homes >= 1 OR v.homes >= $village_homes THEN 'low'
        ELSE 'watch'
    END AS severity,
    'collector' AS subject_type, t.collector_id AS subject_id, t.township, t.village, t.fee, t.fee_year,
    t.amount_fen AS amount_at_risk_fen, CAST(t.persons AS DOUBLE) AS measure, CAST(1 AS DOUBLE) AS threshold,
    t.first_on AS occurred_on, t.events AS evidence,
    struct_pack(
        persons := t.persons, after_relief := t.after_persons, before_appointment := t.before_persons, in_others_villages := t.place_persons,
        days_off := t.days_off, first_on := t.first_on, last_on := t.last_on,
        what_zh := substr(concat(
            CASE WHEN t.after_persons > 0 THEN concat('，离任后 ', CAST(t.after_persons AS VARCHAR), ' 人') ELSE '' END,
            CASE WHEN t.before_persons > 0 THEN concat('，聘任前 ', CAST(t.before_persons AS VARCHAR), ' 人') ELSE '' END,
            CASE WHEN t.after_persons + t.before_persons > 0 THEN concat('（最多相差 ', CAST(t.days_off AS VARCHAR), ' 天）') ELSE '' END,
            CASE WHEN t.place_persons > 0 THEN concat('，他人负责的村 ', CAST(t.place_persons AS VARCHAR), ' 人') ELSE '' END
        ), 2),
        what_en := substr(concat(
            CASE WHEN t.after_persons > 0 THEN concat(', ', CAST(t.after_persons AS VARCHAR), ' after relief') ELSE '' END,
            CASE WHEN t.before_persons > 0 THEN concat(', ', CAST(t.before_persons AS VARCHAR), ' before appointment') ELSE '' END,
            CASE WHEN t.after_persons + t.before_persons > 0 THEN concat(' (up to ', CAST(t.days_off AS VARCHAR), ' days off)') ELSE '' END,
            CASE WHEN t.place_persons > 0 THEN concat(', ', CAST(t.place_persons AS VARCHAR), ' in villages of others') ELSE '' END
        ), 3)
    ) AS details
FROM totals AS t
LEFT JOIN villages AS v ON v.county = t.county AND v.collector_id = t.collector_id AND v.fee = t.fee AND v.fee_year = t.fee_year
