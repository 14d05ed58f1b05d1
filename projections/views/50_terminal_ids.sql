-- one row per county and form in which a terminal's number is written, with the number it means and whether the register or the log knows it (leading zeros, blanks and case are slips)
WITH written AS ( -- one row per form in any record, with what remains of it without blanks, case and leading zeros
    SELECT f.county, f.form, ltrim(upper(replace(replace(f.form, ' ', ''), '　', '')), '0') AS stem
    FROM (
        SELECT t.county, t.record_id AS form FROM terminals AS t
        UNION
        SELECT s.county, s.terminal_id AS form FROM pos_transactions AS s
        UNION
        SELECT p.county, p.terminal_id AS form FROM payments AS p
    ) AS f
    WHERE f.form IS NOT NULL
),
registered AS ( -- one row per stem with the terminals of the register that share it
    SELECT w.county, w.stem, min(t.record_id) AS terminal_id, count(DISTINCT t.record_id) AS terminals
    FROM terminals AS t
    INNER JOIN written AS w ON w.county = t.county AND w.form = t.record_id
    GROUP BY w.county, w.stem
),
logged AS ( -- one row per stem with the form that the acquirer writes
    SELECT w.county, w.stem, min(s.terminal_id) AS terminal_id
    FROM pos_transactions AS s
    INNER JOIN written AS w ON w.county = s.county AND w.form = s.terminal_id
    GROUP BY w.county, w.stem
)
SELECT
    w.county, w.form,
    CASE
        WHEN r.terminals = 1 THEN r.terminal_id
        WHEN r.terminals > 1 THEN w.form
        ELSE coalesce(l.terminal_id, w.form)
    END AS terminal_id,
    r.stem IS NOT NULL OR l.stem IS NOT NULL AS known
FROM written AS w
LEFT JOIN registered AS r ON r.county = w.county AND r.stem = w.stem
LEFT JOIN logged AS l ON l.county = w.county AND l.stem = w.stem
