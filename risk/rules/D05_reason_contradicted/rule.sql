-- one row per payer, fee and fee year refunded as dead, moved away or enlisted, of which the registers know nothing
WITH
-- one row per refund for one of these reasons, with the last month of its quarter, counted from year 0
told AS (
    SELECT
        r.county, r.event_id, r.payer, r.payer_near, r.fee, r.fee_year, r.amount_fen, r.reason, r.refunded_on, r.township, r.village,
        year(r.refunded_on) * 12 + month(r.refunded_on) + (12 - month(r.refunded_on)) % 3 AS quarter_end_no,
        coalesce(r.reason = 'enlisted' AND year(r.refunded_on) - f.payer_born >= $enlist_age, FALSE) AS too_old
    FROM office_refunds AS r
    INNER JOIN refunds AS f ON f.county = r.county AND f.event_id = r.event_id
    WHERE r.reason IN ('deceased', 'moved', 'enlisted') AND NOT r.hands_on AND NOT r.of_cash
),
-- one row per change and reason whose register tells it: enlistment is rare and told by the police, with those who move away
told_changes AS (
    SELECT
        s.county,
        CASE
            WHEN s.change IN ('died', 'registration-cancelled') THEN 'deceased'
            WHEN s.change IN ('moved-out', 'insured-elsewhere') THEN 'moved'
            ELSE 'enlisted'
        END AS reason,
        1 AS of_reason, greatest(s.effective_on, coalesce(s.notified_on, s.effective_on)) AS told_on
    FROM status_changes AS s
    WHERE s.change IN ('died', 'registration-cancelled', 'moved-out', 'insured-elsewhere', 'enlisted')
    UNION ALL
    SELECT
        s.county, 'enlisted' AS reason, CASE WHEN s.change = 'moved-out' THEN 0 ELSE 1 END AS of_reason,
        greatest(s.effective_on, coalesce(s.notified_on, s.effective_on)) AS told_on
    FROM status_changes AS s
    WHERE s.change IN ('moved-out', 'registration-cancelled')
),
-- one row per reason with a register: how much it tells, whether ever of the reason itself, and until when
registers AS (
    SELECT t.county, t.reason, count(*) AS records, max(t.of_reason) AS of_reason, max(t.told_on) AS told_until
    FROM told_changes AS t
    GROUP BY t.county, t.reason
),
-- one row per such refund and number of its payer: his own, and where it fails its check the valid ones a slip away
numbers AS (
    SELECT t.county, t.event_id, t.reason, t.refunded_on, t.payer AS number FROM told AS t
    UNION
    SELECT t.county, t.event_id, t.reason, t.refunded_on, n.number FROM told AS t, unnest(t.payer_near) AS n(number)
),
-- one row per such refund and change of its person, also under a number one slip away
changes AS (
    SELECT n.county, n.event_id, n.reason, n.refunded_on, s.change, s.effective_on
    FROM numbers AS n
    INNER JOIN status_changes AS s ON s.county = n.county AND s.payer = n.number
    UNION
    SELECT t.county, t.event_id, t.reason, t.refunded_on, s.change, s.effective_on
    FROM told AS t
    INNER JOIN (
        SELECT x.county, x.change, x.effective_on, unnest(x.payer_near) AS number FROM status_changes AS x WHERE NOT x.payer_valid
    ) AS s ON s.county = t.county AND s.number = t.payer
),
-- the same with whether the change bears the reason out, and how many days after the refund it was
compared AS (
    SELECT
        c.county, c.event_id, c.reason, c.change, datediff('day', c.refunded_on, c.effective_on) AS days_after,
        CASE
            WHEN c.reason = 'deceased' AND c.change IN ('died', 'registration-cancelled') THEN 1
            WHEN c.reason = 'moved' AND c.change IN ('moved-out', 'insured-elsewhere', 'registration-cancelled', 'enrolled', 'enlisted') THEN 1
            WHEN c.reason = 'enlisted' AND c.change IN ('enlisted', 'registration-cancelled') THEN 1
            ELSE 0
        END AS fits
    FROM changes AS c
),
-- one row per such refund with what the registers say of the person: that it is so, that it came much later, that the person left otherwise, came back, or went on living
said AS (
    SELECT
        c.county, c.event_id,
        max(CASE WHEN c.fits = 1 AND c.days_after <= $later_days THEN 1 ELSE 0 END) AS confirmed,
        max(CASE WHEN c.fits = 1 AND c.days_after > $later_days THEN 1 ELSE 0 END) AS much_later,
        max(CASE
            WHEN c.fits = 0 AND c.days_after <= $later_days
                AND c.change IN ('died', 'registration-cancelled', 'moved-out', 'enlisted', 'insured-elsewhere', 'imprisoned', 'enrolled') THEN 1
            ELSE 0
        END) AS left_otherwise,
        max(CASE WHEN c.reason <> 'deceased' AND c.change = 'moved-in' AND c.days_after >= 0 THEN 1 ELSE 0 END) AS came_back,
        max(CASE
            WHEN c.reason = 'deceased' AND c.days_after >= $sign_days
                AND c.change IN ('moved-in', 'moved-out', 'category-granted', 'enrolled', 'enlisted', 'insured-elsewhere', 'imprisoned') THEN 1
            ELSE 0
        END) AS living
    FROM compared AS c
    GROUP BY c.county, c.event_id
),
-- one row per such refund whose person paid, or was paid for, well after it
paying AS (
    SELECT DISTINCT t.county, t.event_id, p.event_id AS sign_event_id
    FROM told AS t
    INNER JOIN standing_payments AS p ON p.county = t.county AND p.payer = t.payer
    WHERE p.channel <> 'fiscal' AND p.amount_fen > 0 AND p.fee IN ('resident-medical', 'resident-pension', 'resident-pension-supplementary')
        AND (t.reason <> 'moved' OR p.fee = t.fee) AND datediff('day', t.refunded_on, p.paid_on) >= $sign_days
    UNION
    SELECT DISTINCT t.county, t.event_id, c.event_id AS sign_event_id
    FROM told AS t
    INNER JOIN cash_receipts AS c ON c.county = t.county AND c.payer = t.payer
    WHERE (t.reason <> 'moved' OR c.fee = t.fee) AND datediff('day', t.refunded_on, c.received_on) >= $sign_days
),
-- one row per such refund whose person stands on a roster listed well after it
rostered AS (
    SELECT t.county, t.event_id, min(l.event_id) AS sign_event_id
    FROM told AS t
    INNER JOIN rosters AS l ON l.county = t.county AND l.payer = t.payer
    WHERE (t.reason <> 'moved' OR l.fee = t.fee) AND datediff('day', t.refunded_on, l.listed_on) >= $sign_days
    GROUP BY t.county, t.event_id
),
-- one row per fee and fee year of the rosters with the last day on which it was listed
lists AS (
    SELECT l.county, l.fee, l.fee_year, max(l.listed_on) AS listed_on
    FROM rosters AS l
    GROUP BY l.county, l.fee, l.fee_year
),
-- one row per such refund whose person stands on a roster of its fee: the last fee year of one
last_rostered AS (
    SELECT t.county, t.event_id, t.fee, t.refunded_on, max(o.fee_year) AS fee_year
    FROM told AS t
    INNER JOIN rosters AS o ON o.county = t.county AND o.payer = t.payer AND o.fee = t.fee
    GROUP BY t.county, t.event_id, t.fee, t.refunded_on
),
-- one row per such refund whose person is on a roster of its fee, and on none of a later fee year listed well after the refund; rows added to the person's own last roster (newborns) show nothing
off_roster AS (
    SELECT DISTINCT o.county, o.event_id
    FROM last_rostered AS o
    INNER JOIN lists AS l ON l.county = o.county AND l.fee = o.fee AND l.fee_year > o.fee_year
    LEFT JOIN rostered AS r ON r.county = o.county AND r.event_id = o.event_id
    WHERE r.event_id IS NULL AND datediff('day', o.refunded_on, l.listed_on) >= $sign_days
),
-- one row per such refund with all that speaks for and against it
weighed AS (
    SELECT
        t.county, t.event_id, t.payer, t.fee, t.fee_year, t.amount_fen, t.reason, t.refunded_on, t.township, t.village,
        coalesce(s.confirmed, 0) AS confirmed, g.reason IS NOT NULL AS has_register,
        CASE
            WHEN s.came_back = 1 THEN 0
            WHEN p.event_id IS NOT NULL OR r.event_id IS NOT NULL OR s.living = 1 OR s.much_later = 1 THEN 1
            WHEN t.too_old AND coalesce(s.left_otherwise, 0) = 0 THEN 1
            ELSE 0
        END AS contrary,
        CASE
            WHEN g.reason IS NULL OR g.of_reason = 0 OR g.records < $min_register OR g.told_until < t.refunded_on THEN 'thin-register'
            WHEN datediff('day', t.refunded_on, $as_of) < $wait_days THEN 'too-fresh'
            WHEN year($as_of) * 12 + month($as_of) <= t.quarter_end_no THEN 'too-fresh'
            WHEN year($as_of) * 12 + month($as_of) = t.quarter_end_no + 1 AND day($as_of) <= $register_days THEN 'too-fresh'
            WHEN s.left_otherwise = 1 THEN 'left-otherwise'
            WHEN o.event_id IS NOT NULL THEN 'off-roster'
            WHEN s.came_back = 1 THEN 'came-back'
        END AS lighter,
        CASE
            WHEN s.much_later = 1 THEN 'much-later' WHEN p.event_id IS NOT NULL THEN 'paying' WHEN r.event_id IS NOT NULL THEN 'rostered' WHEN s.living = 1 THEN 'living'
            WHEN t.too_old THEN 'too-old'
        END AS sign
    FROM told AS t
    LEFT JOIN said AS s ON s.county = t.county AND s.event_id = t.event_id
    LEFT JOIN registers AS g ON g.county = t.county AND g.reason = t.reason
    LEFT JOIN (SELECT DISTINCT x.county, x.event_id FROM paying AS x) AS p ON p.county = t.county AND p.event_id = t.event_id
    LEFT JOIN rostered AS r ON r.county = t.county AND r.event_id = t.event_id
    LEFT JOIN off_roster AS o ON o.county = t.county AND o.event_id = t.event_id
),
-- one row per reason: whether its register knows of too few of those refunded to be a measure
reasons AS (
    SELECT w.county, w.reason, count(*) >= $many_refunds AND $known_percent * count(*) > 100 * sum(w.confirmed) AS blind
    FROM weighed AS w
    GROUP BY w.county, w.reason
),
-- one row per refund that no register confirms, where there is a register or a sign to the contrary
contradicted AS (
    SELECT
        w.county, w.event_id, w.payer, w.fee, w.fee_year, w.amount_fen, w.reason, w.refunded_on, w.township, w.village, w.contrary,
        CASE WHEN w.lighter IS NOT NULL OR (b.blind AND w.contrary = 0) THEN 1 ELSE 0 END AS lighter,
        CASE WHEN w.contrary = 1 THEN w.sign WHEN w.lighter IS NULL AND b.blind THEN 'blind' ELSE w.lighter END AS note
    FROM weighed AS w
    INNER JOIN reasons AS b ON b.county = w.county AND b.reason = w.reason
    WHERE w.confirmed = 0 AND (w.has_register OR w.contrary = 1)
),
-- one row per payer, fee and fee year with such refunds
payers AS (
    SELECT
        c.county, c.payer, c.fee, c.fee_year, min(c.township) AS township, min(c.village) AS village, count(*) AS refunds,
        CAST(sum(c.amount_fen) AS BIGINT) AS amount_fen, min(c.refunded_on) AS first_on, min(c.reason) AS reason, min(c.note) AS note,
        max(c.contrary) AS contrary, min(c.lighter) AS lighter
    FROM contradicted AS c
    GROUP BY c.county, c.payer, c.fee, c.fee_year
),
-- one row per such payer, fee and fee year and record that shows it: the refunds, and what was paid or listed after them
shown AS (
    SELECT c.county, c.payer, c.fee, c.fee_year, c.event_id FROM contradicted AS c
    UNION
    SELECT c.county, c.payer, c.fee, c.fee_year, p.sign_event_id AS event_id
    FROM contradicted AS c
    INNER JOIN paying AS p ON p.county = c.county AND p.event_id = c.event_id
    WHERE c.contrary = 1
    UNION
    SELECT c.county, c.payer, c.fee, c.fee_year, r.sign_event_id AS event_id
    FROM contradicted AS c
    INNER JOIN rostered AS r ON r.county = c.county AND r.event_id = c.event_id
    WHERE c.contrary = 1
),
-- one row per such payer, fee and fee year with these records
evidence AS (
    SELECT s.county, s.payer, s.fee, s.fee_year, list_sort(list(DISTINCT s.event_id)) AS events
    FROM shown AS s
    GROUP BY s.county, s.payer, s.fee, s.fee_year
),
-- one row per such payer, fee and fee year with how grave (0 watch to 4 critical)
graded AS (
    SELECT
        p.county, p.payer, p.fee, p.fee_year, p.township, p.village, p.refunds, p.amount_fen, p.first_on, p.reason, p.note, p.contrary,
        CASE
            WHEN p.amount_fen >= $critical_fen THEN 4
            WHEN p.amount_fen >= $high_fen THEN 3
            WHEN p.amount_fen >= $medium_fen THEN 2
            ELSE 1
        END + p.contrary - p.lighter AS level
    FROM payers AS p
)
SELECT
    g.county,
    CASE WHEN g.level >= 4 THEN 'critical' WHEN g.level = 3 THEN 'high' WHEN g.level = 2 THEN 'medium' WHEN g.level = 1 THEN 'low' ELSE 'watch' END AS severity,
    'payer' AS subject_type, g.payer AS subject_id, g.township, g.village, g.fee, g.fee_year,
    g.amount_fen AS amount_at_risk_fen, CAST(g.refunds AS DOUBLE) AS measure, CAST(1 AS DOUBLE) AS threshold,
    g.first_on AS occurred_on, e.events AS evidence,
    struct_pack(
        refunds := g.refunds, first_on := g.first_on,
        reason_zh := CASE g.reason WHEN 'deceased' THEN '死亡' WHEN 'moved' THEN '转出（迁出）' ELSE '参军' END,
        reason_en := CASE g.reason WHEN 'deceased' THEN 'died' WHEN 'moved' THEN 'moved away' ELSE 'enlisted' END,
        note_zh := CASE g.note
            WHEN 'much-later' THEN '，登记的日期远晚于退费'
            WHEN 'paying' THEN '，且退费后仍在本县缴费'
            WHEN 'rostered' THEN '，且退费后仍在应缴清册上'
            WHEN 'living' THEN '，且退费后仍有其他身份变动'
            WHEN 'too-old' THEN '，且已超过征兵年龄'
            WHEN 'thin-register' THEN '（该类登记数据不全，请先核对登记）'
            WHEN 'too-fresh' THEN '（刚退费，登记可能未到）'
            WHEN 'left-otherwise' THEN '，登记的是另一种离开原因'
            WHEN 'off-roster' THEN '，但其后的清册上已无此人'
            WHEN 'came-back' THEN '，其后又迁入'
            WHEN 'blind' THEN '（同类退费大多无登记，登记可能不全）'
            ELSE ''
        END,
        note_en := CASE g.note
            WHEN 'much-later' THEN '; what they know is of a much later day'
            WHEN 'paying' THEN '; the person went on paying here'
            WHEN 'rostered' THEN '; the person is still on the rosters listed after it'
            WHEN 'living' THEN '; they know of other changes of the person after it'
            WHEN 'too-old' THEN '; the person is past the age of enlistment'
            WHEN 'thin-register' THEN ' (little of that register came in: check it first)'
            WHEN 'too-fresh' THEN ' (just refunded: the register may follow)'
            WHEN 'left-otherwise' THEN '; they know of another way of leaving'
            WHEN 'off-roster' THEN '; but the person is off the rosters listed after it'
            WHEN 'came-back' THEN '; the person moved in again after it'
            WHEN 'blind' THEN ' (most such refunds are in no register: it may be incomplete)'
            ELSE ''
        END
    ) AS details
FROM graded AS g
INNER JOIN evidence AS e ON e.county = g.county AND e.payer = g.payer AND e.fee = g.fee AND e.fee_year = g.fee_year
