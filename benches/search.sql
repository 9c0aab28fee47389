WITH asked AS MATERIALIZED (SELECT $1::text AS text, search_query($1) AS query), page AS MATERIALIZED (SELECT kind, id, rank FROM (
    SELECT 'plan' AS kind, plans.id, ts_rank(search, asked.query, 1) AS rank FROM asked, plans WHERE search @@ asked.query
    UNION ALL
    SELECT 'city' AS kind, cities.id, ts_rank(search, asked.query, 1) AS rank FROM asked, cities WHERE search @@ asked.query
    UNION ALL
    SELECT 'theme' AS kind, themes.id, ts_rank(search, asked.query, 1) AS rank FROM asked, themes WHERE search @@ asked.query
    UNION ALL
    SELECT 'activity' AS kind, activities.id, ts_rank(search, asked.query, 1) AS rank FROM asked, activities
    WHERE search @@ asked.query
    UNION ALL
    SELECT 'outcome' AS kind, outcomes.id, ts_rank(search, asked.query, 1) AS rank FROM asked, outcomes
    WHERE search @@ asked.query
) AS hits ORDER BY rank DESC, id DESC LIMIT $2)
SELECT page.kind, page.id, shown.slug, shown.title, shown.text, page.rank, tsvector_to_array(to_tsvector('english', search_words(asked.text)))
FROM asked, page CROSS JOIN LATERAL (
    SELECT slug::text AS slug, title AS title, array_to_string(objectives || challenges, ' … ') AS text FROM plans WHERE page.kind = 'plan' AND id = page.id
    UNION ALL
    SELECT slug::text, name, concat_ws(', ', nullif(array_to_string(alternative_names, ', '), ''), region) FROM cities WHERE page.kind = 'city' AND id = page.id
    UNION ALL
    SELECT slug::text, name, concat_ws(' … ', nullif(array_to_string(aliases, ', '), ''), description) FROM themes WHERE page.kind = 'theme' AND id = page.id
    UNION ALL
    SELECT NULL::text, title, concat_ws(' … ', description, nullif(array_to_string(outputs, ' … '), '')) FROM activities
    WHERE page.kind = 'activity' AND id = page.id
    UNION ALL
    SELECT NULL::text, coalesce(heading, left(description, 200)), description FROM outcomes WHERE page.kind = 'outcome' AND id = page.id
) AS shown ORDER BY page.rank DESC, page.id DESC
