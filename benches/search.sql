WITH page AS MATERIALIZED (SELECT kind, id, rank, row_number() OVER () AS place FROM (
    SELECT hits.kind, hits.id, (1.0 / ranks.number)::real AS rank FROM bench.ranks($1) AS ranks CROSS JOIN LATERAL (
        SELECT 'plan' AS kind, id FROM plans WHERE search @@ ranks.query AND NOT search @@ ranks.better
        UNION ALL
        SELECT 'city' AS kind, id FROM cities WHERE search @@ ranks.query AND NOT search @@ ranks.better
        UNION ALL
        SELECT 'theme' AS kind, id FROM themes WHERE search @@ ranks.query AND NOT search @@ ranks.better
        UNION ALL
        SELECT 'activity' AS kind, id FROM activities WHERE search @@ ranks.query AND NOT search @@ ranks.better
        UNION ALL
        SELECT 'outcome' AS kind, id FROM outcomes WHERE search @@ ranks.query AND NOT search @@ ranks.better
    ) AS hits) AS hits LIMIT $2)
SELECT page.kind, page.id, shown.slug, shown.title, shown.text, page.rank, $1::text AS asked
FROM page CROSS JOIN LATERAL (
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
) AS shown ORDER BY page.place
