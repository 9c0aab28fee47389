//! The tables, as diesel sees them. Generated from a migrated database; a test compares.

diesel::table! {
    /// Activities that took place or are planned under a plan.
    activities (id) {
        /// UUIDv7 of the record, assigned by the service.
        id -> Uuid,
        /// Version of the record: 1 when it is created, one more with each write that changes it.
        version -> Int4,
        /// When the record was created.
        created_at -> Timestamptz,
        /// When the record last changed.
        updated_at -> Timestamptz,
        /// The plan of the activity.
        plan_id -> Uuid,
        /// What the activity is, in one line.
        title -> Text,
        /// What happened or will happen.
        description -> Nullable<Text>,
        /// mission, visit, meeting, conference, webinar, workshop, coaching, exhibition, agreement, pilot_project, publication, document or other.
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
        /// Themes of the plan that the activity serves.
        theme_ids -> Array<Uuid>,
        /// Key outputs, in the order of the source.
        outputs -> Array<Text>,
        /// Order within the plan, from 0; need not be consecutive.
        position -> Int4,
        /// Remark of an editor.
        note -> Nullable<Text>,
        /// First day that the date can mean; null = undated. Derived by the program.
        first_day -> Nullable<Date>,
        /// Last day that the date can mean; null = undated. Derived by the program.
        last_day -> Nullable<Date>,
        /// Sort key for ascending order: first day, with undated ones last. Derived by the program.
        date_ascending -> Date,
        /// Sort key for descending order: first day, with undated ones last. Derived by the program.
        date_descending -> Date,
        /// Title in lower case, without accents and marks, by which it is sorted and compared. Derived by the program.
        folded_title -> Text,
        /// Words for the full-text search, each with how much it weighs in the record. Derived by the program.
        search -> crate::database::Tsvector,
        /// The activity of the same plan to which it belongs, which belongs to none itself; null = it belongs to none.
        parent_id -> Nullable<Uuid>,
        /// True if it belongs to another activity. Derived by the database.
        is_child -> Bool,
        /// The value that is_child of the parent must have: always false; null = no parent. Derived by the database.
        parent_is_child -> Nullable<Bool>,
    }
}

diesel::table! {
    /// Link table: activities.cities, one row each. Maintained by triggers.
    activity_cities (activity_id, city_id, role) {
        /// The activity.
        activity_id -> Uuid,
        /// A city involved.
        city_id -> Uuid,
        /// host, venue, visitor, participant or mentioned.
        role -> Text,
    }
}

diesel::table! {
    /// Link table: activities.organisations, one row each. Maintained by triggers.
    activity_organisations (activity_id, position) {
        /// The activity.
        activity_id -> Uuid,
        /// Place in the list, from 1.
        position -> Int4,
        /// Name of the organisation.
        name -> Text,
        /// Acronym of the organisation; null = none stated.
        acronym -> Nullable<Text>,
        /// City of its seat; null = not stated.
        city_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    /// Link table: activities.theme_ids, one row each. Its foreign key makes each a theme of the plan. Maintained by triggers.
    activity_themes (activity_id, theme_id) {
        /// The activity.
        activity_id -> Uuid,
        /// The plan of the activity.
        plan_id -> Uuid,
        /// A theme of this plan.
        theme_id -> Uuid,
    }
}

diesel::table! {
    /// API keys of the registry. The keys themselves are never stored, only their digests.
    api_keys (id) {
        /// UUIDv7 of the key, assigned by the service.
        id -> Uuid,
        /// What the key is for, as given when it was created; appears in the change log.
        name -> Text,
        /// reader, editor or admin; each role includes the rights of the roles before it.
        role -> Text,
        /// SHA-256 of the key, 32 bytes.
        digest -> Bytea,
        /// When the key was created.
        created_at -> Timestamptz,
        /// When the key was revoked; null while it is valid.
        revoked_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    /// The change log: one row for each write to a record, appended in the transaction of the write. Rows are never changed.
    changes (seq) {
        /// Number of the row, in the order of writing; numbers can be missing.
        seq -> Int8,
        /// Transaction of the write, with the offset that transaction_offset() had, or that of the previous version of the record if it is greater: the change feed waits for transactions that are older and still running.
        transaction_id -> Int8,
        /// When the transaction of the write began.
        at -> Timestamptz,
        /// The API key of the write; null = the service itself.
        key_id -> Nullable<Uuid>,
        /// Name of this key at the time of the write; "ucap" for the service itself.
        key_name -> Text,
        /// create, update or delete.
        operation -> Text,
        /// Kind of record: plan, city, theme, activity or outcome.
        resource -> Text,
        /// Id of the record, which may have been deleted since.
        record_id -> Uuid,
        /// Version of the record after the write; a deletion counts as a version, too.
        version -> Int4,
        /// The whole record as stored by the write; for a deletion, as it was before. Without derived columns.
        body -> Jsonb,
    }
}

diesel::table! {
    /// Places that take part in a plan or are named by one.
    cities (id) {
        /// UUIDv7 of the record, assigned by the service.
        id -> Uuid,
        /// Version of the record: 1 when it is created, one more with each write that changes it.
        version -> Int4,
        /// When the record was created.
        created_at -> Timestamptz,
        /// When the record last changed.
        updated_at -> Timestamptz,
        /// Readable identifier for URLs; never changes.
        slug -> Text,
        /// Name in English or in Latin script; two cities may share one.
        name -> Text,
        /// Other spellings and names in other languages, in the order given.
        alternative_names -> Array<Text>,
        /// city, municipality, metropolitan_area, region, district, county or other.
        kind -> Text,
        /// ISO 3166-1 alpha-2 code; null = unknown.
        country -> Nullable<Text>,
        /// Province, state, department or similar, as free text.
        region -> Nullable<Text>,
        /// Number of inhabitants; null = unknown.
        population -> Nullable<Int8>,
        /// Area in square kilometres, exact to two decimals; null = unknown.
        area_km2 -> Nullable<Numeric>,
        /// Degrees north, WGS 84; null = unknown.
        latitude -> Nullable<Float8>,
        /// Degrees east, WGS 84; null = unknown.
        longitude -> Nullable<Float8>,
        /// Identifiers in other registers: [{scheme, value}].
        identifiers -> Jsonb,
        /// Sort key for ascending order: population, with unknown ones last. Derived by the program.
        population_ascending -> Int8,
        /// Sort key for descending order: population, with unknown ones last. Derived by the program.
        population_descending -> Int8,
        /// Sort key for ascending order: area in hundredths of a square kilometre, with unknown ones last. Derived by the program.
        area_km2_ascending -> Int8,
        /// Sort key for descending order: area in hundredths of a square kilometre, with unknown ones last. Derived by the program.
        area_km2_descending -> Int8,
        /// Name in lower case, without accents and marks, by which it is sorted and compared. Derived by the program.
        folded_name -> Text,
        /// Words for the full-text search, each with how much it weighs in the record. Derived by the program.
        search -> crate::database::Tsvector,
    }
}

diesel::table! {
    /// Link table: cities.identifiers, one row each. Makes them unique over all cities, and filters read it. Maintained by triggers.
    city_identifiers (scheme, value) {
        /// The city.
        city_id -> Uuid,
        /// The register, such as geonames, wikidata, unlocode or nuts.
        scheme -> Text,
        /// The identifier in this register.
        value -> Text,
    }
}

diesel::table! {
    /// Activities that were also in other plans when the findings of their plan were last refreshed. If they change, so may the findings of these plans. Maintained by refresh_findings.
    compared_activities (plan_id, folded_title, first_day) {
        /// The plan; it may have been deleted since.
        plan_id -> Uuid,
        /// Title, as in activities.folded_title.
        folded_title -> Text,
        /// First day of the activity.
        first_day -> Date,
    }
}

diesel::table! {
    /// The rows of stated_figures when the findings of their plan were last refreshed. If they change, so may the findings of other plans. Maintained by refresh_findings.
    compared_figures (plan_id, city_id) {
        /// The plan; it may have been deleted since.
        plan_id -> Uuid,
        /// A cooperating city.
        city_id -> Uuid,
        /// Population as stated, as a number.
        population -> Nullable<Numeric>,
        /// Area as stated, in square kilometres.
        area -> Nullable<Numeric>,
    }
}

diesel::table! {
    /// Link table: outcomes.cities, one row each. Maintained by triggers.
    outcome_cities (outcome_id, city_id, role) {
        /// The outcome.
        outcome_id -> Uuid,
        /// A city involved.
        city_id -> Uuid,
        /// beneficiary, funder, implementer, partner or mentioned.
        role -> Text,
    }
}

diesel::table! {
    /// Link table: outcomes.organisations, one row each. Maintained by triggers.
    outcome_organisations (outcome_id, position) {
        /// The outcome.
        outcome_id -> Uuid,
        /// Place in the list, from 1.
        position -> Int4,
        /// Name of the organisation.
        name -> Text,
        /// Acronym of the organisation; null = none stated.
        acronym -> Nullable<Text>,
        /// City of its seat; null = not stated.
        city_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    /// Expected or achieved results and benefits of a plan.
    outcomes (id) {
        /// UUIDv7 of the record, assigned by the service.
        id -> Uuid,
        /// Version of the record: 1 when it is created, one more with each write that changes it.
        version -> Int4,
        /// When the record was created.
        created_at -> Timestamptz,
        /// When the record last changed.
        updated_at -> Timestamptz,
        /// The plan of the outcome.
        plan_id -> Uuid,
        /// Theme of the plan that the outcome serves; null = none.
        theme_id -> Nullable<Uuid>,
        /// Heading in the source, which often differs from the name of the theme.
        heading -> Nullable<Text>,
        /// What is expected or was achieved.
        description -> Text,
        /// result, benefit or output; null if the source does not tell.
        kind -> Nullable<Text>,
        /// interest, possible, planned, agreed, in_progress, achieved or dropped; null if the source does not state it.
        status -> Nullable<Text>,
        /// When it is due: {start, end, text}, partial dates and the wording of the source.
        due -> Jsonb,
        /// Cities involved: [{city_id, role}].
        cities -> Jsonb,
        /// Organisations involved: [{name, acronym, kind, role, city_id}].
        organisations -> Jsonb,
        /// How it is measured: [{name, unit, baseline, target, actual}].
        indicators -> Jsonb,
        /// Order within the plan, from 0; need not be consecutive.
        position -> Int4,
        /// Remark of an editor.
        note -> Nullable<Text>,
        /// First day that the due date can mean; null = undated. Derived by the program.
        first_day -> Nullable<Date>,
        /// Last day that the due date can mean; null = undated. Derived by the program.
        last_day -> Nullable<Date>,
        /// Sort key for ascending order: first day, with undated ones last. Derived by the program.
        due_ascending -> Date,
        /// Sort key for descending order: first day, with undated ones last. Derived by the program.
        due_descending -> Date,
        /// Heading in lower case, without accents and marks, by which it is sorted and compared; empty if there is none. Derived by the program.
        folded_heading -> Text,
        /// Words for the full-text search, each with how much it weighs in the record. Derived by the program.
        search -> crate::database::Tsvector,
    }
}

diesel::table! {
    /// Link table: plans.cities, one row each. Filters read it, and its foreign key keeps cities in use from being deleted. Maintained by triggers.
    plan_cities (plan_id, city_id) {
        /// The plan.
        plan_id -> Uuid,
        /// A cooperating city.
        city_id -> Uuid,
        /// lead or partner.
        role -> Text,
    }
}

diesel::table! {
    /// Lookup table: the roles of each city in each plan, its activities and its outcomes, with the sort keys of the plan, so that a page of the plans of a city is read from an index. Maintained by triggers.
    plan_city_roles (plan_id, city_id) {
        /// The plan.
        plan_id -> Uuid,
        /// A city that the plan, one of its activities or one of its outcomes names.
        city_id -> Uuid,
        /// Roles of the city, each once, in alphabetical order: lead and partner of the plan; focus, if a key focus names it; host, venue, visitor and participant of activities; beneficiary, funder, implementer and outcome_partner of outcomes; mentioned in activities or outcomes.
        roles -> Array<Text>,
        /// Copy of plans.folded_title.
        folded_title -> Text,
        /// Copy of plans.period_start_ascending.
        period_start_ascending -> Date,
        /// Copy of plans.period_start_descending.
        period_start_descending -> Date,
    }
}

diesel::table! {
    /// Lookup table: the countries of the cooperating cities of each plan, with the sort keys of the plan, so that a page of the plans of a country is read from an index. Maintained by triggers.
    plan_countries (plan_id, country) {
        /// The plan.
        plan_id -> Uuid,
        /// ISO 3166-1 alpha-2 code of one or more of its cities.
        country -> Text,
        /// Copy of plans.period_start_ascending.
        period_start_ascending -> Date,
        /// Copy of plans.period_start_descending.
        period_start_descending -> Date,
    }
}

diesel::table! {
    /// Lookup table: which plans have which findings. Correct for all plans except those in stale_findings. Maintained by refresh_findings.
    plan_finding_codes (plan_id, code) {
        /// The plan; it may have been deleted since.
        plan_id -> Uuid,
        /// Code of a finding that the plan has, once or more often.
        code -> Text,
    }
}

diesel::table! {
    /// What an editor should review in a plan: the definition of all findings, evaluated when it is queried.
    plan_findings (plan_id, code, section, place, pointer, subject) {
        /// The plan.
        plan_id -> Uuid,
        /// Code of the finding.
        code -> Text,
        /// Section of the document, as a sort key: 0 plan, 1 cities, 2 activities, 3 outcomes.
        section -> Int4,
        /// Place within this section, from 0, as a sort key.
        place -> Int4,
        /// Where in the document of the plan (JSON Pointer, RFC 6901).
        pointer -> Text,
        /// Title, name or text of the value that the finding is about.
        subject -> Text,
    }
}

diesel::table! {
    /// Link table: the cities named in plans.themes[].focus[].city_ids, each once. Maintained by triggers.
    plan_focus_cities (plan_id, city_id) {
        /// The plan.
        plan_id -> Uuid,
        /// A city named in one of its key focus statements.
        city_id -> Uuid,
    }
}

diesel::table! {
    /// Link table: plans.relations, one row each. Maintained by triggers.
    plan_relations (plan_id, position) {
        /// The plan that states the relation.
        plan_id -> Uuid,
        /// The related plan; null = the registry does not hold it.
        related_plan_id -> Nullable<Uuid>,
        /// mirrors, member_of or continues.
        kind -> Text,
        /// Place in the list, from 1.
        position -> Int4,
    }
}

diesel::table! {
    /// Link table: the goals of plans.sdgs, each once. Maintained by triggers.
    plan_sdgs (plan_id, goal) {
        /// The plan.
        plan_id -> Uuid,
        /// Number of the Sustainable Development Goal, 1 to 17.
        goal -> Int4,
    }
}

diesel::table! {
    /// Link table: plans.themes, one row each. The themes of activities and outcomes refer to it. Maintained by triggers.
    plan_themes (plan_id, theme_id) {
        /// The plan.
        plan_id -> Uuid,
        /// A theme of the plan.
        theme_id -> Uuid,
    }
}

diesel::table! {
    /// Link table: plans.topics, one row each. Maintained by triggers.
    plan_topics (plan_id, topic) {
        /// The plan.
        plan_id -> Uuid,
        /// Slug of the topic.
        topic -> Text,
    }
}

diesel::table! {
    /// Link table: plans.urban_agenda, one row each. Maintained by triggers.
    plan_urban_agenda (plan_id, partnership) {
        /// The plan.
        plan_id -> Uuid,
        /// Slug of the partnership.
        partnership -> Text,
    }
}

diesel::table! {
    /// Urban Cooperation Action Plans. Their activities and outcomes are in separate tables.
    plans (id) {
        /// UUIDv7 of the record, assigned by the service.
        id -> Uuid,
        /// Version of the record: 1 when it is created, one more with each write that changes it.
        version -> Int4,
        /// When the record was created.
        created_at -> Timestamptz,
        /// When the record last changed.
        updated_at -> Timestamptz,
        /// Readable identifier for URLs; never changes.
        slug -> Text,
        /// Title of the plan.
        title -> Text,
        /// Programme under which the plan was agreed, e.g. IUC Asia.
        programme -> Nullable<Text>,
        /// pairing (at most one lead city) or cluster (no lead city).
        kind -> Text,
        /// draft, active, completed or cancelled; null if the source does not state it.
        status -> Nullable<Text>,
        /// Period of cooperation: {start, end, text}, partial dates and the wording of the source.
        period -> Jsonb,
        /// Main objectives, in the order of the source.
        objectives -> Array<Text>,
        /// Key challenges, in the order of the source.
        challenges -> Array<Text>,
        /// Cooperating cities: [{city_id, role, as_stated}]; as_stated is the wording of the source.
        cities -> Jsonb,
        /// Cooperation themes: [{theme_id, label, focus}]; label is the wording of the source.
        themes -> Jsonb,
        /// Sustainable Development Goals: [{goal, target, label, basis}]; label and basis as for topics.
        sdgs -> Jsonb,
        /// Partnerships of the Urban Agenda: [{partnership, label, basis}]; label and basis as for topics.
        urban_agenda -> Jsonb,
        /// Contacts: [{organisation, name, email, url, purpose}].
        contacts -> Jsonb,
        /// Where the record comes from: [{kind, title, url, language, retrieved_on, note}]; kind is summary, full_plan, web_page, agreement or other.
        sources -> Jsonb,
        /// Relations to other plans: [{plan_id, kind, text, url}]; either a plan or, if the registry does not hold it, its title as stated (text).
        relations -> Jsonb,
        /// Remark of an editor.
        note -> Nullable<Text>,
        /// First day of the period; 0001-01-01 if only its end is known, null if there is no period. Derived by the program.
        first_day -> Nullable<Date>,
        /// Last day of the period; 9999-12-31 if only its start is known, null if there is no period. Derived by the program.
        last_day -> Nullable<Date>,
        /// Sort key for ascending order: start of the period, with unknown ones last. Derived by the program.
        period_start_ascending -> Date,
        /// Sort key for descending order: start of the period, with unknown ones last. Derived by the program.
        period_start_descending -> Date,
        /// Title in lower case, without accents and marks, by which it is sorted and compared. Derived by the program.
        folded_title -> Text,
        /// Words for the full-text search, each with how much it weighs in the record. Derived by the program.
        search -> crate::database::Tsvector,
        /// Language in which the plan is written, as a BCP 47 tag.
        language -> Nullable<Text>,
        /// Topics of the programme: [{topic, label, basis}]; label is the wording of the source, basis says whether the source states the entry (stated) or an editor assigned it (assigned).
        topics -> Jsonb,
    }
}

diesel::table! {
    /// Plans whose findings must be refreshed, one row for each write to the plan, its activities, its outcomes or the figures of its cities. A row is deleted only by a refresh that sees what its write stored. Maintained by triggers.
    stale_findings (plan_id, seq) {
        /// The plan; it may have been deleted since.
        plan_id -> Uuid,
        /// Number of the row, so that each write has its own; numbers can be missing.
        seq -> Int8,
        /// When the findings become stale: at once after a write, later if a finding ends on a day to come.
        due -> Timestamptz,
    }
}

diesel::table! {
    /// Lookup table: the numbers that sources of plans state for their cities, for those that state any. Maintained by mark_findings_stale.
    stated_figures (plan_id, city_id) {
        /// The plan.
        plan_id -> Uuid,
        /// A cooperating city.
        city_id -> Uuid,
        /// Population as stated, as a number.
        population -> Nullable<Numeric>,
        /// Area as stated, in square kilometres.
        area -> Nullable<Numeric>,
    }
}

diesel::table! {
    /// Link table: themes.urban_agenda, one row each. Maintained by triggers.
    theme_urban_agenda (theme_id, partnership) {
        /// The theme.
        theme_id -> Uuid,
        /// Slug of the partnership.
        partnership -> Text,
    }
}

diesel::table! {
    /// The shared catalogue of cooperation themes.
    themes (id) {
        /// UUIDv7 of the record, assigned by the service.
        id -> Uuid,
        /// Version of the record: 1 when it is created, one more with each write that changes it.
        version -> Int4,
        /// When the record was created.
        created_at -> Timestamptz,
        /// When the record last changed.
        updated_at -> Timestamptz,
        /// Readable identifier for URLs; never changes.
        slug -> Text,
        /// Name of the theme.
        name -> Text,
        /// What belongs to the theme.
        description -> Nullable<Text>,
        /// Other names that plans use for it.
        aliases -> Array<Text>,
        /// Sustainable Development Goals that the theme usually serves, by number, 1 to 17.
        sdgs -> Array<Int4>,
        /// Partnerships of the Urban Agenda that the theme usually serves, by slug.
        urban_agenda -> Array<Text>,
        /// Name in lower case, without accents and marks, by which it is sorted and compared. Derived by the program.
        folded_name -> Text,
        /// Words for the full-text search, each with how much it weighs in the record. Derived by the program.
        search -> crate::database::Tsvector,
    }
}

diesel::table! {
    /// Topics under which the programme publishes its plans. The service loads its vocabulary into this table each time it migrates.
    topics (slug) {
        /// Identifier of the topic, by which plans refer to it.
        slug -> Text,
        /// English title.
        title -> Text,
    }
}

diesel::table! {
    /// Thematic partnerships of the Urban Agenda for the EU. The service loads its vocabulary into this table each time it migrates.
    urban_agenda_partnerships (slug) {
        /// Identifier of the partnership, by which records refer to it.
        slug -> Text,
        /// English title.
        title -> Text,
        /// Year in which the partnership began.
        since -> Int4,
    }
}

diesel::joinable!(activities -> plans (plan_id));
diesel::joinable!(activity_cities -> cities (city_id));
diesel::joinable!(activity_organisations -> cities (city_id));
diesel::joinable!(outcome_cities -> cities (city_id));
diesel::joinable!(outcome_organisations -> cities (city_id));
diesel::joinable!(outcomes -> plans (plan_id));
diesel::joinable!(plan_cities -> cities (city_id));
diesel::joinable!(plan_focus_cities -> cities (city_id));
diesel::joinable!(plan_relations -> plans (related_plan_id));
diesel::joinable!(plan_themes -> themes (theme_id));
diesel::joinable!(plan_topics -> topics (topic));
diesel::joinable!(plan_urban_agenda -> urban_agenda_partnerships (partnership));
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
    compared_activities,
    compared_figures,
    outcome_cities,
    outcome_organisations,
    outcomes,
    plan_cities,
    plan_city_roles,
    plan_countries,
    plan_finding_codes,
    plan_findings,
    plan_focus_cities,
    plan_relations,
    plan_sdgs,
    plan_themes,
    plan_topics,
    plan_urban_agenda,
    plans,
    stale_findings,
    stated_figures,
    theme_urban_agenda,
    themes,
    topics,
    urban_agenda_partnerships,
);
