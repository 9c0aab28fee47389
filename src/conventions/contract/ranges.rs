//! Query parameters that belong together, such as the bounds of a range, `date_from` and `date_to`.
//!
//! One rule: a range that is reversed matches nothing, and a parameter that only changes what another one means has no effect
//! without it, so both are faults. Start with `reversed` and `without_effect`.

use crate::domain::{Fault, FaultCode, PartialDate};
use chrono::DateTime;
use serde_json::{Map, Value};

/// The endings of the names of a lower and of an upper bound.
const ENDINGS: [(&str, &str); 3] = [("_from", "_to"), ("_min", "_max"), ("_after", "_before")];

/// Values of parameters that only change what other parameters mean; they need one of these.
const CHANGES_OF_MEANING: [(&str, &str, &[&str]); 2] = [
    ("q_scope", "all", &["q"]),
    ("active_by", "activities", &["active_from", "active_to"]),
];

/// The faults of parameters that have no effect without others.
pub(super) fn without_effect(values: &Map<String, Value>) -> Vec<Fault> {
    let lonely = CHANGES_OF_MEANING.iter().filter(|(name, value, needed)| {
        let is_given = values.get(*name).and_then(Value::as_str) == Some(*value);
        is_given && !needed.iter().any(|other| values.contains_key(*other))
    });
    let faults = lonely.map(|(name, value, needed)| {
        let detail = format!(
            "{name}={value} has no effect without {}",
            needed.join(" or ")
        );
        Fault::in_parameter(*name, FaultCode::Rule, detail)
    });
    faults.collect()
}

/// The name of the upper bound to the lower bound with that name; `None` if it is not the name of a lower bound.
pub fn upper_bound(name: &str) -> Option<String> {
    ENDINGS
        .iter()
        .find_map(|(lower, upper)| Some(format!("{}{upper}", name.strip_suffix(lower)?)))
}

/// The faults of the ranges whose lower bound is beyond the upper one.
pub(super) fn reversed(values: &Map<String, Value>) -> Vec<Fault> {
    let ranges = values.iter().filter_map(|(name, lower)| {
        let upper_name = upper_bound(name)?;
        let upper = values.get(&upper_name)?;
        let verb = beyond(lower, upper)?;
        let detail = format!(
            "{name} ({}) {verb} {upper_name} ({}), so nothing can match",
            text(lower),
            text(upper)
        );
        Some(Fault::in_parameter(name, FaultCode::Rule, detail))
    });
    ranges.collect()
}

/// How to say that the first value is beyond the second one; `None` if it is not.
fn beyond(lower: &Value, upper: &Value) -> Option<&'static str> {
    if let (Some(lower), Some(upper)) = (lower.as_f64(), upper.as_f64()) {
        return (lower > upper).then_some("is more than");
    }
    let (lower, upper) = (lower.as_str()?, upper.as_str()?);
    if let (Ok(lower), Ok(upper)) = (lower.parse::<PartialDate>(), upper.parse::<PartialDate>()) {
        return (lower.earliest() > upper.latest()).then_some("is after");
    }
    let (lower, upper) = (
        DateTime::parse_from_rfc3339(lower).ok()?,
        DateTime::parse_from_rfc3339(upper).ok()?,
    );
    (lower > upper).then_some("is after")
}

fn text(value: &Value) -> String {
    value.as_str().map_or(value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::reversed;
    use serde_json::json;

    #[test]
    fn only_a_range_that_contains_nothing_is_reversed() {
        for (values, is_reversed) in [
            (json!({"date_from": "2020", "date_to": "2019-12"}), true),
            (json!({"date_from": "2019-07", "date_to": "2019"}), false),
            (json!({"date_from": "2019", "date_to": "2019"}), false),
            (json!({"date_from": "2020"}), false),
            (json!({"population_min": 2, "population_max": 1}), true),
            (json!({"population_min": 1, "population_max": 1}), false),
            (
                json!({"updated_after": "2026-01-01T00:00:00Z", "updated_before": "2026-01-01T00:00:00+01:00"}),
                true,
            ),
            (json!({"date_from": "2020", "due_to": "2019"}), false),
        ] {
            let faults = reversed(values.as_object().unwrap());
            assert_eq!(!faults.is_empty(), is_reversed, "{values}: {faults:?}");
        }
    }
}
