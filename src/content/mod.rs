//! What the author wrote: from the bytes of one file to an [`Article`]. Nothing here sees two files.

pub mod article;
pub mod brief;
pub mod date;
mod escape;
mod html;
mod link;
pub mod markdown;
mod nesting;
mod outline;
mod parts;
mod sanitise;
pub mod source;
mod tags;
mod words;

pub use article::Article;
