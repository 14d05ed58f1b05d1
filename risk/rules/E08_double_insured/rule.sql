-- one row per payer, fee and fee year with resident insurance beside another insurance of the same kind, or with the treasury's share twice
WITH
-- one row per record of another insurance of a person: a payment, or what the office recorded
other_records AS (
    SELECT p.county, p.payer, p.fee, p.fee_year, p.event_id, p.paid_on AS known_on, p.amount_fen
    FROM standing_payments AS p
    WHERE p.fee IN ('flexible-medical', 'flexible-pension', 'employer-social-insurance') AND p.amount_fen > 0
        AND coalesce(p.payer_id_type, 'resident-id') <> 'uscc'
    UNION ALL
    SELECT e.county, e.payer, e.fee, e.fee_year, e.event_id, e.recorded_on AS known_on, 0 AS amount_fen
    FROM entitlements AS e
    WHERE e.fee IN ('flexible-medical', 'flexible-pension', 'employer-social-insurance') AND e.reversed_on IS NULL
),
-- one row per person with another insurance, by such a record or by report
suspects AS (
    SELECT o.county, o.payer FROM other_records AS o
    UNION
    SELECT c.county, c.payer FROM status_changes AS c WHERE c.change = 'insured-elsewhere'
),
-- one row per such person, fee and fee year of resident insurance paid for before the year was over: how much, by the person and by the treasury
resident AS (
    SELECT
        p.county, p.payer, p.fee, p.fee_year, CASE WHEN p.fee = 'resident-medical' THEN 'medical' ELSE 'pension' END AS kind,
        CAST(sum(CASE WHEN p.channel = 'fiscal' THEN 0 ELSE p.amount_fen END) AS BIGINT) AS own_fen,
        CAST(sum(CASE WHEN p.channel = 'fiscal' THEN p.amount_fen ELSE 0 END) AS BIGINT) AS fiscal_fen,
        min(p.paid_on) AS first_on, max(p.paid_on) AS last_on, min(p.township) AS township, min(p.village) AS village
    FROM suspects AS q
    INNER JOIN standing_payments AS p ON p.county = q.county AND p.payer = q.payer
    WHERE p.fee IN ('resident-medical', 'resident-pension') AND p.amount_fen > 0 AND coalesce(p.payer_id_type, 'resident-id') <> 'uscc'
        AND year(p.paid_on) <= p.fee_year
    GROUP BY p.county, p.payer, p.fee, p.fee_year
),
-- one row per such record and kind of insurance that it is; an employer's is of both kinds
other_kinds AS (
    SELECT o.county, o.payer, o.fee, o.fee_year, o.event_id, o.known_on, o.amount_fen, 'medical' AS kind
    FROM other_records AS o WHERE o.fee IN ('flexible-medical', 'employer-social-insurance')
    UNION ALL
    SELECT o.county, o.payer, o.fee, o.fee_year, o.event_id, o.known_on, o.amount_fen, 'pension' AS kind
    FROM other_records AS o WHERE o.fee IN ('flexible-pension', 'employer-social-insurance')
),
-- one row per person, fee year and kind of other insurance: since when
others AS (
    SELECT o.county, o.payer, o.kind, o.fee_year, min(o.known_on) AS first_on, CAST(sum(o.amount_fen) AS BIGINT) AS paid_fen
    FROM other_kinds AS o
    WHERE o.known_on IS NOT NULL AND year(o.known_on) <= o.fee_year
    GROUP BY o.county, o.payer, o.kind, o.fee_year
),
-- one row per person, fee year and kind: what was given back of either insurance
given_back AS (
    SELECT
        k.county, k.payer, k.fee_year, k.kind, CAST(sum(CASE WHEN k.resident THEN k.amount_fen ELSE 0 END) AS BIGINT) AS resident_fen,
        CAST(sum(CASE WHEN k.resident THEN 0 ELSE k.amount_fen END) AS BIGINT) AS other_fen
    FROM (
        SELECT r.county, r.payer, r.fee_year, 'medical' AS kind, r.fee = 'resident-medical' AS resident, r.amount_fen
        FROM refunds AS r WHERE r.fee IN ('resident-medical', 'flexible-medical', 'employer-social-insurance')
        UNION ALL
        SELECT r.county, r.payer, r.fee_year, 'pension' AS kind, r.fee = 'resident-pension' AS resident, r.amount_fen
        FROM refunds AS r WHERE r.fee IN ('resident-pension', 'flexible-pension', 'employer-social-insurance')
    ) AS k
    GROUP BY k.county, k.payer, k.fee_year, k.kind
),
-- one row per person, fee and fee year allowed to pay by the offices' agreement
permitted AS (
    SELECT DISTINCT w.county, w.payer, w.fee, w.fee_year FROM whitelist AS w WHERE w.kind = 'permitted-to-pay'
),
-- one row per person, fee and fee year of resident insurance that was not given back and not agreed to
standing AS (
    SELECT r.county, r.payer, r.fee, r.fee_year, r.kind, r.own_fen, r.fiscal_fen, r.first_on, r.last_on, r.township, r.village, coalesce(g.other_fen, 0) AS other_back_fen
    FROM resident AS r
    LEFT JOIN given_back AS g ON g.county = r.county AND g.payer = r.payer AND g.fee_year = r.fee_year AND g.kind = r.kind
    LEFT JOIN permitted AS w ON w.county = r.county AND w.payer = r.payer AND w.fee = r.fee AND w.fee_year = r.fee_year
    WHERE w.payer IS NULL AND coalesce(g.resident_fen, 0) < CASE WHEN r.own_fen > 0 THEN r.own_fen ELSE r.fiscal_fen END
),
-- one row per person, fee and fee year with both insurances of one kind; before: the other was there first, or the year before
doubled AS (
    SELECT
        s.county, s.payer, s.fee, s.fee_year, s.kind, s.own_fen, s.fiscal_fen, s.first_on, s.township, s.village,
        greatest(s.last_on, o.first_on) AS double_on, o.first_on <= s.first_on OR y.payer IS NOT NULL AS before,
        datediff('day', make_date(s.fee_year, 1, 1), o.first_on) AS days_in
    FROM standing AS s
    INNER JOIN others AS o ON o.county = s.county AND o.payer = s.payer AND o.kind = s.kind AND o.fee_year = s.fee_year
    LEFT JOIN others AS y ON y.county = s.county AND y.payer = s.payer AND y.kind = s.kind AND y.fee_year = s.fee_year - 1
    WHERE o.paid_fen = 0 OR s.other_back_fen < o.paid_fen
),
-- one row per person and fee year of resident medical insurance paid for after the person was reported as insured elsewhere; of pensions the report says nothing
elsewhere AS (
    SELECT s.county, s.payer, s.fee, s.fee_year, s.own_fen, s.fiscal_fen, s.first_on, s.last_on, s.township, s.village, s.other_back_fen, min(c.event_id) AS change_event
    FROM standing AS s
    INNER JOIN status_changes AS c ON c.county = s.county AND c.payer = s.payer AND c.change = 'insured-elsewhere'
    LEFT JOIN status_changes AS b
        ON b.county = s.county AND b.payer = s.payer AND b.change = 'moved-in' AND b.effective_on >= c.effective_on
    WHERE s.kind = 'medical' AND b.payer IS NULL AND datediff('day', c.effective_on, s.first_on) BETWEEN 0 AND $status_days
    GROUP BY s.county, s.payer, s.fee, s.fee_year, s.own_fen, s.fiscal_fen, s.first_on, s.last_on, s.township, s.village, s.other_back_fen
),
-- one row per person, fee and fee year for whom the treasury paid: how many payments
helped AS (
    SELECT p.county, p.payer, p.fee, p.fee_year, count(*) AS payments
    FROM standing_payments AS p
    WHERE p.channel = 'fiscal' AND p.amount_fen > 0 AND coalesce(p.payer_id_type, 'resident-id') <> 'uscc'
    GROUP BY p.county, p.payer, p.fee, p.fee_year
),
-- one row per such payment, where there are several, numbered among those of its source that are alike in person, amount and moment
alike AS (
    SELECT
        p.county, p.event_id, p.source, p.payer, p.fee, p.fee_year, p.amount_fen, p.paid_at, p.paid_on, p.township, p.village,
        row_number() OVER (
            PARTITION BY p.county, p.source, p.payer, p.fee, p.fee_year, p.amount_fen, p.paid_on, p.paid_at ORDER BY p.event_id
        ) AS nth
    FROM helped AS h
    INNER JOIN standing_payments AS p ON p.county = h.county AND p.payer = h.payer AND p.fee = h.fee AND p.fee_year = h.fee_year
    WHERE h.payments > 1 AND p.channel = 'fiscal' AND p.amount_fen > 0 AND coalesce(p.payer_id_type, 'resident-id') <> 'uscc'
),
-- one row per such payment; the same one from two systems counts once
shares AS (
    SELECT a.county, a.event_id, a.payer, a.fee, a.fee_year, a.amount_fen, a.paid_on, a.township, a.village
    FROM alike AS a
    QUALIFY row_number() OVER (
        PARTITION BY a.county, a.payer, a.fee, a.fee_year, a.amount_fen, a.paid_on, a.paid_at, a.nth ORDER BY a.source NULLS LAST, a.event_id
    ) = 1
),
-- one row per person, fee and fee year for whom the treasury paid in several payments: how much
funded AS (
    SELECT
        s.county, s.payer, s.fee, s.fee_year, count(*) AS payments, CAST(sum(s.amount_fen) AS BIGINT) AS paid_fen, max(s.amount_fen) AS largest_fen,
        min(s.paid_on) AS first_on, max(s.paid_on) AS last_on, min(s.township) AS township, min(s.village) AS village
    FROM shares AS s
    GROUP BY s.county, s.payer, s.fee, s.fee_year
    HAVING count(*) > 1
),
-- one row per person, fee and fee year: the treasury's share by one roster row, or by the policy for a category that the person holds
share_due AS (
    SELECT d.county, d.payer, d.fee, d.fee_year, max(d.share_fen) AS share_fen
    FROM (
        SELECT f.county, f.payer, f.fee, f.fee_year, r.fiscal_share_fen AS share_fen
        FROM funded AS f
        INNER JOIN rosters AS r ON r.county = f.county AND r.payer = f.payer AND r.fee = f.fee AND r.fee_year = f.fee_year
        WHERE r.fiscal_share_fen > 0
        UNION ALL
        SELECT f.county, f.payer, f.fee, f.fee_year, coalesce(y.amount_fen, t.amount_fen * y.percent // 100) AS share_fen
        FROM funded AS f
        INNER JOIN payer_categories AS c ON c.county = f.county AND c.payer = f.payer
        INNER JOIN fiscal_share AS y ON y.county = f.county AND y.fee = f.fee AND y.fee_year = f.fee_year AND y.category = c.category
        LEFT JOIN tariff AS t ON t.county = f.county AND t.fee = f.fee AND t.fee_year = f.fee_year AND t.kind = 'fixed' AND t.category IN ('all', c.category)
        WHERE coalesce(y.amount_fen, t.amount_fen * y.percent // 100) IS NOT NULL
    ) AS d
    GROUP BY d.county, d.payer, d.fee, d.fee_year
),
-- one row per person, fee and fee year: what was given back
share_back AS (
    SELECT r.county, r.payer, r.fee, r.fee_year, CAST(sum(r.amount_fen) AS BIGINT) AS back_fen
    FROM refunds AS r GROUP BY r.county, r.payer, r.fee, r.fee_year
),
-- one row per person, fee and fee year for whom the treasury paid more than one share in several payments
twice AS (
    SELECT
        f.county, f.payer, f.fee, f.fee_year, f.first_on, f.last_on, f.township, f.village, f.payments,
        f.paid_fen - greatest(f.largest_fen, coalesce(d.share_fen, 0)) - coalesce(b.back_fen, 0) AS twice_fen
    FROM funded AS f
    LEFT JOIN share_due AS d ON d.county = f.county AND d.payer = f.payer AND d.fee = f.fee AND d.fee_year = f.fee_year
    LEFT JOIN share_back AS b ON b.county = f.county AND b.payer = f.payer AND b.fee = f.fee AND b.fee_year = f.fee_year
    WHERE f.paid_fen - greatest(f.largest_fen, coalesce(d.share_fen, 0)) - coalesce(b.back_fen, 0) >= $from_fen
),
-- one row per fee and fee year where the treasury pays so many persons in several parts that it is how the county does it
parts AS (
    SELECT f.county, f.fee, f.fee_year
    FROM funded AS f
    INNER JOIN (
        SELECT h.county, h.fee, h.fee_year, count(*) AS persons FROM helped AS h GROUP BY h.county, h.fee, h.fee_year
    ) AS n ON n.county = f.county AND n.fee = f.fee AND n.fee_year = f.fee_year
    GROUP BY f.county, f.fee, f.fee_year, n.persons
    HAVING count(*) >= $practice_persons AND count(*) * 100 >= n.persons * $practice_percent
),
-- one row per person, fee, fee year and way in which the insurance is double, the surest first
ways AS (
    SELECT
        t.county, t.payer, t.fee, t.fee_year, 1 AS way, CASE WHEN p.fee IS NOT NULL THEN 'watch' ELSE 'medium' END AS severity,
        t.twice_fen AS amount_fen, t.last_on AS double_on, t.first_on, t.township, t.village
    FROM twice AS t
    LEFT JOIN parts AS p ON p.county = t.county AND p.fee = t.fee AND p.fee_year = t.fee_year
    UNION ALL
    SELECT
        d.county, d.payer, d.fee, d.fee_year, 2 AS way,
        CASE
            WHEN d.before AND d.fiscal_fen > 0 THEN 'medium'
            WHEN NOT d.before AND d.kind = 'medical' AND d.days_in > $begun_days THEN 'watch'
            ELSE 'low'
        END AS severity,
        d.own_fen + d.fiscal_fen AS amount_fen, d.double_on, d.first_on, d.township, d.village
    FROM doubled AS d
    UNION ALL
    SELECT
        e.county, e.payer, e.fee, e.fee_year, 3 AS way, CASE WHEN e.fiscal_fen > 0 OR o.payer IS NOT NULL THEN 'low' ELSE 'watch' END AS severity,
        e.own_fen + e.fiscal_fen AS amount_fen, e.last_on AS double_on, e.first_on, e.township, e.village
    FROM elsewhere AS e
    LEFT JOIN others AS o ON o.county = e.county AND o.payer = e.payer AND o.kind = 'medical' AND o.fee_year = e.fee_year
        AND (o.paid_fen = 0 OR e.other_back_fen < o.paid_fen)
),
-- one row per person, fee and fee year whose time for setting it right is over
found AS (
    SELECT w.county, w.payer, w.fee, w.fee_year, w.way, w.severity, w.amount_fen, w.double_on, w.first_on, w.township, w.village
    FROM ways AS w
    WHERE datediff('day', w.double_on, $as_of) >= $wait_days
    QUALIFY row_number() OVER (PARTITION BY w.county, w.payer, w.fee, w.fee_year ORDER BY w.way) = 1
),
-- one row per person, fee and fee year: the payments, the other insurance's records and the report that show it
evidence AS (
    SELECT e.county, e.payer, e.fee, e.fee_year, list_sort(list(DISTINCT e.event_id)) AS events
    FROM (
        SELECT f.county, f.payer, f.fee, f.fee_year, p.event_id
        FROM found AS f
        INNER JOIN standing_payments AS p ON p.county = f.county AND p.payer = f.payer AND p.fee = f.fee AND p.fee_year = f.fee_year
        WHERE f.way <> 1 OR p.channel = 'fiscal'
        UNION
        SELECT f.county, f.payer, f.fee, f.fee_year, o.event_id
        FROM found AS f
        INNER JOIN other_kinds AS o
            ON o.county = f.county AND o.payer = f.payer AND o.fee_year = f.fee_year
            AND o.kind = CASE WHEN f.fee = 'resident-medical' THEN 'medical' ELSE 'pension' END
        WHERE f.way IN (2, 3)
        UNION
        SELECT f.county, f.payer, f.fee, f.fee_year, w.change_event AS event_id
        FROM found AS f
        INNER JOIN elsewhere AS w ON w.county = f.county AND w.payer = f.payer AND w.fee = f.fee AND w.fee_year = f.fee_year
        WHERE f.way = 3
    ) AS e
    GROUP BY e.county, e.payer, e.fee, e.fee_year
)
SELECT
    f.county, f.severity, 'payer' AS subject_type, f.payer AS subject_id, f.township, f.village, f.fee, f.fee_year,
    f.amount_fen AS amount_at_risk_fen, CAST(datediff('day', f.double_on, $as_of) AS DOUBLE) AS measure, CAST($wait_days AS DOUBLE) AS threshold,
    f.first_on AS occurred_on, e.events AS evidence,
    struct_pack(
        form_zh := CASE f.way WHEN 1 THEN '财政重复代缴' WHEN 2 THEN '居民保险与同类其他保险同期参保' ELSE '已报他处参保后仍缴居民保险' END,
        form_en := CASE f.way WHEN 1 THEN 'the treasury paid its share twice' WHEN 2 THEN 'resident insurance beside another of its kind' ELSE 'resident insurance paid after the person was reported as insured elsewhere' END,
        double_on := f.double_on,
        addressee := CASE WHEN f.fee = 'resident-medical' THEN 'medical-insurance' ELSE 'human-resources' END
    ) AS details
FROM found AS f
INNER JOIN evidence AS e ON e.county = f.county AND e.payer = f.payer AND e.fee = f.fee AND e.fee_year = f.fee_year
