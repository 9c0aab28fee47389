//! What goes out comes in again the same.
