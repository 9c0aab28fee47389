-- Every part that a city has in a plan, be it as a cooperating city, in a key focus, in an activity or in an outcome. There is one row
-- for each city of a plan, so that the plans of a city are found once each, with the sort keys of the plan, so that a page of them is
-- read from an index.

CREATE TABLE plan_city_roles (
    plan_id uuid NOT NULL,
    city_id uuid NOT NULL,
    roles text[] NOT NULL,
    folded_title text COLLATE "C" NOT NULL,
    period_start_ascending date NOT NULL,
    period_start_descending date NOT NULL,
    CONSTRAINT plan_city_roles_pkey PRIMARY KEY (plan_id, city_id)
);
COMMENT ON TABLE plan_city_roles IS
    'Lookup table: the roles of each city in each plan, its activities and its outcomes, with the sort keys of the plan, so that a page of the plans of a city is read from an index. Maintained by triggers.';
COMMENT ON COLUMN plan_city_roles.plan_id IS 'The plan.';
COMMENT ON COLUMN plan_city_roles.city_id IS 'A city that the plan, one of its activities or one of its outcomes names.';
COMMENT ON COLUMN plan_city_roles.roles IS
    'Roles of the city, each once, in alphabetical order: lead and partner of the plan; focus, if a key focus names it; host, venue, visitor and participant of activities; beneficiary, funder, implementer and outcome_partner of outcomes; mentioned in activities or outcomes.';
COMMENT ON COLUMN plan_city_roles.folded_title IS 'Copy of plans.folded_title.';
COMMENT ON COLUMN plan_city_roles.period_start_ascending IS 'Copy of plans.period_start_ascending.';
COMMENT ON COLUMN plan_city_roles.period_start_descending IS 'Copy of plans.period_start_descending.';

-- A city that is a partner of the plan need not be a partner in an outcome, nor the other way round.
CREATE FUNCTION roles_of_cities(plan_ids uuid[], city_ids uuid[]) RETURNS TABLE (plan_id uuid, city_id uuid, roles text[]) LANGUAGE sql STABLE AS $$
    SELECT pair.plan_id, pair.city_id, array_agg(DISTINCT part.role ORDER BY part.role)
    FROM (SELECT DISTINCT * FROM unnest(plan_ids, city_ids)) AS pair (plan_id, city_id)
    CROSS JOIN LATERAL (
        SELECT role FROM plan_cities AS named WHERE named.plan_id = pair.plan_id AND named.city_id = pair.city_id
        UNION ALL
        SELECT 'focus' FROM plan_focus_cities AS named WHERE named.plan_id = pair.plan_id AND named.city_id = pair.city_id
        UNION ALL
        SELECT named.role FROM activities JOIN activity_cities AS named ON named.activity_id = activities.id
        WHERE activities.plan_id = pair.plan_id AND named.city_id = pair.city_id
        UNION ALL
        SELECT CASE named.role WHEN 'partner' THEN 'outcome_partner' ELSE named.role END
        FROM outcomes JOIN outcome_cities AS named ON named.outcome_id = outcomes.id
        WHERE outcomes.plan_id = pair.plan_id AND named.city_id = pair.city_id) AS part
    GROUP BY pair.plan_id, pair.city_id
$$;
COMMENT ON FUNCTION roles_of_cities(uuid[], uuid[]) IS 'The roles of the cities in the plans, pair by pair, by the link tables; without pairs that have none.';

CREATE FUNCTION refresh_city_roles(plan_ids uuid[], city_ids uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    -- Waits for a transaction that changes the title or the period of one of the plans, or deletes it.
    PERFORM FROM plans WHERE id = ANY (plan_ids) ORDER BY id FOR SHARE;
    -- Two transactions that change the roles of one city in one plan must run one after the other, so that the second sees what the
    -- first stored. Each statement of this function sees what was committed before it began. A row that is missing is inserted first,
    -- which waits for another transaction that inserts it too; so all rows exist and are locked when their roles are read.
    INSERT INTO plan_city_roles (plan_id, city_id, roles, folded_title, period_start_ascending, period_start_descending)
    SELECT plans.id, found.city_id, found.roles, folded_title, period_start_ascending, period_start_descending
    FROM roles_of_cities(plan_ids, city_ids) AS found JOIN plans ON plans.id = found.plan_id
    WHERE NOT EXISTS (SELECT FROM plan_city_roles AS stored WHERE stored.plan_id = found.plan_id AND stored.city_id = found.city_id)
    ORDER BY plans.id, found.city_id
    ON CONFLICT ON CONSTRAINT plan_city_roles_pkey DO NOTHING;
    PERFORM FROM plan_city_roles AS stored JOIN (SELECT DISTINCT * FROM unnest(plan_ids, city_ids)) AS pair (plan_id, city_id) USING (plan_id, city_id)
        ORDER BY plan_id, city_id FOR UPDATE OF stored;
    WITH found AS MATERIALIZED (SELECT * FROM roles_of_cities(plan_ids, city_ids)), emptied AS (
        DELETE FROM plan_city_roles AS stored USING (SELECT DISTINCT * FROM unnest(plan_ids, city_ids)) AS pair (plan_id, city_id)
        WHERE stored.plan_id = pair.plan_id AND stored.city_id = pair.city_id
            AND NOT EXISTS (SELECT FROM found WHERE found.plan_id = pair.plan_id AND found.city_id = pair.city_id)
    )
    UPDATE plan_city_roles AS stored SET roles = found.roles FROM found
    WHERE stored.plan_id = found.plan_id AND stored.city_id = found.city_id AND stored.roles <> found.roles;
END $$;
COMMENT ON FUNCTION refresh_city_roles(uuid[], uuid[]) IS 'Replaces the rows of these cities in these plans, pair by pair, in plan_city_roles.';

INSERT INTO plan_city_roles (plan_id, city_id, roles, folded_title, period_start_ascending, period_start_descending)
SELECT plans.id, named.city_id, array_agg(DISTINCT named.role ORDER BY named.role), folded_title, period_start_ascending, period_start_descending
FROM plans JOIN (
    SELECT plan_id, city_id, role FROM plan_cities
    UNION ALL
    SELECT plan_id, city_id, 'focus' FROM plan_focus_cities
    UNION ALL
    SELECT plan_id, city_id, role FROM activities JOIN activity_cities ON activity_id = activities.id
    UNION ALL
    SELECT plan_id, city_id, CASE role WHEN 'partner' THEN 'outcome_partner' ELSE role END
    FROM outcomes JOIN outcome_cities ON outcome_id = outcomes.id) AS named ON named.plan_id = plans.id
GROUP BY plans.id, named.city_id;

CREATE INDEX plan_city_roles_title ON plan_city_roles (city_id, folded_title, plan_id);
CREATE INDEX plan_city_roles_period_start_ascending ON plan_city_roles (city_id, period_start_ascending, plan_id);
CREATE INDEX plan_city_roles_period_start_descending ON plan_city_roles (city_id, period_start_descending, plan_id);
-- Some cities are named by very many plans and most by few: the planner needs to know which.
ALTER TABLE plan_city_roles ALTER COLUMN city_id SET STATISTICS 1000;

CREATE FUNCTION maintain_roles_of_plans() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    plan_ids uuid[];
    city_ids uuid[];
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM plan_city_roles WHERE plan_id IN (SELECT id FROM written);
    ELSIF TG_OP = 'INSERT' THEN
        -- Nobody else can have named a city in a plan that did not exist.
        INSERT INTO plan_city_roles (plan_id, city_id, roles, folded_title, period_start_ascending, period_start_descending)
        SELECT id, city_id, array_agg(DISTINCT role ORDER BY role), folded_title, period_start_ascending, period_start_descending
        FROM written CROSS JOIN LATERAL (
            SELECT (item ->> 'city_id')::uuid, item ->> 'role' FROM jsonb_array_elements(cities) AS item
            UNION ALL
            SELECT (city #>> '{}')::uuid, 'focus' FROM jsonb_path_query(themes, '$[*].focus[*].city_ids[*]') AS city) AS named (city_id, role)
        GROUP BY id, city_id, folded_title, period_start_ascending, period_start_descending;
    ELSE
        UPDATE plan_city_roles AS stored SET folded_title = written.folded_title, period_start_ascending = written.period_start_ascending,
            period_start_descending = written.period_start_descending
        FROM written JOIN replaced USING (id)
        WHERE stored.plan_id = written.id AND (written.folded_title, written.period_start_ascending, written.period_start_descending)
            <> (replaced.folded_title, replaced.period_start_ascending, replaced.period_start_descending);
        SELECT array_agg(id), array_agg(city_id) INTO plan_ids, city_ids
        FROM written JOIN replaced USING (id) CROSS JOIN LATERAL (
            SELECT (city #>> '{}')::uuid FROM (VALUES (written.cities), (replaced.cities)) AS version (cities)
                CROSS JOIN LATERAL jsonb_path_query(version.cities, '$[*].city_id') AS city
            UNION
            SELECT (city #>> '{}')::uuid FROM (VALUES (written.themes), (replaced.themes)) AS version (themes)
                CROSS JOIN LATERAL jsonb_path_query(version.themes, '$[*].focus[*].city_ids[*]') AS city) AS named (city_id)
        WHERE (written.cities, written.themes) <> (replaced.cities, replaced.themes);
        IF plan_ids <> '{}' THEN
            PERFORM refresh_city_roles(plan_ids, city_ids);
        END IF;
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION maintain_roles_of_plans() IS 'Trigger function: writes the rows of the cities of written plans in plan_city_roles.';

CREATE FUNCTION maintain_roles_of_parts() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    plan_ids uuid[];
    city_ids uuid[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        -- Most activities and outcomes name a city in a role that it has in the plan already. Such a row is locked, so that nobody takes
        -- the role away before this transaction ends, and is not written; many transactions can do so at the same time.
        WITH stated AS (
            SELECT plan_id, (item ->> 'city_id')::uuid AS city_id, array_agg(
                CASE WHEN TG_TABLE_NAME = 'outcomes' AND item ->> 'role' = 'partner' THEN 'outcome_partner' ELSE item ->> 'role' END) AS roles
            FROM written CROSS JOIN LATERAL jsonb_array_elements(cities) AS item GROUP BY 1, 2
        ), known AS (
            SELECT stored.plan_id, stored.city_id FROM plan_city_roles AS stored JOIN stated USING (plan_id, city_id)
            WHERE stored.roles @> stated.roles ORDER BY 1, 2 FOR KEY SHARE OF stored
        )
        SELECT array_agg(plan_id), array_agg(city_id) INTO plan_ids, city_ids
        FROM stated LEFT JOIN known USING (plan_id, city_id) WHERE known IS NULL;
    ELSIF TG_OP = 'UPDATE' THEN
        SELECT array_agg(named.plan_id), array_agg(named.city_id) INTO plan_ids, city_ids
        FROM written JOIN replaced USING (id) CROSS JOIN LATERAL (
            SELECT version.plan_id, (city #>> '{}')::uuid
            FROM (VALUES (written.plan_id, written.cities), (replaced.plan_id, replaced.cities)) AS version (plan_id, cities)
            CROSS JOIN LATERAL jsonb_path_query(version.cities, '$[*].city_id') AS city) AS named (plan_id, city_id)
        WHERE (written.plan_id, written.cities) <> (replaced.plan_id, replaced.cities);
    ELSE
        SELECT array_agg(plan_id), array_agg((city #>> '{}')::uuid) INTO plan_ids, city_ids
        FROM written CROSS JOIN LATERAL jsonb_path_query(cities, '$[*].city_id') AS city;
    END IF;
    IF plan_ids <> '{}' THEN
        PERFORM refresh_city_roles(plan_ids, city_ids);
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION maintain_roles_of_parts() IS
    'Trigger function: writes the rows of the cities of written activities or outcomes in plan_city_roles.';

CREATE TRIGGER maintain_roles_after_insert AFTER INSERT ON plans REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION maintain_roles_of_plans();
COMMENT ON TRIGGER maintain_roles_after_insert ON plans IS 'Maintains the roles of cities in created plans.';
CREATE TRIGGER maintain_roles_after_update AFTER UPDATE ON plans REFERENCING OLD TABLE AS replaced NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION maintain_roles_of_plans();
COMMENT ON TRIGGER maintain_roles_after_update ON plans IS 'Maintains the roles of cities in changed plans.';
CREATE TRIGGER maintain_roles_after_delete AFTER DELETE ON plans REFERENCING OLD TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION maintain_roles_of_plans();
COMMENT ON TRIGGER maintain_roles_after_delete ON plans IS 'Deletes the roles of cities in deleted plans.';
CREATE TRIGGER maintain_roles_after_insert AFTER INSERT ON activities REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION maintain_roles_of_parts();
COMMENT ON TRIGGER maintain_roles_after_insert ON activities IS 'Maintains the roles of the cities of created activities.';
CREATE TRIGGER maintain_roles_after_update AFTER UPDATE ON activities REFERENCING OLD TABLE AS replaced NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION maintain_roles_of_parts();
COMMENT ON TRIGGER maintain_roles_after_update ON activities IS 'Maintains the roles of the cities of changed activities.';
CREATE TRIGGER maintain_roles_after_delete AFTER DELETE ON activities REFERENCING OLD TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION maintain_roles_of_parts();
COMMENT ON TRIGGER maintain_roles_after_delete ON activities IS 'Maintains the roles of the cities of deleted activities.';
CREATE TRIGGER maintain_roles_after_insert AFTER INSERT ON outcomes REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION maintain_roles_of_parts();
COMMENT ON TRIGGER maintain_roles_after_insert ON outcomes IS 'Maintains the roles of the cities of created outcomes.';
CREATE TRIGGER maintain_roles_after_update AFTER UPDATE ON outcomes REFERENCING OLD TABLE AS replaced NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION maintain_roles_of_parts();
COMMENT ON TRIGGER maintain_roles_after_update ON outcomes IS 'Maintains the roles of the cities of changed outcomes.';
CREATE TRIGGER maintain_roles_after_delete AFTER DELETE ON outcomes REFERENCING OLD TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION maintain_roles_of_parts();
COMMENT ON TRIGGER maintain_roles_after_delete ON outcomes IS 'Maintains the roles of the cities of deleted outcomes.';
