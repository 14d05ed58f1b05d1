-- one row per county that took back the entitlements of three persons or more, none of them refunded or recorded anew, before the first refund handed in (or none was), or that has two thousand payments and not one refund: the day up to which refunds have not come in
WITH
-- one row per county: the day of the first refund
begun AS (
    SELECT r.county, min(r.refunded_on) AS first_on
    FROM refunds AS r
    GROUP BY r.county
),
-- one row per person, fee and year with a refund, or with an entitlement that stands
settled AS (
    SELECT r.county, r.payer, r.fee, r.fee_year FROM refunds AS r
    UNION
    SELECT e.county, e.payer, e.fee, e.fee_year FROM entitlements AS e WHERE e.reversed_on IS NULL
),
-- one row per person whose entitlement was taken back before that day, without either
taken_back AS (
    SELECT DISTINCT e.county, e.payer, b.first_on
    FROM entitlements AS e
    LEFT JOIN begun AS b ON b.county = e.county
    LEFT JOIN settled AS s ON s.county = e.county AND s.payer = e.payer AND s.fee = e.fee AND s.fee_year = e.fee_year
    WHERE e.reversed_on IS NOT NULL AND e.payer IS NOT NULL AND s.payer IS NULL AND (b.first_on IS NULL OR e.reversed_on < b.first_on)
),
-- one row per county with so many payments and no refund: some are always given back
silent AS (
    SELECT p.county
    FROM payments AS p
    LEFT JOIN begun AS b ON b.county = p.county
    WHERE b.county IS NULL
    GROUP BY p.county
    HAVING count(*) >= 2000
),
-- one row per county with that day, by what was taken back
missed AS (
    SELECT t.county, coalesce(max(t.first_on), DATE '9999-12-31') AS until_on
    FROM taken_back AS t
    GROUP BY t.county
    HAVING count(*) >= 3
)
SELECT m.county, m.until_on FROM missed AS m
UNION
SELECT s.county, DATE '9999-12-31' AS until_on FROM silent AS s
