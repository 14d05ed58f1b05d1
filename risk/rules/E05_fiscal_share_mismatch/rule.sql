-- one row per payer, fee and fee year whose treasury's share and category do not fit, and one per township, fee and fee year where so many shares are missing that the list was not applied
WITH
-- one row per fee, fee year and category for which the treasury pays
funded_categories AS (
    SELECT DISTINCT f.county, f.fee, f.fee_year, f.category
    FROM fiscal_share AS f WHERE coalesce(f.amount_fen, f.percent, 0) > 0
),
-- one row per person, fee and fee year for which the treasury paid, or should have by the roster
concerned AS (
    SELECT p.county, p.payer, p.fee, p.fee_year
    FROM standing_payments AS p
    WHERE p.channel = 'fiscal' AND p.amount_fen > 0 AND coalesce(p.payer_id_type, 'resident-id') <> 'uscc'
    UNION
    SELECT r.county, r.payer, r.fee, r.fee_year
    FROM rosters AS r
    WHERE r.fiscal_share_fen > 0
),
-- one row per such person, fee and year on the roster: the row listed last
rostered AS (
    SELECT r.county, r.payer, r.fee, r.fee_year, r.event_id, r.category, r.payer_born, r.fiscal_share_fen, r.amount_due_fen, r.listed_on, r.known_on, r.version, r.township, r.village
    FROM concerned AS c
    INNER JOIN current_roster AS r ON r.county = c.county AND r.payer = c.payer AND r.fee = c.fee AND r.fee_year = c.fee_year
),
-- one row per such person, fee and fee year: what the treasury and what the person paid
paid AS (
    SELECT
        p.county, p.payer, p.fee, p.fee_year,
        CAST(sum(CASE WHEN p.channel = 'fiscal' THEN p.amount_fen ELSE 0 END) AS BIGINT) AS fiscal_fen,
        CAST(sum(CASE WHEN p.channel = 'fiscal' THEN 0 ELSE p.amount_fen END) AS BIGINT) AS own_fen,
        min(CASE WHEN p.channel = 'fiscal' THEN p.paid_on END) AS fiscal_on, max(p.paid_on) AS last_on,
        max(CASE WHEN p.channel = 'fiscal' THEN p.tier_fen END) AS fiscal_tier_fen, max(CASE WHEN p.channel <> 'fiscal' THEN p.tier_fen END) AS own_tier_fen,
        min(p.township) AS township, min(p.village) AS village
    FROM concerned AS c
    INNER JOIN standing_payments AS p ON p.county = c.county AND p.payer = c.payer AND p.fee = c.fee AND p.fee_year = c.fee_year
    WHERE p.amount_fen > 0
    GROUP BY p.county, p.payer, p.fee, p.fee_year
),
-- one row per person, fee and fee year: what was given back
given_back AS (
    SELECT r.county, r.payer, r.fee, r.fee_year, CAST(sum(r.amount_fen) AS BIGINT) AS back_fen
    FROM refunds AS r GROUP BY r.county, r.payer, r.fee, r.fee_year
),
-- one row per person for whom the treasury paid and who is known to hold, or to have held not long before, any category but a plain one
categorised AS (
    SELECT p.county, p.payer, p.fee, p.fee_year
    FROM paid AS p
    INNER JOIN payer_categories AS c ON c.county = p.county AND c.payer = p.payer
    WHERE c.category NOT IN ('ordinary', 'student') AND (c.held_until IS NULL OR datediff('day', c.held_until, p.fiscal_on) <= $category_days)
    UNION
    SELECT p.county, p.payer, p.fee, p.fee_year
    FROM paid AS p
    INNER JOIN status_changes AS s ON s.county = p.county AND s.payer = p.payer
    WHERE (s.change = 'category-ended' AND datediff('day', s.effective_on, p.fiscal_on) <= $category_days) OR (s.change = 'category-granted' AND s.category IS NULL)
),
-- one row per fee, fee year and category on the roster: how many rows
listed AS (
    SELECT r.county, r.fee, r.fee_year, r.category, count(*) AS persons
    FROM rosters AS r
    GROUP BY r.county, r.fee, r.fee_year, r.category
),
-- one row per fee, fee year and category on the roster: how many persons, for how many the treasury paid, and until when
practice AS (
    SELECT r.county, r.fee, r.fee_year, r.category, n.persons, count(CASE WHEN p.fiscal_fen > 0 THEN 1 END) AS funded, max(p.fiscal_on) AS last_on
    FROM rostered AS r
    INNER JOIN listed AS n ON n.county = r.county AND n.fee = r.fee AND n.fee_year = r.fee_year AND n.category = r.category
    LEFT JOIN paid AS p ON p.county = r.county AND p.payer = r.payer AND p.fee = r.fee AND p.fee_year = r.fee_year
    GROUP BY r.county, r.fee, r.fee_year, r.category, n.persons
),
-- one row per person of a plain category on the roster for whom the treasury paid; wide: it pays for many such persons, so that the county funds more groups than the policy knows
without_category AS (
    SELECT
        p.county, p.payer, p.fee, p.fee_year, r.event_id AS roster_row, coalesce(r.township, p.township) AS township, coalesce(r.village, p.village) AS village,
        p.fiscal_fen - coalesce(g.back_fen, 0) AS amount_fen, p.fiscal_on AS first_on,
        q.funded >= $practice_persons AND q.funded * 100 >= q.persons * $practice_percent AS wide
    FROM paid AS p
    INNER JOIN rostered AS r ON r.county = p.county AND r.payer = p.payer AND r.fee = p.fee AND r.fee_year = p.fee_year
    INNER JOIN practice AS q ON q.county = r.county AND q.fee = r.fee AND q.fee_year = r.fee_year AND q.category = r.category
    LEFT JOIN categorised AS c ON c.county = p.county AND c.payer = p.payer AND c.fee = p.fee AND c.fee_year = p.fee_year
    LEFT JOIN funded_categories AS f ON f.county = r.county AND f.fee = r.fee AND f.fee_year = r.fee_year AND f.category = r.category
    LEFT JOIN given_back AS g ON g.county = p.county AND g.payer = p.payer AND g.fee = p.fee AND g.fee_year = p.fee_year
    WHERE p.fiscal_fen > 0 AND r.category IN ('ordinary', 'student') AND f.category IS NULL AND coalesce(r.fiscal_share_fen, 0) = 0
        AND c.payer IS NULL AND (r.version = 1 OR r.known_on IS NULL OR r.known_on <= p.fiscal_on)
        AND p.fiscal_fen - coalesce(g.back_fen, 0) >= $from_fen
),
-- one row per fee, fee year and township (NULL: the county) of whose persons for whom the treasury paid so many are plain residents by every record that the roster does not tell categories
untold AS (
    SELECT f.county, f.township, f.fee, f.fee_year
    FROM (
        SELECT p.county, CASE WHEN a.apart = 1 THEN coalesce(r.township, p.township) END AS township, p.fee, p.fee_year, count(*) AS persons
        FROM paid AS p
        INNER JOIN rostered AS r ON r.county = p.county AND r.payer = p.payer AND r.fee = p.fee AND r.fee_year = p.fee_year
        CROSS JOIN (SELECT unnest([0, 1]) AS apart) AS a
        WHERE p.fiscal_fen > 0
        GROUP BY p.county, CASE WHEN a.apart = 1 THEN coalesce(r.township, p.township) END, p.fee, p.fee_year
    ) AS f
    INNER JOIN without_category AS w
        ON w.county = f.county AND w.fee = f.fee AND w.fee_year = f.fee_year AND (f.township IS NULL OR w.township = f.township)
    GROUP BY f.county, f.township, f.fee, f.fee_year, f.persons
    HAVING count(*) >= $list_persons AND count(*) * 100 >= f.persons * $untold_percent
),
-- one row per person of a plain category for whom the treasury paid, with whether the roster of the county or the township tells categories
plain AS (
    SELECT
        w.county, w.payer, w.fee, w.fee_year, w.roster_row, w.township, w.village, w.amount_fen, w.first_on, w.wide, count(u.fee) > 0 AS untold
    FROM without_category AS w
    LEFT JOIN untold AS u ON u.county = w.county AND u.fee = w.fee AND u.fee_year = w.fee_year AND (u.township IS NULL OR u.township = w.township)
    GROUP BY w.county, w.payer, w.fee, w.fee_year, w.roster_row, w.township, w.village, w.amount_fen, w.first_on, w.wide
),
-- one row per fee, fee year and amount that the roster asks of plain residents, enough of them, without the treasury
asked_amounts AS (
    SELECT r.county, r.fee, r.fee_year, r.amount_due_fen AS amount_fen
    FROM current_roster AS r
    WHERE r.category = 'ordinary' AND coalesce(r.fiscal_share_fen, 0) = 0
    GROUP BY r.county, r.fee, r.fee_year, r.amount_due_fen
    HAVING count(*) >= $practice_persons
),
-- one row per person, fee and fee year with a fixed tariff for which both paid: the most that the person may owe, or both parts by the roster where it asks that whole of plain residents
full_amounts AS (
    SELECT p.county, p.payer, p.fee, p.fee_year, greatest(max(l.amount_fen), coalesce(max(a.amount_fen), 0)) AS full_fen
    FROM paid AS p
    INNER JOIN (SELECT DISTINCT t.county, t.fee, t.fee_year FROM tariff AS t WHERE t.kind = 'fixed') AS q ON q.county = p.county AND q.fee = p.fee AND q.fee_year = p.fee_year
    INNER JOIN legal_amounts AS l ON l.county = p.county AND l.payer = p.payer AND l.fee = p.fee AND l.fee_year = p.fee_year
    LEFT JOIN rostered AS r ON r.county = p.county AND r.payer = p.payer AND r.fee = p.fee AND r.fee_year = p.fee_year
    LEFT JOIN asked_amounts AS a
        ON a.county = r.county AND a.fee = r.fee AND a.fee_year = r.fee_year AND a.amount_fen = r.amount_due_fen + r.fiscal_share_fen
    WHERE p.fiscal_fen > 0 AND p.own_fen > 0
    GROUP BY p.county, p.payer, p.fee, p.fee_year
),
-- one row per fee, fee year and day on which the treasury's share was given back to persons who had paid first
reimbursed AS (
    SELECT DISTINCT r.county, r.fee, r.fee_year, r.refunded_on FROM refunds AS r WHERE r.reason = 'subsidised'
),
-- one row per person, fee and fee year for which the treasury and the person together paid more than the whole; tier: both declared the lowest tier, which may be a top-up
overlapping AS (
    SELECT
        p.county, p.payer, p.fee, p.fee_year, p.township, p.village, p.last_on, p.own_fen + p.fiscal_fen - f.full_fen - coalesce(g.back_fen, 0) AS amount_fen, FALSE AS tier
    FROM paid AS p
    INNER JOIN full_amounts AS f ON f.county = p.county AND f.payer = p.payer AND f.fee = p.fee AND f.fee_year = p.fee_year
    LEFT JOIN given_back AS g ON g.county = p.county AND g.payer = p.payer AND g.fee = p.fee AND g.fee_year = p.fee_year
    WHERE p.fiscal_fen > 0 AND p.own_fen > 0 AND p.fiscal_fen <= f.full_fen AND p.own_fen <= f.full_fen
        AND p.own_fen + p.fiscal_fen - f.full_fen - coalesce(g.back_fen, 0) >= $from_fen
    UNION ALL
    SELECT p.county, p.payer, p.fee, p.fee_year, p.township, p.village, p.last_on, p.own_fen - coalesce(g.back_fen, 0) AS amount_fen, TRUE AS tier
    FROM paid AS p
    INNER JOIN (SELECT DISTINCT t.county, t.fee, t.fee_year FROM tariff AS t WHERE t.kind = 'tiers') AS q ON q.county = p.county AND q.fee = p.fee AND q.fee_year = p.fee_year
    LEFT JOIN given_back AS g ON g.county = p.county AND g.payer = p.payer AND g.fee = p.fee AND g.fee_year = p.fee_year
    WHERE p.fiscal_fen > 0 AND p.own_fen = p.fiscal_fen AND p.own_tier_fen = p.fiscal_tier_fen AND p.own_tier_fen = p.own_fen
        AND p.own_fen - coalesce(g.back_fen, 0) >= $from_fen
),
-- one row per such person, fee and fee year whose time for giving back is over: days after the payment, or after the county's next day of giving back
both_paid AS (
    SELECT
        o.county, o.payer, o.fee, o.fee_year, o.township, o.village, o.last_on AS first_on, o.amount_fen, o.tier,
        coalesce(o.last_on < n.until_on, FALSE) AS refund_unknown
    FROM (
        SELECT v.county, v.payer, v.fee, v.fee_year, v.township, v.village, v.last_on, v.amount_fen, v.tier, min(b.refunded_on) AS back_on, count(y.fee) > 0 AS pay_first
        FROM overlapping AS v
        LEFT JOIN (SELECT DISTINCT r.county, r.fee, r.fee_year FROM reimbursed AS r) AS y ON y.county = v.county AND y.fee = v.fee AND y.fee_year = v.fee_year
        LEFT JOIN reimbursed AS b ON b.county = v.county AND b.fee = v.fee AND b.fee_year = v.fee_year AND b.refunded_on >= v.last_on
        GROUP BY v.county, v.payer, v.fee, v.fee_year, v.township, v.village, v.last_on, v.amount_fen, v.tier
    ) AS o
    LEFT JOIN refunds_not_in AS n ON n.county = o.county
    WHERE datediff('day', coalesce(o.back_on, o.last_on), $as_of) >= $refund_days + CASE WHEN o.pay_first AND o.back_on IS NULL THEN $batch_days ELSE 0 END
),
-- one row per person who died, left, or is insured otherwise, by any report
gone AS (
    SELECT DISTINCT s.county, s.payer
    FROM status_changes AS s
    WHERE s.change IN ('died', 'registration-cancelled', 'moved-out', 'enlisted', 'insured-elsewhere', 'imprisoned', 'category-ended')
    UNION
    SELECT DISTINCT p.county, p.payer
    FROM standing_payments AS p WHERE p.fee IN ('flexible-medical', 'flexible-pension', 'employer-social-insurance')
),
-- one row per number one slip away from the one under which the treasury paid
slips AS (
    SELECT p.county, p.fee, p.fee_year, unnest(p.payer_near) AS payer FROM standing_payments AS p WHERE p.channel = 'fiscal'
),
-- one row per person whose roster row says that the treasury pays, whose own part is paid or nothing, and for whom it did not, although it did for most of the category; past sixty nothing is due for a pension
missing AS (
    SELECT
        r.county, r.payer, r.fee, r.fee_year, r.event_id AS roster_row, r.township, r.village, r.fiscal_share_fen AS amount_fen, coalesce(r.listed_on, q.last_on) AS first_on
    FROM rostered AS r
    INNER JOIN funded_categories AS f ON f.county = r.county AND f.fee = r.fee AND f.fee_year = r.fee_year AND f.category = r.category
    INNER JOIN practice AS q ON q.county = r.county AND q.fee = r.fee AND q.fee_year = r.fee_year AND q.category = r.category
    INNER JOIN window_period AS w ON w.county = r.county AND w.fee = r.fee AND w.fee_year = r.fee_year
    LEFT JOIN paid AS p ON p.county = r.county AND p.payer = r.payer AND p.fee = r.fee AND p.fee_year = r.fee_year
    LEFT JOIN gone AS g ON g.county = r.county AND g.payer = r.payer
    LEFT JOIN given_back AS b ON b.county = r.county AND b.payer = r.payer AND b.fee = r.fee AND b.fee_year = r.fee_year
    LEFT JOIN slips AS s ON s.county = r.county AND s.payer = r.payer AND s.fee = r.fee AND s.fee_year = r.fee_year
    WHERE r.fiscal_share_fen >= $from_fen AND coalesce(p.fiscal_fen, 0) = 0 AND g.payer IS NULL AND b.payer IS NULL AND s.payer IS NULL
        AND coalesce(p.own_fen, 0) >= r.amount_due_fen AND coalesce(p.own_fen, 0) < r.amount_due_fen + r.fiscal_share_fen
        AND (p.own_fen > 0 OR r.amount_due_fen = 0)
        AND (r.fee = 'resident-medical' OR r.payer_born IS NULL OR r.fee_year - r.payer_born < 60)
        AND q.funded >= $practice_persons AND q.funded * 100 >= q.persons * $batch_percent
        AND datediff('day', greatest(w.last_on, q.last_on), $as_of) >= $refund_days
        AND (r.version = 1 OR r.known_on <= q.last_on) AND (r.listed_on IS NULL OR r.listed_on <= q.last_on)
),
-- one row per township, fee and fee year where so many shares are missing that the list was not applied there
lists AS (
    SELECT m.county, m.township, m.fee, m.fee_year, count(DISTINCT m.payer) AS persons, CAST(sum(m.amount_fen) AS BIGINT) AS amount_fen, min(m.first_on) AS first_on, list_sort(list(DISTINCT m.roster_row)) AS events
    FROM missing AS m
    WHERE m.township IS NOT NULL
    GROUP BY m.county, m.township, m.fee, m.fee_year
    HAVING count(DISTINCT m.payer) >= $list_persons
),
-- one row per person, fee, fee year and way in which share and category do not fit
ways AS (
    SELECT
        w.county, w.payer, w.fee, w.fee_year, w.township, w.village, w.amount_fen, w.first_on, w.roster_row, 1 AS way,
        CASE WHEN w.wide OR w.untold THEN 'watch' WHEN n.county IS NOT NULL THEN 'low' ELSE 'medium' END AS severity
    FROM plain AS w
    LEFT JOIN changes_not_in AS n ON n.county = w.county
    UNION ALL
    SELECT
        b.county, b.payer, b.fee, b.fee_year, b.township, b.village, b.amount_fen, b.first_on, NULL AS roster_row, 2 AS way,
        CASE WHEN b.tier OR b.refund_unknown THEN 'watch' ELSE 'low' END AS severity
    FROM both_paid AS b
    UNION ALL
    SELECT m.county, m.payer, m.fee, m.fee_year, m.township, m.village, m.amount_fen, m.first_on, m.roster_row, 3 AS way, 'low' AS severity
    FROM missing AS m
    LEFT JOIN lists AS l ON l.county = m.county AND l.township = m.township AND l.fee = m.fee AND l.fee_year = m.fee_year
    WHERE l.township IS NULL
),
-- one row per person, fee and fee year: the first of these ways
found AS (
    SELECT w.county, w.payer, w.fee, w.fee_year, w.township, w.village, w.amount_fen, w.first_on, w.roster_row, w.way, w.severity
    FROM ways AS w
    QUALIFY row_number() OVER (PARTITION BY w.county, w.payer, w.fee, w.fee_year ORDER BY w.way, w.roster_row NULLS LAST) = 1
),
-- one row per person, fee and fee year: the payments and the roster row
evidence AS (
    SELECT e.county, e.payer, e.fee, e.fee_year, list_sort(list(DISTINCT e.event_id)) AS events
    FROM (
        SELECT f.county, f.payer, f.fee, f.fee_year, f.roster_row AS event_id FROM found AS f WHERE f.roster_row IS NOT NULL
        UNION
        SELECT f.county, f.payer, f.fee, f.fee_year, p.event_id
        FROM found AS f
        INNER JOIN standing_payments AS p ON p.county = f.county AND p.payer = f.payer AND p.fee = f.fee AND p.fee_year = f.fee_year
    ) AS e
    GROUP BY e.county, e.payer, e.fee, e.fee_year
)
SELECT
    f.county, f.severity, 'payer' AS subject_type, f.payer AS subject_id, f.township, f.village, f.fee, f.fee_year,
    f.amount_fen AS amount_at_risk_fen, CAST(1 AS DOUBLE) AS measure, CAST(1 AS DOUBLE) AS threshold, f.first_on AS occurred_on, e.events AS evidence,
    struct_pack(
        form_zh := CASE f.way WHEN 1 THEN '财政代缴而无困难身份' WHEN 2 THEN '财政与本人重复缴纳基本部分' ELSE '有困难身份而财政未代缴' END,
        form_en := CASE f.way WHEN 1 THEN 'the treasury paid for a person without a category' WHEN 2 THEN 'the treasury and the person both paid the basic part' ELSE 'a category without the treasury''s share' END,
        persons := CAST(1 AS BIGINT),
        addressee := CASE
            WHEN f.fee IN ('resident-medical', 'flexible-medical') THEN 'medical-insurance'
            WHEN f.fee IN ('resident-pension', 'resident-pension-supplementary', 'flexible-pension') THEN 'human-resources'
            ELSE 'tax'
        END
    ) AS details
FROM found AS f
INNER JOIN evidence AS e ON e.county = f.county AND e.payer = f.payer AND e.fee = f.fee AND e.fee_year = f.fee_year
UNION ALL
SELECT
    l.county, 'medium' AS severity, 'office' AS subject_type,
    CASE
        WHEN l.fee IN ('resident-medical', 'flexible-medical') THEN 'medical-insurance'
        WHEN l.fee IN ('resident-pension', 'resident-pension-supplementary', 'flexible-pension') THEN 'human-resources'
        ELSE 'tax'
    END AS subject_id,
    l.township, NULL AS village, l.fee, l.fee_year, l.amount_fen AS amount_at_risk_fen,
    CAST(l.persons AS DOUBLE) AS measure, CAST($list_persons AS DOUBLE) AS threshold, l.first_on AS occurred_on, l.events AS evidence,
    struct_pack(
        form_zh := '一个乡镇的代缴名单未落实', form_en := 'the list of one township was not applied', persons := l.persons,
        addressee := CASE
            WHEN l.fee IN ('resident-medical', 'flexible-medical') THEN 'medical-insurance'
            WHEN l.fee IN ('resident-pension', 'resident-pension-supplementary', 'flexible-pension') THEN 'human-resources'
            ELSE 'tax'
        END
    ) AS details
FROM lists AS l
