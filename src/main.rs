//! The program `ucap`: parses the command line and calls the library.

/// Copes better than the allocator of the C library with memory that one thread allocates and another frees;
/// `benches/RESULTS.md` has the figures.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    ucap::cli::main()
}
