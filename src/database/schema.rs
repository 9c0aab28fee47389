//! The tables, as diesel sees them. Generated from a migrated database; a test compares.

diesel::table! {
    /// What was done or is planned under a plan.
    activities (id) {
        /// UUIDv7 of the record.
        id -> Uuid,
        /// Counts the writes that changed the record, from 1.
        version -> Int4,
        /// When the record was made.
        created_at -> Timestamptz,
        /// When the record last changed.
        updated_at -> Timestamptz,
        /// The plan that it belongs to.
        plan_id -> Uuid,
        /// What it was, in a line.
        title -> Text,
        /// What happened or is to happen.
        description -> Nullable<Text>,
        /// What sort of activity.
        kind -> Text,
        /// in_person, online or hybrid; null = not stated.
        mode -> Nullable<Text>,
        /// planned, held, postponed or cancelled.
        status -> Text,
        /// When: {start, end, text}, partial dates and the wording of the source.
        date -> Jsonb,
        /// Cities involved: [{city_id, role}].
        cities -> Jsonb,
        /// Organisations involved: [{name, acronym, kind, role, city_id}].
        organisations -> Jsonb,
        /// Themes of the plan that it serves.
        theme_ids -> Array<Uuid>,
        /// Key outputs, in the order of the form.
        outputs -> Array<Text>,
        /// Order within the plan, from 0.
        position -> Int4,
        /// Remark of an editor.
        note -> Nullable<Text>,
        /// First day it can have been; null = undated.
        first_day -> Nullable<Date>,
        /// Last day it can have been; null = undated.
        last_day -> Nullable<Date>,
        /// Sort key: first day, undated after all others.
        date_ascending -> Date,
        /// Sort key for descending order: first day, undated after all others.
        date_descending -> Date,
    }
}

diesel::table! {
    /// activities.cities as rows. Kept by a trigger.
    activity_cities (activity_id, city_id, role) {
        /// The activity.
        activity_id -> Uuid,
        /// A city involved.
        city_id -> Uuid,
        /// Its part: host, venue, visitor, participant or mentioned.
        role -> Text,
    }
}

diesel::table! {
    /// activities.organisations as rows. Kept by a trigger.
    activity_organisations (activity_id, position) {
        /// The activity.
        activity_id -> Uuid,
        /// Place in the list, from 1.
        position -> Int4,
        /// Name of the organisation.
        name -> Text,
        /// Its acronym.
        acronym -> Nullable<Text>,
        /// City of its seat.
        city_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    /// activities.theme_ids as rows; each is a theme of the plan. Kept by a trigger.
    activity_themes (activity_id, theme_id) {
        /// The activity.
        activity_id -> Uuid,
        /// Its plan.
        plan_id -> Uuid,
        /// A theme of that plan.
        theme_id -> Uuid,
    }
}

diesel::table! {
    /// Who may call the registry. The key itself is never stored.
    api_keys (id) {
        /// UUIDv7 of the key.
        id -> Uuid,
        /// What the key is for, as its maker called it; appears in the change log.
        name -> Text,
        /// reader, editor or admin; each includes the one before.
        role -> Text,
        /// SHA-256 of the key, 32 bytes.
        digest -> Bytea,
        /// When the key was made.
        created_at -> Timestamptz,
        /// When the key stopped working; null = it works.
        revoked_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    /// Every write to a resource, appended in the transaction of the write; rows are never changed.
    changes (seq) {
        /// Order of writing; gaps are possible.
        seq -> Int8,
        /// Start of the transaction of the write.
        at -> Timestamptz,
        /// The API key that wrote; null = the service itself.
        key_id -> Nullable<Uuid>,
        /// Name of that key at the time; "ucap" for the service itself.
        key_name -> Text,
        /// create, update or delete.
        operation -> Text,
        /// Kind of record: plan, city, theme, activity or outcome.
        resource -> Text,
        /// Id of the record.
        record_id -> Uuid,
        /// Version that the write made; a deletion counts as one.
        version -> Int4,
        /// The whole record after the write; for a deletion, before it.
        body -> Jsonb,
    }
}

diesel::table! {
    /// Places that take part in a plan or are named by one.
    cities (id) {
        /// UUIDv7 of the record.
        id -> Uuid,
        /// Counts the writes that changed the record, from 1.
        version -> Int4,
        /// When the record was made.
        created_at -> Timestamptz,
        /// When the record last changed.
        updated_at -> Timestamptz,
        /// Readable name in addresses; never changes.
        slug -> Text,
        /// Name in English or in Latin script; two cities may share one.
        name -> Text,
        /// Other spellings and languages, in the order given.
        alternative_names -> Array<Text>,
        /// What sort of place it is.
        kind -> Text,
        /// ISO 3166-1 alpha-2 code; null = unknown.
        country -> Nullable<Text>,
        /// Province, state, department and the like, as free text.
        region -> Nullable<Text>,
        /// Inhabitants.
        population -> Nullable<Int8>,
        /// Area in square kilometres, exact to two decimals.
        area_km2 -> Nullable<Numeric>,
        /// Degrees north, WGS 84.
        latitude -> Nullable<Float8>,
        /// Degrees east, WGS 84.
        longitude -> Nullable<Float8>,
        /// Identifiers in other registers: [{scheme, value}].
        identifiers -> Jsonb,
        /// Sort key: population, unknown after all others.
        population_ascending -> Int8,
        /// Sort key for descending order: population, unknown after all others.
        population_descending -> Int8,
        /// Sort key: area, unknown after all others.
        area_km2_ascending -> Numeric,
        /// Sort key for descending order: area, unknown after all others.
        area_km2_descending -> Numeric,
    }
}

diesel::table! {
    /// The identifiers of cities.identifiers as rows: unique over all cities, and what filters search. Kept by a trigger.
    city_identifiers (scheme, value) {
        /// The city.
        city_id -> Uuid,
        /// The register: geonames, wikidata, unlocode, nuts ….
        scheme -> Text,
        /// The identifier in that register.
        value -> Text,
    }
}

diesel::table! {
    /// outcomes.cities as rows. Kept by a trigger.
    outcome_cities (outcome_id, city_id, role) {
        /// The outcome.
        outcome_id -> Uuid,
        /// A city involved.
        city_id -> Uuid,
        /// Its part: beneficiary, funder, implementer, partner or mentioned.
        role -> Text,
    }
}

diesel::table! {
    /// outcomes.organisations as rows. Kept by a trigger.
    outcome_organisations (outcome_id, position) {
        /// The outcome.
        outcome_id -> Uuid,
        /// Place in the list, from 1.
        position -> Int4,
        /// Name of the organisation.
        name -> Text,
        /// Its acronym.
        acronym -> Nullable<Text>,
        /// City of its seat.
        city_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    /// Expected or achieved results and benefits of a plan.
    outcomes (id) {
        /// UUIDv7 of the record.
        id -> Uuid,
        /// Counts the writes that changed the record, from 1.
        version -> Int4,
        /// When the record was made.
        created_at -> Timestamptz,
        /// When the record last changed.
        updated_at -> Timestamptz,
        /// The plan that it belongs to.
        plan_id -> Uuid,
        /// Theme of the plan that it serves; null = none.
        theme_id -> Nullable<Uuid>,
        /// Heading in the source, which often differs from the theme.
        heading -> Nullable<Text>,
        /// What is expected or was achieved.
        description -> Text,
        /// result, benefit or output.
        kind -> Text,
        /// How firm it is, from interest to achieved or dropped.
        status -> Text,
        /// When it is due: {start, end, text}, partial dates and the wording of the source.
        due -> Jsonb,
        /// Cities involved: [{city_id, role}].
        cities -> Jsonb,
        /// Organisations involved: [{name, acronym, kind, role, city_id}].
        organisations -> Jsonb,
        /// How it is measured: [{name, unit, baseline, target, actual}].
        indicators -> Jsonb,
        /// Order within the plan, from 0.
        position -> Int4,
        /// Remark of an editor.
        note -> Nullable<Text>,
        /// First day on which it can be due; null = undated.
        first_day -> Nullable<Date>,
        /// Last day on which it can be due; null = undated.
        last_day -> Nullable<Date>,
        /// Sort key: first day, undated after all others.
        due_ascending -> Date,
        /// Sort key for descending order: first day, undated after all others.
        due_descending -> Date,
    }
}

diesel::table! {
    /// plans.cities as rows: what filters search and deletions ask. Kept by a trigger.
    plan_cities (plan_id, city_id) {
        /// The plan.
        plan_id -> Uuid,
        /// A city that cooperates in it.
        city_id -> Uuid,
        /// lead or partner.
        role -> Text,
    }
}

diesel::table! {
    /// Countries of the cities that cooperate in plans, with the sort keys of the plans. Kept by triggers.
    plan_countries (plan_id, country) {
        /// The plan.
        plan_id -> Uuid,
        /// ISO 3166-1 alpha-2 code of one or more of its cities.
        country -> Text,
        /// As that of the plan.
        period_start_ascending -> Date,
        /// As that of the plan.
        period_start_descending -> Date,
    }
}

diesel::table! {
    /// What plan_findings says of each plan, but for the plans in unsettled_plans.
    plan_finding_codes (plan_id, code) {
        /// The plan; it may be gone.
        plan_id -> Uuid,
        /// What was found.
        code -> Text,
    }
}

diesel::table! {
    /// What an editor should look at in a plan; the one definition of all findings.
    plan_findings (plan_id, code, section, place, pointer, subject) {
        /// The plan.
        plan_id -> Uuid,
        /// What was found.
        code -> Text,
        /// Part of the document, to sort by: 0 plan, 1 cities, 2 activities, 3 outcomes.
        section -> Int4,
        /// Place in that part, from 0, to sort by.
        place -> Int4,
        /// Where in the document of the plan (JSON Pointer, RFC 6901).
        pointer -> Text,
        /// What people know the thing by.
        subject -> Text,
    }
}

diesel::table! {
    /// The cities named in plans.themes[].focus[], as rows. Kept by a trigger.
    plan_focus_cities (plan_id, city_id) {
        /// The plan.
        plan_id -> Uuid,
        /// A city named in one of its key focus statements.
        city_id -> Uuid,
    }
}

diesel::table! {
    /// plans.relations as rows. Kept by a trigger.
    plan_relations (plan_id, related_plan_id, kind) {
        /// The plan that states the relation.
        plan_id -> Uuid,
        /// The plan it relates to.
        related_plan_id -> Uuid,
        /// mirrors, member_of or continues.
        kind -> Text,
    }
}

diesel::table! {
    /// The goals of plans.sdgs as rows, each once. Kept by a trigger.
    plan_sdgs (plan_id, goal) {
        /// The plan.
        plan_id -> Uuid,
        /// Number of the Sustainable Development Goal, 1 to 17.
        goal -> Int4,
    }
}

diesel::table! {
    /// plans.themes as rows; what the themes of activities and outcomes refer to. Kept by a trigger.
    plan_themes (plan_id, theme_id) {
        /// The plan.
        plan_id -> Uuid,
        /// A theme of it.
        theme_id -> Uuid,
    }
}

diesel::table! {
    /// plans.urban_agenda as rows. Kept by a trigger.
    plan_urban_agenda (plan_id, partnership) {
        /// The plan.
        plan_id -> Uuid,
        /// The partnership.
        partnership -> Text,
    }
}

diesel::table! {
    /// Urban Cooperation Action Plans: the head of the form. Activities and outcomes are tables of their own.
    plans (id) {
        /// UUIDv7 of the record.
        id -> Uuid,
        /// Counts the writes that changed the record, from 1.
        version -> Int4,
        /// When the record was made.
        created_at -> Timestamptz,
        /// When the record last changed.
        updated_at -> Timestamptz,
        /// Readable name in addresses; never changes.
        slug -> Text,
        /// Title of the plan.
        title -> Text,
        /// Programme under which it was agreed, e.g. IUC Asia.
        programme -> Nullable<Text>,
        /// pairing (one lead city) or cluster (none).
        kind -> Text,
        /// draft, active, completed or cancelled.
        status -> Text,
        /// Period of cooperation: {start, end, text}, partial dates and the wording of the source.
        period -> Jsonb,
        /// Main objectives, in the order of the form.
        objectives -> Array<Text>,
        /// Key challenges, in the order of the form.
        challenges -> Array<Text>,
        /// Who cooperates: [{city_id, role, as_stated}], as_stated being the wording of the form.
        cities -> Jsonb,
        /// Cooperation themes: [{theme_id, label, focus}].
        themes -> Jsonb,
        /// Sustainable Development Goals: [{goal, target, label}].
        sdgs -> Jsonb,
        /// Urban Agenda partnerships: [{partnership, label}].
        urban_agenda -> Jsonb,
        /// Whom to ask: [{organisation, name, email, url, purpose}].
        contacts -> Jsonb,
        /// Where the record comes from: [{title, url, language, retrieved_on, note}].
        sources -> Jsonb,
        /// Other plans: [{plan_id, kind}].
        relations -> Jsonb,
        /// Remark of an editor.
        note -> Nullable<Text>,
        /// First day of the period; open to the past if only its end is known; null = no period.
        first_day -> Nullable<Date>,
        /// Last day of the period; open to the future if only its start is known; null = no period.
        last_day -> Nullable<Date>,
        /// Sort key: start of the period, unknown after all others.
        period_start_ascending -> Date,
        /// Sort key for descending order: start of the period, unknown after all others.
        period_start_descending -> Date,
    }
}

diesel::table! {
    /// themes.urban_agenda as rows. Kept by a trigger.
    theme_urban_agenda (theme_id, partnership) {
        /// The theme.
        theme_id -> Uuid,
        /// The partnership.
        partnership -> Text,
    }
}

diesel::table! {
    /// The shared catalogue of cooperation themes.
    themes (id) {
        /// UUIDv7 of the record.
        id -> Uuid,
        /// Counts the writes that changed the record, from 1.
        version -> Int4,
        /// When the record was made.
        created_at -> Timestamptz,
        /// When the record last changed.
        updated_at -> Timestamptz,
        /// Readable name in addresses; never changes.
        slug -> Text,
        /// Name of the theme.
        name -> Text,
        /// What belongs to the theme.
        description -> Nullable<Text>,
        /// Other names that plans use for it.
        aliases -> Array<Text>,
        /// Sustainable Development Goals that it usually serves, by number.
        sdgs -> Array<Int4>,
        /// Urban Agenda partnerships that it usually serves, by slug.
        urban_agenda -> Array<Text>,
    }
}

diesel::table! {
    /// Plans that something was written of since their findings were settled.
    unsettled_plans (plan_id, write) {
        /// The plan; it may be gone.
        plan_id -> Uuid,
        /// Number of the write.
        write -> Int8,
    }
}

diesel::table! {
    /// Thematic partnerships of the Urban Agenda for the EU; loaded from the vocabulary that the service ships.
    urban_agenda_partnerships (slug) {
        /// Name of the partnership in references.
        slug -> Text,
        /// English title.
        title -> Text,
        /// Year in which the partnership began.
        since -> Int4,
    }
}

diesel::joinable!(activities -> plans (plan_id));
diesel::joinable!(activity_cities -> activities (activity_id));
diesel::joinable!(activity_cities -> cities (city_id));
diesel::joinable!(activity_organisations -> activities (activity_id));
diesel::joinable!(activity_organisations -> cities (city_id));
diesel::joinable!(activity_themes -> activities (activity_id));
diesel::joinable!(activity_themes -> plans (plan_id));
diesel::joinable!(city_identifiers -> cities (city_id));
diesel::joinable!(outcome_cities -> cities (city_id));
diesel::joinable!(outcome_cities -> outcomes (outcome_id));
diesel::joinable!(outcome_organisations -> cities (city_id));
diesel::joinable!(outcome_organisations -> outcomes (outcome_id));
diesel::joinable!(outcomes -> plans (plan_id));
diesel::joinable!(plan_cities -> cities (city_id));
diesel::joinable!(plan_cities -> plans (plan_id));
diesel::joinable!(plan_countries -> plans (plan_id));
diesel::joinable!(plan_focus_cities -> cities (city_id));
diesel::joinable!(plan_focus_cities -> plans (plan_id));
diesel::joinable!(plan_sdgs -> plans (plan_id));
diesel::joinable!(plan_themes -> plans (plan_id));
diesel::joinable!(plan_themes -> themes (theme_id));
diesel::joinable!(plan_urban_agenda -> plans (plan_id));
diesel::joinable!(plan_urban_agenda -> urban_agenda_partnerships (partnership));
diesel::joinable!(theme_urban_agenda -> themes (theme_id));
diesel::joinable!(theme_urban_agenda -> urban_agenda_partnerships (partnership));

diesel::allow_tables_to_appear_in_same_query!(
    activities,
    activity_cities,
    activity_organisations,
    activity_themes,
    api_keys,
    changes,
    cities,
    city_identifiers,
    outcome_cities,
    outcome_organisations,
    outcomes,
    plan_cities,
    plan_countries,
    plan_finding_codes,
    plan_findings,
    plan_focus_cities,
    plan_relations,
    plan_sdgs,
    plan_themes,
    plan_urban_agenda,
    plans,
    theme_urban_agenda,
    themes,
    unsettled_plans,
    urban_agenda_partnerships,
);
