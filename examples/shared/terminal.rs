//! Printing to somebody who may stop reading.

use core::fmt;
use std::{
    io::{self, Write as _},
    process,
};

/// Prints a line.
macro_rules! say {
    ($($text:tt)*) => { crate::terminal::print(format_args!($($text)*)) };
}

/// Prints a line. Where nobody reads any more, there is nothing left to do.
pub(crate) fn print(line: fmt::Arguments<'_>) {
    if writeln!(io::stdout(), "{line}").is_err() {
        process::exit(1);
    }
}
