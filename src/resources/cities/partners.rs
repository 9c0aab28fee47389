//! The partners of a city: the cities with which it shares plans.

use super::model::{City, CityPartners};
use super::queries;
use crate::conventions::context::Context;
use crate::conventions::http::problem::Problem;
use crate::conventions::reading::fetch::Target;
use crate::conventions::resource::references::id_of_key;
use crate::database::Connection;
use crate::domain::RecordKind;

/// Reads the partners of a city.
///
/// # Errors
/// 404, 503.
pub async fn read(context: &Context, target: &Target<City>) -> Result<CityPartners, Problem> {
    let read = async |connection: &Connection| {
        let city_id = id_of_key(connection, RecordKind::City, &target.key).await?;
        Ok(CityPartners {
            city_id,
            data: queries::partners(connection, city_id).await?,
        })
    };
    context.database.snapshot(read).await
}
