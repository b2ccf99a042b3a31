//! Pictures that templates ask to be made of others: which there are, and what is to be done.
//!
//! A page that is rendered asks for them, so they stand in no plan; they are made after the pages,
//! or when a browser wants to see one.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::address::Address;
use crate::value::Hash;

/// How a picture is fitted into another size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fitting {
    /// To this size, whatever becomes of its proportions.
    Scale(u32, u32),
    Width(u32),
    Height(u32),
    /// Into this size, never made larger.
    Within(u32, u32),
    /// To this size; what is too much on two sides is cut off.
    Fill(u32, u32),
}

/// What a picture is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    Jpeg {
        quality: u8,
    },
    Png,
    /// Without loss if no quality is stated.
    WebP {
        quality: Option<u8>,
    },
    Avif {
        quality: u8,
        /// 1: slow and small, 10: quick and large.
        speed: u8,
    },
}

impl Format {
    /// The ending of its files.
    pub fn ending(self) -> &'static str {
        match self {
            Format::Jpeg { .. } => "jpg",
            Format::Png => "png",
            Format::WebP { .. } => "webp",
            Format::Avif { .. } => "avif",
        }
    }
}

/// What is done to a picture: first it is cut, then it is resized.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Steps {
    /// From the left, from the top, width, height.
    pub cut: Option<(u32, u32, u32, u32)>,
    pub size: (u32, u32),
}

impl Steps {
    /// What has to be done to a picture of a size. Zola's rules, so that sizes are the same.
    pub fn of(fitting: Fitting, (width, height): (u32, u32)) -> Steps {
        let whole = |width: u32, height: u32| Steps {
            cut: None,
            size: (width.max(1), height.max(1)),
        };
        match fitting {
            Fitting::Scale(w, h) => whole(w, h),
            Fitting::Width(w) => whole(w, in_proportion(w, height, width)),
            Fitting::Height(h) => whole(in_proportion(h, width, height), h),
            Fitting::Within(w, h) if width <= w && height <= h => whole(width, height),
            Fitting::Within(w, h) => {
                let is_wider = u64::from(width) * u64::from(h) > u64::from(height) * u64::from(w);
                let fitting = match is_wider {
                    true => Fitting::Width(w),
                    false => Fitting::Height(h),
                };
                Steps::of(fitting, (width, height))
            }
            Fitting::Fill(w, h) => Steps {
                cut: cut_to_fill((w, h), (width, height)),
                size: (w, h),
            },
        }
    }
}

/// `side * of / to`, rounded down.
fn in_proportion(side: u32, of: u32, to: u32) -> u32 {
    let scaled = u64::from(side) * u64::from(of) / u64::from(to.max(1));
    u32::try_from(scaled).unwrap_or(u32::MAX)
}

/// The middle part that has the proportions of a size; nothing if the whole nearly has them.
fn cut_to_fill((w, h): (u32, u32), (width, height): (u32, u32)) -> Option<(u32, u32, u32, u32)> {
    /// Of a difference of so much nobody sees that it is squeezed away.
    const NEARLY: f64 = 0.1;
    let by_width = f64::from(width) / f64::from(w);
    let by_height = f64::from(height) / f64::from(h);
    if (by_width - by_height).abs() <= NEARLY {
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is not negative and not larger than the picture"
    )]
    let rounded = |side: f64| side.round().max(1.0) as u32;
    Some(if by_width < by_height {
        let part = rounded(by_width * f64::from(h)).min(height);
        (0, (height - part) / 2, width, part)
    } else {
        let part = rounded(by_height * f64::from(w)).min(width);
        ((width - part) / 2, 0, part, height)
    })
}

/// A picture that is made of a file of the site.
#[derive(Debug)]
pub struct Picture {
    /// The file, from the root of the site.
    pub file: Arc<str>,
    /// Of the file: another one makes a picture at another address.
    pub digest: Hash,
    pub steps: Steps,
    pub format: Format,
}

/// The pictures that pages of a site, and of those before it, asked for.
#[derive(Debug, Default)]
pub struct Pictures {
    all: Mutex<BTreeMap<Address, Arc<Picture>>>,
}

impl Pictures {
    /// Notes that there is to be a picture at an address, which stands for all that it is made of.
    pub fn put(&self, address: Address, picture: Picture) {
        self.all().entry(address).or_insert_with(|| picture.into());
    }

    pub fn get(&self, address: &Address) -> Option<Arc<Picture>> {
        self.all().get(address).cloned()
    }

    /// All of them, by address.
    pub fn list(&self) -> Vec<(Address, Arc<Picture>)> {
        let all = self.all();
        let all = all.iter();
        all.map(|(address, picture)| (address.clone(), picture.clone()))
            .collect()
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<Address, Arc<Picture>>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
