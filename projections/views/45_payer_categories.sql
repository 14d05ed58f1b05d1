-- one row per county, payer, category and stretch of days on which it held (held_from NULL: always; held_until exclusive, NULL: still holds); fee and fee_year NULL where a status change gave it, for every fee
WITH listed AS ( -- one row per roster row of those with several for a person, fee and year, with the day from which it is known to say so
    SELECT
        r.county, r.payer, r.fee, r.fee_year, r.category, r.event_id,
        CASE WHEN r.version > 1 THEN greatest(coalesce(r.listed_on, r.known_on), coalesce(r.known_on, r.listed_on)) ELSE r.listed_on END AS held_from
    FROM current_roster AS c
    INNER JOIN rosters AS r
        ON r.county = c.county AND r.payer IS NOT DISTINCT FROM c.payer AND r.fee IS NOT DISTINCT FROM c.fee AND r.fee_year IS NOT DISTINCT FROM c.fee_year
    WHERE c.relisted AND r.category IS NOT NULL
),
rostered AS ( -- one row per roster row with that day, and the day on which a later row took its place
    SELECT
        c.county, c.payer, c.fee, c.fee_year, c.category, c.event_id,
        CASE WHEN c.version > 1 THEN greatest(coalesce(c.listed_on, c.known_on), coalesce(c.known_on, c.listed_on)) ELSE c.listed_on END AS held_from,
        CAST(NULL AS DATE) AS replaced_on
    FROM current_roster AS c
    WHERE NOT c.relisted AND c.category IS NOT NULL
    UNION ALL
    SELECT l.county, l.payer, l.fee, l.fee_year, l.category, l.event_id, l.held_from, l.replaced_on
    FROM (
        SELECT
            w.county, w.payer, w.fee, w.fee_year, w.category, w.event_id, w.held_from,
            lead(w.held_from) OVER (
                PARTITION BY w.county, w.payer, w.fee, w.fee_year ORDER BY w.held_from NULLS FIRST, w.event_id NULLS FIRST
            ) AS replaced_on
        FROM listed AS w
    ) AS l
),
first_change AS ( -- one row per roster row whose payer's category was granted or ended after it was listed: the first such day
    SELECT r.county, r.event_id, min(s.effective_on) AS changed_on,
        min(CASE WHEN s.change = 'category-ended' THEN s.effective_on END) AS ended_on,
        min(CASE WHEN s.change = 'category-granted' THEN s.effective_on END) AS granted_on
    FROM rostered AS r
    INNER JOIN status_changes AS s
        ON s.county = r.county AND s.payer = r.payer AND s.change IN ('category-granted', 'category-ended')
        AND coalesce(s.category, r.category) = r.category
        AND (r.held_from IS NULL OR s.effective_on > r.held_from)
    GROUP BY r.county, r.event_id
),
granted AS ( -- one row per grant of a category with the day on which it ended
    SELECT g.county, g.payer, g.category, g.event_id, g.effective_on AS held_from, min(e.effective_on) AS held_until
    FROM status_changes AS g
    LEFT JOIN status_changes AS e
        ON e.county = g.county AND e.payer = g.payer AND e.change = 'category-ended'
        AND coalesce(e.category, g.category) = g.category AND e.effective_on >= g.effective_on
    WHERE g.change = 'category-granted' AND g.category IS NOT NULL
    GROUP BY g.county, g.payer, g.category, g.event_id, g.effective_on
),
stretches AS ( -- roster rows and grants together; a roster row before a later grant of its own category proves nothing about the days before the grant
    SELECT
        r.county, r.payer, r.fee, r.fee_year, r.category, r.event_id,
        CASE WHEN c.granted_on = c.changed_on THEN c.granted_on ELSE r.held_from END AS held_from,
        CASE WHEN c.ended_on < coalesce(r.replaced_on, DATE '9999-12-31') THEN c.ended_on ELSE r.replaced_on END AS held_until
    FROM rostered AS r
    LEFT JOIN first_change AS c ON c.county = r.county AND c.event_id = r.event_id
    UNION ALL
    SELECT g.county, g.payer, NULL AS fee, NULL AS fee_year, g.category, g.event_id, g.held_from, g.held_until
    FROM granted AS g
)
SELECT s.county, s.payer, s.fee, s.fee_year, s.category, coalesce(p.rank, 99) AS rank, s.held_from, s.held_until, s.event_id
FROM stretches AS s
LEFT JOIN priority AS p ON p.county = s.county AND p.category = s.category
WHERE s.held_until IS NULL OR s.held_from IS NULL OR s.held_from < s.held_until
