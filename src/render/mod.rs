//! How a page becomes bytes. Nothing here touches a file.

use std::io;

use crate::address::Address;
use crate::input::FileBytes;

pub mod data;
pub mod engine;
pub mod escape;
pub mod feeds;
pub mod json_ld;
pub mod sitemap;
pub mod text;

/// A file of the finished site.
#[derive(Debug)]
pub struct Output {
    pub address: Address,
    pub body: OutputBody,
}

/// The bytes of an output: made here, or those of a static file.
#[derive(Debug)]
pub enum OutputBody {
    Made(Vec<u8>),
    File(FileBytes),
}

/// Takes each output as soon as it is made, from several threads at once.
pub trait Sink: Sync {
    /// Takes an output. An error ends the build; it names the path.
    fn put(&self, output: Output) -> io::Result<()>;
}
