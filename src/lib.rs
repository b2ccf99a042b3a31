//! Dateline: a static site generator for news briefings.
