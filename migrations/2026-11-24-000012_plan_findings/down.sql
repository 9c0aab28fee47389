DROP VIEW plan_findings;
DROP VIEW placed_plan_cities;
DROP VIEW placed_outcomes;
DROP VIEW placed_activities;
