//! Creating, replacing, patching and deleting records, and preconditions.

use crate::harness::App;
use crate::harness::specimens::ALL;
use serde_json::json;

#[actix_web::test]
async fn location_leads_to_the_created_record_that_was_returned() {
    let app = App::start().await;
    for specimen in ALL {
        let document = specimen.document(&app).await;
        let created = app
            .post(&format!("/v1/{}", specimen.collection), &document)
            .await;
        assert_eq!(created.status, 201, "{}", created.text());
        let read = app.get(created.header("location").unwrap()).await;
        assert_eq!((read.json(), read.etag()), (created.json(), created.etag()));
        assert_eq!(created.json()["version"], 1);
        assert_eq!(created.json()[specimen.text], document[specimen.text]);
        assert!(
            created.json()["created_at"]
                .as_str()
                .unwrap()
                .ends_with('Z')
        );
    }
}

#[actix_web::test]
async fn a_put_of_the_unchanged_record_does_not_change_its_version() {
    let app = App::with(crate::harness::Options {
        sample: true,
        ..Default::default()
    })
    .await;
    let before = app.database.number("SELECT count(*) FROM changes").await;
    for specimen in ALL {
        for record in app.all(&format!("/v1/{}", specimen.collection), 200).await {
            let path = specimen.path(&record);
            let answer = app.put(&path, &record).await;
            assert_eq!((answer.status, answer.json()), (200, record.clone()));
            assert_eq!(app.patch(&path, &record).await.json(), record);
            assert_eq!(app.patch(&path, &json!({})).await.json(), record);
        }
    }
    assert_eq!(
        app.database.number("SELECT count(*) FROM changes").await,
        before
    );
}

#[actix_web::test]
async fn put_clears_omitted_properties_and_patch_keeps_them() {
    let app = App::start().await;
    for specimen in ALL {
        let mut document = specimen.document(&app).await;
        document[specimen.optional] = json!("a remark");
        let record = app.create(specimen.collection, &document).await;
        let path = specimen.path(&record);
        let patched = app
            .patch(&path, &json!({specimen.text: "another text"}))
            .await
            .json();
        assert_eq!(
            (
                &patched[specimen.text],
                &patched[specimen.optional],
                &patched["version"]
            ),
            (&json!("another text"), &json!("a remark"), &json!(2))
        );
        let cleared = app
            .patch(&path, &json!({specimen.optional: null}))
            .await
            .json();
        assert_eq!(
            (&cleared[specimen.optional], &cleared["version"]),
            (&json!(null), &json!(3))
        );
        document.as_object_mut().unwrap().remove(specimen.optional);
        app.patch(&path, &json!({specimen.optional: "again"})).await;
        let replaced = app.put(&path, &document).await.json();
        assert_eq!(
            (&replaced[specimen.optional], &replaced["version"]),
            (&json!(null), &json!(5))
        );
        assert_eq!(replaced["created_at"], record["created_at"]);
        assert_ne!(replaced["updated_at"], record["updated_at"]);
        if specimen.has_slug {
            assert_eq!(replaced["slug"], record["slug"], "an assigned slug is kept");
        } else {
            assert_eq!(
                replaced["position"], record["position"],
                "an assigned position is kept"
            );
        }
    }
}

#[actix_web::test]
async fn patch_accepts_both_media_types() {
    let app = App::start().await;
    for specimen in ALL {
        let path = specimen.path(&specimen.stored(&app).await);
        for media_type in [
            "application/merge-patch+json",
            "application/json",
            "application/json; charset=utf-8",
        ] {
            let body = json!({specimen.text: media_type}).to_string();
            assert_eq!(
                app.request("PATCH", &path)
                    .bytes(media_type, body)
                    .send()
                    .await
                    .status,
                200
            );
        }
    }
}

#[actix_web::test]
async fn a_stale_if_match_is_refused_with_412_and_the_current_tag() {
    let app = App::start().await;
    for specimen in ALL {
        let record = specimen.stored(&app).await;
        let path = specimen.path(&record);
        let old = app.get(&path).await.etag();
        let current = app
            .patch(&path, &json!({specimen.text: "newer"}))
            .await
            .etag();
        for method in ["PUT", "PATCH", "DELETE"] {
            let request = app.request(method, &path).header("if-match", &old);
            let request = if method == "DELETE" {
                request
            } else {
                request.json(&record)
            };
            let answer = request.send().await.problem(412, "stale_version");
            assert_eq!(answer.etag(), current);
        }
        assert_eq!(app.get(&path).await.etag(), current, "nothing was written");
    }
}

#[actix_web::test]
async fn if_match_accepts_tags_weak_tags_bare_versions_and_a_star() {
    let app = App::start().await;
    for specimen in ALL {
        let path = specimen.path(&specimen.stored(&app).await);
        for (version, form) in ["TAG", "W/TAG", "\"V\"", "V", "*", "\"99\", \"V-x\""]
            .iter()
            .enumerate()
        {
            let tag = app.get(&path).await.etag();
            let value = form
                .replace("TAG", &tag)
                .replace('V', &(version + 1).to_string());
            let request = app
                .request("PATCH", &path)
                .merge_patch(&json!({specimen.text: form}))
                .header("if-match", &value);
            assert_eq!(request.send().await.status, 200, "{value}");
        }
        for nonsense in ["x", "-", "5902980178", "\"1", "*, \"1\""] {
            let request = app
                .request("PATCH", &path)
                .merge_patch(&json!({}))
                .header("if-match", nonsense);
            request.send().await.problem(400, "malformed_header");
        }
        let only_new = app
            .request("PATCH", &path)
            .merge_patch(&json!({}))
            .header("if-none-match", "*");
        only_new.send().await.problem(412, "already_exists");
    }
}

#[actix_web::test]
async fn writes_to_missing_records_are_404() {
    let app = App::start().await;
    for specimen in ALL {
        let document = specimen.document(&app).await;
        let path = format!(
            "/v1/{}/0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0a1b",
            specimen.collection
        );
        app.put(&path, &document).await.problem(404, "not_found");
        app.patch(&path, &json!({})).await.problem(404, "not_found");
        app.delete(&path).await.problem(404, "not_found");
    }
}

#[actix_web::test]
async fn a_deleted_record_cannot_be_read_or_deleted_again() {
    let app = App::start().await;
    for specimen in ALL {
        let record = specimen.stored(&app).await;
        let path = specimen.path(&record);
        let answer = app.delete(&path).await;
        assert_eq!((answer.status, answer.body.len()), (204, 0));
        app.get(&path).await.problem(404, "not_found");
        app.delete(&path).await.problem(404, "not_found");
    }
}

#[actix_web::test]
async fn slugs_are_derived_numbered_unique_and_never_changed() {
    let app = App::start().await;
    for specimen in ALL.iter().filter(|specimen| specimen.has_slug) {
        let mut document = specimen.document(&app).await;
        document[specimen.text] = json!("São Leopoldo / 成都");
        let first = app.create(specimen.collection, &document).await;
        let second = app.create(specimen.collection, &document).await;
        let third = app.create(specimen.collection, &document).await;
        assert_eq!(
            (&first["slug"], &second["slug"], &third["slug"]),
            (
                &json!("sao-leopoldo-cheng-du"),
                &json!("sao-leopoldo-cheng-du-2"),
                &json!("sao-leopoldo-cheng-du-3")
            )
        );
        document["slug"] = first["slug"].clone();
        let answer = app
            .post(&format!("/v1/{}", specimen.collection), &document)
            .await
            .problem(409, "duplicate");
        assert_eq!(
            answer.faults(),
            [("/slug".to_owned(), "duplicate".to_owned())]
        );
        assert_eq!(answer.json()["related"][0]["id"], first["id"]);
        let answer = app
            .patch(&specimen.path(&first), &json!({"slug": "another"}))
            .await
            .problem(409, "immutable");
        assert_eq!(
            answer.faults(),
            [("/slug".to_owned(), "immutable".to_owned())]
        );
        for slug in [
            "Upper",
            "a b",
            "-a",
            "a--b",
            "é",
            "none",
            "0190a3b2-7c1d-7e4f-8a5b-6c7d8e9f0a1b",
            &"a".repeat(201),
        ] {
            document["slug"] = json!(slug);
            app.post(&format!("/v1/{}", specimen.collection), &document)
                .await
                .problem(422, "validation_failed");
        }
    }
}

#[actix_web::test]
async fn positions_are_assigned_in_the_order_of_creation() {
    let app = App::start().await;
    for specimen in ALL.iter().filter(|specimen| !specimen.has_slug) {
        let first = specimen.stored(&app).await;
        let mut document = specimen.document(&app).await;
        document["plan_id"] = first["plan_id"].clone();
        let second = app.create(specimen.collection, &document).await;
        document["position"] = json!(7);
        app.create(specimen.collection, &document).await;
        document.as_object_mut().unwrap().remove("position");
        let last = app.create(specimen.collection, &document).await;
        assert_eq!(
            (&first["position"], &second["position"], &last["position"]),
            (&json!(0), &json!(1), &json!(8))
        );
        let mut far = specimen.document(&app).await;
        far["position"] = json!(1_000_000_000);
        let far = app.create(specimen.collection, &far).await;
        document["plan_id"] = far["plan_id"].clone();
        let beyond = app.create(specimen.collection, &document).await;
        assert_eq!(
            app.put(&specimen.path(&beyond), &beyond).await.status,
            200,
            "an assigned position is a valid one"
        );
        let listed = app
            .all(
                &format!(
                    "/v1/plans/{}/{}",
                    first["plan_id"].as_str().unwrap(),
                    specimen.collection
                ),
                200,
            )
            .await;
        let positions: Vec<i64> = listed
            .iter()
            .map(|item| item["position"].as_i64().unwrap())
            .collect();
        assert_eq!(positions, [0, 1, 7, 8]);
    }
}
