//! The container files and the unit for systemd: no engine is needed to see that they fit the settings.

use clap::CommandFactory;
use std::collections::BTreeSet;
use ucap::config::CommandLine;

fn read(name: &str) -> String {
    std::fs::read_to_string(format!("{}/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn variables() -> BTreeSet<String> {
    let line = CommandLine::command();
    let known = line
        .get_arguments()
        .filter_map(|argument| argument.get_env())
        .map(|name| name.to_string_lossy().into_owned());
    known.chain(["RUST_LOG".to_owned()]).collect()
}

#[test]
fn compose_names_the_service_its_database_and_settings_that_exist() {
    let compose: serde_norway::Value = serde_norway::from_str(&read("docker-compose.yml")).unwrap();
    let services = &compose["services"];
    let ucap = &services["ucap"];
    assert!(
        services["postgres"]["healthcheck"]["test"].is_sequence()
            || services["postgres"]["healthcheck"]["test"].is_string()
    );
    assert_eq!(
        ucap["depends_on"]["postgres"]["condition"],
        serde_norway::Value::from("service_healthy")
    );
    let environment = ucap["environment"].as_mapping().unwrap();
    for name in environment.keys() {
        assert!(
            variables().contains(name.as_str().unwrap()),
            "{name:?} is no setting"
        );
    }
    let url = environment.get("DATABASE_URL").unwrap().as_str().unwrap();
    assert!(url.contains("@postgres:5432/"), "{url}");
    let port = ucap["ports"][0].as_str().unwrap();
    assert!(port.ends_with(":8080"), "{port}");
}

#[test]
fn the_image_runs_without_privileges_listens_outside_and_checks_itself() {
    let lines: Vec<String> = read("Dockerfile")
        .replace("\\\n", " ")
        .lines()
        .map(str::to_owned)
        .collect();
    let instruction = |name: &str| {
        lines
            .iter()
            .rfind(|line| line.starts_with(name))
            .unwrap_or_else(|| panic!("no {name}"))
            .clone()
    };
    assert!(
        lines
            .iter()
            .filter(|line| line.starts_with("FROM "))
            .count()
            >= 2
    );
    assert!(!["root", "0"].contains(&instruction("USER ").trim_start_matches("USER ").trim()));
    assert!(instruction("EXPOSE ").contains("8080"));
    assert!(instruction("HEALTHCHECK ").contains("/readyz"));
    let all = lines.join("\n");
    assert!(all.contains("UCAP_ADDR=0.0.0.0:8080"));
    for line in lines.iter().filter(|line| line.starts_with("ENV ")) {
        for name in line
            .split_whitespace()
            .skip(1)
            .filter_map(|pair| pair.split('=').next())
        {
            assert!(
                !name.starts_with("UCAP_") || variables().contains(name),
                "{name} is no setting"
            );
        }
    }
}

#[test]
fn the_unit_for_systemd_names_settings_that_exist_and_stops_the_service_alone() {
    let unit = read("docs/ucap.service");
    let values = |name: &str| -> Vec<String> {
        let start = format!("{name}=");
        let lines = unit.lines().filter_map(|line| line.strip_prefix(&start));
        lines.map(str::to_owned).collect()
    };
    let environment = values("Environment");
    assert_eq!(environment.len(), 2, "{environment:?}");
    for pair in environment {
        let name = pair.split('=').next().unwrap();
        assert!(variables().contains(name), "{name} is no setting");
    }
    let command = values("ExecStart").concat();
    let parsed = CommandLine::command().try_get_matches_from(command.split(' '));
    assert!(parsed.is_ok(), "{command}");
    // PostgreSQL would take a signal to the whole group for a request to wait for its clients.
    assert_eq!(values("KillMode"), ["mixed"]);
    let user = values("User").concat();
    assert!(!user.is_empty() && user != "root", "{user}");
}

/// A pattern without a directory, such as `*.md`, leaves out files at the root alone.
#[test]
fn nothing_that_the_program_embeds_is_kept_from_the_image() {
    let patterns = read(".dockerignore");
    let patterns: Vec<&str> = patterns
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect();
    let mut embedded = vec!["Cargo.toml".to_owned(), "Cargo.lock".to_owned()];
    let mut open = vec![std::path::PathBuf::from(format!(
        "{}/src",
        env!("CARGO_MANIFEST_DIR")
    ))];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            let entries = std::fs::read_dir(path).unwrap();
            open.extend(entries.map(|entry| entry.unwrap().path()));
            continue;
        }
        let source = std::fs::read_to_string(&path).unwrap_or_default();
        let paths = source.split('"').filter(|text| text.starts_with("../"));
        embedded.extend(paths.map(|text| text.trim_start_matches("../").to_owned()));
    }
    assert!(embedded.len() > 10, "{embedded:?}");
    for file in embedded {
        for pattern in &patterns {
            let ignored = match pattern.strip_prefix('*') {
                Some(end) => !file.contains('/') && file.ends_with(end),
                None => file == *pattern || file.starts_with(&format!("{pattern}/")),
            };
            assert!(!ignored, "{file} is left out by {pattern}");
        }
    }
}
