//! Crashes of the service, of the database, and of both. No acknowledged write is lost.

use crate::instance::{
    Folder, Instance, admin_key, client, command, eventually, postmaster, signal_process,
};
use crate::needs;
use serde_json::json;
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use ucap::config::DatabaseSettings;
use ucap::database::embedded::{Cluster, Settings};

#[tokio::test]
async fn a_killed_service_leaves_no_server_running_and_restarts_with_all_data() {
    let folder = Folder::new();
    for round in 0..2 {
        let service = Instance::start(&folder.data());
        let key = admin_key(&folder.data());
        for number in 0..5 {
            let name = format!("Theme {round} {number}");
            assert_eq!(
                service
                    .post("/v1/themes", &key, &json!({"name": name}))
                    .await
                    .unwrap()
                    .0,
                201
            );
        }
        let server = postmaster(&folder.data()).unwrap();
        service.signal("KILL");
        assert!(!service.wait().success());
        if round == 1 {
            eventually("the orphan ends by itself", async || {
                postmaster(&folder.data()) != Some(server)
            })
            .await;
        }
    }
    let service = Instance::start(&folder.data());
    assert_eq!(
        service.get("/v1/themes?count=true").await.1["total"],
        14,
        "ten and the four of the sample"
    );
}

/// The watchdog of a killed service stops the server, even if it is slow. A start in the meantime must not take over a server that is
/// about to be stopped. The test simulates a slow watchdog.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_start_waits_for_the_watchdog_of_a_killed_service() {
    let folder = Folder::new();
    let service = Instance::start(&folder.data());
    let server = postmaster(&folder.data()).unwrap();
    signal_process(watchdog(server), "KILL");
    service.signal("KILL");
    service.wait();
    let lock = std::fs::File::open(folder.data().join("watchdog.lock")).unwrap();
    lock.lock().unwrap();
    let slow = tokio::task::spawn_blocking(move || {
        std::thread::sleep(Duration::from_millis(1500));
        signal_process(server, "INT");
        drop(lock);
    });
    let service = Instance::start(&folder.data());
    slow.await.unwrap();
    // Longer than the supervisor needs to notice that a server has ended.
    for _ in 0..10 {
        assert_eq!(service.get("/readyz").await.0, 200);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// The process that watches this server, by its arguments.
#[cfg(target_os = "linux")]
fn watchdog(server: u32) -> u32 {
    let arguments = format!("\0ucap-watchdog\0{server}\0");
    let mut processes = std::fs::read_dir("/proc").unwrap().flatten();
    processes
        .find_map(|process| {
            let line = std::fs::read_to_string(process.path().join("cmdline")).ok()?;
            let pid = process.file_name().to_str()?.parse().ok()?;
            line.contains(&arguments).then_some(pid)
        })
        .unwrap()
}

/// Writes from eight tasks until `stop` is set; returns the names that were acknowledged.
async fn write_until(
    base: &str,
    key: &str,
    stop: Arc<AtomicBool>,
    unavailable: Arc<AtomicBool>,
) -> HashSet<String> {
    let writers = (0..8).map(|writer| {
        let (base, key, stop, unavailable, client) = (
            base.to_owned(),
            key.to_owned(),
            stop.clone(),
            unavailable.clone(),
            client(),
        );
        tokio::spawn(async move {
            let mut acknowledged = HashSet::new();
            for number in 0..5000 {
                if stop.load(Ordering::Relaxed) {
                    break;
                }
                let name = format!("theme-{writer}-{number}");
                let request = client
                    .post(format!("{base}/v1/themes"))
                    .bearer_auth(&key)
                    .json(&json!({"name": name, "slug": name}));
                let response = request.send().await.expect("the service itself stays up");
                match response.status().as_u16() {
                    201 => drop(acknowledged.insert(name)),
                    503 => {
                        assert!(response.headers().contains_key("retry-after"));
                        unavailable.store(true, Ordering::Relaxed);
                        tokio::time::sleep(Duration::from_millis(20)).await;
                    }
                    other => panic!("{other}: {}", response.text().await.unwrap()),
                }
            }
            acknowledged
        })
    });
    let mut all = HashSet::new();
    for writer in writers.collect::<Vec<_>>() {
        all.extend(writer.await.unwrap());
    }
    all
}

async fn stored(service: &Instance) -> HashSet<String> {
    let (mut names, mut cursor) = (HashSet::new(), String::new());
    loop {
        let (status, page) = service.get(&format!("/v1/themes?limit=200{cursor}")).await;
        assert_eq!(status, 200);
        names.extend(
            page["data"]
                .as_array()
                .unwrap()
                .iter()
                .map(|theme| theme["slug"].as_str().unwrap().to_owned()),
        );
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return names,
        }
    }
}

#[tokio::test]
async fn a_database_killed_under_load_loses_nothing_and_the_service_recovers_by_itself() {
    let folder = Folder::new();
    let service = Instance::start(&folder.data());
    let key = admin_key(&folder.data());
    let (stop, unavailable) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicBool::new(false)),
    );
    let (base, writing, refused) = (service.base.clone(), stop.clone(), unavailable.clone());
    let writers = tokio::spawn(async move { write_until(&base, &key, writing, refused).await });
    tokio::time::sleep(Duration::from_millis(700)).await;
    for _ in 0..2 {
        unavailable.store(false, Ordering::Relaxed);
        signal_process(postmaster(&folder.data()).unwrap(), "KILL");
        eventually("writers get 503", async || {
            unavailable.load(Ordering::Relaxed)
        })
        .await;
        assert_eq!(service.get("/livez").await.0, 200);
        eventually("the service is ready again", async || {
            service.get("/readyz").await.0 == 200
        })
        .await;
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    stop.store(true, Ordering::Relaxed);
    let acknowledged = writers.await.unwrap();
    assert!(acknowledged.len() > 20, "{}", acknowledged.len());
    let stored = stored(&service).await;
    let lost: Vec<&String> = acknowledged
        .iter()
        .filter(|name| !stored.contains(*name))
        .collect();
    assert!(lost.is_empty(), "{lost:?}");
}

#[tokio::test]
async fn a_database_that_hangs_or_is_stopped_leads_to_503_in_bounded_time() {
    let folder = Folder::new();
    needs::postgres();
    let settings = Settings {
        data_dir: folder.data(),
        ..DatabaseSettings::from_environment()
            .unwrap()
            .private()
            .unwrap()
    };
    let mut cluster = Cluster::start(&settings).unwrap();
    let service = Instance::run(
        command()
            .env("DATABASE_URL", cluster.connection_string("postgres"))
            .env("UCAP_POOL_SIZE", "2"),
    );
    assert!(
        service.greeting.contains("ucap key create") && !service.greeting.contains("admin key"),
        "no key is created on an external server"
    );
    assert_eq!(service.get("/v1/plans").await.0, 200);
    let server = postmaster(&folder.data()).unwrap();
    let backends = children(server);
    let all: Vec<u32> = backends.into_iter().chain([server]).collect();
    all.iter()
        .for_each(|process| signal_process(*process, "STOP"));
    let began = Instant::now();
    let (status, problem) = service.get("/v1/plans").await;
    assert_eq!(
        (status, problem["code"].as_str()),
        (503, Some("database_unavailable"))
    );
    assert!(
        began.elapsed() < Duration::from_secs(20),
        "{:?}",
        began.elapsed()
    );
    assert_eq!(service.get("/livez").await.0, 200);
    all.iter()
        .for_each(|process| signal_process(*process, "CONT"));
    eventually("the service recovers", async || {
        service.get("/v1/plans").await.0 == 200
    })
    .await;

    cluster.stop();
    assert_eq!(service.get("/v1/plans").await.0, 503);
    assert_eq!(
        (
            service.get("/readyz").await.0,
            service.get("/livez").await.0
        ),
        (503, 200)
    );
    let _again = Cluster::start(&settings).unwrap();
    eventually("the service recovers", async || {
        service.get("/readyz").await.0 == 200
    })
    .await;
    assert_eq!(service.get("/v1/plans").await.0, 200);
}

/// The child processes of a process.
fn children(process: u32) -> Vec<u32> {
    let known = std::fs::read_to_string(format!("/proc/{process}/task/{process}/children"));
    let text = known.unwrap_or_else(|_| {
        // Systems without this file have this program.
        needs::programs(&["pgrep"]);
        let mut pgrep = std::process::Command::new("pgrep");
        let output = pgrep.args(["-P", &process.to_string()]).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    });
    text.split_whitespace()
        .map(|number| number.parse().unwrap())
        .collect()
}
