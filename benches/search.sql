WITH asked AS MATERIALIZED (
    SELECT search_query($1) AS query, search_name_query($1, '=') AS exact_name, search_name_query($1, '~') AS other_name), page AS MATERIALIZED (SELECT kind, id, rank FROM (
    SELECT 'plan' AS kind, plans.id, ts_rank(search, asked.query, 1) AS rank FROM asked, plans WHERE search @@ asked.query
    UNION ALL
    SELECT 'city' AS kind, cities.id, ts_rank(search, asked.query, 1)
        + CASE WHEN search @@ asked.exact_name THEN 2 WHEN search @@ asked.other_name THEN 1 ELSE 0 END::real AS rank FROM asked, cities WHERE search @@ asked.query
    UNION ALL
    SELECT 'theme' AS kind, themes.id, ts_rank(search, asked.query, 1)
        + CASE WHEN search @@ asked.exact_name THEN 2 WHEN search @@ asked.other_name THEN 1 ELSE 0 END::real AS rank FROM asked, themes WHERE search @@ asked.query
    UNION ALL
    SELECT 'activity' AS kind, activities.id, ts_rank(search, asked.query, 1) AS rank FROM asked, activities
    WHERE search @@ asked.query
    UNION ALL
    SELECT 'outcome' AS kind, outcomes.id, ts_rank(search, asked.query, 1) AS rank FROM asked, outcomes
    WHERE search @@ asked.query
) AS hits ORDER BY rank DESC, id DESC LIMIT $2)
SELECT page.kind, page.id, shown.slug, shown.title, shown.text, page.rank, querytree(asked.query)
FROM asked, page CROSS JOIN LATERAL (
    SELECT slug::text AS slug, title AS title, array_to_string(objectives || challenges || search_texts(themes, '$[*].label')
        || search_texts(themes, '$[*].focus[*].text') || programme || note, ' … ') AS text FROM plans WHERE page.kind = 'plan' AND id = page.id
    UNION ALL
    SELECT slug::text, name, array_to_string(alternative_names || region, ' … ') FROM cities WHERE page.kind = 'city' AND id = page.id
    UNION ALL
    SELECT slug::text, name, array_to_string(aliases || description, ' … ') FROM themes WHERE page.kind = 'theme' AND id = page.id
    UNION ALL
    SELECT NULL::text, title, array_to_string(description || outputs || search_texts(organisations, '$[*].name')
        || search_texts(organisations, '$[*].acronym') || note, ' … ') FROM activities
    WHERE page.kind = 'activity' AND id = page.id
    UNION ALL
    SELECT NULL::text, coalesce(heading, left(description, 200)), array_to_string(description || search_texts(organisations, '$[*].name')
        || search_texts(organisations, '$[*].acronym') || search_texts(indicators, '$[*].name') || note, ' … ') FROM outcomes WHERE page.kind = 'outcome' AND id = page.id
) AS shown ORDER BY page.rank DESC, page.id DESC
