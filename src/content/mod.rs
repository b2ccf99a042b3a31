//! What the author wrote: from the bytes of one file to an [`Article`]. Nothing here sees two files.

pub mod article;
pub mod brief;
pub mod date;
pub mod date_prefix;
pub mod source;

pub use article::Article;
