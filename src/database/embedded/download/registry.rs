//! Downloads a package from its registry over HTTP, for machines without its client.
//!
//! One rule: there are two requests, one for the address of the file and one for the file. `archive` verifies the file, so the
//! registry need not be trusted. Start with [`download`].

use std::{
    error::Error,
    fs::File,
    io::Write,
    iter,
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use reqwest::{Client, Response, Url, header};
use serde::Deserialize;

use super::{
    packages::{Ecosystem, Package},
    progress::Progress,
    scratch::Scratch,
};

/// How long opening a connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);
/// How long a response may pause.
const READ_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a download may take.
const TIMEOUT: Duration = Duration::from_secs(900);
/// How often to update the progress bar.
const INTERVAL: Duration = Duration::from_millis(100);

/// Downloads the file of a package from the registry at `address` into the scratch folder.
pub(super) fn download(
    address: &str,
    package: &Package,
    scratch: &Scratch,
) -> Result<PathBuf, String> {
    let folder = scratch.folder("file").map_err(|error| error.to_string())?;
    let path = folder.join(&package.file);
    let progress = Progress::of(&folder, package.size);
    // On a thread of its own, because the caller may be in an asynchronous runtime.
    thread::scope(|scope| {
        let worker = scope.spawn(|| download_within_limit(address, package, &path));
        while !worker.is_finished() {
            progress.update();
            thread::sleep(INTERVAL);
        }
        let failed = |_| Err("the download failed with an internal error".to_owned());
        worker.join().unwrap_or_else(failed)
    })?;
    Ok(path)
}

fn download_within_limit(address: &str, package: &Package, path: &Path) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    runtime.block_on(async {
        let request = request_file(address, package, path);
        tokio::time::timeout(TIMEOUT, request)
            .await
            .map_err(|_| format!("it took longer than {} seconds", TIMEOUT.as_secs()))?
    })
}

async fn request_file(address: &str, package: &Package, path: &Path) -> Result<(), String> {
    let client = Client::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .read_timeout(READ_TIMEOUT)
        .build()
        .map_err(describe)?;
    let address = match package.ecosystem {
        Ecosystem::Python => wheel_address(&client, address, package).await?,
        Ecosystem::Node => tarball_address(&client, address, package).await?,
    };
    let mut response = get(&client, address, "*/*").await?;
    let mut file = File::create(path).map_err(|error| error.to_string())?;
    while let Some(chunk) = response.chunk().await.map_err(describe)? {
        file.write_all(&chunk).map_err(|error| error.to_string())?;
    }
    Ok(())
}

async fn get(client: &Client, address: Url, accept: &str) -> Result<Response, String> {
    let request = client.get(address).header(header::ACCEPT, accept);
    let response = request.send().await.map_err(describe)?;
    response.error_for_status().map_err(describe)
}

/// The reason for a failed request, without the address, which may contain a password.
fn describe(error: reqwest::Error) -> String {
    if causes(&error).any(|cause| cause.to_string().contains("certificate")) {
        return "its certificate is not trusted (package `ca-certificates`)".to_owned();
    }
    if error.is_connect() || error.is_timeout() {
        return "it cannot be reached".to_owned();
    }
    if error.is_body() || error.is_decode() {
        return "its response broke off".to_owned();
    }
    error.without_url().to_string()
}

/// All causes of an error.
fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    iter::successors(error.source(), |cause| (**cause).source())
}

/// A page of the simple index in its JSON form (PEP 691).
#[derive(Debug, Deserialize)]
struct Page {
    files: Vec<PageFile>,
}

#[derive(Debug, Deserialize)]
struct PageFile {
    filename: String,
    url: String,
}

/// Finds the file on the package's page of the simple index, which is JSON (PEP 691) or HTML (PEP 503).
async fn wheel_address(client: &Client, index: &str, package: &Package) -> Result<Url, String> {
    let page = format!("{}/{}/", index.trim_end_matches('/'), package.name);
    let page = Url::parse(&page).map_err(|error| error.to_string())?;
    let accept = "application/vnd.pypi.simple.v1+json, text/html;q=0.5";
    let response = get(client, page, accept).await?;
    let base = response.url().clone();
    let text = response.text().await.map_err(describe)?;
    let link = match serde_json::from_str::<Page>(&text) {
        Ok(page) => {
            let mut files = page.files.into_iter();
            let file = files.find(|file| file.filename == package.file);
            file.map(|file| file.url)
        }
        Err(_) => link_to(&package.file, &text),
    };
    let link = link.ok_or_else(|| format!("it does not have {}", package.file))?;
    base.join(&link).map_err(|error| error.to_string())
}

/// The address of the link in an HTML page whose path ends with that name.
fn link_to(name: &str, page: &str) -> Option<String> {
    let links = page.split("href=").skip(1).filter_map(|rest| {
        let quote = rest
            .chars()
            .next()
            .filter(|sign| ['"', '\''].contains(sign))?;
        rest.split(quote).nth(1)
    });
    let mut links = links.map(|link| link.replace("&amp;", "&"));
    links.find(|link| {
        let path = link.split(['#', '?']).next().unwrap_or_default();
        path.rsplit('/').next() == Some(name)
    })
}

/// What a registry of npm returns for one version.
#[derive(Debug, Deserialize)]
struct Release {
    dist: Distribution,
}

#[derive(Debug, Deserialize)]
struct Distribution {
    tarball: String,
}

async fn tarball_address(
    client: &Client,
    registry: &str,
    package: &Package,
) -> Result<Url, String> {
    let registry = registry.trim_end_matches('/');
    let name = package.name.replace('/', "%2f");
    let address = Url::parse(&format!("{registry}/{name}/{}", package.release));
    let address = address.map_err(|error| error.to_string())?;
    let response = get(client, address, "application/json").await?;
    let release: Release = response.json().await.map_err(describe)?;
    Url::parse(&release.dist.tarball).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_found_by_the_last_part_of_its_path() {
        let page = "<a href=\"../../files/other-1.whl#sha256=1\">other-1.whl</a>\n\
                    <a class='x' href='../../files/it-1.whl?a=1&amp;b=2#sha256=2'>it-1.whl</a>";
        let link = link_to("it-1.whl", page);
        assert_eq!(
            link.as_deref(),
            Some("../../files/it-1.whl?a=1&b=2#sha256=2")
        );
        assert_eq!(link_to("t-1.whl", page), None);
        assert_eq!(link_to("it-1.whl", "<a href=it-1.whl>"), None);
    }
}
