//! The program `ucap`: parses the command line and calls the library.

/// Frees memory across threads better than the allocator of the C library; `benches/RESULTS.md` has the difference.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    ucap::cli::main()
}
