-- one row per finding of a suspicion that its addressee may see
CREATE TEMP TABLE member AS
SELECT s.suspicion, f.* EXCLUDE (county, category, subject_type, subject_id, addressee)
FROM finding AS f
INNER JOIN suspicion AS s
    ON s.county = f.county AND s.category = f.category AND s.subject_type = f.subject_type AND s.subject_id = f.subject_id
WHERE s.addressee = 'discipline' OR NOT f.secret;
