//! Plans on a map: a GeoJSON document (RFC 7946) with lines from a lead to its partners and points for the cities of a cluster, as
//! far as coordinates are known.

use super::model::{Plan, PlanKind, Position};
use super::parts::PlanCityRole;
use super::queries;
use crate::conventions::bulk::export::{Format, Separator};
use crate::conventions::context::ApplicationState;
use crate::conventions::http::problem::Problem;
use crate::database::Connection;
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// A feature collection of lines and points; a plan without known coordinates has no geometry.
#[derive(Default)]
pub struct Lines {
    separator: Separator,
    positions: HashMap<Uuid, Position>,
}

impl Format<Plan> for Lines {
    const MEDIA_TYPE: &'static str = "application/geo+json";

    fn begin(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"type\":\"FeatureCollection\",\"features\":[");
    }

    async fn prepare(
        &mut self,
        registry: &ApplicationState,
        plans: &[Plan],
    ) -> Result<(), Problem> {
        let cities: HashSet<Uuid> = plans
            .iter()
            .flat_map(|plan| &plan.input.cities)
            .map(|city| city.city.id())
            .collect();
        let read = async |connection: &Connection| {
            Ok::<_, Problem>(queries::positions(connection, cities).await?)
        };
        self.positions = registry.database.read(read).await?;
        Ok(())
    }

    fn record(&mut self, plan: &Plan, out: &mut Vec<u8>) -> Result<(), Problem> {
        let input = &plan.input;
        let names = |role: PlanCityRole| {
            input
                .cities
                .iter()
                .filter(move |city| city.role == role)
                .map(|city| city.city.name())
        };
        let feature = json!({
            "type": "Feature", "id": plan.record.id, "geometry": self.geometry(plan),
            "properties": {
                "slug": input.slug, "title": input.title, "kind": input.kind, "status": input.status,
                "period_start": input.period.start, "period_end": input.period.end,
                "lead": names(PlanCityRole::Lead).next(), "partners": names(PlanCityRole::Partner).collect::<Vec<_>>()
            }
        });
        self.separator.next(out);
        serde_json::to_writer(out, &feature).map_err(Problem::internal)
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"]}");
    }
}

impl Lines {
    fn geometry(&self, plan: &Plan) -> Option<Value> {
        let of = |role: PlanCityRole| {
            plan.input
                .cities
                .iter()
                .filter(move |city| city.role == role)
        };
        let places: Vec<Position> = of(PlanCityRole::Partner)
            .filter_map(|city| self.positions.get(&city.city.id()).copied())
            .collect();
        if places.is_empty() {
            return None;
        }
        let (from, places) = match (of(PlanCityRole::Lead).next(), places.as_slice()) {
            (Some(lead), _) => (*self.positions.get(&lead.city.id())?, places),
            (None, [from, to]) if plan.input.kind == PlanKind::Pairing => (*from, vec![*to]),
            (None, _) => return Some(json!({"type": "MultiPoint", "coordinates": places})),
        };
        let lines: Vec<Vec<Position>> = places.into_iter().flat_map(|to| line(from, to)).collect();
        (!lines.is_empty()).then(|| json!({"type": "MultiLineString", "coordinates": lines}))
    }
}

/// The parts of the line between two positions, which is cut where it crosses the antimeridian (RFC 7946, section 3.1.9). A part
/// that begins where it ends is no line and is left out: cities may be at the same place, or on the antimeridian itself.
fn line(from: Position, to: Position) -> Vec<Vec<Position>> {
    let ([west, south], [east, north]) = (from, to);
    let parts = if (east - west).abs() <= 180.0 {
        vec![vec![from, to]]
    } else {
        let edge = 180.0_f64.copysign(west);
        // Both positions may be on the antimeridian, one at 180 and one at -180 degrees.
        let width = east + 2.0 * edge - west;
        let share = if width == 0.0 {
            0.0
        } else {
            (edge - west) / width
        };
        let latitude = south + share * (north - south);
        vec![vec![from, [edge, latitude]], vec![[-edge, latitude], to]]
    };
    let has_length = |part: &Vec<Position>| part.first() != part.last();
    parts.into_iter().filter(has_length).collect()
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn a_line_across_the_antimeridian_is_cut_in_two() {
        assert_eq!(
            line([10.0, 0.0], [100.0, 5.0]),
            [[[10.0, 0.0], [100.0, 5.0]]]
        );
        assert_eq!(
            line([170.0, 0.0], [-170.0, 10.0]),
            [
                [[170.0, 0.0], [180.0, 5.0]],
                [[-180.0, 5.0], [-170.0, 10.0]]
            ]
        );
        assert_eq!(
            line([180.0, 1.0], [-180.0, 3.0]),
            [[[-180.0, 1.0], [-180.0, 3.0]]]
        );
        assert_eq!(
            line([-170.0, 10.0], [170.0, 0.0]),
            [
                [[-170.0, 10.0], [-180.0, 5.0]],
                [[180.0, 5.0], [170.0, 0.0]]
            ]
        );
    }

    #[test]
    fn a_part_that_begins_where_it_ends_is_left_out() {
        let nothing: Vec<Vec<[f64; 2]>> = Vec::new();
        assert_eq!(line([10.0, 5.0], [10.0, 5.0]), nothing);
        assert_eq!(line([180.0, 1.0], [-180.0, 1.0]), nothing);
        assert_eq!(line([0.0, 0.0], [-0.0, 0.0]), nothing);
        assert_eq!(
            line([180.0, 10.0], [-170.0, 0.0]),
            [[[-180.0, 10.0], [-170.0, 0.0]]]
        );
        assert_eq!(
            line([-170.0, 0.0], [180.0, 10.0]),
            [[[-170.0, 0.0], [-180.0, 10.0]]]
        );
    }
}
