//! Dateline: a static site generator for news briefings.

pub mod address;
pub mod commands;
pub mod config;
pub mod content;
pub mod data;
pub mod diagnostic;
pub mod disk;
pub mod input;
pub mod pages;
pub mod render;
pub mod site;
pub mod value;
