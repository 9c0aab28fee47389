//! The program and the database have the same folded form of a text, for all characters.

use crate::harness::TestDatabase;
use unicode_normalization::UnicodeNormalization;

/// All characters that Unicode knows, each between letters, at the beginning of a word and twice, in chunks that one query can take.
#[actix_web::test]
async fn the_program_and_the_database_fold_all_characters_alike() {
    let database = TestDatabase::create().await;
    let client = database.client().await;
    // Characters for private use fill the last planes; the first and the last stand for them.
    let characters: Vec<String> = ('\u{1}'..='\u{3ffff}')
        .chain('\u{e0000}'..='\u{e0fff}')
        .chain(['\u{f0000}', char::MAX])
        .map(|one| format!("a{one}b {one}é{one}{one}ß"))
        .collect();
    let nfkd: Vec<String> = characters
        .iter()
        .map(|text| text.nfkd().collect())
        .collect();
    let nfc: Vec<String> = characters.iter().map(|text| text.nfc().collect()).collect();
    let query = "SELECT text, search_fold(text), normalize(text, NFKD) = nfkd AND normalize(text, NFC) = nfc \
        FROM unnest($1::text[], $2::text[], $3::text[]) AS one (text, nfkd, nfc)";
    let (mut compared, mut unknown) = (0, 0);
    let chunks = nfkd.chunks(100_000).zip(nfc.chunks(100_000));
    for (chunk, (nfkd, nfc)) in characters.chunks(100_000).zip(chunks) {
        for row in client.query(query, &[&chunk, &nfkd, &nfc]).await.unwrap() {
            let (text, folded, same): (&str, &str, bool) = (row.get(0), row.get(1), row.get(2));
            // The server may know fewer characters than the program.
            if !same {
                unknown += 1;
                continue;
            }
            compared += 1;
            assert_eq!(
                ucap::domain::folding::fold(text),
                folded,
                "{text:?} {:x?}",
                text.chars().map(u32::from).collect::<Vec<_>>()
            );
        }
    }
    assert!(compared > 260_000 && unknown < 1500, "{compared} {unknown}");
}

/// Every letter that has a capital form is found in either.
#[actix_web::test]
async fn capital_and_small_letters_of_all_scripts_have_the_same_folded_form() {
    let database = TestDatabase::create().await;
    let client = database.client().await;
    let pairs: Vec<(String, String)> = ('\u{1}'..=char::MAX)
        .map(|one| (one.to_string(), one.to_lowercase().collect::<String>()))
        .filter(|(one, lower)| one != lower)
        .collect();
    let (upper, lower): (Vec<String>, Vec<String>) = pairs.into_iter().unzip();
    let differing = "SELECT array_agg(upper) FROM unnest($1::text[], $2::text[]) AS one (upper, lower) WHERE search_fold(upper) <> search_fold(lower)";
    let row = client
        .query_one(differing, &[&upper, &lower])
        .await
        .unwrap();
    let differing: Option<Vec<String>> = row.get(0);
    assert_eq!(differing, None);
    assert!(upper.len() > 1400);
    let marks: Vec<String> = (0x300..=0x36f)
        .filter_map(char::from_u32)
        .map(|mark| format!("e{mark}"))
        .collect();
    let row = client
        .query_one(
            "SELECT count(*) FROM unnest($1::text[]) AS one WHERE search_fold(one) <> 'e'",
            &[&marks],
        )
        .await
        .unwrap();
    assert_eq!(row.get::<_, i64>(0), 0);
}

/// A database whose functions cannot be found by name, as while a copy of it is restored, can still be written.
#[actix_web::test]
async fn derived_columns_do_not_depend_on_the_search_path() {
    let database = TestDatabase::create().await;
    let client = database.client().await;
    let insert = "SET search_path = ''; INSERT INTO public.cities (id, slug, name, alternative_names, kind, identifiers, \
         population_ascending, population_descending, area_km2_ascending, area_km2_descending) \
         VALUES (gen_random_uuid(), 'a', 'Xi’an', '{L’Aquila}', 'city', '[]', 0, 0, 0, 0); REINDEX TABLE public.cities";
    client
        .batch_execute("ALTER TABLE cities DISABLE TRIGGER USER")
        .await
        .unwrap();
    client.batch_execute(insert).await.unwrap();
    let found = client
        .query_one("SELECT search::text FROM public.cities", &[])
        .await
        .unwrap();
    let vector: &str = found.get(0);
    assert!(
        vector.contains("'=xian'") && vector.contains("'aquila'"),
        "{vector}"
    );
}
