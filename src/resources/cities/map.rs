//! Cities on a map: a GeoJSON document (RFC 7946) with a point for each city whose coordinates are known.

use super::model::City;
use crate::conventions::bulk::export::{Format, Separator};
use crate::conventions::context::ApplicationState;
use crate::conventions::http::problem::Problem;
use serde_json::json;

/// A feature collection of points; a city without coordinates has no geometry.
#[derive(Default)]
pub struct Points(Separator);

impl Format<City> for Points {
    const MEDIA_TYPE: &'static str = "application/geo+json";

    fn begin(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"type\":\"FeatureCollection\",\"features\":[");
    }

    async fn prepare(&mut self, _: &ApplicationState, _: &[City]) -> Result<(), Problem> {
        Ok(())
    }

    fn record(&mut self, city: &City, out: &mut Vec<u8>) -> Result<(), Problem> {
        let City { record, input } = city;
        let point = input.longitude.zip(input.latitude).map(
            |(longitude, latitude)| json!({"type": "Point", "coordinates": [longitude, latitude]}),
        );
        let feature = json!({
            "type": "Feature", "id": record.id, "geometry": point,
            "properties": {
                "slug": input.slug, "name": input.name, "kind": input.kind, "country": input.country, "region": input.region,
                "population": input.population, "area_km2": input.area_km2
            }
        });
        self.0.next(out);
        serde_json::to_writer(out, &feature).map_err(Problem::internal)
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"]}");
    }
}
