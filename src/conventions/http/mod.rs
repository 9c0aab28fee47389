//! HTTP itself: what its headers mean, whatever the resource.
//!
//! One rule: nothing here knows of resources. Start with [`entity_tag`].

pub mod entity_tag;
