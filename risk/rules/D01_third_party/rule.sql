-- one row per account that took refunds of persons who are neither its holder nor of the holder's household
WITH holders AS ( -- one row per account whose holder the refunds name without contradiction
    SELECT r.county, r.refund_account, min(r.account_holder) AS holder, min(r.account_holder_born) AS born
    FROM refunds AS r
    WHERE r.refund_account IS NOT NULL AND r.account_holder IS NOT NULL
    GROUP BY r.county, r.refund_account
    HAVING count(DISTINCT r.account_holder) = 1
),
claimed AS ( -- one row per whole account number that refunds give to at least so many different persons as their own: whose it is they do not tell
    SELECT r.county, r.refund_account
    FROM refunds AS r
    WHERE
        r.refund_account IS NOT NULL AND r.account_holder IS NOT NULL AND r.account_holder_born IS NOT NULL
        AND NOT coalesce(r.refund_account_masked, false) AND r.refunded_on <= $as_of
    GROUP BY r.county, r.refund_account
    HAVING count(DISTINCT r.account_holder) >= $min_persons
),
given AS ( -- one row per refund to a known account, with the account's holder where they agree on one
    SELECT
        r.county, r.event_id, r.record_id, r.payment_id, r.payer, r.payer_born, r.payer_near, r.payer_name_birth, r.fee, r.fee_year, r.amount_fen,
        r.reason, r.refunded_on, r.refund_account, r.refund_account_weak, r.refund_account_masked,
        CASE WHEN c.refund_account IS NULL THEN coalesce(r.account_holder, h.holder) END AS holder,
        CASE WHEN c.refund_account IS NULL THEN coalesce(r.account_holder_born, h.born) END AS holder_born,
        CASE WHEN c.refund_account IS NULL THEN r.account_holder_near END AS account_holder_near,
        CASE WHEN c.refund_account IS NULL THEN r.account_holder_name_birth END AS account_holder_name_birth
    FROM refunds AS r
    LEFT JOIN holders AS h ON h.county = r.county AND h.refund_account = r.refund_account
    LEFT JOIN claimed AS c ON c.county = r.county AND c.refund_account = r.refund_account
    WHERE r.refund_account IS NOT NULL AND r.refunded_on <= $as_of
),
kin AS ( -- one row per person refunded and other person of a household of theirs, whenever (kin stay kin), themselves included
    SELECT g.county, g.payer, b.payer AS relative
    FROM (SELECT DISTINCT g.county, g.payer FROM given AS g) AS g
    INNER JOIN households AS a ON a.county = g.county AND a.payer = g.payer
    INNER JOIN households AS b ON b.county = a.county AND b.household_no = a.household_no
    UNION
    SELECT g.county, g.payer, g.payer AS relative FROM given AS g
),
paid_for AS ( -- one row per person refunded and payment for them or their kin
    SELECT
        k.county, k.payer, k.relative, p.event_id, p.paid_on, p.township, p.village,
        p.payer_account AS account, p.payer_account_weak AS weak, coalesce(p.payer_account_masked, false) AS masked, p.paid_by
    FROM kin AS k
    INNER JOIN payments AS p ON p.county = k.county AND p.payer = k.relative
),
paid_from AS ( -- one row per person refunded and account or person that had paid for them or their kin
    SELECT DISTINCT p.county, p.payer, p.account, p.weak, p.masked, p.paid_by
    FROM paid_for AS p
    WHERE p.account IS NOT NULL OR p.paid_by IS NOT NULL
),
way_back AS ( -- one row per refund that went back to the account, or to the person, that had paid
    SELECT DISTINCT g.county, g.event_id
    FROM given AS g
    INNER JOIN paid_from AS p ON p.county = g.county AND p.payer = g.payer
    WHERE
        p.account = g.refund_account OR p.paid_by = g.holder
        OR (p.weak = g.refund_account_weak AND (p.masked OR coalesce(g.refund_account_masked, false)))
),
to_family AS ( -- one row per refund to the payer's own account or that of a member of the household
    SELECT g.county, g.event_id
    FROM given AS g
    INNER JOIN kin AS k ON k.county = g.county AND k.payer = g.payer AND k.relative = g.holder
    UNION
    SELECT g.county, g.event_id
    FROM given AS g
    WHERE
        list_contains(g.payer_near, g.holder) OR list_contains(g.account_holder_near, g.payer)
        OR g.payer_name_birth = g.account_holder_name_birth
),
of_collectors AS ( -- one row per collector's account, or person
    SELECT c.county, a.token
    FROM collectors AS c, unnest(c.own_accounts) AS a(token)
    WHERE c.role <> 'group-payer'
    UNION
    SELECT c.county, c.person AS token FROM collectors AS c WHERE c.person IS NOT NULL AND c.role <> 'group-payer'
),
died AS ( -- one row per person who died
    SELECT DISTINCT s.county, s.payer FROM status_changes AS s WHERE s.change = 'died'
),
registered AS ( -- one row per person refunded in the household register
    SELECT DISTINCT g.county, g.payer
    FROM given AS g
    INNER JOIN households AS h ON h.county = g.county AND h.payer = g.payer
),
places AS ( -- one row per person refunded with the place of their last payment
    SELECT p.county, p.payer, p.township, p.village
    FROM paid_for AS p
    WHERE p.relative = p.payer AND p.township IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY p.county, p.payer ORDER BY p.paid_on DESC NULLS LAST, p.event_id) = 1
),
units AS ( -- one row per person refunded with the household by which persons are counted; without a household register, the village: a family lives in one
    SELECT
        g.county, g.payer,
        CASE
            WHEN min(k.county) IS NULL THEN concat('village:', coalesce(min(l.village), ''))
            ELSE coalesce(min(m.household_no), concat('person:', g.payer))
        END AS household
    FROM given AS g
    LEFT JOIN (SELECT DISTINCT r.county FROM households AS r) AS k ON k.county = g.county
    LEFT JOIN households AS m ON m.county = g.county AND m.payer = g.payer
    LEFT JOIN places AS l ON l.county = g.county AND l.payer = g.payer
    GROUP BY g.county, g.payer
),
foreign_refunds AS ( -- one row per refund that neither family nor the way back explains; an unknown holder is left to the count of persons; a unit's account is D07's
    SELECT
        g.county, g.event_id, g.payer, g.fee, g.fee_year, g.amount_fen, g.refunded_on, g.refund_account, u.household, l.township, l.village,
        CASE WHEN g.holder IS NULL AND a.token IS NULL THEN 0 ELSE 1 END AS holder_known,
        CASE WHEN w.event_id IS NULL AND (a.token IS NOT NULL OR c.token IS NOT NULL) THEN 1 ELSE 0 END AS of_collector,
        CASE
            WHEN w.event_id IS NOT NULL THEN 1
            WHEN g.reason = 'deceased' OR d.payer IS NOT NULL THEN 1
            WHEN year(g.refunded_on) - g.payer_born < $adult_age AND g.holder_born < g.payer_born THEN 1
            WHEN e.payer IS NULL THEN 1
            ELSE 0
        END AS lighter,
        CASE WHEN year(g.refunded_on) - g.payer_born < $adult_age AND g.holder_born < g.payer_born THEN 1 ELSE 0 END AS of_child,
        CASE WHEN e.payer IS NULL THEN 1 ELSE 0 END AS unregistered, CASE WHEN d.payer IS NULL THEN 0 ELSE 1 END AS dead,
        CASE WHEN starts_with(u.household, 'village:') THEN 1 ELSE 0 END AS by_village
    FROM given AS g
    INNER JOIN units AS u ON u.county = g.county AND u.payer = g.payer
    LEFT JOIN to_family AS f ON f.county = g.county AND f.event_id = g.event_id
    LEFT JOIN way_back AS w ON w.county = g.county AND w.event_id = g.event_id
    LEFT JOIN of_collectors AS a ON a.county = g.county AND a.token = g.refund_account
    LEFT JOIN of_collectors AS c ON c.county = g.county AND c.token = g.holder
    LEFT JOIN died AS d ON d.county = g.county AND d.payer = g.payer
    LEFT JOIN registered AS e ON e.county = g.county AND e.payer = g.payer
    LEFT JOIN places AS l ON l.county = g.county AND l.payer = g.payer
    WHERE
        f.event_id IS NULL
        AND (a.token IS NOT NULL OR c.token IS NOT NULL OR (w.event_id IS NULL AND (g.holder IS NULL OR g.holder_born IS NOT NULL)))
),
account_places AS ( -- one row per account with the place where most of its refunds belong
    SELECT f.county, f.refund_account, f.township, f.village
    FROM foreign_refunds AS f
    GROUP BY f.county, f.refund_account, f.township, f.village
    QUALIFY row_number() OVER (
        PARTITION BY f.county, f.refund_account ORDER BY CASE WHEN f.township IS NULL THEN 1 ELSE 0 END, count(*) DESC, f.township NULLS LAST, f.village NULLS LAST
    ) = 1
),
accounts AS ( -- one row per account with what it took
    SELECT
        f.county, f.refund_account, count(*) AS refunds, count(DISTINCT f.payer) AS persons, count(DISTINCT f.household) AS households,
        count(DISTINCT f.township) AS townships, CAST(sum(f.amount_fen) AS BIGINT) AS amount_fen,
        CASE WHEN count(DISTINCT f.fee) = 1 THEN min(f.fee) END AS fee,
        CASE WHEN count(DISTINCT f.fee) = 1 AND count(DISTINCT f.fee_year) = 1 THEN min(f.fee_year) END AS fee_year,
        max(f.holder_known) AS holder_known, max(f.of_collector) AS of_collector, min(f.lighter) AS lighter, min(f.unregistered) AS unregistered,
        min(f.of_child) AS of_child, min(f.dead) AS dead, max(f.by_village) AS by_village, min(f.refunded_on) AS first_on, max(f.refunded_on) AS last_on,
        list_sort(list(DISTINCT f.event_id)) AS evidence
    FROM foreign_refunds AS f
    GROUP BY f.county, f.refund_account
),
judged AS ( -- the same with whether it took for many
    SELECT
        a.county, a.refund_account, a.refunds, a.persons, a.households, a.townships, a.amount_fen, a.fee, a.fee_year, a.holder_known, a.of_collector,
        a.lighter, a.unregistered, a.of_child, a.dead, a.by_village, a.first_on, a.last_on, a.evidence,
        CASE WHEN a.persons >= $min_persons AND (a.households >= $min_households OR a.persons > $family_persons) THEN 1 ELSE 0 END AS many,
        CASE
            WHEN a.amount_fen >= $critical_fen THEN 4
            WHEN a.amount_fen >= $high_fen THEN 3
            WHEN a.amount_fen >= $medium_fen THEN 2
            ELSE 1
        END AS band
    FROM accounts AS a
),
graded AS ( -- the accounts that count, with how grave (0 watch to 4 critical)
    SELECT
        j.county, j.refund_account, j.refunds, j.persons, j.households, j.amount_fen, j.fee, j.fee_year, j.holder_known, j.of_collector, j.by_village,
        j.first_on, j.last_on, j.evidence,
        CASE
            WHEN j.of_collector = 1 AND j.many = 1 THEN 4
            WHEN j.of_collector = 1 AND j.unregistered = 1 AND j.of_child = 1 THEN j.band - 1
            WHEN j.of_collector = 1 AND (j.unregistered = 1 OR j.dead = 1) THEN j.band
            WHEN j.of_collector = 1 THEN j.band + 1
            WHEN j.holder_known = 0 AND j.townships >= $clearing_townships THEN j.band - 1
            WHEN j.holder_known = 0 THEN j.band
            WHEN j.many = 1 AND j.lighter = 0 THEN j.band + 1
            WHEN j.many = 1 THEN j.band
            WHEN j.by_village = 1 THEN j.band - 2
            ELSE j.band - j.lighter
        END AS level
    FROM judged AS j
    WHERE j.holder_known = 1 OR j.many = 1
)
SELECT
    g.county,
    CASE WHEN g.level >= 4 THEN 'critical' WHEN g.level = 3 THEN 'high' WHEN g.level = 2 THEN 'medium' WHEN g.level = 1 THEN 'low' ELSE 'watch' END AS severity,
    'account' AS subject_type, g.refund_account AS subject_id, p.township, p.village, g.fee, g.fee_year,
    g.amount_fen AS amount_at_risk_fen, CAST(g.persons AS DOUBLE) AS measure,
    CAST(CASE WHEN g.holder_known = 1 THEN 1 ELSE $min_persons END AS DOUBLE) AS threshold,
    g.first_on AS occurred_on, g.evidence,
    struct_pack(
        refunds := g.refunds, persons := g.persons, households := g.households, first_on := g.first_on, last_on := g.last_on,
        spread_zh := concat(CAST(g.households AS VARCHAR), CASE WHEN g.by_village = 1 THEN ' 个村（无户籍数据）' ELSE ' 户' END),
        spread_en := concat(CAST(g.households AS VARCHAR), CASE WHEN g.by_village = 1 THEN ' villages (no household register)' ELSE ' households' END),
        holder_zh := CASE WHEN g.of_collector = 1 THEN '（代收人员的账户）' WHEN g.holder_known = 0 THEN '（开户人不明）' ELSE '' END,
        holder_en := CASE WHEN g.of_collector = 1 THEN ' (a collector''s)' WHEN g.holder_known = 0 THEN ' (holder unknown)' ELSE '' END
    ) AS details
FROM graded AS g
INNER JOIN account_places AS p ON p.county = g.county AND p.refund_account = g.refund_account
