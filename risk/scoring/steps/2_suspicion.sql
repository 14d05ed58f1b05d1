-- one row per subject and kind of wrong that a finding raises by itself, with whom it is addressed to
CREATE TEMP TABLE suspicion AS
WITH kind AS (
    SELECT
        county, category, subject_type, subject_id,
        bool_or(raises) AS raised,
        bool_or(raises AND NOT secret) AS raised_openly,
        bool_or(raises AND secret) AS raised_secretly,
        bool_or(raises AND NOT secret AND addressee = 'township') AS for_township,
        substr(min(concat(9 - level, addressee)) FILTER (raises AND NOT secret), 2) AS office
    FROM finding
    GROUP BY county, category, subject_type, subject_id
),
addressed AS (
    SELECT
        k.county, k.category, k.subject_type, k.subject_id, k.raised_secretly,
        CASE
            WHEN k.for_township AND o.subject_id IS NULL THEN 'township'
            WHEN k.raised_openly AND NOT k.for_township AND NOT k.raised_secretly THEN k.office
            ELSE 'discipline'
        END AS addressee
    FROM kind AS k
    LEFT JOIN officials AS o
        ON o.county = k.county AND o.subject_type = k.subject_type AND o.subject_id = k.subject_id
    WHERE k.raised
)
SELECT
    row_number() OVER () AS suspicion,
    concat('S', substr(sha256(concat_ws(chr(31), county, category, subject_type, subject_id)), 1, 16)) AS suspicion_id,
    county, category, subject_type, subject_id, addressee, raised_secretly,
    CASE WHEN category <> 'process' AND addressee IN ('township', 'discipline') THEN 'suspicions' ELSE 'offices' END AS file
FROM addressed;
