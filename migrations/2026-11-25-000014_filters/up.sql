-- What keeps filtered and sorted lists fast when there is much in them.

-- Plans by country, in the order of their periods: the page is read from here, and only its plans from their table.
CREATE TABLE plan_countries (
    plan_id uuid NOT NULL,
    country text NOT NULL,
    period_start_ascending date NOT NULL,
    period_start_descending date NOT NULL,
    CONSTRAINT plan_countries_pkey PRIMARY KEY (plan_id, country),
    CONSTRAINT plan_countries_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES plans (id) ON DELETE CASCADE
);
CREATE INDEX plan_countries_ascending ON plan_countries (country, period_start_ascending, plan_id);
CREATE INDEX plan_countries_descending ON plan_countries (country, period_start_descending, plan_id);
COMMENT ON TABLE plan_countries IS 'Countries of the cities that cooperate in plans, with the sort keys of the plans. Kept by triggers.';
COMMENT ON COLUMN plan_countries.plan_id IS 'The plan.';
COMMENT ON COLUMN plan_countries.country IS 'ISO 3166-1 alpha-2 code of one or more of its cities.';
COMMENT ON COLUMN plan_countries.period_start_ascending IS 'As that of the plan.';
COMMENT ON COLUMN plan_countries.period_start_descending IS 'As that of the plan.';

-- Two writers of one plan's rows, be it through the plan or through a city, come one after the other: the second then sees what
-- the first did. A few locks for all plans are enough, and cannot use up the memory for locks.
CREATE FUNCTION link_plan_countries(ids uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(20261125, place)
    FROM (SELECT DISTINCT hashtext(id::text) & 1023 AS place FROM unnest(ids) AS id ORDER BY place) AS places;
    -- Waits for those who delete one of the plans.
    PERFORM FROM plans WHERE id = ANY (ids) ORDER BY id FOR KEY SHARE;
    DELETE FROM plan_countries WHERE plan_id = ANY (ids);
    INSERT INTO plan_countries (plan_id, country, period_start_ascending, period_start_descending)
    SELECT DISTINCT plans.id, cities.country, plans.period_start_ascending, plans.period_start_descending
    FROM plans JOIN plan_cities ON plan_cities.plan_id = plans.id JOIN cities ON cities.id = plan_cities.city_id
    WHERE plans.id = ANY (ids) AND cities.country IS NOT NULL;
END $$;
COMMENT ON FUNCTION link_plan_countries(uuid[]) IS 'Writes the rows of those plans in plan_countries anew.';

-- A city that gets another country and a plan that takes the city in must see each other: the lock makes one wait.
CREATE FUNCTION link_countries_of_plan() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NEW.cities = OLD.cities AND NEW.period = OLD.period THEN RETURN NULL; END IF;
    END IF;
    PERFORM FROM cities WHERE id IN (SELECT (item ->> 'city_id')::uuid FROM jsonb_array_elements(NEW.cities) AS item) ORDER BY id FOR SHARE;
    IF TG_OP = 'UPDATE' THEN
        PERFORM link_plan_countries(ARRAY[NEW.id]);
    ELSE
        INSERT INTO plan_countries (plan_id, country, period_start_ascending, period_start_descending)
        SELECT DISTINCT NEW.id, country, NEW.period_start_ascending, NEW.period_start_descending
        FROM cities JOIN jsonb_array_elements(NEW.cities) AS item ON id = (item ->> 'city_id')::uuid WHERE country IS NOT NULL;
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION link_countries_of_city() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM link_plan_countries(ARRAY(SELECT plan_id FROM plan_cities WHERE city_id = NEW.id));
    RETURN NULL;
END $$;
-- Triggers of one table fire in the order of their names: this one after that which keeps plan_cities.
CREATE TRIGGER link_countries AFTER INSERT OR UPDATE ON plans FOR EACH ROW EXECUTE FUNCTION link_countries_of_plan();
CREATE TRIGGER link_countries AFTER UPDATE ON cities FOR EACH ROW
    WHEN (NEW.country IS DISTINCT FROM OLD.country) EXECUTE FUNCTION link_countries_of_city();
SELECT link_plan_countries(ARRAY(SELECT id FROM plans));

-- Dates match by overlap, each end with an index of its own.
CREATE INDEX plans_first_day ON plans (first_day);
CREATE INDEX plans_last_day ON plans (last_day);
CREATE INDEX activities_first_day ON activities (first_day);
CREATE INDEX activities_last_day ON activities (last_day);
CREATE INDEX outcomes_first_day ON outcomes (first_day);
CREATE INDEX outcomes_last_day ON outcomes (last_day);

-- Values that few records have.
CREATE INDEX plans_programme ON plans (programme);
CREATE INDEX activities_kind ON activities (kind, status);
CREATE INDEX activities_status ON activities (status);
CREATE INDEX activities_mode ON activities (mode);
CREATE INDEX outcomes_kind ON outcomes (kind, status);
CREATE INDEX outcomes_status ON outcomes (status);

-- The part that a city has is looked at where the city is found.
DROP INDEX plan_cities_city_id, activity_cities_city_id, outcome_cities_city_id;
CREATE INDEX plan_cities_city_id ON plan_cities (city_id, plan_id) INCLUDE (role);
CREATE INDEX activity_cities_city_id ON activity_cities (city_id, activity_id) INCLUDE (role);
CREATE INDEX outcome_cities_city_id ON outcome_cities (city_id, outcome_id) INCLUDE (role);

-- How often each city and theme is named differs much, and so does the best way to find what names it.
ALTER TABLE plan_cities ALTER COLUMN city_id SET STATISTICS 1000;
ALTER TABLE activity_cities ALTER COLUMN city_id SET STATISTICS 1000;
ALTER TABLE outcome_cities ALTER COLUMN city_id SET STATISTICS 1000;
ALTER TABLE plan_themes ALTER COLUMN theme_id SET STATISTICS 1000;
ALTER TABLE activity_themes ALTER COLUMN theme_id SET STATISTICS 1000;
CREATE STATISTICS plan_cities_parts (mcv) ON city_id, role FROM plan_cities;
CREATE STATISTICS activity_cities_parts (mcv) ON city_id, role FROM activity_cities;
CREATE STATISTICS outcome_cities_parts (mcv) ON city_id, role FROM outcome_cities;
CREATE STATISTICS activities_states (mcv) ON kind, mode, status FROM activities;
CREATE STATISTICS outcomes_states (mcv) ON kind, status FROM outcomes;
ALTER STATISTICS plan_cities_parts SET STATISTICS 1000;
ALTER STATISTICS activity_cities_parts SET STATISTICS 1000;
ALTER STATISTICS outcome_cities_parts SET STATISTICS 1000;
