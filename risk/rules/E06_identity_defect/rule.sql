-- one row per person paid for under a defective number or under several names, per account or collector who paid for several numbers that belong to nobody known, or per office and fee with many impossible birth dates
WITH
-- one row per payment that was given back: how much
given_back AS (
    SELECT r.county, r.payment_id, CAST(sum(r.amount_fen) AS BIGINT) AS back_fen FROM refunds AS r WHERE r.payment_id IS NOT NULL GROUP BY r.county, r.payment_id
),
-- one row per number about which the offices have answered a query
answered AS (
    SELECT DISTINCT d.county, d.payer FROM data_queries AS d WHERE d.answered_on IS NOT NULL AND d.payer IS NOT NULL
),
-- one row per person, fee and year paid for under a number that reads wrong, or of an impossible birth date
misread AS (
    SELECT
        p.county, p.payer, p.fee, p.fee_year,
        bool_or(
            NOT coalesce(p.payer_valid, TRUE) AND (
                p.payer_id_type = 'uscc'
                OR p.fee IN ('resident-medical', 'resident-pension', 'resident-pension-supplementary', 'flexible-medical', 'flexible-pension')
            )
        ) AS is_wrong,
        bool_or(coalesce(p.payer_born > year(p.paid_on) OR year(p.paid_on) - p.payer_born > $oldest, FALSE)) AS is_out_of_time
    FROM standing_payments AS p
    WHERE p.amount_fen > 0 AND (NOT coalesce(p.payer_valid, TRUE) OR p.payer_born > year(p.paid_on) OR year(p.paid_on) - p.payer_born > $oldest)
    GROUP BY p.county, p.payer, p.fee, p.fee_year
),
-- one row per person and name in the payments or the rosters; the register is written by hand and proves no second name
names AS (
    SELECT p.county, p.payer, p.payer_name AS name, p.payer_name_birth AS name_birth FROM standing_payments AS p WHERE p.amount_fen > 0 AND p.payer_name IS NOT NULL
    UNION
    SELECT r.county, r.payer, r.payer_name AS name, r.payer_name_birth AS name_birth FROM rosters AS r WHERE r.payer_name IS NOT NULL
),
-- one row per person with more than one name, or one name and several birth dates
several AS (
    SELECT n.county, n.payer FROM names AS n GROUP BY n.county, n.payer HAVING count(*) > 1
),
-- one row per person with more than one name
two_named AS (
    SELECT n.county, n.payer
    FROM (
        SELECT p.county, p.payer, p.payer_name AS name
        FROM several AS s
        INNER JOIN standing_payments AS p ON p.county = s.county AND p.payer = s.payer
        WHERE p.amount_fen > 0
        UNION ALL
        SELECT r.county, r.payer, r.payer_name AS name
        FROM several AS s
        INNER JOIN rosters AS r ON r.county = s.county AND r.payer = s.payer
    ) AS n
    GROUP BY n.county, n.payer
    HAVING min(n.name) < max(n.name)
),
-- one row per name and birth date that several numbers bear
often_named AS (
    SELECT n.county, n.name_birth FROM names AS n WHERE n.name_birth IS NOT NULL GROUP BY n.county, n.name_birth HAVING count(*) > 1
),
-- one row per payment under a good number for such a name and birth date, with the first and last number among those of its village, fee and year
alike AS (
    SELECT
        p.county, p.event_id, p.payer, p.village, p.fee, p.fee_year, p.payer_name_birth, p.paid_on, p.township,
        min(p.payer) OVER (PARTITION BY p.county, p.village, p.fee, p.fee_year, p.payer_name_birth) AS first_payer,
        max(p.payer) OVER (PARTITION BY p.county, p.village, p.fee, p.fee_year, p.payer_name_birth) AS last_payer
    FROM often_named AS s
    INNER JOIN standing_payments AS p ON p.county = s.county AND p.payer_name_birth = s.name_birth
    WHERE p.village IS NOT NULL AND p.channel <> 'fiscal' AND p.amount_fen > 0 AND coalesce(p.payer_valid, TRUE)
),
-- one row per payment for a name and birth date paid for under more than one good number
namesakes AS (
    SELECT a.county, a.event_id, a.payer, a.village, a.fee, a.fee_year, a.payer_name_birth, a.paid_on, a.township
    FROM alike AS a
    WHERE a.first_payer <> a.last_payer
),
-- one row per number that is wrong or has a namesake
doubtful AS (
    SELECT m.county, m.payer FROM misread AS m WHERE m.is_wrong
    UNION
    SELECT n.county, n.payer FROM namesakes AS n
),
-- one row per such number that the registers hold too, or under which other years were paid
long_known AS (
    SELECT w.county, w.payer
    FROM doubtful AS w
    INNER JOIN (
        SELECT r.county, r.payer FROM rosters AS r
        UNION ALL
        SELECT h.county, h.payer FROM households AS h
        UNION ALL
        SELECT s.county, s.payer FROM status_changes AS s
    ) AS k ON k.county = w.county AND k.payer = w.payer
    UNION
    SELECT w.county, w.payer
    FROM doubtful AS w
    INNER JOIN standing_payments AS p ON p.county = w.county AND p.payer = w.payer
    WHERE p.amount_fen > 0
    GROUP BY w.county, w.payer, p.fee
    HAVING min(p.fee_year) < max(p.fee_year)
),
-- one row per number unknown to the registers, fee and year, and payment for the person of the same name and birth date whom they know by another number
twins AS (
    SELECT n.county, n.payer, n.fee, n.fee_year, o.event_id AS other_payment, o.paid_on, o.township, o.village
    FROM namesakes AS n
    INNER JOIN namesakes AS o
        ON o.county = n.county AND o.village = n.village AND o.fee = n.fee AND o.fee_year = n.fee_year AND o.payer_name_birth = n.payer_name_birth
    INNER JOIN long_known AS k ON k.county = o.county AND k.payer = o.payer
    LEFT JOIN long_known AS u ON u.county = n.county AND u.payer = n.payer
    WHERE o.payer <> n.payer AND u.payer IS NULL
),
-- one row per person, fee and year with a defect of the number or the name
marked AS (
    SELECT m.county, m.payer, m.fee, m.fee_year, m.is_wrong, m.is_out_of_time, FALSE AS is_two_named, FALSE AS is_twin
    FROM misread AS m
    UNION ALL
    SELECT p.county, p.payer, p.fee, p.fee_year, FALSE AS is_wrong, FALSE AS is_out_of_time, TRUE AS is_two_named, FALSE AS is_twin
    FROM two_named AS t
    INNER JOIN standing_payments AS p ON p.county = t.county AND p.payer = t.payer
    WHERE p.amount_fen > 0
    UNION ALL
    SELECT v.county, v.payer, v.fee, v.fee_year, FALSE AS is_wrong, FALSE AS is_out_of_time, FALSE AS is_two_named, TRUE AS is_twin
    FROM twins AS v
),
-- one row per person, fee and year whose number or name is defective and about whom no query was answered
defects AS (
    SELECT
        m.county, m.payer, m.fee, m.fee_year, bool_or(m.is_wrong) AS is_wrong, bool_or(m.is_out_of_time) AND NOT bool_or(m.is_wrong) AS is_out_of_time,
        bool_or(m.is_two_named) AND NOT bool_or(m.is_wrong) AS is_two_named, bool_or(m.is_twin) AS is_twin
    FROM marked AS m
    LEFT JOIN answered AS a ON a.county = m.county AND a.payer = m.payer
    WHERE a.payer IS NULL AND (m.is_wrong OR m.is_out_of_time OR m.is_two_named OR m.is_twin)
    GROUP BY m.county, m.payer, m.fee, m.fee_year
),
-- one row per payment concerned, less what was given back
concerned AS (
    SELECT
        p.county, p.event_id, p.payer, p.payer_name, p.payer_name_birth, p.payer_near, p.fee, p.fee_year, p.channel, p.paid_on, p.township, p.village,
        p.amount_fen - coalesce(g.back_fen, 0) AS kept_fen, d.is_wrong, d.is_out_of_time, d.is_two_named, d.is_twin
    FROM defects AS d
    INNER JOIN standing_payments AS p ON p.county = d.county AND p.payer = d.payer AND p.fee = d.fee AND p.fee_year = d.fee_year
    LEFT JOIN given_back AS g ON g.county = p.county AND g.payment_id = p.record_id
    WHERE p.amount_fen - coalesce(g.back_fen, 0) > 0
),
-- one row per wrong number, fee, year and valid number one slip away from it
slips AS (
    SELECT DISTINCT c.county, c.payer, c.payer_name, c.payer_name_birth, c.fee, c.fee_year, n.number
    FROM concerned AS c, unnest(c.payer_near) AS n(number)
    WHERE c.is_wrong
),
-- one row per wrong number, fee, year and person who may be meant: of the same name, one slip away, or on the village's roster
meant AS (
    SELECT s.county, s.payer, s.fee, s.fee_year, n.payer AS other, TRUE AS is_near
    FROM slips AS s
    INNER JOIN standing_payments AS n ON n.county = s.county AND n.payer = s.number AND n.payer_name = s.payer_name
    WHERE n.amount_fen > 0
    UNION
    SELECT s.county, s.payer, s.fee, s.fee_year, r.payer AS other, TRUE AS is_near
    FROM slips AS s
    INNER JOIN rosters AS r ON r.county = s.county AND r.payer = s.number AND r.payer_name = s.payer_name
    UNION
    SELECT s.county, s.payer, s.fee, s.fee_year, c.payer AS other, TRUE AS is_near
    FROM slips AS s
    INNER JOIN cash_receipts AS c ON c.county = s.county AND c.payer = s.number AND c.payer_name = s.payer_name
    UNION
    SELECT c.county, c.payer, c.fee, c.fee_year, r.payer AS other, FALSE AS is_near
    FROM concerned AS c
    INNER JOIN rosters AS r
        ON r.county = c.county AND r.village = c.village AND r.payer_name = c.payer_name AND r.fee = c.fee AND r.fee_year = c.fee_year
    WHERE c.is_wrong AND r.payer <> c.payer
),
-- one row per wrong number, fee and year of whom such a person is known (a namesake only if not paid for), and whether both were paid for, the treasury's share apart
near_known AS (
    SELECT m.county, m.payer, m.fee, m.fee_year, bool_or(coalesce(q.channel <> 'fiscal', FALSE)) AS both_paid
    FROM meant AS m
    LEFT JOIN standing_payments AS q ON q.county = m.county AND q.payer = m.other AND q.fee = m.fee AND q.fee_year = m.fee_year AND q.amount_fen > 0
    WHERE m.is_near OR q.payer IS NULL
    GROUP BY m.county, m.payer, m.fee, m.fee_year
),
-- one row per person with several names and payment under a name that a neighbour on the same village's roster bears who did not pay
neighbours AS (
    SELECT DISTINCT c.county, c.payer
    FROM concerned AS c
    INNER JOIN rosters AS o ON o.county = c.county AND o.payer = c.payer AND o.fee = c.fee AND o.fee_year = c.fee_year AND o.payer_name <> c.payer_name
    INNER JOIN rosters AS r
        ON r.county = c.county AND r.village = c.village AND r.payer_name = c.payer_name AND r.fee = c.fee AND r.fee_year = c.fee_year AND r.payer <> c.payer
    LEFT JOIN standing_payments AS q ON q.county = r.county AND q.payer = r.payer AND q.fee = r.fee AND q.fee_year = r.fee_year AND q.amount_fen > 0
    WHERE c.is_two_named AND q.payer IS NULL
),
-- one row per person paid for under two names within a short time, and whether it was for one fee and year
twice_named AS (
    SELECT a.county, a.payer, bool_or(a.fee = b.fee AND a.fee_year = b.fee_year) AS one_year
    FROM concerned AS a
    INNER JOIN concerned AS b ON b.county = a.county AND b.payer = a.payer
    WHERE a.is_two_named AND a.payer_name < b.payer_name AND a.channel <> 'fiscal' AND b.channel <> 'fiscal'
        AND ((a.fee = b.fee AND a.fee_year = b.fee_year) OR abs(datediff('day', a.paid_on, b.paid_on)) <= $name_days)
    GROUP BY a.county, a.payer
),
-- one row per county where so many are that it is how names are written there
written_otherwise AS (
    SELECT n.county
    FROM (SELECT t.county, count(*) AS persons FROM twice_named AS t GROUP BY t.county HAVING count(*) >= $habit_persons) AS n
    INNER JOIN standing_payments AS p ON p.county = n.county
    WHERE p.amount_fen > 0
    GROUP BY n.county, n.persons
    HAVING n.persons * 1000 >= count(DISTINCT p.payer) * $habit_per_mille
),
-- one row per person with several names and one name in all rosters: payments under that one are in order
right_names AS (
    SELECT r.county, r.payer, min(r.payer_name) AS name
    FROM (SELECT DISTINCT c.county, c.payer FROM concerned AS c WHERE c.is_two_named AND NOT c.is_out_of_time AND NOT c.is_twin) AS q
    INNER JOIN rosters AS r ON r.county = q.county AND r.payer = q.payer
    GROUP BY r.county, r.payer
    HAVING min(r.payer_name) = max(r.payer_name)
),
-- one row per payment concerned with what speaks for it; beside a namesake's payment, that of the number which the registers know
weighed AS (
    SELECT
        c.county, c.event_id, c.payer, c.fee, c.fee_year, c.paid_on, c.township, c.village,
        CASE WHEN c.payer_name = r.name THEN 0 ELSE c.kept_fen END AS kept_fen, c.is_wrong, c.is_out_of_time, c.is_twin,
        c.is_wrong AND n.payer IS NULL AND l.payer IS NULL AS is_nobodys, coalesce(n.both_paid, FALSE) AS both_paid,
        b.payer IS NOT NULL AS is_neighbours, t.payer IS NOT NULL AND o.county IS NULL AS is_twice_named, coalesce(t.one_year, FALSE) AS is_one_year
    FROM concerned AS c
    LEFT JOIN near_known AS n ON n.county = c.county AND n.payer = c.payer AND n.fee = c.fee AND n.fee_year = c.fee_year
    LEFT JOIN long_known AS l ON l.county = c.county AND l.payer = c.payer
    LEFT JOIN neighbours AS b ON b.county = c.county AND b.payer = c.payer
    LEFT JOIN twice_named AS t ON t.county = c.county AND t.payer = c.payer
    LEFT JOIN written_otherwise AS o ON o.county = c.county
    LEFT JOIN right_names AS r ON r.county = c.county AND r.payer = c.payer
    UNION ALL
    SELECT DISTINCT
        w.county, w.other_payment AS event_id, w.payer, w.fee, w.fee_year, w.paid_on, w.township, w.village, CAST(0 AS BIGINT) AS kept_fen,
        FALSE AS is_wrong, FALSE AS is_out_of_time, TRUE AS is_twin, FALSE AS is_nobodys, FALSE AS both_paid,
        FALSE AS is_neighbours, FALSE AS is_twice_named, FALSE AS is_one_year
    FROM twins AS w
    INNER JOIN concerned AS c ON c.county = w.county AND c.payer = w.payer AND c.fee = w.fee AND c.fee_year = w.fee_year
),
-- one row per payment under a wrong number from an account that is nobody's counter
paid_from AS (
    SELECT a.county, a.event_id, a.account, a.payer
    FROM (SELECT DISTINCT m.county, m.payer FROM misread AS m WHERE m.is_wrong) AS m
    INNER JOIN account_payments AS a ON a.county = m.county AND a.payer = m.payer
    WHERE NOT a.at_counter AND NOT a.masked
),
-- one row per payment under a wrong number with a collector's hand: whose
taken_by AS (
    SELECT k.county, k.event_id, min(k.collector_id) AS collector_id
    FROM (SELECT DISTINCT m.county, m.payer FROM misread AS m WHERE m.is_wrong) AS m
    INNER JOIN collector_hands AS k ON k.county = m.county AND k.payer = m.payer
    WHERE NOT k.group_payer
    GROUP BY k.county, k.event_id
),
-- one row per payment of a number that belongs to nobody known, with the account that paid it, else the collector
hands AS (
    SELECT
        w.county, w.event_id, w.payer, CASE WHEN a.account IS NOT NULL THEN 'account' ELSE 'collector' END AS subject_type, coalesce(a.account, h.collector_id) AS subject_id
    FROM weighed AS w
    LEFT JOIN paid_from AS a ON a.county = w.county AND a.event_id = w.event_id
    LEFT JOIN taken_by AS h ON h.county = w.county AND h.event_id = w.event_id
    WHERE w.is_nobodys AND coalesce(a.account, h.collector_id) IS NOT NULL
),
-- one row per account or collector with several such numbers
suspects AS (
    SELECT h.county, h.subject_type, h.subject_id, count(DISTINCT h.payer) AS numbers
    FROM hands AS h
    GROUP BY h.county, h.subject_type, h.subject_id
    HAVING count(DISTINCT h.payer) >= $min_numbers
),
-- one row per account that paid for several wrong numbers, or collector who did: all persons whom it paid for
reach AS (
    SELECT s.county, 'account' AS subject_type, s.account AS subject_id, count(DISTINCT a.payer) AS persons
    FROM (SELECT f.county, f.account FROM paid_from AS f GROUP BY f.county, f.account HAVING count(DISTINCT f.payer) >= $min_numbers) AS s
    INNER JOIN account_payments AS a ON a.county = s.county AND a.account = s.account
    GROUP BY s.county, s.account
    UNION ALL
    SELECT s.county, s.subject_type, s.subject_id, count(DISTINCT k.payer) AS persons
    FROM suspects AS s
    INNER JOIN collector_hands AS k ON k.county = s.county AND k.collector_id = s.subject_id
    WHERE s.subject_type = 'collector'
    GROUP BY s.county, s.subject_type, s.subject_id
),
-- one row per payment of an account or collector for whom such numbers are no rare slip
clustered AS (
    SELECT h.county, h.event_id, h.subject_type, h.subject_id
    FROM hands AS h
    INNER JOIN suspects AS s ON s.county = h.county AND s.subject_type = h.subject_type AND s.subject_id = h.subject_id
    LEFT JOIN reach AS r ON r.county = h.county AND r.subject_type = h.subject_type AND r.subject_id = h.subject_id
    WHERE s.numbers * 100 >= coalesce(r.persons, s.numbers) * $min_percent
),
-- one row per fee of which so many persons were born at an impossible date that it is how the county's numbers came to be, and the office's to look through
many_aged AS (
    SELECT w.county, w.fee
    FROM weighed AS w
    WHERE w.is_out_of_time
    GROUP BY w.county, w.fee
    HAVING count(DISTINCT w.payer) >= $batch_persons
),
-- one row per payment concerned and subject under which it is gathered
gathered AS (
    SELECT
        w.county, w.event_id, w.payer, w.fee, w.fee_year, w.paid_on, w.township, w.village, w.kept_fen, w.is_wrong, w.is_out_of_time, w.is_twin,
        w.is_nobodys, w.both_paid, w.is_neighbours, w.is_twice_named, w.is_one_year, k.subject_id IS NOT NULL AS is_cluster,
        CASE WHEN k.subject_id IS NOT NULL THEN k.subject_type WHEN a.fee IS NOT NULL THEN 'office' ELSE 'payer' END AS subject_type,
        CASE
            WHEN k.subject_id IS NOT NULL THEN k.subject_id
            WHEN a.fee IS NULL THEN w.payer
            WHEN w.fee IN ('resident-medical', 'flexible-medical') THEN 'medical-insurance'
            WHEN w.fee IN ('resident-pension', 'resident-pension-supplementary', 'flexible-pension', 'employer-social-insurance') THEN 'human-resources'
            ELSE 'tax'
        END AS subject_id
    FROM weighed AS w
    LEFT JOIN clustered AS k ON k.county = w.county AND k.event_id = w.event_id
    LEFT JOIN many_aged AS a ON a.county = w.county AND a.fee = w.fee AND w.is_out_of_time AND NOT w.is_wrong AND NOT w.is_twin AND NOT w.is_neighbours AND NOT w.is_twice_named
),
-- one row per subject (for an office, and fee) with its payments, and what weighs most among them
totals AS (
    SELECT
        w.county, w.subject_type, w.subject_id, w.is_cluster,
        CASE WHEN min(w.township) = max(w.township) THEN min(w.township) END AS township, CASE WHEN min(w.village) = max(w.village) THEN min(w.village) END AS village,
        CASE WHEN min(w.fee) = max(w.fee) THEN min(w.fee) END AS fee, CASE WHEN min(w.fee_year) = max(w.fee_year) THEN min(w.fee_year) END AS fee_year,
        min(w.fee) AS first_fee, count(DISTINCT w.payer) AS persons, CAST(sum(w.kept_fen) AS BIGINT) AS amount_fen, min(CASE WHEN w.kept_fen > 0 THEN w.paid_on END) AS first_on,
        bool_or(w.is_wrong) AS is_wrong, bool_or(w.is_out_of_time) AS is_out_of_time, bool_or(w.is_nobodys) AS is_nobodys, bool_or(w.both_paid) AS both_paid,
        bool_or(w.is_neighbours) AS is_neighbours, bool_or(w.is_twice_named) AS is_twice_named, bool_or(w.is_one_year) AS is_one_year, bool_or(w.is_twin) AS is_twin,
        list_sort(list(DISTINCT w.event_id)) AS events
    FROM gathered AS w
    GROUP BY w.county, w.subject_type, w.subject_id, w.is_cluster, CASE WHEN w.subject_type = 'office' THEN w.fee END
    HAVING sum(w.kept_fen) > 0
)
SELECT
    t.county,
    CASE
        WHEN t.is_cluster AND t.amount_fen >= $high_fen THEN 'high'
        WHEN t.is_cluster OR (t.is_neighbours AND t.is_one_year) THEN 'medium'
        WHEN t.is_nobodys OR t.both_paid OR t.is_out_of_time OR t.is_neighbours OR t.is_twice_named OR t.is_twin THEN 'low'
        ELSE 'watch'
    END AS severity,
    t.subject_type, t.subject_id, t.township, t.village, t.fee, t.fee_year,
    t.amount_fen AS amount_at_risk_fen, CAST(t.persons AS DOUBLE) AS measure, CAST(1 AS DOUBLE) AS threshold,
    t.first_on AS occurred_on, t.events AS evidence,
    struct_pack(
        persons := t.persons,
        form_zh := CASE
            WHEN t.is_cluster THEN '同一付款人为多个校验不通过且查无此人的号码缴费'
            WHEN t.is_nobodys THEN '证件号码校验不通过，且没有相近的号码'
            WHEN t.both_paid THEN '证件号码录错，正确号码同年也已缴费'
            WHEN t.is_wrong THEN '证件号码校验不通过，疑似录错'
            WHEN t.is_out_of_time THEN '证件号码中的出生日期不可能'
            WHEN t.is_twin THEN '同村同名同生日的两个号码同年都缴了费，其中一个各登记中都没有'
            ELSE '同一证件号码对应两个姓名'
        END,
        form_en := CASE
            WHEN t.is_cluster THEN 'one hand paid for several numbers that fail their check and belong to nobody known'
            WHEN t.is_nobodys THEN 'the number fails its check and nobody known has one near it'
            WHEN t.both_paid THEN 'a mistyped number, and the right one paid for the same year too'
            WHEN t.is_wrong THEN 'the number fails its check, probably mistyped'
            WHEN t.is_out_of_time THEN 'the date of birth in the number is impossible'
            WHEN t.is_twin THEN 'one name and birth date of one village paid for under two numbers, one of them in no register'
            ELSE 'one number with two names'
        END,
        addressee := CASE
            WHEN t.is_cluster OR (t.is_neighbours AND t.is_one_year) THEN 'township'
            WHEN t.first_fee IN ('resident-medical', 'flexible-medical') THEN 'medical-insurance'
            WHEN t.first_fee IN ('resident-pension', 'resident-pension-supplementary', 'flexible-pension', 'employer-social-insurance') THEN 'human-resources'
            ELSE 'tax'
        END
    ) AS details
FROM totals AS t
