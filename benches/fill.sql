-- Fills a migrated, empty registry with data that is the same on each run. The runner calls this file once for each part:
--
--     psql -v part=begin -v plans=1000 -f fill.sql
--
-- Parts: begin, activities, outcomes, links_of_plans, links_of_activities, links_of_outcomes, end. `begin` takes the secondary
-- indexes away and remembers them in bench.indexes; the runner makes them again, several at a time.
--
-- Ids can be computed: 01900000-0000-7000-800<kind>-<number as 12 hexadecimal digits>, numbers from 1. Kinds: 1 plan, 2 city,
-- 3 theme, 4 activity, 5 outcome. Activities and outcomes of plan n have the numbers (n - 1) * 10 + 1 to n * 10.
\set ON_ERROR_STOP on
\set QUIET on
SET client_min_messages = warning;
SET session_replication_role = replica;
SET synchronous_commit = off;
SET timezone = 'UTC';
SELECT :'part' = 'begin' AS is_begin, :'part' = 'activities' AS is_activities, :'part' = 'outcomes' AS is_outcomes,
    :'part' = 'links_of_plans' AS is_links_of_plans, :'part' = 'links_of_activities' AS is_links_of_activities,
    :'part' = 'links_of_outcomes' AS is_links_of_outcomes, :'part' = 'end' AS is_end \gset

\if :is_begin
CREATE SCHEMA bench;
CREATE TABLE bench.indexes AS
SELECT c.relname::text AS name, pg_get_indexdef(i.indexrelid) AS definition, t.relname::text AS of_table
FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid JOIN pg_class AS t ON t.oid = i.indrelid
WHERE t.relnamespace = 'public'::regnamespace AND NOT EXISTS (SELECT FROM pg_constraint AS p WHERE p.conindid = i.indexrelid)
    AND t.relname ~ '^(plan|activit|outcome)';
SELECT format('DROP INDEX %I', name) FROM bench.indexes \gexec

-- Numbers that look random: from a number and a salt. Small enough to be inlined.
CREATE FUNCTION bench.u(n bigint, salt integer) RETURNS double precision LANGUAGE sql IMMUTABLE
    RETURN (hashint8extended(n, salt) & 1073741823) / 1073741824.0::double precision;
CREATE FUNCTION bench.pick(n bigint, salt integer, choices integer) RETURNS integer LANGUAGE sql IMMUTABLE
    RETURN ((hashint8extended(n, salt) & 1073741823) % choices)::integer;
CREATE FUNCTION bench.id(kind integer, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE
    RETURN ('01900000-0000-7000-800' || kind || '-' || lpad(to_hex(n), 12, '0'))::uuid;
CREATE FUNCTION bench.partial(day date, precision_ integer) RETURNS text LANGUAGE sql IMMUTABLE
    RETURN left(day::text, CASE precision_ WHEN 0 THEN 4 WHEN 1 THEN 7 ELSE 10 END);
-- The first and the last day that a partial date can mean, as the program derives them.
CREATE FUNCTION bench.earliest(value text) RETURNS date LANGUAGE sql IMMUTABLE
    RETURN (value || substr('-01-01', length(value) - 3))::date;
CREATE FUNCTION bench.latest(value text) RETURNS date LANGUAGE sql IMMUTABLE
    RETURN CASE length(value) WHEN 4 THEN value || '-12-31'
        WHEN 7 THEN ((value || '-01')::date + interval '1 month' - interval '1 day')::date::text ELSE value END::date;
-- The derived columns of the search, as the program makes them of the words that are here: plain words and names.
CREATE TEXT SEARCH DICTIONARY bench.english (TEMPLATE = pg_catalog.snowball, LANGUAGE = 'english');
CREATE TEXT SEARCH CONFIGURATION bench.english (COPY = pg_catalog.english);
ALTER TEXT SEARCH CONFIGURATION bench.english ALTER MAPPING FOR asciihword, asciiword, hword, hword_asciipart, hword_part, word
    WITH bench.english;
CREATE FUNCTION bench.fold(value text) RETURNS text LANGUAGE sql IMMUTABLE
    RETURN btrim(regexp_replace(translate(lower(value), 'ōåöäãáéńł' || chr(39), 'oaoaaaenl'), '[^[:alnum:]]+', ' ', 'g'));
-- A level is a letter, A for the words that weigh most.
CREATE FUNCTION bench.level(place double precision, last integer) RETURNS text LANGUAGE sql IMMUTABLE
    RETURN chr(65 + greatest(0, least(last, floor(place)::integer)));
CREATE FUNCTION bench.vector(name text, content text, details text, whole text[]) RETURNS tsvector LANGUAGE sql IMMUTABLE
    RETURN (
        WITH words AS (
            SELECT lexeme, at, cardinality(array_positions(weights, 'A')) AS in_name,
                cardinality(array_positions(weights, 'B')) + 0.5 * cardinality(array_positions(weights, 'C')) AS times, cardinality(weights) AS n
            FROM unnest(setweight(to_tsvector('bench.english', coalesce(bench.fold(name), '')), 'A')
                || setweight(to_tsvector('bench.english', coalesce(bench.fold(content), '')), 'B')
                || setweight(to_tsvector('bench.english', coalesce(bench.fold(details), '')), 'C')) AS listed (lexeme, positions, weights),
                LATERAL (SELECT string_agg(position || CASE weight WHEN 'A' THEN 'A' ELSE '' END, ',') FROM unnest(positions, weights)
                    AS pair (position, weight)) AS written (at)
        ), weighed AS (
            SELECT lexeme, at, in_name > 0 AS is_name, bench.level(CASE
                WHEN in_name > 0 THEN 1.5 * (-ln(in_name * length(lexeme)::float8 / sum(in_name * length(lexeme)) OVER ()) / ln(2)
                    - 0.2 * least(ln(1 + times) / ln(2), 1.5))
                ELSE -5 * ln(times / (times + 1.2 * (0.25 + 0.75 * (sum(n - in_name) OVER ())::float8 / 40))) / ln(2) END, CASE WHEN in_name > 0 THEN 7 ELSE 15 END) AS level
            FROM words
        )
        SELECT coalesce(string_agg(entry, ' '), '')::tsvector FROM (
            SELECT quote_literal(CASE WHEN is_name THEN 'N' ELSE 'T' END || lexeme || '!' || level) || ':' || at AS entry FROM weighed
            UNION ALL
            SELECT quote_literal('F' || form || '!' || level) || ':' || array_to_string(positions, 'A,') || 'A'
            FROM unnest(to_tsvector('simple', coalesce(bench.fold(name), ''))) AS forms (form, positions, weights)
            JOIN weighed ON lexeme = (ts_lexize('bench.english', form))[1]
            UNION ALL
            SELECT quote_literal(entry) FROM unnest(whole) AS entry) AS entries);
CREATE FUNCTION bench.organisation_names(organisations jsonb) RETURNS text[] LANGUAGE sql IMMUTABLE
    RETURN ARRAY(SELECT DISTINCT '@' || bench.fold(name #>> '{}')
        FROM jsonb_path_query(organisations, '$[*].keyvalue() ? (@.key == "name" || @.key == "acronym").value ? (@ != null)') AS name);

-- The ranks of a search as the program makes them, for words and phrases without marks.
CREATE FUNCTION bench.ranks(asked text) RETURNS TABLE (number bigint, query tsquery, better tsquery) LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    folded text := bench.fold(asked);
    words text[] := string_to_array(folded, ' ');
    operator text := CASE WHEN asked LIKE '"%' THEN ' <-> ' ELSE ' & ' END;
    names text[] := ARRAY(SELECT chr(level) FROM generate_series(65, 72) AS level);
    texts text[] := ARRAY(SELECT chr(level) FROM generate_series(65, 80) AS level);
    stems text[] := ARRAY(SELECT coalesce((ts_lexize('bench.english', word))[1], word) FROM unnest(words) WITH ORDINALITY AS w (word, n) ORDER BY n);
    whole text := format('''=%s'' | ''~%s''', folded, folded);
    begun text := format('''N%s'':* | ''F%s'':*', folded, folded);
    tiers text[];
BEGIN
    IF cardinality(words) = 1 THEN
        RETURN QUERY SELECT row_number() OVER (ORDER BY place, level), one.query::tsquery, one.better::tsquery FROM (
            SELECT 1 AS place, '' AS level, format('''=%s''', folded) AS query, '''!''' AS better
            UNION ALL SELECT 2, '', format('''~%s''', folded), format('''=%s''', folded)
            UNION ALL SELECT 3, level, format('''F%s!%s''', folded, level), whole FROM unnest(names) AS level
            UNION ALL SELECT 4, level, format('''N%s!%s''', stems[1], level), format('%s | ''F%s!'':*', whole, folded) FROM unnest(names) AS level
            UNION ALL SELECT 5, level, format('''T%s!%s''', stems[1], level), whole FROM unnest(texts) AS level
            UNION ALL SELECT 6, '', begun, format('%s | ''N%s!'':* | ''T%s!'':*', whole, stems[1], stems[1])
            UNION ALL SELECT 7, '', format('''T%s'':*', folded), format('%s | ''N%s!'':* | ''T%s!'':* | %s', whole, stems[1], stems[1], begun)) AS one;
        RETURN;
    END IF;
    -- All words in the name, then all where they weigh much, then all anywhere.
    tiers := ARRAY(SELECT (SELECT string_agg('(' || (SELECT string_agg(format('''%s%s!%s''', class, stem, level), ' | ')
            FROM (SELECT 'N' AS class, unnest(names) AS level UNION ALL SELECT 'T', unnest(texts[:last])) AS listed) || ')', operator ORDER BY n)
        FROM unnest(stems) WITH ORDINALITY AS w (stem, n)) FROM unnest('{0,3,4,5,16}'::integer[]) WITH ORDINALITY AS t (last, m) ORDER BY m);
    RETURN QUERY VALUES (1::bigint, format('''=%s''', folded)::tsquery, '''!'''::tsquery),
        (2, format('''~%s''', folded)::tsquery, format('''=%s''', folded)::tsquery);
    RETURN QUERY SELECT 2 + n, tier::tsquery, (whole || CASE WHEN n = 1 THEN '' ELSE ' | ' || tiers[n - 1] END)::tsquery
        FROM unnest(tiers) WITH ORDINALITY AS listed (tier, n);
END $$;

-- A period as a form states it: most by month, some by day or year, some in words alone, some not at all.
CREATE FUNCTION bench.period(n bigint, salt integer, day date, months integer) RETURNS jsonb LANGUAGE sql IMMUTABLE
    RETURN CASE
        WHEN bench.u(n, salt) < 0.08 THEN '{"start": null, "end": null, "text": null}'::jsonb
        WHEN bench.u(n, salt) < 0.12 THEN '{"start": null, "end": null, "text": "to be agreed"}'::jsonb
        ELSE jsonb_build_object(
            'start', bench.partial(day, CASE WHEN bench.u(n, salt) < 0.2 THEN 0 WHEN bench.u(n, salt) < 0.75 THEN 1 ELSE 2 END),
            'end', CASE WHEN months > 0 AND bench.u(n, salt + 1) < 0.85
                THEN bench.partial((day + make_interval(months => months))::date, 1) END,
            'text', CASE WHEN bench.u(n, salt + 2) < 0.3 THEN 'as written, from ' || left(day::text, 4) END)
    END;

-- Words by rank: those of the field first, then many compounds. How often a word comes follows Zipf's law.
CREATE TABLE bench.words AS
SELECT row_number() OVER (ORDER BY place)::integer AS rank, word FROM (
    SELECT word, place FROM unnest(string_to_array(
        'the,of,and,for,city,in,urban,cities,with,energy,water,mobility,cooperation,project,partners,plan,to,development,innovation,'
        'sustainable,local,green,public,transport,waste,climate,housing,district,heritage,circular,economy,workshop,companies,'
        'university,research,pilot,data,digital,smart,air,quality,river,park,school,health,food,tourism,culture,exchange,visit,'
        'mission,agreement,investment,funding,strategy,network,platform,solution,renewable,hydrogen,bus,cycling,pedestrian,'
        'station,harbour,logistics,recycling,compost,biodiversity,wetland,flood,drought,cooling,heating,retrofit,building,'
        'district,community,youth,women,migrants,inclusion,safety,lighting,sensor,open,portal,training,skills,jobs,startup,'
        'incubator,procurement,standard,certificate,monitoring,evaluation,report,guideline,conference,webinar,delegation,'
        'memorandum,twinning,neighbourhood,square,market,craft,museum,festival,garden,forest,soil,noise,emission,carbon', ','))
        WITH ORDINALITY AS common (word, place)
    UNION ALL
    SELECT head || tail, 1000 + row_number() OVER (ORDER BY hashtextextended(head || tail, 7))
    FROM unnest(string_to_array(
        'aqua,bio,car,coast,dock,eco,farm,field,fire,glass,gold,hill,home,iron,lake,land,light,lime,mill,moor,nord,oak,old,pine,'
        'plate,port,rail,rain,red,rock,salt,sand,sea,ship,silk,silver,snow,south,steel,stone,storm,sun,tide,timber,tram,vale,'
        'way,well,west,wind,wood,wool,work,yard,zinc,alder,birch,copper,ember,fern', ',')) AS head,
        unnest(string_to_array(
        'bank,base,beam,belt,bridge,camp,cluster,corridor,craft,cross,depot,fleet,forum,frame,gate,grid,grove,hall,haven,hub,'
        'lab,lane,line,link,loop,mark,meadow,mesh,nest,node,pact,path,pier,plant,point,pool,quarter,ramp,ring,route,scape,shed,'
        'shore,site,span,spring,stead,store,strip,terrace,track,trail,vault,view,ward,watch,wharf,wheel,works,zone', ',')) AS tail
) AS listed (word, place);
ALTER TABLE bench.words ADD PRIMARY KEY (rank);
CREATE TABLE bench.sentences AS
SELECT i, upper(left(text, 1)) || substr(text, 2) || '.' AS text FROM (
    SELECT i, string_agg(word, ' ' ORDER BY place) AS text
    FROM generate_series(0, 39999) AS i CROSS JOIN LATERAL generate_series(1, 10 + bench.pick(i, 1, 7)) AS place
    JOIN bench.words ON rank = floor(3700 ^ bench.u(i, 100 + place))::integer
    GROUP BY i) AS joined;
ALTER TABLE bench.sentences ADD PRIMARY KEY (i);
CREATE FUNCTION bench.sentence(n bigint, salt integer) RETURNS text LANGUAGE sql STABLE
    RETURN (SELECT text FROM bench.sentences WHERE i = bench.pick(n, salt, 40000));
-- A name of two or three rarer words.
CREATE FUNCTION bench.name(n bigint, salt integer) RETURNS text LANGUAGE sql STABLE
    RETURN (SELECT word FROM bench.words WHERE rank = floor(3700 ^ bench.u(n, salt))::integer)
        || ' ' || (SELECT word FROM bench.words WHERE rank = 100 + bench.pick(n, salt + 1, 3600));

CREATE TABLE bench.countries AS
SELECT place::integer - 1 AS number, entry[1] AS code, entry[2]::float8 AS latitude, entry[3]::float8 AS longitude
FROM unnest(string_to_array('CN 31 112,DE 51 10,GB 53 -2,FR 47 2,ES 40 -4,IT 43 12,IN 22 79,JP 36 138,BR -15 -48,US 39 -98,KR 36 128,'
    'VN 16 107,NL 52 5,SE 60 15,PL 52 19,PT 39 -8,GR 39 22,DK 56 10,FI 62 26,AT 47 14,CZ 50 15,RO 46 25,HU 47 19,BE 51 4,MX 23 -102,'
    'CA 51 -96,ID -2 118,CO 4 -74,AR -34 -64,MT 36 14', ',')) WITH ORDINALITY AS listed (line, place),
    string_to_array(line, ' ') AS entry;
CREATE TABLE bench.known_cities AS
SELECT place::integer - 1 AS i, entry[1] AS name, nullif(entry[2], '') AS other, entry[3] AS country
FROM unnest(string_to_array('Chengdu|成都|CN,Manchester|曼彻斯特|GB,Guangzhou|广州|CN,Liuzhou|柳州|CN,Yangzhou|扬州|CN,Nanning|南宁|CN,'
    'Haikou|海口|CN,Nanjing|南京|CN,Wuhan|武汉|CN,Xi''an|西安|CN,Shenzhen|深圳|CN,Tianjin|天津|CN,Leipzig|莱比锡|DE,Hamburg|汉堡|DE,'
    'Lyon|里昂|FR,Turin|Torino|IT,Bologna||IT,Seville|Sevilla|ES,Lisbon|Lisboa|PT,Porto||PT,Athens|Αθήνα|GR,Gothenburg|Göteborg|SE,'
    'Malmö||SE,Aarhus|Århus|DK,Tampere||FI,Vienna|Wien|AT,Prague|Praha|CZ,Kōriyama|郡山市|JP,Kitakyushu|北九州市|JP,Pune|पुणे|IN,'
    'Kochi|കൊച്ചി|IN,Hanoi|Hà Nội|VN,Suwon|수원|KR,São Leopoldo||BR,Recife||BR,Bogotá||CO,Warsaw|Warszawa|PL,Gdańsk||PL,Cluj-Napoca||RO,'
    'Ghent|Gent|BE', ',')) WITH ORDINALITY AS listed (line, place), string_to_array(line, '|') AS entry;
INSERT INTO cities (id, created_at, updated_at, slug, name, alternative_names, kind, country, region, population, area_km2, latitude,
    longitude, identifiers, population_ascending, population_descending, area_km2_ascending, area_km2_descending, folded_name, search)
SELECT stated.*, coalesce(population, 9223372036854775807), coalesce(population, -1), coalesce((100 * area_km2)::bigint, 9223372036854775807),
    coalesce((100 * area_km2)::bigint, -1), bench.fold(name), bench.vector(name, array_to_string(alternative_names, ' '), region,
    ARRAY['=' || bench.fold(name)] || ARRAY(SELECT DISTINCT '~' || bench.fold(other) FROM unnest(alternative_names) AS other))
FROM (
SELECT bench.id(2, i + 1), at, at, regexp_replace(translate(lower(name), 'ōåöäãáéń''', 'oaoaaaen'), '[^a-z0-9]+', '-', 'g') || '-' || i,
    name, CASE WHEN other IS NULL THEN '{}' ELSE ARRAY[other] END,
    (ARRAY['city', 'city', 'city', 'city', 'metropolitan_area', 'region', 'district', 'county', 'other'])[1 + bench.pick(i, 3, 9)],
    country, CASE WHEN bench.u(i, 4) < 0.6 THEN 'Province of ' || initcap(bench.name(i, 5)) END,
    CASE WHEN bench.u(i, 6) < 0.9 THEN floor(20000 * 1000 ^ bench.u(i, 7))::bigint END,
    CASE WHEN bench.u(i, 8) < 0.8 THEN round((20 * 500 ^ bench.u(i, 9))::numeric, 2) END,
    CASE WHEN located THEN round((latitude + 4 * bench.u(i, 10) - 2)::numeric, 4)::float8 END,
    CASE WHEN located THEN round((longitude + 4 * bench.u(i, 11) - 2)::numeric, 4)::float8 END,
    jsonb_build_array(jsonb_build_object('scheme', 'geonames', 'value', (2000000 + i * 37)::text))
FROM (
    SELECT i, coalesce(known.name, initcap((ARRAY['alt', 'bar', 'brun', 'cal', 'dor', 'esch', 'fal', 'gran', 'hel', 'iver', 'kar', 'lind',
        'mar', 'nor', 'oster', 'pal', 'quin', 'ros', 'sal', 'tor', 'ul', 'val', 'wal', 'xan', 'zell'])[1 + i % 25]
        || (ARRAY['berg', 'by', 'caster', 'dal', 'feld', 'ford', 'gard', 'ham', 'haven', 'holm', 'mouth', 'nova', 'polis', 'stad', 'stein',
        'ton', 'vik', 'ville', 'wick', 'zhou'])[1 + i / 25])) AS name, known.other,
        CASE WHEN i IN (77, 277, 477) THEN NULL ELSE coalesce(known.country, place.code) END AS country,
        place.latitude, place.longitude, bench.u(i, 2) < 0.95 AND i NOT IN (77, 277, 477) AS located,
        timestamptz '2019-06-01Z' + make_interval(hours => i) AS at
    FROM generate_series(0, 499) AS listed (i) LEFT JOIN bench.known_cities AS known USING (i)
    JOIN bench.countries AS place ON place.code = coalesce(known.country,
        (SELECT code FROM bench.countries AS c WHERE c.number = CASE listed.i WHEN 499 THEN 29 ELSE floor(29 * bench.u(listed.i, 1) ^ 2) END))
) AS made
) AS stated (id, created_at, updated_at, slug, name, alternative_names, kind, country, region, population, area_km2, latitude,
    longitude, identifiers)
ORDER BY id;
INSERT INTO city_identifiers (city_id, scheme, value)
SELECT id, item ->> 'scheme', item ->> 'value' FROM cities, jsonb_array_elements(identifiers) AS item;

INSERT INTO themes (id, created_at, updated_at, slug, name, description, aliases, sdgs, urban_agenda, folded_name, search)
SELECT stated.*, bench.fold(name), bench.vector(name, array_to_string(aliases, ' '), description,
    ARRAY['=' || bench.fold(name)] || ARRAY(SELECT DISTINCT '~' || bench.fold(other) FROM unnest(aliases) AS other))
FROM (
SELECT bench.id(3, i + 1), at, at, replace(lower(name), ' ', '-') || '-' || i, initcap(name), bench.sentence(i, 20),
    CASE WHEN i % 3 = 0 THEN ARRAY[initcap(bench.name(i, 21))] ELSE '{}' END, ARRAY[1 + i % 17, 1 + (i + 5) % 17],
    CASE WHEN i % 4 = 0 THEN '{}' ELSE ARRAY[(SELECT slug FROM urban_agenda_partnerships ORDER BY slug OFFSET i % 20 LIMIT 1)] END
FROM (SELECT i, bench.name(i, 22) AS name, timestamptz '2019-06-01Z' + make_interval(hours => i) AS at FROM generate_series(0, 39) AS i) AS made
) AS stated (id, created_at, updated_at, slug, name, description, aliases, sdgs, urban_agenda);
INSERT INTO theme_urban_agenda (theme_id, partnership) SELECT id, unnest(urban_agenda) FROM themes;

CREATE TABLE bench.organisations AS
SELECT i, jsonb_build_object(
    'name', CASE i % 5 WHEN 0 THEN 'University of ' || place.name WHEN 1 THEN 'City of ' || place.name || ', department of ' || bench.name(i, 30)
        WHEN 2 THEN initcap(bench.name(i, 30)) || ' Ltd ' || i WHEN 3 THEN 'Institute for ' || bench.name(i, 30) ELSE initcap(bench.name(i, 30)) || ' Programme ' || i END,
    'acronym', CASE WHEN i % 2 = 0 THEN upper(left(place.name, 1)) || 'O' || i END,
    'kind', CASE WHEN i % 7 = 6 THEN NULL ELSE (ARRAY['university', 'government', 'company', 'research', 'programme'])[1 + i % 5] END,
    'city_id', CASE WHEN i % 3 < 2 THEN place.id END) AS body
FROM generate_series(0, 1999) AS i JOIN cities AS place ON place.id = bench.id(2, 1 + i % 500);
ALTER TABLE bench.organisations ADD PRIMARY KEY (i);
CREATE FUNCTION bench.organisation(n bigint, salt integer) RETURNS jsonb LANGUAGE sql STABLE
    RETURN (SELECT body FROM bench.organisations WHERE i = floor(2000 * bench.u(n, salt) ^ 2)::integer)
        || jsonb_build_object('role', (ARRAY['organiser', 'participant', 'support', 'funder', 'implementer', 'subject'])[1 + bench.pick(n, salt + 1, 6)]);
ANALYZE bench.words, bench.sentences, bench.organisations, cities, themes;

-- A city or theme comes from the class of its place modulo 4, so that a plan never has one twice; low numbers come more often.
INSERT INTO plans (id, version, created_at, updated_at, slug, title, programme, kind, status, period, objectives, challenges, cities, themes,
    sdgs, urban_agenda, contacts, sources, relations, note,
    first_day, last_day, period_start_ascending, period_start_descending, folded_title, search)
SELECT stated.*, CASE WHEN num_nulls(first_day, last_day) < 2 THEN coalesce(first_day, '0001-01-01') END,
    CASE WHEN num_nulls(first_day, last_day) < 2 THEN coalesce(last_day, '9999-12-31') END, coalesce(first_day, '9999-12-31'), coalesce(first_day, '0001-01-01'),
    bench.fold(title), bench.vector(title, array_to_string(objectives || challenges || search_texts(themes, '$[*].label')
    || search_texts(themes, '$[*].focus[*].text'), ' '), concat_ws(' ', programme, note), '{}')
FROM (
SELECT bench.id(1, n), 1 + changed, at, at + make_interval(days => changed * (1 + bench.pick(n, 42, 90))),
    first.slug || '-' || second.slug || '-plan-' || n, first.name || ' with ' || second.name || ': ' || bench.name(n, 43),
    (ARRAY['IUC Asia', 'IUC Asia', 'IUC Asia', 'IUC Latin America', 'IUC India', 'URBACT', 'World Cities', 'Horizon', NULL])[1 + bench.pick(n, 44, 9)],
    CASE WHEN pairing THEN 'pairing' ELSE 'cluster' END,
    (ARRAY['draft', 'active', 'active', 'active', 'active', 'completed', 'completed', 'completed', 'completed', 'cancelled'])[1 + bench.pick(n, 45, 10)],
    bench.period(n, 46, (date '2010-01-01' + make_interval(months => bench.pick(n, 47, 192), days => bench.pick(n, 48, 28)))::date,
        6 + bench.pick(n, 49, 30)),
    ARRAY[bench.sentence(n, 50), bench.sentence(n, 51)], ARRAY[bench.sentence(n, 52)],
    (SELECT jsonb_agg(jsonb_build_object('city_id', city.id, 'role', CASE WHEN place = 0 AND pairing THEN 'lead' ELSE 'partner' END,
        'as_stated', jsonb_build_object('name', city.name, 'region', city.region, 'country', city.country,
            'population', city.population::text, 'area', city.area_km2 || ' km²')) ORDER BY place)
        FROM generate_series(0, partners) AS place
        JOIN cities AS city ON city.id = bench.id(2, 1 + place + 4 * floor(125 * bench.u(n, 60 + place) ^ 2)::integer)),
    (SELECT jsonb_agg(jsonb_build_object('theme_id', bench.id(3, 1 + place + 4 * floor(10 * bench.u(n, 65 + place) ^ 3)::integer),
        'label', initcap(bench.name(n, 70 + place)),
        'focus', CASE WHEN place < 2 THEN jsonb_build_array(jsonb_build_object('text', bench.sentence(n, 80 + place), 'city_ids',
            CASE place WHEN 0 THEN jsonb_build_array(first.id) ELSE '[]' END)) ELSE '[]' END) ORDER BY place)
        FROM generate_series(0, 1 + bench.pick(n, 64, 3)) AS place),
    jsonb_build_array(
        jsonb_build_object('goal', 1 + bench.pick(n, 85, 16), 'target', (1 + bench.pick(n, 85, 16)) || '.2', 'label', NULL),
        jsonb_build_object('goal', 11, 'target', NULL, 'label', 'Resilient and sustainable cities')),
    (SELECT jsonb_agg(jsonb_build_object('partnership', slug, 'label', NULL)) FROM (SELECT slug, row_number() OVER (ORDER BY slug) - 1 AS i
        FROM urban_agenda_partnerships) AS listed WHERE i IN (bench.pick(n, 86, 10), 10 + bench.pick(n, 87, 10))),
    jsonb_build_array(jsonb_build_object('organisation', 'City of ' || first.name, 'name', 'International office',
        'email', 'office@' || first.slug || '.example', 'url', 'https://www.' || first.slug || '.example/', 'purpose', NULL)),
    jsonb_build_array(jsonb_build_object('title', 'U-CAP summary of ' || first.name, 'url', 'https://archive.example/plans/' || n,
        'language', 'en', 'retrieved_on', '2026-03-01', 'note', NULL)),
    CASE WHEN n > 200 AND bench.u(n, 88) < 0.2 THEN jsonb_build_array(jsonb_build_object('plan_id', bench.id(1, n - 1 - bench.pick(n, 89, 100)),
        'kind', (ARRAY['mirrors', 'member_of', 'continues'])[1 + bench.pick(n, 90, 3)])) ELSE '[]' END,
    CASE WHEN bench.u(n, 91) < 0.1 THEN bench.sentence(n, 92) WHEN bench.u(n, 91) < 0.101 THEN 'Here the source breaks off.' END
FROM (
    SELECT n, timestamptz '2020-01-01Z' + interval '6 years' * (n / :plans::float8) AS at, bench.u(n, 40) < 0.85 AS pairing,
        1 + bench.pick(n, 41, 3) AS partners, (bench.u(n, 42) < 0.3)::integer AS changed
    FROM generate_series(1, :plans::bigint) AS n
) AS made
JOIN cities AS first ON first.id = bench.id(2, 1 + 4 * floor(125 * bench.u(n, 60) ^ 2)::integer)
JOIN cities AS second ON second.id = bench.id(2, 2 + 4 * floor(125 * bench.u(n, 61) ^ 2)::integer)
) AS stated (id, version, created_at, updated_at, slug, title, programme, kind, status, period, objectives, challenges, cities, themes,
    sdgs, urban_agenda, contacts, sources, relations, note)
CROSS JOIN LATERAL (SELECT bench.earliest(period ->> 'start'), bench.latest(period ->> 'end')) AS days (first_day, last_day)
ORDER BY id;
ANALYZE plans;
\endif

\if :is_activities
INSERT INTO activities (id, version, created_at, updated_at, plan_id, title, description, kind, mode, status, date, cities, organisations,
    theme_ids, outputs, position, note, parent_id,
    first_day, last_day, date_ascending, date_descending, folded_title, search)
SELECT stated.*, first_day, last_day, coalesce(first_day, '9999-12-31'), coalesce(first_day, '0001-01-01'), bench.fold(title),
    bench.vector(title, array_to_string(description || outputs, ' '), array_to_string(search_texts(organisations, '$[*].name')
    || search_texts(organisations, '$[*].acronym') || note, ' '), bench.organisation_names(organisations))
FROM (
SELECT bench.id(4, n), 1 + changed, at, at + make_interval(days => changed * (1 + bench.pick(n, 42, 90))), plan_id,
    (ARRAY['First mission to ', 'Meeting in ', 'Workshop with ', 'Webinar of ', 'Follow-up in '])[1 + bench.pick(n, 1, 5)]
        || host.name || ' on ' || bench.name(n, 2),
    CASE WHEN bench.u(n, 4) < 0.9 THEN bench.sentence(n, 5) || ' ' || bench.sentence(n, 6) || ' ' || bench.sentence(n, 7) END,
    CASE WHEN bench.u(n, 8) < 0.002 THEN 'exhibition' ELSE
        (ARRAY['mission', 'meeting', 'meeting', 'conference', 'webinar', 'workshop', 'workshop', 'coaching', 'agreement', 'pilot_project',
        'publication', 'other'])[1 + bench.pick(n, 9, 12)] END,
    (ARRAY['in_person', 'in_person', 'online', 'hybrid', NULL])[1 + bench.pick(n, 10, 5)],
    CASE WHEN bench.u(n, 11) < 0.6 THEN 'held' WHEN bench.u(n, 11) < 0.95 THEN 'planned' WHEN bench.u(n, 11) < 0.995 THEN 'postponed'
        ELSE 'cancelled' END,
    bench.period(n, 12, (base + make_interval(months => bench.pick(n, 15, 24), days => bench.pick(n, 16, 28)))::date,
        bench.pick(n, 17, 3)),
    jsonb_path_query_array(jsonb_build_array(
        jsonb_build_object('city_id', host.id, 'role', (ARRAY['host', 'venue'])[1 + bench.pick(n, 18, 2)]),
        CASE WHEN bench.u(n, 19) < 0.66 THEN jsonb_build_object('city_id', plan_cities -> 1 ->> 'city_id', 'role', 'visitor') END,
        CASE WHEN bench.u(n, 19) < 0.33 THEN jsonb_build_object('city_id', bench.id(2, 1 + bench.pick(n, 20, 500)),
            'role', (ARRAY['participant', 'mentioned'])[1 + bench.pick(n, 21, 2)]) END), '$[*] ? (@ != null)'),
    CASE bench.pick(n, 22, 3) WHEN 0 THEN '[]' WHEN 1 THEN jsonb_build_array(bench.organisation(n, 23))
        ELSE jsonb_build_array(bench.organisation(n, 23), bench.organisation(n, 25)) END,
    CASE bench.pick(n, 27, 4) WHEN 0 THEN '{}' WHEN 1 THEN ARRAY[(plan_themes -> 1 ->> 'theme_id')::uuid]
        WHEN 2 THEN ARRAY[(plan_themes -> 0 ->> 'theme_id')::uuid]
        ELSE ARRAY[(plan_themes -> 0 ->> 'theme_id')::uuid, (plan_themes -> 1 ->> 'theme_id')::uuid] END,
    CASE bench.pick(n, 28, 3) WHEN 0 THEN '{}' WHEN 1 THEN ARRAY[bench.sentence(n, 29)]
        ELSE ARRAY[bench.sentence(n, 29), bench.sentence(n, 30)] END,
    place, CASE WHEN bench.u(n, 31) < 0.08 THEN bench.sentence(n, 32) END,
    -- In every fourth plan, three activities belong to the one before them.
    CASE WHEN place IN (3, 4, 5) AND (n - 1) / 10 % 4 = 0 THEN bench.id(4, n + 2 - place) END
FROM (
    SELECT (number - 1) * 10 + place + 1 AS n, place, plan_id, cities AS plan_cities, themes AS plan_themes,
        CASE WHEN first_day > date '0001-01-01' THEN first_day ELSE date '2015-01-01' + bench.pick(number, 33, 2000) END AS base,
        timestamptz '2020-01-01Z' + interval '6 years' * ((number * 10 + place) / (:plans::float8 * 10 + 10)) AS at,
        (bench.u((number - 1) * 10 + place + 1, 42) < 0.3)::integer AS changed
    FROM (SELECT row_number() OVER (ORDER BY id) AS number, id AS plan_id, cities, themes, first_day FROM plans) AS numbered,
        generate_series(0, 9) AS place
) AS made
JOIN cities AS host ON host.id = (plan_cities -> 0 ->> 'city_id')::uuid
) AS stated (id, version, created_at, updated_at, plan_id, title, description, kind, mode, status, date, cities, organisations,
    theme_ids, outputs, position, note, parent_id)
CROSS JOIN LATERAL (SELECT bench.earliest(coalesce(date ->> 'start', date ->> 'end')), bench.latest(coalesce(date ->> 'end', date ->> 'start'))) AS days (first_day, last_day)
ORDER BY id;
\endif

\if :is_outcomes
INSERT INTO outcomes (id, version, created_at, updated_at, plan_id, theme_id, heading, description, kind, status, due, cities, organisations,
    indicators, position, note,
    first_day, last_day, due_ascending, due_descending, folded_heading, search)
SELECT stated.*, first_day, last_day, coalesce(first_day, '9999-12-31'), coalesce(first_day, '0001-01-01'), coalesce(bench.fold(heading), ''),
    bench.vector(heading, description, array_to_string(search_texts(organisations, '$[*].name')
    || search_texts(organisations, '$[*].acronym') || search_texts(indicators, '$[*].name') || note, ' '), bench.organisation_names(organisations))
FROM (
SELECT bench.id(5, n), 1 + changed, at, at + make_interval(days => changed * (1 + bench.pick(n, 42, 90))), plan_id,
    CASE bench.pick(n, 101, 10) WHEN 0 THEN NULL ELSE (plan_themes -> (bench.pick(n, 101, 10) % 2) ->> 'theme_id')::uuid END,
    CASE WHEN bench.u(n, 102) < 0.7 THEN initcap(bench.name(n, 103)) END,
    bench.sentence(n, 105) || ' ' || bench.sentence(n, 106),
    (ARRAY['result', 'result', 'benefit', 'output'])[1 + bench.pick(n, 107, 4)],
    CASE WHEN bench.u(n, 108) < 0.005 THEN 'dropped' ELSE
        (ARRAY['interest', 'possible', 'planned', 'agreed', 'in_progress', 'achieved'])[1 + bench.pick(n, 109, 6)] END,
    bench.period(n, 110, (base + make_interval(months => bench.pick(n, 113, 36), days => bench.pick(n, 114, 28)))::date, 0),
    jsonb_path_query_array(jsonb_build_array(
        CASE WHEN bench.u(n, 115) < 0.8 THEN jsonb_build_object('city_id', plan_cities -> 0 ->> 'city_id', 'role', 'beneficiary') END,
        CASE WHEN bench.u(n, 116) < 0.4 THEN jsonb_build_object('city_id', plan_cities -> 1 ->> 'city_id',
            'role', (ARRAY['partner', 'implementer'])[1 + bench.pick(n, 117, 2)]) END,
        CASE WHEN bench.u(n, 116) > 0.97 THEN jsonb_build_object('city_id', bench.id(2, 1 + bench.pick(n, 118, 500)), 'role', 'funder') END),
        '$[*] ? (@ != null)'),
    CASE WHEN bench.u(n, 119) < 0.5 THEN jsonb_build_array(bench.organisation(n, 120)) ELSE '[]' END,
    CASE WHEN bench.u(n, 122) < 0.4 THEN '[]' ELSE jsonb_build_array(jsonb_build_object('name', initcap(bench.name(n, 123)) || ' in service',
        'unit', 'units', 'baseline', 0, 'target', 10 * (1 + bench.pick(n, 125, 50)), 'actual',
        CASE WHEN bench.u(n, 126) < 0.5 THEN bench.pick(n, 127, 90) + 0.5 END)) END,
    place, CASE WHEN bench.u(n, 128) < 0.05 THEN bench.sentence(n, 129) END
FROM (
    SELECT (number - 1) * 10 + place + 1 AS n, place, plan_id, cities AS plan_cities, themes AS plan_themes,
        CASE WHEN first_day > date '0001-01-01' THEN first_day ELSE date '2015-01-01' + bench.pick(number, 130, 2000) END AS base,
        timestamptz '2020-01-01Z' + interval '6 years' * ((number * 10 + place) / (:plans::float8 * 10 + 10)) AS at,
        (bench.u((number - 1) * 10 + place + 1, 42) < 0.3)::integer AS changed
    FROM (SELECT row_number() OVER (ORDER BY id) AS number, id AS plan_id, cities, themes, first_day FROM plans) AS numbered,
        generate_series(0, 9) AS place
) AS made
) AS stated (id, version, created_at, updated_at, plan_id, theme_id, heading, description, kind, status, due, cities, organisations,
    indicators, position, note)
CROSS JOIN LATERAL (SELECT bench.earliest(coalesce(due ->> 'start', due ->> 'end')), bench.latest(coalesce(due ->> 'end', due ->> 'start'))) AS days (first_day, last_day)
ORDER BY id;
\endif

-- The link tables, as the triggers would fill them. When a trigger or a link table changes, its statement here changes, too.
\if :is_links_of_plans
INSERT INTO plan_cities (plan_id, city_id, role)
SELECT id, (item ->> 'city_id')::uuid, item ->> 'role' FROM plans, jsonb_array_elements(cities) AS item;
INSERT INTO plan_countries (plan_id, country, period_start_ascending, period_start_descending)
SELECT DISTINCT plans.id, country, period_start_ascending, period_start_descending
FROM plans JOIN plan_cities ON plan_id = plans.id JOIN cities ON cities.id = city_id WHERE country IS NOT NULL;
INSERT INTO plan_themes (plan_id, theme_id) SELECT id, (item ->> 'theme_id')::uuid FROM plans, jsonb_array_elements(themes) AS item;
INSERT INTO plan_focus_cities (plan_id, city_id)
SELECT DISTINCT id, (city #>> '{}')::uuid FROM plans, jsonb_path_query(themes, '$[*].focus[*].city_ids[*]') AS city;
INSERT INTO plan_sdgs (plan_id, goal) SELECT DISTINCT id, (item ->> 'goal')::integer FROM plans, jsonb_array_elements(sdgs) AS item;
INSERT INTO plan_urban_agenda (plan_id, partnership) SELECT id, item ->> 'partnership' FROM plans, jsonb_array_elements(urban_agenda) AS item;
INSERT INTO plan_relations (plan_id, position, related_plan_id, kind)
SELECT id, place, (item ->> 'plan_id')::uuid, item ->> 'kind' FROM plans, jsonb_array_elements(relations) WITH ORDINALITY AS entry (item, place);
\endif
\if :is_links_of_activities
INSERT INTO activity_cities (activity_id, city_id, role)
SELECT id, (item ->> 'city_id')::uuid, item ->> 'role' FROM activities, jsonb_array_elements(cities) AS item;
INSERT INTO activity_organisations (activity_id, position, name, acronym, city_id)
SELECT id, place, item ->> 'name', item ->> 'acronym', (item ->> 'city_id')::uuid
FROM activities, jsonb_array_elements(organisations) WITH ORDINALITY AS entry (item, place);
INSERT INTO activity_themes (activity_id, plan_id, theme_id) SELECT id, plan_id, unnest(theme_ids) FROM activities;
\endif
\if :is_links_of_outcomes
INSERT INTO outcome_cities (outcome_id, city_id, role)
SELECT id, (item ->> 'city_id')::uuid, item ->> 'role' FROM outcomes, jsonb_array_elements(cities) AS item;
INSERT INTO outcome_organisations (outcome_id, position, name, acronym, city_id)
SELECT id, place, item ->> 'name', item ->> 'acronym', (item ->> 'city_id')::uuid
FROM outcomes, jsonb_array_elements(organisations) WITH ORDINALITY AS entry (item, place);
\endif

\if :is_end
SET work_mem = '256MB';
INSERT INTO plan_city_roles (plan_id, city_id, roles, folded_title, period_start_ascending, period_start_descending)
SELECT plans.id, named.city_id, array_agg(DISTINCT role ORDER BY role), folded_title, period_start_ascending, period_start_descending
FROM plans JOIN (
    SELECT plan_id, city_id, role FROM plan_cities
    UNION ALL
    SELECT plan_id, city_id, 'focus' FROM plan_focus_cities
    UNION ALL
    SELECT plan_id, city_id, role FROM activities JOIN activity_cities ON activity_id = activities.id
    UNION ALL
    SELECT plan_id, city_id, replace(role, 'partner', 'outcome_partner')
    FROM outcomes JOIN outcome_cities ON outcome_id = outcomes.id) AS named (plan_id, city_id, role) ON named.plan_id = plans.id
GROUP BY plans.id, named.city_id;
INSERT INTO stated_figures (plan_id, city_id, population, area)
SELECT plan_id, city_id, population, area FROM (
    SELECT id AS plan_id, (item ->> 'city_id')::uuid AS city_id, stated_population(item) AS population, stated_area(item) AS area
    FROM plans CROSS JOIN LATERAL jsonb_array_elements(cities) AS item) AS figures
WHERE num_nonnulls(population, area) > 0;
ANALYZE stated_figures;
INSERT INTO compared_figures TABLE stated_figures;
INSERT INTO compared_activities (plan_id, folded_title, first_day)
SELECT DISTINCT one.plan_id, one.folded_title, one.first_day
FROM activities AS one JOIN activities AS other USING (folded_title, first_day)
WHERE one.plan_id <> other.plan_id AND char_length(one.date ->> 'start') > 4;
INSERT INTO plan_finding_codes (plan_id, code) SELECT DISTINCT plan_id, code FROM plan_findings;
-- What writing is compared with: the same documents in tables that have keys and nothing else.
CREATE SCHEMA plain;
CREATE TABLE plain.plans AS
SELECT id, version, created_at, updated_at, slug, title, programme, kind, status, period, objectives, challenges, cities, themes, sdgs,
    urban_agenda, contacts, sources, relations, note
FROM plans WITH NO DATA;
ALTER TABLE plain.plans ADD PRIMARY KEY (id), ADD UNIQUE (slug);
CREATE TABLE plain.activities AS
SELECT id, version, created_at, updated_at, plan_id, title, description, kind, mode, status, date, cities, organisations, theme_ids,
    outputs, position, note
FROM activities WITH NO DATA;
ALTER TABLE plain.activities ADD PRIMARY KEY (id);
SELECT format('ALTER TABLE plain.%I ALTER version SET DEFAULT 1, ALTER created_at SET DEFAULT now(), ALTER updated_at SET DEFAULT now()', name)
FROM unnest('{plans,activities}'::text[]) AS name \gexec
VACUUM (ANALYZE);
-- The roles of some cities, as the triggers find them.
DO $$
BEGIN
    IF EXISTS (
        SELECT FROM (SELECT array_agg(plan_id) AS plan_ids, array_agg(city_id) AS city_ids
            FROM plan_city_roles WHERE plan_id IN (SELECT bench.id(1, 1 + n * 37) FROM generate_series(0, 20) AS n)) AS sample
        CROSS JOIN LATERAL roles_of_cities(plan_ids, city_ids) AS found JOIN plan_city_roles AS stored USING (plan_id, city_id)
        WHERE found.roles <> stored.roles
    ) THEN
        RAISE EXCEPTION 'fill.sql does not fill plan_city_roles as the triggers do';
    END IF;
END $$;
-- Some records are stored once more, through the triggers: the links that these make must be those that are here.
BEGIN;
SET LOCAL session_replication_role = origin;
DO $$
DECLARE
    owner record;
    link record;
    original uuid;
    copy uuid;
    differing bigint;
BEGIN
    FOR owner IN SELECT * FROM (VALUES ('plans', 'plan_id', 1), ('activities', 'activity_id', 4), ('outcomes', 'outcome_id', 5))
        AS listed (name, key, kind) LOOP
        FOR original, copy IN SELECT bench.id(owner.kind, 1 + n * 37), bench.id(9, owner.kind * 100 + n) FROM generate_series(0, 20) AS n LOOP
            EXECUTE format('CREATE TEMP TABLE again AS SELECT * FROM %I WHERE id = %L', owner.name, original);
            UPDATE again SET id = copy;
            IF owner.name = 'plans' THEN UPDATE again SET slug = slug || '-once-more'; END IF;
            EXECUTE (SELECT format('INSERT INTO %1$I (%2$s) SELECT %2$s FROM again', owner.name, string_agg(quote_ident(column_name), ', '))
                FROM information_schema.columns WHERE table_schema = 'public' AND table_name = owner.name AND is_generated = 'NEVER');
            FOR link IN SELECT relname FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid WHERE relkind = 'r' AND attname = owner.key
                AND relnamespace = 'public'::regnamespace AND relname NOT IN ('activities', 'outcomes', 'activity_themes', 'changes', 'plan_city_roles', 'plan_finding_codes', 'stale_findings', 'compared_figures', 'compared_activities')
                OR relname = 'activity_themes' AND attname = 'activity_id' AND owner.key = attname LOOP
                EXECUTE format('SELECT count(*) FROM (SELECT to_jsonb(one) - %2$L AS link FROM %1$I AS one WHERE %2$I = %3$L) AS here
                    FULL JOIN (SELECT to_jsonb(one) - %2$L AS link FROM %1$I AS one WHERE %2$I = %4$L) AS made USING (link)
                    WHERE here IS NULL OR made IS NULL', link.relname, owner.key, original, copy) INTO differing;
                IF differing > 0 THEN
                    RAISE EXCEPTION 'fill.sql does not fill % as the triggers do', link.relname;
                END IF;
            END LOOP;
            DROP TABLE again;
        END LOOP;
    END LOOP;
END $$;
ROLLBACK;
\endif
