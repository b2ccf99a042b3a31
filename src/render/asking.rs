//! Whose questions a template's functions ask: the asker of the page that this thread renders.
//!
//! Template engines call functions without telling for which page. This is the one place that
//! knows, for as long as [`on_behalf_of`] runs.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use super::theme::Shortcodes;
use crate::pages::question::Asker;

thread_local! {
    /// A stack, because what a function does may render again.
    static ASKERS: RefCell<Vec<Option<Rc<Asker>>>> = const { RefCell::new(Vec::new()) };
    static SHORTCODES: RefCell<Option<Arc<Shortcodes>>> = const { RefCell::new(None) };
}

/// Renders with the functions asking `asker`. What was before is restored, also after a panic.
pub fn on_behalf_of<T>(asker: &Rc<Asker>, render: impl FnOnce() -> T) -> T {
    with(Some(asker.clone()), render)
}

/// Renders with nobody to ask, for what must not depend on the site.
pub fn on_behalf_of_nobody<T>(render: impl FnOnce() -> T) -> T {
    with(None, render)
}

/// Renders with a theme's shortcodes, which the filter `markdown` expands.
pub fn with_shortcodes<T>(shortcodes: &Arc<Shortcodes>, render: impl FnOnce() -> T) -> T {
    let before = SHORTCODES.replace(Some(shortcodes.clone()));
    let result = render();
    SHORTCODES.set(before);
    result
}

/// The shortcodes of the theme whose template is being rendered.
pub fn shortcodes() -> Option<Arc<Shortcodes>> {
    SHORTCODES.with_borrow(Option::clone)
}

/// How many renderings stand inside each other on this thread.
pub fn depth() -> usize {
    ASKERS.with_borrow(Vec::len)
}

fn with<T>(asker: Option<Rc<Asker>>, render: impl FnOnce() -> T) -> T {
    struct Leave;
    impl Drop for Leave {
        fn drop(&mut self) {
            ASKERS.with_borrow_mut(Vec::pop);
        }
    }
    ASKERS.with_borrow_mut(|askers| askers.push(asker));
    let _leave = Leave;
    render()
}

/// The asker of the page being rendered on this thread.
pub fn asker() -> Option<Rc<Asker>> {
    ASKERS.with_borrow(|askers| askers.last().cloned().flatten())
}
